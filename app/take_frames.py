"""Decoded frames of takes, read from their Clips in the background; the newest wish first, within a bound.

Views ask while they paint and are told when more is there. What frames a take has is in `take`.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.pictures import SIDES, Picture, decode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.background import Background, Problem

KEPT_BYTES = 40 * 2**20
AHEAD_BYTES = 40 * 2**20
READ_AHEAD, LEAST_AHEAD = 8, 2
MOST_WISHES = 48
AT_ONCE = 2
SEEN_TAKES = 2
"""Two may be compared."""

Key = tuple[str, int, int]
Held = TypeVar("Held")


def frames_ahead(width: int, height: int) -> int:
    """How many frames of this size are read ahead: no more than AHEAD_BYTES of them, but always the next one."""
    return max(LEAST_AHEAD, min(READ_AHEAD, AHEAD_BYTES // (4 * width * height)))


class FrameCache(QObject):
    """Frames by job, number and size. Frames that could not be read are remembered until `forget_missing`.

    KEPT_BYTES of them, the least recently used go; and beside them what is seen, and what is read ahead to be seen
    next. If those gave way to each other, each would be decoded twice, or for ever.
    """

    loaded = Signal(int)
    """A frame that was asked for is there, or cannot be read."""

    def __init__(self, background: Background, takes: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._takes = takes
        self._images: OrderedDict[Key, QImage] = OrderedDict()
        self._wishes: OrderedDict[Key, None] = OrderedDict()
        self._reading: set[Key] = set()
        self._seen: OrderedDict[str, Key] = OrderedDict()
        """Of the takes that were looked at last, the frame."""
        self._ahead: OrderedDict[str, tuple[Key, ...]] = OrderedDict()
        """Of those that played last, what comes next."""
        self._held_bytes = 0

    def get(self, job: str, frame: int, side: int) -> QImage | None:
        """The frame, at most about `side` pixels large; null if it cannot be read; None while it is being read."""
        key = self._key(job, frame, side)
        if key[2] == SIDES[-1]:
            _put_last(self._seen, job, key)
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
            return image
        self._wish(key)
        self._read_next()
        return None

    def read_ahead(self, job: str, frames: Sequence[int], side: int) -> None:
        """Read what is not held of these frames, the first one first; they stay until others are read ahead."""
        keys = tuple(self._key(job, frame, side) for frame in frames)
        _put_last(self._ahead, job, keys)
        # The newest wish is read first.
        for key in reversed(keys):
            if key not in self._images:
                self._wish(key)
        self._read_next()

    def held(self, job: str, frame: int, side: int) -> bool:
        """Whether `get` would give the frame at once."""
        return self._key(job, frame, side) in self._images

    def forget_missing(self, job: str, start: int, stop: int) -> None:
        """These frames have just been written: what was read of them before does not count."""
        for key in [key for key in self._images if key[0] == job and start <= key[1] < stop]:
            self._held_bytes -= self._images.pop(key).sizeInBytes()

    def _key(self, job: str, frame: int, side: int) -> Key:
        return job, frame, next((size for size in SIDES if size >= side), SIDES[-1])

    def _wish(self, key: Key) -> None:
        if key not in self._reading:
            self._wishes[key] = None
            self._wishes.move_to_end(key)
            while len(self._wishes) > MOST_WISHES:
                self._wishes.popitem(last=False)

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
        self._forget_oldest(key)
        self.loaded.emit(key[1])
        self._read_next()

    def _forget_oldest(self, newest: Key) -> None:
        if self._held_bytes <= KEPT_BYTES:
            return
        stay = {newest, *self._seen.values(), *chain.from_iterable(self._ahead.values())}
        most = KEPT_BYTES + sum(self._images[key].sizeInBytes() for key in stay if key in self._images)
        for key in [key for key in self._images if key not in stay]:
            if self._held_bytes <= most:
                break
            self._held_bytes -= self._images.pop(key).sizeInBytes()


def _put_last(of: OrderedDict[str, Held], job: str, what: Held) -> None:
    of[job] = what
    of.move_to_end(job)
    while len(of) > SEEN_TAKES:
        of.popitem(last=False)
