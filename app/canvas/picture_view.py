"""One picture, large: fit, 100 % and 200 %, zoom by wheel, pan by holding Space or the middle button.

A plain drag takes the picture out of the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from app.canvas.drawn_once import DrawnOnce
from app.cells import mime_of

if TYPE_CHECKING:
    from app.theme import Theme

MIN_ZOOM, MAX_ZOOM = 0.05, 32.0
MARGIN_PX = 24
SHARP_FROM_ZOOM = 2.0


class PictureView(QWidget):
    """Paints one image. Zoom 1 is one pixel of the picture on one pixel of the screen; 0 means fit."""

    zoom_changed = Signal(float)
    closed = Signal()
    space_tapped = Signal()
    """Space was pressed and let go, and nothing was panned meanwhile."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._drawn = DrawnOnce(self)
        self._path = ""
        self._zoom = 0.0
        self._center = QPointF()
        self._grabbed: QPointF | None = None
        self._pressed: QPoint | None = None
        self._space = False
        self._has_panned = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(120, 120))
        # It paints all of itself: while a take plays, nothing behind it is painted as well.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Picture"))

    @property
    def image(self) -> QImage:
        """What is shown; null when nothing is."""
        return self._image

    @property
    def path(self) -> str:
        """The file of what is shown; empty while there is none."""
        return self._path

    @property
    def zoom(self) -> float:
        """Screen pixels per pixel of the picture, as shown now."""
        return self._zoom or self._fit_zoom()

    @property
    def is_fit(self) -> bool:
        return not self._zoom

    def show_image(self, image: QImage, path: str, words: str) -> None:
        """Show a picture. `path` is its file, empty while there is none; `words` describe it."""
        is_other = image.size() != self._image.size()
        self._image, self._path = image, path
        if is_other:
            self._center = self._content().center()
        self.setAccessibleName(words)
        self.update()
        self.zoom_changed.emit(self.zoom)

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom to this factor, keeping the point `at` of the widget where it is; 0 fits the picture in."""
        if not zoom:
            self._zoom = 0.0
            self._center = self._content().center()
        else:
            anchor = at or QPointF(self.rect().center())
            before = self.picture_point(anchor)
            self._zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
            self._center += before - self.picture_point(anchor)
            self._keep_in_sight()
        self.update()
        self.zoom_changed.emit(self.zoom)

    def _scale(self) -> float:
        return self.zoom / self.devicePixelRatioF()

    def _fit_zoom(self) -> float:
        if self._image.isNull():
            return 1.0
        room, content = self.size() - QSize(2 * MARGIN_PX, 2 * MARGIN_PX), self._content()
        scale = min(room.width() / content.width(), room.height() / content.height())
        return max(scale * self.devicePixelRatioF(), MIN_ZOOM)

    def _content(self) -> QRectF:
        """What has to fit in, in pixels of the picture."""
        return QRectF(self._image.rect())

    def widget_rect(self, rect: QRectF) -> QRectF:
        """Where a part of the picture, given in its pixels, lies in the widget."""
        middle, scale = QPointF(self.width() / 2, self.height() / 2), self._scale()
        return QRectF(middle + (rect.topLeft() - self._center) * scale, rect.size() * scale)

    def picture_point(self, point: QPointF) -> QPointF:
        """The point of the picture, in its pixels, that lies under a point of the widget."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        return self._center + (point - middle) / self._scale()

    def _keep_in_sight(self) -> None:
        content = self._content()
        self._center.setX(min(max(self._center.x(), content.left()), content.right()))
        self._center.setY(min(max(self._center.y(), content.top()), content.bottom()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter, ground = QPainter(self), self._theme.tokens.color("surround")
        if self._image.isNull():
            self._drawn.forget()
            painter.fillRect(self.rect(), ground)
            return
        place = self.widget_rect(QRectF(self._image.rect()))
        self._drawn.paint(painter, self._image, place, ground=ground, is_smooth=self._is_smooth)

    @property
    def _is_smooth(self) -> bool:
        # From 200 % on the artist looks at pixels; below, at the picture.
        return self.is_fit or self.zoom < SHARP_FROM_ZOOM

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.zoom_changed.emit(self.zoom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._image.isNull() and event.angleDelta().y():
            self.set_zoom(self.zoom * 1.25 ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._has_panned = False
            self._space = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace):
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.unsetCursor()
            if not self._has_panned:
                self.space_tapped.emit()
        else:
            super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if event.button() is Qt.MouseButton.MiddleButton or (is_left and self._space):
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif is_left:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            if self.is_fit:
                self.set_zoom(self.zoom)
            self._center -= (event.position() - self._grabbed) / self._scale()
            self._grabbed = event.position()
            self._has_panned = True
            self._keep_in_sight()
            self.update()
        elif self._pressed is not None and self._path:
            far = (event.position().toPoint() - self._pressed).manhattanLength()
            if far >= QApplication.startDragDistance():
                self._pressed = None
                self._drag_out()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        self._grabbed = self._pressed = None
        if self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        self.closed.emit()

    def _drag_out(self) -> None:
        drag = QDrag(self)
        drag.setMimeData(mime_of([self._path]))
        drag.setPixmap(QPixmap.fromImage(self._image.scaledToHeight(96, Qt.TransformationMode.SmoothTransformation)))
        drag.exec(Qt.DropAction.CopyAction)
