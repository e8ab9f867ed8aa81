"""The control map that is touched up, large, where it lies in the frame of the result: painted on, or put elsewhere."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTransform

from app.canvas.painting.edit_view import LEAST_RING_PX, EditView
from app.canvas.painting.overlay import handle_at, paint_ring
from app.canvas.painting.placing import MOVE, SCALES, TURN, Drag, dragged, grip_at, grips_of, moved, transform_of
from app.canvas.picture_view import SHARP_FROM_ZOOM
from engine.messages import MapPlace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.canvas.painting.brush import BrushChoice
    from app.canvas.painting.map_board import MapBoard
    from app.theme import Theme

GRIP_PX, TURN_PX = 9, 28
BENEATH = 0.55
"""How much of the map is seen while its picture shows beneath."""
_NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MapView(EditView):
    """Paints on the map, Alt picks a colour; or moves, scales and turns it: `set_placing` chooses.

    The picture it holds is the layer's, framed as the map is; its size is the frame's.
    """

    place_dragged = Signal(object, str)
    """A MapPlace, and a word that is one for each drag."""

    def __init__(self, board: MapBoard, choice: BrushChoice, theme: Theme, parent: QWidget | None = None) -> None:
        self._place = MapPlace()
        self._map_board = board
        self._is_placing = self._shows_picture = False
        self._drag: Drag | None = None
        self._drag_name = ""
        self._names = itertools.count(1)
        super().__init__(board, choice, theme, parent)

    @property
    def is_placing(self) -> bool:
        """Whether the mouse has hold of the map and not of the brush."""
        return self._is_placing

    def set_placing(self, placing: bool) -> None:
        """Show the handles, or the brush."""
        self._is_placing = placing
        self._drag = None
        self.set_tools(paints=not placing, shows_mask=True)

    def show_place(self, place: MapPlace) -> None:
        """The map lies here."""
        if place != self._place:
            self._place = place
            self.update()

    def show_picture(self, shown: bool) -> None:
        """Let the layer's picture show beneath the map."""
        self._shows_picture = shown
        self.update()

    # Geometry.

    def _frame_size(self) -> QSizeF:
        return QSizeF(self.image.size())

    def _to_widget(self) -> QTransform:
        """From the map's pixels to the widget."""
        corner, scale = self.widget_rect(QRectF(self.image.rect())).topLeft(), self._scale()
        shown = QTransform.fromScale(scale, scale) * QTransform.fromTranslate(corner.x(), corner.y())
        return transform_of(self._place, self._frame_size()) * shown

    def _paint_point(self, at: QPointF) -> QPointF:
        return self._to_widget().inverted()[0].map(at)

    def _update_mask(self, rect: QRect) -> None:
        self.update(self._to_widget().mapRect(QRectF(rect)).toAlignedRect().adjusted(-2, -2, 2, 2))

    def _ring(self) -> QRectF | None:
        if self._mouse is None or self._is_placing or not self._can_paint() or self._space:
            return None
        size = self._choice.brush.size / 2 * self._scale()
        wide, high = max(size * self._place.scale_x, LEAST_RING_PX), max(size * self._place.scale_y, LEAST_RING_PX)
        far = max(wide, high)
        return QRectF(self._mouse.x() - far, self._mouse.y() - far, 2 * far, 2 * far)

    def _paint_ring(self, painter: QPainter, ring: QRectF) -> None:
        size = self._choice.brush.size / 2 * self._scale()
        wide, high = max(size * self._place.scale_x, LEAST_RING_PX), max(size * self._place.scale_y, LEAST_RING_PX)
        painter.save()
        painter.translate(ring.center())
        painter.rotate(self._place.angle)
        paint_ring(painter, QPointF(), wide, high, erases=self._choice.brush.erases)
        painter.restore()

    # What is seen.

    def _paint_board(self, painter: QPainter, event: QPaintEvent) -> None:
        board = self._map_board
        frame = self.widget_rect(QRectF(self.image.rect()))
        painter.save()
        painter.setClipRegion(event.region())
        painter.setClipRect(frame, Qt.ClipOperation.IntersectClip)
        if not self._shows_picture:
            painter.fillRect(frame, QColor.fromRgb(board.background))
        if not board.mask.isNull():
            is_smooth = self.is_fit or self.zoom < SHARP_FROM_ZOOM
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth and not board.is_categorical)
            painter.setOpacity(BENEATH if self._shows_picture else 1.0)
            painter.setTransform(self._to_widget(), combine=True)
            painter.drawImage(0, 0, board.mask)
        painter.restore()
        if self._is_placing and not board.mask.isNull():
            self._paint_grips(painter)

    def _grips(self) -> dict[str, QPointF]:
        """The handles, in the widget."""
        scale, corner = self._scale(), self.widget_rect(QRectF(self.image.rect())).topLeft()
        grips = grips_of(self._place, self._frame_size(), TURN_PX / scale)
        return {grip: corner + point * scale for grip, point in grips.items()}

    def _paint_grips(self, painter: QPainter) -> None:
        tokens, grips = self._tokens_of.tokens, self._grips()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPolygonF([grips[grip] for grip in list(SCALES)[:4]])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 160), 3), QPen(tokens.color("accent"), 1.5)):
            painter.setPen(pen)
            painter.drawPolygon(outline)
            painter.drawLine(grips["top"], grips[TURN])
        painter.setPen(QPen(tokens.color("surround"), 1))
        painter.setBrush(tokens.color("accent"))
        for grip in SCALES:
            painter.drawRect(handle_at(grips[grip]))
        painter.drawEllipse(grips[TURN], 5, 5)

    def _show_cursor(self) -> None:
        if not self._is_placing or self._space or self._grabbed is not None:
            super()._show_cursor()
            return
        grip = self._drag.grip if self._drag else self._grip_under_mouse()
        shapes = {"": Qt.CursorShape.ArrowCursor, MOVE: Qt.CursorShape.SizeAllCursor, TURN: Qt.CursorShape.CrossCursor}
        self.setCursor(shapes[grip] if grip in shapes else _cursor_along(self._place, *SCALES[grip]))

    def _grip_under_mouse(self) -> str:
        if self._mouse is None or self.image.isNull() or self._map_board.mask.isNull():
            return ""
        scale = self._scale()
        at = self.picture_point(self._mouse)
        return grip_at(self._place, self._frame_size(), at, radius=GRIP_PX / scale, reach=TURN_PX / scale)

    # Mouse, pen and keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and not self._space and self._is_placing:
            self._move_ring(event.position())
            grip = self._grip_under_mouse()
            if grip:
                self._drag = Drag(grip, self._place, self.picture_point(event.position()))
                self._drag_name = f"place {next(self._names)}"
            return
        if is_left and not self._space and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.pick(event.position())
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            keeps = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            place = dragged(self._drag, self._frame_size(), self.picture_point(event.position()), keeps=keeps)
            self.place_dragged.emit(place, self._drag_name)
            return
        self._drag = None
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        super().mouseReleaseEvent(event)

    def pick(self, at: QPointF) -> None:
        """Paint with the colour of the map under a point of the widget."""
        colour = self._map_board.colour_at(self._paint_point(at))
        if colour is not None:
            self._choice.choose(colour=colour, erases=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _NUDGES.get(Qt.Key(event.key()))
        if not self._is_placing or step is None:
            super().keyPressEvent(event)
            return
        by = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        frame = self._frame_size()
        place = moved(self._place, by * step[0] / frame.width(), by * step[1] / frame.height())
        self.place_dragged.emit(place, "")

    def show_frame(self, picture: QImage, path: str, words: str) -> None:
        """Show the picture of the layer in the frame of the result; one of the same size keeps the zoom."""
        is_other = picture.size() != self.image.size()
        self.show_image(picture, path, words)
        if is_other:
            self.set_zoom(0.0)


def _cursor_along(place: MapPlace, along: int, down: int) -> Qt.CursorShape:
    """The arrow that lies nearest to the way in which a handle scales."""
    way = QTransform().rotate(place.angle).map(QPointF(along, down))
    if abs(way.x()) > 2.4 * abs(way.y()):
        return Qt.CursorShape.SizeHorCursor
    if abs(way.y()) > 2.4 * abs(way.x()):
        return Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeFDiagCursor if way.x() * way.y() > 0 else Qt.CursorShape.SizeBDiagCursor
