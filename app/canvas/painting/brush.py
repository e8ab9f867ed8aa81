"""The round brush: which pixels of a mask a stroke changes, and how the artist sets it.

Masks are QImages of Format_Grayscale8, 255 where the picture is made anew. A stroke takes the larger of what is there
and what it paints, so that going over a place twice is the same as once.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QRadialGradient

SMALLEST_PX, LARGEST_PX = 1, 1000
_SPACING = 0.1
"""Between two dabs, as a share of the radius: a hard edge then waves by less than a pixel."""
_SOFT_STOPS = tuple((step / 8, 0.5 + 0.5 * math.cos(math.pi * step / 8)) for step in range(9))
_LEAST_PRESSURE = 0.1


class Brush(NamedTuple):
    """What a stroke is painted with. `size` is its diameter in pixels of the picture."""

    size: int = 48
    is_soft: bool = False
    erases: bool = False
    colour: int = 0xFFFFFFFF
    """ARGB, for maps; masks have none."""


class BrushChoice(QObject):
    """The brush that is chosen now; tools, keys and views share it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.brush = Brush()

    def choose(self, **fields: object) -> None:
        """Change `size`, `is_soft`, `erases` or `colour`."""
        after = Brush(**{**self.brush._asdict(), **fields})  # pyright: ignore[reportArgumentType] - checked below
        after = after._replace(size=min(max(int(after.size), SMALLEST_PX), LARGEST_PX))
        if after != self.brush:
            self.brush = after
            self.changed.emit()

    def swap(self) -> None:
        """Erase instead of painting, or the other way round."""
        self.choose(erases=not self.brush.erases)

    def grow(self, steps: int) -> None:
        """Larger by that many steps of a fifth, or smaller; at least by a pixel each."""
        size = self.brush.size
        for _ in range(abs(steps)):
            size = max(size + 1, round(size * 1.2)) if steps > 0 else min(size - 1, round(size / 1.2))
        self.choose(size=size)


class Stroke:
    """One stroke on its way. `mask` is painted at once; `before` keeps what was there.

    Args:
        mask: Format_Grayscale8; changed in place.
        brush: With what.
    """

    def __init__(self, mask: QImage, brush: Brush) -> None:
        self._mask = mask
        self._brush = brush
        # Qt copies the pixels when the first dab changes them, not here.
        self.before = QImage(mask)
        self.rect = QRect()
        """What has been changed so far."""
        self.erases = brush.erases
        self._last: tuple[QPointF, float] | None = None
        self._rest = 0.0

    def move(self, point: QPointF, pressure: float = 1.0) -> QRect:
        """Go on to a point of the picture; `pressure`, 0 to 1, narrows the brush. Returns what has changed."""
        radius = max(self._brush.size / 2 * max(pressure, _LEAST_PRESSURE), SMALLEST_PX / 2)
        dirty = QRect()
        painter = QPainter(self._mask)
        modes = QPainter.CompositionMode
        painter.setCompositionMode(
            modes.CompositionMode_Darken if self._brush.erases else modes.CompositionMode_Lighten
        )
        for centre, size in self._dabs(point, radius):
            dirty |= self._dab(painter, centre, size)
        painter.end()
        self.rect |= dirty
        return dirty

    def _dabs(self, point: QPointF, radius: float) -> list[tuple[QPointF, float]]:
        """Centres and radii along the way from the last point, evenly spaced."""
        if self._last is None:
            self._last = (point, radius)
            return [(point, radius)]
        (start, before), self._last = self._last, (point, radius)
        way = point - start
        length = math.hypot(way.x(), way.y())
        found: list[tuple[QPointF, float]] = []
        spacing = max(_SPACING * min(before, radius), 1.0 if min(before, radius) > 1.5 else 0.5)
        at = spacing - self._rest
        while at <= length:
            share = at / length
            found.append((start + way * share, before + (radius - before) * share))
            at += spacing
        self._rest = length - (at - spacing)
        return found

    def _dab(self, painter: QPainter, centre: QPointF, radius: float) -> QRect:
        reach = radius if self._brush.is_soft else radius + 0.5
        box = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
        rect = box.toAlignedRect() & self._mask.rect()
        if rect.isEmpty():
            return QRect()
        gradient = QRadialGradient(centre, reach)
        hard = ((0.0, 1.0), (max(radius - 0.5, 0.0) / reach, 1.0), (1.0, 0.0))
        for place, share in _SOFT_STOPS if self._brush.is_soft else hard:
            level = round(255 * (1.0 - share if self._brush.erases else share))
            gradient.setColorAt(place, QColor(level, level, level))
        painter.fillRect(rect, gradient)
        return rect


def plain_mask(width: int, height: int, level: Qt.GlobalColor = Qt.GlobalColor.black) -> QImage:
    """A mask of one level."""
    mask = QImage(width, height, QImage.Format.Format_Grayscale8)
    mask.fill(level)
    return mask
