"""Strokes as steps of undo: what was and is in the rectangle that each changed, within a bound of memory."""

from __future__ import annotations

import zlib
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QUndoCommand

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 64 * 2**20


class Patch:
    """A rectangle of a mask or a map before and after a change, compressed."""

    def __init__(self, rect: QRect, before: QImage, after: QImage) -> None:
        self._rect = rect
        self._format = after.format()
        self.size = after.size()
        """Of the whole mask."""
        self._states: tuple[bytes, bytes] | None = (_packed(before.copy(rect)), _packed(after.copy(rect)))

    @property
    def rect(self) -> QRect:
        return self._rect

    @property
    def size_bytes(self) -> int:
        return sum(len(state) for state in self._states) if self._states else 0

    @property
    def is_forgotten(self) -> bool:
        return self._states is None

    def forget(self) -> None:
        """Give the memory back; the change can no longer be undone."""
        self._states = None

    def put(self, mask: QImage, *, after: bool) -> None:
        """Put the state before or after the change into a mask."""
        if self._states is None:
            return
        width, height = self._rect.width(), self._rect.height()
        pixels = zlib.decompress(self._states[after])
        part = QImage(pixels, width, height, len(pixels) // height, self._format)
        painter = QPainter(mask)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QPoint(self._rect.x(), self._rect.y()), part)
        painter.end()


class Patches:
    """All patches of a window, oldest first; the oldest are forgotten when there are too many bytes of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: deque[Patch] = deque()
        self._bytes = 0

    def add(self, patch: Patch) -> None:
        """Hold one more. The newest is always held."""
        self._held.append(patch)
        self._bytes += patch.size_bytes
        while self._bytes > self._most_bytes and len(self._held) > 1:
            oldest = self._held.popleft()
            self._bytes -= oldest.size_bytes
            oldest.forget()


class MaskStep(QUndoCommand):
    """A change of one mask. `apply` puts a patch of a file's mask into its state before or after."""

    def __init__(self, text: str, patch: Patch, apply: Callable[[Patch, bool], None]) -> None:
        super().__init__(text)
        self._patch, self._apply = patch, apply

    def redo(self) -> None:
        self._put(after=True)

    def undo(self) -> None:
        self._put(after=False)

    def _put(self, *, after: bool) -> None:
        self._apply(self._patch, after)
        # A step that has no effect any more takes itself out of the history.
        self.setObsolete(self._patch.is_forgotten)


def _packed(part: QImage) -> bytes:
    return zlib.compress(bytes(part.constBits()), 1)
