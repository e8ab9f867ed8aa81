"""The timeline without its playhead, as it was last painted: while a take plays, only the playhead moves over it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion

if TYPE_CHECKING:
    from app.timeline.area import TimeArea
    from app.timeline.scene import Marks, Scene


class Ground:
    """Holds the pixels of an area's viewport, no more."""

    def __init__(self, area: TimeArea) -> None:
        self._area = area
        self._drawn = QPixmap()
        self._stale = QRect()
        self.painted_px = 0
        """How many pixels were really painted since the beginning."""

    def spoil(self, place: QRect) -> None:
        """Something has changed there."""
        self._stale = self._stale.united(place)
        self._area.viewport().update(place)

    def painted(self, wanted: QRegion, scene: Scene, marks: Marks) -> QPixmap:
        """The pixels as they are now. Who wants all of them has changed them; in a part, what was spoilt is."""
        port = self._area.viewport()
        ratio, everything = port.devicePixelRatioF(), port.rect()
        size = QSize(math.ceil(port.width() * ratio), math.ceil(port.height() * ratio))
        # Qt asks for no more than what a window that is too small leaves to be seen; and the playhead's column with the
        # lane of frames, which have changed in the same turn, are not all, though the rectangle around them is.
        seen = port.visibleRegion()
        is_all = (QRegion(everything) if seen.isEmpty() else seen).subtracted(wanted).isEmpty()
        stale, self._stale = everything if is_all else self._stale, QRect()
        if self._drawn.size() != size or self._drawn.devicePixelRatio() != ratio:
            self._drawn = QPixmap(size)
            self._drawn.setDevicePixelRatio(ratio)
            stale = everything
        if not stale.isEmpty():
            painter = QPainter(self._drawn)
            painter.setFont(self._area.font())
            scene.paint(painter, stale, self._area, marks)
            painter.end()
            self.painted_px += stale.width() * stale.height()
        return self._drawn
