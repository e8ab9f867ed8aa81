"""Which picture controls which frame of a take: frame i of a clip controls the i-th frame that its layer acts on.

Owns that rule. A layer's file may be one picture, which controls all its frames, an animation or a movie; its place may
also be a folder of pictures in the order of their names. Masks follow the same rule. Frames are counted, not timed: a
movie of 24 frames a second controls a take of 8 frame by frame, and a note says so. What holds fewer frames than the
layer acts on is refused, what holds more is used as far as the layer goes.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.control.hints import SourceFrame, digest_file
from engine.errors import BadInputError
from engine.media.movie_reading import MovieReader, inspect_movie, is_movie
from engine.media.picture_series import PictureSeries
from engine.media.reading import inspect_picture

if TYPE_CHECKING:
    from engine.messages import ControlLayer

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".avif"}
MAX_FILES = 100_000


class Footage:
    """A layer with the pictures of the frames that it acts on: `span`, the global ids of these."""

    def __init__(self, layer: ControlLayer, frames: int, fps: float = 0.0) -> None:
        """Look at the files, without decoding them.

        Args:
            layer: The layer.
            frames: The take's length.
            fps: Its rate, for the note about a movie's; 0 for none.

        Raises:
            BadInputError: A file is missing or no picture, or there are fewer pictures than frames.
        """
        self._layer = layer
        self.span = layer.acts_on(frames)
        needed = range(layer.skip, layer.skip + len(self.span))
        self._picture = _Strip(Path(layer.picture), needed, layer.frame)
        self._mask = None if layer.mask is None else _Strip(Path(layer.mask), needed)
        strips = (self._picture,) if self._mask is None else (self._picture, self._mask)
        self._strips = strips
        self.notes = tuple(note for strip in strips if (note := strip.note_on_rate(fps)))

    def at(self, frame: int) -> ControlLayer:
        """The layer as it is for global frame `frame` of its span, with one picture and one mask."""
        layer, picture, place = self._layer, self._picture, frame - self.span.start
        layer = msgspec.structs.replace(layer, picture=str(picture.file(place)), frame=picture.index(place))
        if self._mask is not None:
            layer = msgspec.structs.replace(layer, mask=str(self._mask.file(place)))
        return layer

    def sources(self, frame: int) -> tuple[SourceFrame | None, SourceFrame | None]:
        """What shows as picture and as mask in global frame `frame`; None for a file of one picture."""
        place = frame - self.span.start
        return self._picture.source(place), None if self._mask is None else self._mask.source(place)

    def close(self) -> None:
        """End the decoding; it starts again where a frame is asked for."""
        for strip in self._strips:
            strip.close()

    def digests(self) -> dict[str, str]:
        """Of all files of the take, by path; a folder has one, made of the names and digests of its pictures.

        Raises:
            BadInputError: A file cannot be read.
        """
        return {str(strip.place): strip.digest() for strip in self._strips}


class _Strip:
    """The pictures of one place, as many as a layer has frames; they are counted from its first one on."""

    def __init__(self, place: Path, needed: range, chosen: int | None = None) -> None:
        """`needed` are the places of its pictures; `chosen` is the one frame of the file that controls all frames."""
        self.place = place
        self._first = needed.start
        self._chosen = chosen
        self._files = _sequence(place, needed)
        self._movie: MovieReader | None = None
        self._pictures = PictureSeries()
        self._digest = ""
        self._fps = 0.0
        self._is_moving = False
        if self._files is not None:
            return
        if is_movie(place):
            opened = inspect_movie(place)
            self._movie, self._fps, held = MovieReader(place), opened.fps, opened.frames
        elif chosen is not None:
            return
        else:
            held = inspect_picture(place).frames
        if chosen is None:
            if held != 1 and held < needed.stop:
                raise _too_short(place, held, needed)
            self._is_moving = held > 1

    def file(self, frame: int) -> Path:
        """The file of the layer's frame `frame`."""
        return self.place if self._files is None else self._files[frame]

    def index(self, frame: int) -> int | None:
        """Which frame of its file that is; None for a still."""
        if self._files is not None:
            return None
        return self._first + frame if self._is_moving else self._chosen

    def source(self, frame: int) -> SourceFrame | None:
        """What a folder, a movie or an animation shows in it; such a file is read once for the digest."""
        if self._files is not None:
            file = self._files[frame]
            return SourceFrame(-1, digest_file(file), lambda: self._pictures.read(file))
        movie, index = self._movie, self.index(frame) or 0
        if movie is None and not self._is_moving:
            return None
        self._digest = self._digest or digest_file(self.place)
        if movie is None:
            return SourceFrame(index, self._digest, lambda: self._pictures.read(self.place, frame=index))
        return SourceFrame(index, self._digest, lambda: movie.frame(index))

    def close(self) -> None:
        self._pictures.close()
        if self._movie is not None:
            self._movie.close()

    def digest(self) -> str:
        """Of the file, or of names and digests of the folder's pictures that the layer uses."""
        if self._files is None:
            return self._digest or digest_file(self.place)
        lines = (f"{digest_file(file)}  {file.name}\n" for file in self._files)
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()

    def note_on_rate(self, fps: float) -> str:
        """For people: that a movie's frames are counted, where its rate is not the take's."""
        if not self._is_moving or not fps or not self._fps or abs(self._fps - fps) < 0.01:
            return ""
        return (
            f"{self.place.name}: {self._fps:.5g} frames a second control a take of {fps:g}, "
            "frame by frame, not second by second"
        )


def _sequence(place: Path, needed: range) -> list[Path] | None:
    """A picture for each frame from a folder, numbers in names in order of size; None where `place` is no folder."""
    if not place.is_dir():
        return None
    files: list[Path] = []
    for file in place.iterdir():
        if file.suffix.lower() in _SUFFIXES and not file.name.startswith("."):
            files.append(file)
        if len(files) > MAX_FILES:
            raise BadInputError(f"{place} holds more than {MAX_FILES:,} pictures; choose the folder of one sequence")
    if len(files) < needed.stop:
        raise _too_short(place, len(files), needed)
    return sorted(files, key=_natural)[needed.start : needed.stop]


def _natural(file: Path) -> tuple[list[tuple[int, str]], str]:
    """Sorts 2.png before 10.png."""
    parts = re.findall(r"\d{1,18}|\D+", file.name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], file.name


def _too_short(place: Path, held: int, needed: range) -> BadInputError:
    left = held - needed.start
    if left <= 0:
        return BadInputError(f"{place} holds {held} pictures, of which {needed.start} are skipped; skip fewer")
    behind = f" behind the first {needed.start}" if needed.start else ""
    return BadInputError(
        f"{place} holds {left} pictures{behind} for {len(needed)} frames; "
        f"shorten the take, or where this control acts, to {left} frames, or add pictures"
    )
