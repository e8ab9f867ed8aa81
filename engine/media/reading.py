"""Pictures that people drop: read by a child process with limits, and handed on as sRGB bytes.

Owns starting, timing and distrusting the child (engine.media.decoder), and the type `Picture`. The file is opened for
reading only and is never changed. Never imports torch. The calls block: a window makes them in a thread.
"""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec
import numpy as np

import engine
from engine.errors import BadInputError, EngineError
from engine.media.picture_wire import MAX_HEADER_BYTES, ChildAnswer, Decoded, PictureSource, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class ReadingLimits:
    """What a file may cost. `seconds` is by the clock and, in the child, of processor time."""

    file_bytes: int = 256 * 2**20
    pixels: int = 100_000_000
    memory_bytes: int = 3 * 2**30
    seconds: float = 20.0


@dataclass(frozen=True)
class Picture:
    """A picture, upright and in sRGB.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, the colours below any transparency.
        alpha: (H, W) uint8, 255 where opaque; None when all is.
        source: What the file holds.
        notes: What was done to it, for people.
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    source: PictureSource
    notes: tuple[str, ...] = field(default=())

    def over(self, background: tuple[int, int, int] = (255, 255, 255)) -> NDArray[np.uint8]:
        """(H, W, 3) uint8: the picture laid on a plain colour, white as detectors expect it."""
        if self.alpha is None:
            return self.pixels
        share = self.alpha[..., None].astype(np.float32) / 255.0
        mixed = self.pixels * share + np.asarray(background, dtype=np.float32) * (1.0 - share)
        return np.rint(mixed).astype(np.uint8)


def decoder_command() -> tuple[str, ...]:
    """The command line of the decoding child, without its options."""
    if getattr(sys, "frozen", False):
        # A frozen program has no interpreter; its entry point sends this first argument to engine.media.decoder.
        return (sys.executable, "engine.media.decoder")
    return (sys.executable, "-m", "engine.media.decoder")


def decoder_folder() -> Path:
    """Where the decoding child finds our modules."""
    return Path(engine.__file__ or "").resolve().parent.parent


def read_picture(
    file: Path,
    *,
    frame: int | None = None,
    limits: ReadingLimits | None = None,
    decoder: Sequence[str] | None = None,
) -> Picture:
    """Read one picture, or one frame of an animation.

    Args:
        file: PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF, told by content.
        frame: Which frame; needed for a file with several (`inspect_picture` counts them).
        limits: What it may cost.
        decoder: The child's command line, for tests.

    Raises:
        BadInputError: One line that names the file and the remedy: not there, empty, too large, no picture, damaged,
            several frames and none chosen, or it made the decoder hang or crash.
    """
    limits = limits or ReadingLimits()
    options = [] if frame is None else ["--frame", str(frame)]
    head, planes = _ask(file, options, limits, decoder or decoder_command())
    header = read_header(file, head, limits)
    if len(planes) != header.width * header.height * (4 if header.has_alpha else 3):
        raise distrusted(file)
    return picture_of(header, planes)


def inspect_picture(
    file: Path, *, limits: ReadingLimits | None = None, decoder: Sequence[str] | None = None
) -> PictureSource:
    """What a file holds, without decoding its pixels: ask with it which frame of an animation is meant.

    Raises:
        BadInputError: As for `read_picture`.
    """
    limits = limits or ReadingLimits()
    head, _ = _ask(file, ["--look"], limits, decoder or decoder_command())
    return read_header(file, head, limits, is_look=True).source


def read_header(file: Path, head: bytes, limits: ReadingLimits, *, is_look: bool = False) -> Decoded:
    """What the first line of a child's answer says: a picture within the limits, unless it was only looked at.

    Raises:
        BadInputError: The child refused the file, or says what cannot be.
    """
    try:
        header = msgspec.json.decode(head, type=ChildAnswer)
    except msgspec.DecodeError:
        raise distrusted(file) from None
    if isinstance(header, Refused):
        raise BadInputError(f"{file} {header.reason}")
    if not is_look and (min(header.width, header.height) < 1 or header.width * header.height > limits.pixels):
        raise distrusted(file)
    return header


def picture_of(header: Decoded, planes: bytes | memoryview) -> Picture:
    """The picture of an answer, whose planes are as long as its header says."""
    size = header.width * header.height
    pixels = np.frombuffer(planes, np.uint8, size * 3).reshape(header.height, header.width, 3)
    alpha = np.frombuffer(planes, np.uint8, size, size * 3).reshape(pixels.shape[:2]) if header.has_alpha else None
    return Picture(pixels, alpha, header.source, header.notes)


def _ask(file: Path, options: Sequence[str], limits: ReadingLimits, decoder: Sequence[str]) -> tuple[bytes, memoryview]:
    """The first line of the child's answer and the bytes behind it."""
    command = [
        *decoder,
        *options,
        f"--pixels={limits.pixels}",
        f"--memory-bytes={limits.memory_bytes}",
        f"--seconds={math.ceil(limits.seconds)}",
    ]
    with open_checked(file, limits) as document:
        answer, status, timed_out = _run(command, document, limits)
    if timed_out:
        raise BadInputError(f"{file} took more than {limits.seconds:g} s to decode; save it again as a plain PNG")
    head, end, _ = answer[:MAX_HEADER_BYTES].partition(b"\n")
    if status != 0 or not end:
        raise BadInputError(f"{file} crashed the decoder (exit status {status}); do not trust it, or save it again")
    return head, memoryview(answer)[len(head) + 1 :]


def open_checked(file: Path, limits: ReadingLimits) -> BinaryIO:
    """The file, opened for reading.

    Raises:
        BadInputError: It is not there, empty, too large or not ours to read; one line names it and the remedy.
    """
    try:
        if not file.is_file():
            raise BadInputError(f"{file} is not there, or no file; check the name")
        size = file.stat().st_size
        if not size:
            raise BadInputError(f"{file} is empty; choose another picture")
        if size > limits.file_bytes:
            raise BadInputError(f"{file} has {size:,} bytes, more than {limits.file_bytes:,}; make it smaller")
        return file.open("rb")
    except OSError as error:
        raise BadInputError(f"{file} cannot be read ({error.strerror}); check its permissions") from error


def _run(command: Sequence[str], document: BinaryIO, limits: ReadingLimits) -> tuple[bytes, int, bool]:
    """Output and exit status of the child, and whether the clock ended it."""
    most_bytes = MAX_HEADER_BYTES + 4 * limits.pixels
    timed_out = threading.Event()
    with subprocess.Popen(
        command,
        stdin=document,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=decoder_folder(),
    ) as child:

        def end() -> None:
            timed_out.set()
            child.kill()

        clock = threading.Timer(limits.seconds, end)
        clock.start()
        try:
            answer = cast("BinaryIO", child.stdout).read(most_bytes + 1)
            if len(answer) > most_bytes:
                child.kill()
            status = child.wait()
        except BaseException:
            child.kill()
            raise
        finally:
            clock.cancel()
            clock.join()
    return answer, status, timed_out.is_set()


def distrusted(file: Path) -> EngineError:
    """What is said of a file whose decoder does not answer as it should."""
    return BadInputError(f"{file} made the decoder answer nonsense; do not trust it, or save it again")
