"""The picture that is edited, large: its mask is painted here and the edges of its frame are dragged.

It shows a `MaskBoard` and the margins it is told; what they are for is the window's business.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPointingDevice, QTabletEvent

from app.canvas.painting.frame import Frame, Side, dragged, sides_at
from app.canvas.painting.overlay import TINTS, paint_margins, paint_mask, paint_ring
from app.canvas.picture_view import SHARP_FROM_ZOOM, PictureView
from engine.messages import Margins

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.canvas.painting.board import MaskBoard
    from app.canvas.painting.brush import BrushChoice
    from app.theme import Theme

INSIDE_PX, OUTSIDE_PX = 4, 14
LEAST_RING_PX = 3
_EDGE_PX = 16
"""What the frame's handles and the ring's line take beyond their own rectangle, generously."""


class EditView(PictureView):
    """Left paints, or drags an edge of the frame; Space or the middle button pans; Shift draws a straight line."""

    margins_dragged = Signal(Margins, str)
    """The frame's edges follow the mouse; the word is one for each drag."""
    mask_wanted = Signal()
    """Something is painted while the mask is hidden."""

    def __init__(self, board: MaskBoard, choice: BrushChoice, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._board, self._choice, self._tokens_of = board, choice, theme
        self._paints = self._shows_mask = True
        self._margins: Margins | None = None
        self._multiple = 1
        self._mouse: QPointF | None = None
        self._held: tuple[Side, ...] = ()
        self._held_name = ""
        self._was_fit = False
        self._from_tablet = False
        self._last_stroke: QPointF | None = None
        self._drags = itertools.count(1)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        board.changed.connect(self._update_mask)
        board.opened.connect(self._forget)
        choice.changed.connect(self._update_ring)
        theme.changed.connect(self.update)

    def set_tools(self, *, paints: bool, shows_mask: bool) -> None:
        """Whether there is a mask to paint now, and whether it can be seen."""
        self._paints, self._shows_mask = paints, shows_mask
        self._show_cursor()
        self.update()

    def set_frame(self, margins: Margins | None, multiple: int) -> None:
        """Show a frame around the picture, with edges that snap to multiples; None for no frame."""
        self._multiple = multiple
        if margins == self._margins:
            return
        self._margins = margins
        if self.is_fit:
            self.set_zoom(0.0)
        self.update()

    def _forget(self) -> None:
        self._last_stroke = None
        self.update()

    # What is seen.

    def _content(self) -> QRectF:
        margins = self._margins or Margins()
        whole = super()._content()
        return whole.adjusted(-margins.left, -margins.top, margins.right, margins.bottom)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.image.isNull():
            return
        painter = QPainter(self)
        self._paint_board(painter, event)
        ring = self._ring()
        if ring is not None:
            self._paint_ring(painter, ring)

    def _paint_board(self, painter: QPainter, event: QPaintEvent) -> None:
        place = self.widget_rect(QRectF(self.image.rect()))
        if self._margins is not None:
            paint_margins(painter, place, self.widget_rect(self._content()), self._tokens_of.tokens)
        mask = self._board.mask
        if self._paints and self._shows_mask and not mask.isNull():
            is_smooth = self.is_fit or self.zoom < SHARP_FROM_ZOOM
            painter.setClipRegion(event.region())
            paint_mask(painter, mask, place, QRectF(event.rect()), TINTS, smooth=is_smooth)

    def _paint_ring(self, painter: QPainter, ring: QRectF) -> None:
        paint_ring(painter, ring.center(), ring.width() / 2, erases=self._choice.brush.erases)

    def _paint_point(self, at: QPointF) -> QPointF:
        """The pixel of what is painted that lies under a point of the widget."""
        return self.picture_point(at)

    def _ring(self) -> QRectF | None:
        """Around what the brush would paint; None where it would not."""
        if self._mouse is None or not self._can_paint() or self._space or self._held or self._sides():
            return None
        radius = max(self._choice.brush.size / 2 * self._scale(), LEAST_RING_PX)
        return QRectF(self._mouse.x() - radius, self._mouse.y() - radius, 2 * radius, 2 * radius)

    def _can_paint(self) -> bool:
        return self._paints and not self._board.mask.isNull() and not self.image.isNull()

    def _update_mask(self, rect: QRect) -> None:
        self.update(_grown(self.widget_rect(QRectF(rect)), 2))

    def _update_ring(self) -> None:
        self._move_ring(self._mouse)

    def _move_ring(self, to: QPointF | None) -> None:
        """Repaint where the ring was and where it is."""
        old = self._ring()
        self._mouse = to
        new = self._ring()
        for ring in (old, new, self._painted):
            if ring is not None:
                self.update(_grown(ring, _EDGE_PX // 4))
        self._painted = new
        self._show_cursor()

    _painted: QRectF | None = None

    def _show_cursor(self) -> None:
        if self._space or self._grabbed is not None:
            return
        sides = self._held or self._sides()
        if sides:
            self.setCursor(_cursor_of(sides))
        elif self._can_paint():
            self.setCursor(Qt.CursorShape.BlankCursor if self._ring() else Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()

    # The frame.

    def _frame(self) -> Frame:
        return Frame(self.image.width(), self.image.height(), self._margins or Margins())

    def _sides(self) -> tuple[Side, ...]:
        """The edges of the frame under the mouse."""
        if self._margins is None or self._mouse is None or self._board.is_painting:
            return ()
        at, scale = self.picture_point(self._mouse), self._scale()
        return sides_at(self._frame(), at.x(), at.y(), inside=INSIDE_PX / scale, outside=OUTSIDE_PX / scale)

    def _drag_frame(self, event: QMouseEvent) -> None:
        at = self.picture_point(event.position())
        snaps = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        margins = dragged(self._frame(), self._held, at.x(), at.y(), multiple=self._multiple if snaps else 1)
        self.margins_dragged.emit(margins, self._held_name)

    # Mouse, pen and keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if not is_left or self._space:
            super().mousePressEvent(event)
            return
        self._move_ring(event.position())
        self._held = self._sides()
        if self._held:
            # The picture stays where it is under the mouse until the edge is let go.
            self._was_fit, self._held_name = self.is_fit, f"frame {next(self._drags)}"
            self.set_zoom(self.zoom)
        elif self._can_paint():
            self._begin(event.position(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            super().mouseMoveEvent(event)
            self._move_ring(event.position())
            return
        self._move_ring(event.position())
        is_held = bool(self._held) or (self._board.is_painting and not self._from_tablet)
        if is_held and not event.buttons() & Qt.MouseButton.LeftButton:
            # Its release was told to nobody: a dialog or another window took it.
            self._end(event.position())
        elif self._held:
            self._drag_frame(event)
        elif self._board.is_painting:
            self._board.continue_stroke(self._paint_point(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._end(event.position())
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two quick dabs are two dabs.
        self.mousePressEvent(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen paints as wide as it is pressed; its other end erases. All else it does as a mouse does."""
        at, kind = event.position(), event.type()
        if kind is QEvent.Type.TabletPress:
            is_tip = event.button() is Qt.MouseButton.LeftButton
            self._move_ring(at)
            if not is_tip or self._space or self._sides() or not self._can_paint():
                event.ignore()
                return
            self._from_tablet = True
            self._begin(at, event.modifiers(), event)
        elif self._from_tablet and kind is QEvent.Type.TabletMove:
            self._move_ring(at)
            self._board.continue_stroke(self._paint_point(at), event.pressure())
        elif self._from_tablet and kind is QEvent.Type.TabletRelease:
            self._from_tablet = False
            self._end(at)
        else:
            event.ignore()
            return
        event.accept()

    def _begin(self, at: QPointF, keys: Qt.KeyboardModifier, pen: QTabletEvent | None = None) -> None:
        if not self._shows_mask:
            self.mask_wanted.emit()
        brush, pressure, point = self._choice.brush, 1.0, self._paint_point(at)
        if pen is not None:
            pressure = pen.pressure()
            if pen.pointerType() is QPointingDevice.PointerType.Eraser:
                brush = brush._replace(erases=True)
        if keys & Qt.KeyboardModifier.ShiftModifier and self._last_stroke is not None:
            self._board.begin_stroke(brush, self._last_stroke, pressure)
            self._board.continue_stroke(point, pressure)
        else:
            self._board.begin_stroke(brush, point, pressure)

    def _end(self, at: QPointF) -> None:
        if self._board.is_painting:
            self._last_stroke = self._paint_point(at)
            self._board.end_stroke()
        if self._held:
            self._held = ()
            if self._was_fit:
                self.set_zoom(0.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
            self._update_ring()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        self._update_ring()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._move_ring(None)

    def show_source(self, image: QImage, path: str, words: str) -> None:
        """Show another picture to edit, all of it."""
        self.show_image(image, path, words)
        self.set_zoom(0.0)


def _grown(rect: QRectF, by: int) -> QRect:
    return rect.toAlignedRect().adjusted(-by, -by, by, by)


def _cursor_of(sides: tuple[Side, ...]) -> Qt.CursorShape:
    if len(sides) == 1:
        return Qt.CursorShape.SizeHorCursor if sides[0] in ("left", "right") else Qt.CursorShape.SizeVerCursor
    return (
        Qt.CursorShape.SizeFDiagCursor
        if sides in (("left", "top"), ("right", "bottom"))
        else (Qt.CursorShape.SizeBDiagCursor)
    )
