"""A picture and another one to compare it with: side by side at one zoom, or one over the other with a line to drag.

Owns how the two are laid out and painted. Which two they are is the window's business (`comparing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPen

from app.canvas.drawn_once import DrawnOnce
from app.canvas.picture_view import PictureView

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from app.job_record import JobRecord
    from app.theme import Theme

GAP_SHARE, REACH_PX, CHIP_PAD = 0.02, 8, 8


class CompareView(PictureView):
    """As a PictureView, until `show_other`. The other picture is shown in the size of the first."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._look = theme
        self._names: tuple[str, str] | None = None
        self._other = QImage()
        self._other_drawn = DrawnOnce(self)
        self._is_wipe = False
        self._split = 0.5
        self._is_dragging = False

    @property
    def compares(self) -> bool:
        """Whether there are two."""
        return self._names is not None

    @property
    def other(self) -> QImage:
        """The picture that this one is compared with; null while it is being read."""
        return self._other

    @property
    def split(self) -> float:
        """Where the line of the wipe is, as a share of the picture's width."""
        return self._split

    def show_other(self, image: QImage | None, names: tuple[str, str] | None) -> None:
        """Show another picture beside the first or over it, with what they are called; no names for none any more."""
        was = self._names
        self._other, self._names = image or QImage(), names
        if (was is None) != (names is None):
            self.setMouseTracking(names is not None)
            self.set_zoom(0.0 if self.is_fit else self.zoom)
        self.update()

    def set_wipe(self, is_wipe: bool) -> None:
        """One picture over the other, or both side by side."""
        if is_wipe != self._is_wipe:
            self._is_wipe = is_wipe
            self.set_zoom(0.0 if self.is_fit else self.zoom)

    def move_split(self, split: float) -> None:
        """Put the line of the wipe at this share of the width."""
        self._split = min(max(split, 0.0), 1.0)
        self.update()

    def _content(self) -> QRectF:
        size = QRectF(self.image.rect())
        if not self.compares or self._is_wipe or self.image.isNull():
            return size
        return size.united(self._second())

    def _second(self) -> QRectF:
        """Where the other picture lies, in pixels of the first."""
        first = QRectF(self.image.rect())
        if self._is_wipe:
            return first
        return first.translated(first.width() * (1 + GAP_SHARE), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._names is None or self.image.isNull():
            self._other_drawn.forget()
            return
        painter = QPainter(self)
        place = self.widget_rect(self._second())
        shown = QRectF(place)
        if self._is_wipe:
            shown.setLeft(place.left() + place.width() * self._split)
        painter.setClipRect(shown)
        ground = self._look.tokens.color("panel")
        self._other_drawn.paint(painter, self._other, place, ground=ground, is_smooth=self._is_smooth)
        painter.setClipping(False)
        if self._is_wipe:
            painter.setPen(QPen(self._look.tokens.color("accent"), 2))
            painter.drawLine(shown.topLeft(), shown.bottomLeft())
        self._paint_names(painter, self._names)

    def _paint_names(self, painter: QPainter, names: tuple[str, str]) -> None:
        """In the lower corners: the first at the left, the other at the right, or under the picture that each is of."""
        metrics, room = QFontMetrics(self.font()), self.width() / 2 - 24
        for name, is_second in ((names[0], False), (names[1], True)):
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(int(room), 40))
            width, height = metrics.horizontalAdvance(words) + 2 * CHIP_PAD, metrics.height() + CHIP_PAD
            left = self.width() - 12 - width if is_second else 12
            box = QRectF(left, self.height() - 12 - height, width, height)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.tokens.color("panel", 0.9))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(self._look.tokens.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _is_on_line(self, point: QPointF) -> bool:
        if not self.compares or not self._is_wipe or self.image.isNull():
            return False
        place = self.widget_rect(self._second())
        return abs(place.left() + place.width() * self._split - point.x()) <= REACH_PX

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = event.button() is Qt.MouseButton.LeftButton and self._is_on_line(event.position())
        if not self._is_dragging:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            place = self.widget_rect(self._second())
            self.move_split((event.position().x() - place.left()) / max(place.width(), 1))
            return
        if self.compares and not event.buttons():
            is_on_line = self._is_on_line(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if is_on_line else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False
        super().mouseReleaseEvent(event)


def name_of(record: JobRecord, picture: int = 0) -> str:
    """What two results are told apart by where they are compared: words and seed."""
    words = QCoreApplication.translate("Compare", "{prompt}, seed {seed}")
    return words.format(prompt=" ".join(record.request.prompt.split()), seed=record.request.seed + picture)
