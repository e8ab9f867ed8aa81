"""Pictures one after the other, such as those of a folder, all decoded by one child process with limits.

Owns what the child is asked (engine.media.decoder --many): saves the start of a process for each, a seventh of a second
of processor time. A file that crashes it or makes it hang is named, and the next one gets a new child. Never imports
torch. The calls block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInputError
from engine.media.decoding_child import DecodingChild
from engine.media.reading import ReadingLimits, decoder_command, open_checked, picture_of, read_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.media.reading import Picture


class PictureSeries:
    """Reads pictures. Starts its child with the first."""

    def __init__(self, *, limits: ReadingLimits | None = None, decoder: Sequence[str] | None = None) -> None:
        """`limits` are those of each picture; `close` ends what reading has started."""
        self._limits, self._decoder = limits or ReadingLimits(), decoder or decoder_command()
        self._child: DecodingChild | None = None

    def read(self, file: Path, *, frame: int | None = None) -> Picture:
        """One picture, or one frame of an animation, as engine.media.reading.read_picture gives it.

        Raises:
            BadInputError: As for that.
        """
        try:
            with open_checked(file, self._limits) as stream:
                document = stream.read(self._limits.file_bytes)
        except OSError as error:
            raise BadInputError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
        try:
            return self._read(file, document, frame)
        except BaseException:
            # Nothing that a child says behind an error is of use: the next picture is asked of a new one.
            self.close()
            raise

    def close(self) -> None:
        """End the child, if there is one. The series may be used again."""
        if self._child is not None:
            self._child.close()
        self._child = None

    def _read(self, file: Path, document: bytes, frame: int | None) -> Picture:
        if self._child is None:
            self._child = DecodingChild(
                ["--many"], self._limits, self._decoder, too_slow="to decode; save it again as a plain PNG"
            )
        question = f"{len(document)} {-1 if frame is None else frame}\n".encode()
        header = read_header(file, self._child.ask(file, [question, document]), self._limits)
        planes = self._child.body(file, header.width * header.height * (4 if header.has_alpha else 3))
        return picture_of(header, planes)
