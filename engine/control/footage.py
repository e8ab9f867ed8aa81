"""Which picture controls which frame of a take: frame i of a clip controls frame i.

Owns that rule. A layer's file may be one picture, which controls every frame, or an animation; its place may also be a
folder of pictures in the order of their names. Masks follow the same rule. Nothing is read here but names and counts.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadInputError
from engine.media.reading import inspect_picture

if TYPE_CHECKING:
    from engine.messages import ControlLayer

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".avif"}
_MOVIES = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"}
MAX_FILES = 100_000


class Footage:
    """A layer with the pictures of a take's frames."""

    def __init__(self, layer: ControlLayer, frames: int) -> None:
        """`frames` is the take's length.

        Raises:
            BadInputError: A file is missing or no picture, or there are fewer pictures than frames.
        """
        self._layer = layer
        self._pictures = _sequence(Path(layer.picture), frames)
        self._masks = None if layer.mask is None else _sequence(Path(layer.mask), frames)
        self._is_animated = False
        if self._pictures is None and layer.frame is None:
            if Path(layer.picture).suffix.lower() in _MOVIES:
                raise BadInputError(
                    f"{layer.picture} is a movie, which controls do not read; turn it into a folder of pictures"
                )
            held = inspect_picture(Path(layer.picture)).frames
            if 1 < held < frames:
                raise _too_short(Path(layer.picture), held, frames)
            self._is_animated = held > 1

    def at(self, frame: int) -> ControlLayer:
        """The layer as it is for global frame `frame`, with one picture and one mask."""
        layer = self._layer
        if self._pictures is not None:
            layer = msgspec.structs.replace(layer, picture=str(self._pictures[frame]), frame=None)
        elif self._is_animated:
            layer = msgspec.structs.replace(layer, frame=frame)
        if self._masks is not None:
            layer = msgspec.structs.replace(layer, mask=str(self._masks[frame]))
        return layer


def _sequence(place: Path, frames: int) -> list[Path] | None:
    """The pictures of a folder, numbers in their names in order of size; None where `place` is no folder."""
    if not place.is_dir():
        return None
    files: list[Path] = []
    for file in place.iterdir():
        if file.suffix.lower() in _SUFFIXES and not file.name.startswith("."):
            files.append(file)
        if len(files) > MAX_FILES:
            raise BadInputError(f"{place} holds more than {MAX_FILES:,} pictures; choose the folder of one sequence")
    if len(files) < frames:
        raise _too_short(place, len(files), frames)
    return sorted(files, key=_natural)


def _natural(file: Path) -> tuple[list[tuple[int, str]], str]:
    """Sorts 2.png before 10.png."""
    parts = re.findall(r"\d{1,18}|\D+", file.name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], file.name


def _too_short(place: Path, held: int, frames: int) -> BadInputError:
    return BadInputError(
        f"{place} holds {held} pictures for {frames} frames; shorten the take to {held} frames or add pictures"
    )
