"""Pictures that a worker reads again and again while an artist tries things: kept by content, our own read at once.

Owns the memory, and which files count as ours: those that the window itself has painted, in a folder of the home that
nobody else writes to. They are decoded in this process, which saves the start of another; all else is
engine.media.reading's.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.errors import BadInputError
from engine.media.picture_wire import PictureSource
from engine.media.reading import Picture, ReadingLimits, open_checked, read_picture

if TYPE_CHECKING:
    from pathlib import Path

CAPACITY_BYTES = 256 * 2**20


class KnownPictures:
    """Reads pictures, and keeps the last."""

    def __init__(self, own: Path | None = None, capacity_bytes: int = CAPACITY_BYTES) -> None:
        """`own` is the folder of what the window has painted; `capacity_bytes` bounds what is kept."""
        self._own = own
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[tuple[str, int | None], Picture] = OrderedDict()

    def read(self, file: Path, *, frame: int | None = None, limits: ReadingLimits | None = None) -> Picture:
        """One picture, as engine.media.reading.read_picture gives it, whose errors it has.

        Raises:
            BadInputError: It cannot be read; one line names it and the remedy.
        """
        limits = limits or ReadingLimits()
        with open_checked(file, limits) as stream:
            key = (hashlib.sha256(stream.read()).hexdigest(), frame)
        found = self._kept.get(key)
        if found is None:
            found = self._read(file, frame, limits)
            self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(map(_size_of, self._kept.values())) > self._capacity_bytes:
            self._kept.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget all pictures, to give their memory back."""
        self._kept.clear()

    def _read(self, file: Path, frame: int | None, limits: ReadingLimits) -> Picture:
        if self._own is None or frame is not None or not file.is_relative_to(self._own) or ".." in file.parts:
            return read_picture(file, frame=frame, limits=limits)
        return _read_own(file, limits)


def _read_own(file: Path, limits: ReadingLimits) -> Picture:
    """A PNG of grey or RGB that the window has written."""
    try:
        with Image.open(file, formats=("PNG",)) as image:
            if image.width * image.height > limits.pixels:
                raise BadInputError(f"{file} has more than {limits.pixels:,} pixels; make it smaller")
            if image.mode not in ("L", "RGB"):
                # Not as we write them; whoever did is not trusted.
                return read_picture(file, limits=limits)
            mode, pixels = image.mode, np.array(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInputError(f"{file} is damaged ({error}); paint it again") from error
    height, width = pixels.shape[:2]
    return Picture(pixels, None, PictureSource(format="PNG", mode=mode, width=width, height=height, frames=1))


def _size_of(picture: Picture) -> int:
    return picture.pixels.nbytes + (0 if picture.alpha is None else picture.alpha.nbytes)
