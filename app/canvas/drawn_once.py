"""A picture as it was last painted: scaled once for each picture, place and size, and only copied after that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QImage
    from PySide6.QtWidgets import QWidget


class DrawnOnce:
    """Fills a widget with a ground and one picture on it. Holds the pixels of the widget, no more at any zoom."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._key: tuple[object, ...] = ()
        self._drawn = QPixmap()
        self.times = 0
        """How often it was really drawn."""

    def paint(self, painter: QPainter, image: QImage, place: QRectF, *, ground: QColor, is_smooth: bool) -> None:
        """Paint the picture where it lies in the widget, within the clip of `painter`; as large as its sides allow."""
        ratio = self._widget.devicePixelRatioF()
        key = (image.cacheKey(), place.getRect(), self._widget.size().toTuple(), ratio, ground.rgba(), is_smooth)
        if key != self._key:
            self._key = key
            self._draw(image, place, ratio, ground, is_smooth=is_smooth)
        painter.drawPixmap(0, 0, self._drawn)

    def forget(self) -> None:
        """Give the pixels back."""
        self._key, self._drawn = (), QPixmap()

    def _draw(self, image: QImage, place: QRectF, ratio: float, ground: QColor, *, is_smooth: bool) -> None:
        self.times += 1
        width, height = math.ceil(self._widget.width() * ratio), math.ceil(self._widget.height() * ratio)
        if self._drawn.width() != width or self._drawn.height() != height:
            self._drawn = QPixmap(width, height)
        self._drawn.setDevicePixelRatio(ratio)
        self._drawn.fill(ground)
        if image.isNull():
            return
        inside = QRectF(QPointF(), QSizeF(image.size()).scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio))
        inside.moveCenter(place.center())
        painter = QPainter(self._drawn)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.drawImage(inside, image)
        painter.end()
