"""A decoding child that is asked more than once: started, timed from answer to answer, and ended.

Owns the process. What is asked and answered is engine.media.movie_reading's and engine.media.picture_series'; neither
trusts it. A child for one question is engine.media.reading's. Never imports torch. The calls block.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from typing import TYPE_CHECKING, BinaryIO, cast

from engine.errors import BadInputError
from engine.media.picture_wire import MAX_HEADER_BYTES
from engine.media.reading import decoder_folder, distrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.media.reading import ReadingLimits

CHILD_CPU_S = 4 * 3600
"""Processor time of a child: what controls a take is decoded over the whole making of that take."""


class DecodingChild:
    """A decoder at work. Every file that its calls take is the one that an error names."""

    def __init__(
        self,
        options: Sequence[str],
        limits: ReadingLimits,
        decoder: Sequence[str],
        document: BinaryIO | None = None,
        *,
        too_slow: str,
    ) -> None:
        """Start it.

        Args:
            options: What it is to do.
            limits: What a file may cost; `seconds` is what the child may take for an answer.
            decoder: Its command line.
            document: Its standard input; without one it gets what `ask` is given.
            too_slow: What is said of a file that takes longer; goes on from the number of seconds.
        """
        command = [
            *decoder,
            *options,
            f"--pixels={limits.pixels}",
            f"--memory-bytes={limits.memory_bytes}",
            f"--seconds={CHILD_CPU_S}",
        ]
        self._seconds, self._too_slow = limits.seconds, too_slow
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if document is None else document,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=decoder_folder(),
        )

    def ask(self, file: Path, parts: Sequence[bytes]) -> bytes:
        """The head of the answer to what `parts` say.

        Raises:
            BadInputError: The child crashed or hung.
        """

        def send_and_read(stream: BinaryIO) -> bytes:
            entry = cast("BinaryIO", self._process.stdin)
            with contextlib.suppress(OSError):  # of a child that has ended: it answers nothing
                entry.writelines(parts)
                entry.flush()
            return stream.readline(MAX_HEADER_BYTES)

        return self._head(file, send_and_read)

    def head(self, file: Path) -> bytes:
        """The head of its next answer, one line.

        Raises:
            BadInputError: The child crashed or hung.
        """
        return self._head(file, lambda stream: stream.readline(MAX_HEADER_BYTES))

    def body(self, file: Path, size_bytes: int) -> bytes:
        """The bytes behind a head.

        Raises:
            BadInputError: There are fewer, or the child hung.
        """
        found = self._timed(file, lambda stream: stream.read(size_bytes))
        if len(found) != size_bytes:
            raise distrusted(file)
        return found

    def close(self) -> None:
        """End it, however far it is. One that has ended keeps its own exit status."""
        stream, entry = cast("BinaryIO", self._process.stdout), self._process.stdin
        if not stream.closed:
            stream.close()
            self._process.kill()
        if entry is not None:
            with contextlib.suppress(OSError):
                entry.close()
        self._process.wait()

    def _head(self, file: Path, read: Callable[[BinaryIO], bytes]) -> bytes:
        line = self._timed(file, read)
        if not line.endswith(b"\n"):
            self.close()
            status = self._process.returncode
            raise BadInputError(f"{file} crashed the decoder (exit status {status}); do not trust it, or save it again")
        return line

    def _timed(self, file: Path, read: Callable[[BinaryIO], bytes]) -> bytes:
        """What `read` reads, within the time for an answer."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        clock = threading.Timer(self._seconds, end)
        clock.start()
        try:
            found = read(cast("BinaryIO", self._process.stdout))
        finally:
            clock.cancel()
            clock.join()
        if late.is_set():
            raise BadInputError(f"{file} took more than {self._seconds:g} s {self._too_slow}")
        return found
