"""Movies that people drop: frames in the order of showing, decoded by a child process with limits, one at a time.

Owns what that child is asked, and distrusting it (engine.media.decoder --movie). Frames are counted, not timed: frame i
of the file is its i-th picture whatever its rate, 23.976 and changing ones included. Pixels are square and as stored.
Never imports torch. The calls block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.errors import BadInputError
from engine.media.decoding_child import DecodingChild
from engine.media.movie_wire import Ended, MovieAnswer, Opened, Passed, Shown
from engine.media.picture_wire import PictureSource, Refused
from engine.media.reading import Picture, ReadingLimits, decoder_command, distrusted, open_checked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOVIE_LIMITS = ReadingLimits(file_bytes=64 * 2**30, seconds=60.0)
"""`seconds` is what the child may take from one answer to the next."""
_SUFFIXES = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"}
_EBML = b"\x1a\x45\xdf\xa3"
_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free")
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")


def is_movie(file: Path) -> bool:
    """Whether a file is a movie by its name or its first bytes; a missing one is by its name."""
    if file.suffix.lower() in _SUFFIXES:
        return True
    try:
        with file.open("rb") as stream:
            head = stream.read(12)
    except OSError:
        return False
    if head[4:8] == b"ftyp":
        return head[8:12] not in _PICTURE_BRANDS
    return head[:4] == _EBML or head[4:8] in _ATOMS


def inspect_movie(file: Path, *, limits: ReadingLimits = MOVIE_LIMITS, decoder: Sequence[str] | None = None) -> Opened:
    """What a movie holds, without decoding its frames.

    Raises:
        BadInputError: One line that names the file and the remedy: not there, empty, too large, no movie, damaged, or
            it made the decoder hang or crash.
    """
    with _Child(file, ["--look"], limits, decoder or decoder_command()) as child:
        return child.opened()


class MovieReader:
    """The frames of one movie. Cheap where they are asked for in rising order; starts again for an earlier one."""

    def __init__(
        self, file: Path, *, limits: ReadingLimits = MOVIE_LIMITS, decoder: Sequence[str] | None = None
    ) -> None:
        """Nothing is opened before the first frame is asked for; `close` ends what then was."""
        self._file, self._limits, self._decoder = file, limits, decoder or decoder_command()
        self._child: _Child | None = None
        self._next = 0
        self._opened: Opened | None = None

    def frame(self, index: int) -> Picture:
        """Frame `index`, counted from 0, upright.

        Raises:
            BadInputError: As for `inspect_movie`, or the movie has no such frame.
        """
        try:
            return self._frame(index)
        except BaseException:
            # Nothing that a child says behind an error is of use: the next frame is asked of a new one.
            self.close()
            raise

    def _frame(self, index: int) -> Picture:
        if self._child is None or self._opened is None or index < self._next:
            self.close()
            self._child = _Child(self._file, [f"--start={index}"], self._limits, self._decoder)
            self._opened, self._next = self._child.opened(), 0
        while True:
            picture = self._step(self._child, self._opened, index)
            self._next += 1
            if self._next > index:
                if picture is None:
                    raise distrusted(self._file)
                return picture

    def close(self) -> None:
        """End the child, if there is one. The reader may be used again."""
        if self._child is not None:
            self._child.close()
        self._child = None

    def _step(self, child: _Child, opened: Opened, wanted: int) -> Picture | None:
        """The next frame; None for one that is passed over."""
        match child.answer():
            case Shown(width=width, height=height):
                if min(width, height) < 1 or width * height > self._limits.pixels:
                    raise distrusted(self._file)
                pixels = np.frombuffer(child.pixels(width * height * 3), np.uint8).reshape(height, width, 3)
                source = PictureSource(format=opened.format, mode="RGB", width=width, height=height, frames=0)
                return Picture(pixels, None, source)
            case Passed():
                return None
            case Ended():
                raise BadInputError(
                    f"{self._file} holds {self._next} frames, and frame {wanted} was asked for; use a longer movie"
                )
            case Opened() | Refused():
                raise distrusted(self._file)


class _Child:
    """A decoding child at work on a movie; a context manager that ends it."""

    def __init__(self, file: Path, options: Sequence[str], limits: ReadingLimits, decoder: Sequence[str]) -> None:
        self._file = file
        with open_checked(file, limits) as document:
            self._child = DecodingChild(
                ["--movie", *options], limits, decoder, document,
                too_slow="to decode a frame; save it again as a plain MP4",
            )  # fmt: skip

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def opened(self) -> Opened:
        """The first answer."""
        answer = self.answer()
        if not isinstance(answer, Opened):
            raise distrusted(self._file)
        return answer

    def answer(self) -> MovieAnswer:
        """The next answer that is no refusal."""
        try:
            answer = msgspec.json.decode(self._child.head(self._file), type=MovieAnswer)
        except msgspec.DecodeError:
            raise distrusted(self._file) from None
        if isinstance(answer, Refused):
            raise BadInputError(f"{self._file} {answer.reason}")
        return answer

    def pixels(self, size_bytes: int) -> bytes:
        """The bytes behind an answer."""
        return self._child.body(self._file, size_bytes)

    def close(self) -> None:
        """End it, however far it is."""
        self._child.close()
