"""Decoded frames of one take, read from its Clip in the background; the newest wish first, within a bound.

Views ask while they paint and are told when more is there. What frames a take has is in `take`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.pictures import SIDES, Picture, decode

if TYPE_CHECKING:
    from pathlib import Path

    from app.background import Background, Problem

KEPT_BYTES = 40 * 2**20
MOST_WISHES = 48
AT_ONCE = 2

Key = tuple[str, int, int]


class FrameCache(QObject):
    """Frames by job, number and size. Frames that could not be read are remembered until `forget_missing`."""

    loaded = Signal(int)
    """A frame that was asked for is there, or cannot be read."""

    def __init__(self, background: Background, takes: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._takes = takes
        self._images: OrderedDict[Key, QImage] = OrderedDict()
        self._wishes: OrderedDict[Key, None] = OrderedDict()
        self._reading: set[Key] = set()
        self._held_bytes = 0

    def get(self, job: str, frame: int, side: int) -> QImage | None:
        """The frame, at most about `side` pixels large; null if it cannot be read; None while it is being read."""
        key = self._key(job, frame, side)
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
            return image
        if key not in self._reading:
            self._wishes[key] = None
            self._wishes.move_to_end(key)
            while len(self._wishes) > MOST_WISHES:
                self._wishes.popitem(last=False)
            self._read_next()
        return None

    def held(self, job: str, frame: int, side: int) -> bool:
        """Whether `get` would give the frame at once."""
        return self._key(job, frame, side) in self._images

    def forget_missing(self, job: str, start: int, stop: int) -> None:
        """These frames have just been written: what was read of them before does not count."""
        for key in [key for key in self._images if key[0] == job and start <= key[1] < stop]:
            self._held_bytes -= self._images.pop(key).sizeInBytes()

    def _key(self, job: str, frame: int, side: int) -> Key:
        return job, frame, next((size for size in SIDES if size >= side), SIDES[-1])

    def _read_next(self) -> None:
        while self._wishes and len(self._reading) < AT_ONCE:
            key, _ = self._wishes.popitem()
            self._reading.add(key)
            job, frame, side = key
            picture = Picture(take=job, frame=frame)
            self._background.run(
                lambda picture=picture, side=side: decode(picture, side, self._takes),
                lambda result, key=key: self._keep(key, result),
            )

    def _keep(self, key: Key, result: QImage | Problem) -> None:
        self._reading.discard(key)
        image = result if isinstance(result, QImage) else QImage()
        self._images[key] = image
        self._held_bytes += image.sizeInBytes()
        while self._held_bytes > KEPT_BYTES and len(self._images) > 1:
            _, oldest = self._images.popitem(last=False)
            self._held_bytes -= oldest.sizeInBytes()
        self.loaded.emit(key[1])
        self._read_next()
