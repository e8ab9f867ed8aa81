"""What is painted over the picture: the mask as a tint, the frame of an extended picture, the ring of the brush.

Owns how these look. Painters come with the widget's coordinates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, qRgba

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.theme import Tokens

_TINT, _TINT_ALPHA = QColor("#e0645c"), 0.6
TINTS = tuple(qRgba(_TINT.red(), _TINT.green(), _TINT.blue(), round(level * _TINT_ALPHA)) for level in range(256))
"""For each level of a mask, the colour that stands for it: one for all themes, as the picture below is."""
_SEAM_PX = 2
"""Neighbours that smooth scaling looks at beyond what is repainted."""
_HANDLE_PX = 8


def paint_mask(
    painter: QPainter, mask: QImage, place: QRectF, visible: QRectF, table: Sequence[int], *, smooth: bool
) -> None:
    """Tint what is masked.

    Args:
        painter: Clipped to what is to be repainted.
        mask: Format_Grayscale8.
        place: Where all of the mask lies in the widget.
        visible: The part of the widget that is to be repainted.
        table: A colour for each level of the mask.
        smooth: Interpolate, as the picture below does.
    """
    scale = place.width() / mask.width()
    part = QRectF((visible.topLeft() - place.topLeft()) / scale, visible.size() / scale).toAlignedRect()
    part = part.adjusted(-_SEAM_PX, -_SEAM_PX, _SEAM_PX, _SEAM_PX) & mask.rect()
    if part.isEmpty():
        return
    # The same bytes, read as places in the table: no pixel is computed but those on the screen.
    tinted = mask.copy(part)
    tinted.reinterpretAsFormat(QImage.Format.Format_Indexed8)
    tinted.setColorTable(table)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.translate(place.topLeft())
    painter.scale(scale, scale)
    painter.drawImage(part.topLeft(), tinted)
    painter.restore()


def paint_margins(painter: QPainter, picture: QRectF, frame: QRectF, tokens: Tokens) -> None:
    """The new parts of an extended picture, hatched, and its frame with a handle on each edge."""
    beyond = QPainterPath()
    beyond.addRect(frame)
    hole = QPainterPath()
    hole.addRect(picture)
    beyond = beyond.subtracted(hole)
    painter.fillPath(beyond, tokens.color("panel"))
    painter.fillPath(beyond, QBrush(tokens.color("line"), Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(tokens.color("accent"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)
    painter.setPen(QPen(tokens.color("surround"), 1))
    painter.setBrush(tokens.color("accent"))
    middle = frame.center()
    for point in (
        QPointF(frame.left(), middle.y()),
        QPointF(frame.right(), middle.y()),
        QPointF(middle.x(), frame.top()),
        QPointF(middle.x(), frame.bottom()),
    ):
        painter.drawRect(handle_at(point))


def handle_at(point: QPointF) -> QRectF:
    """The square that an edge is held by."""
    half = _HANDLE_PX / 2
    return QRectF(point.x() - half, point.y() - half, _HANDLE_PX, _HANDLE_PX)


def paint_ring(painter: QPainter, centre: QPointF, radius: float, high: float = 0.0, *, erases: bool) -> None:
    """The edge of the brush, dark and light, so that it is seen on anything; dashed while it erases.

    `high` is its radius downwards, where that is another one.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
    painter.drawEllipse(centre, radius, high or radius)
    light = QPen(QColor(255, 255, 255, 230), 1.25)
    if erases:
        light.setDashPattern([4, 4])
    painter.setPen(light)
    painter.drawEllipse(centre, radius, high or radius)
