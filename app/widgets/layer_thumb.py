"""The picture of a control layer, small: a press asks for another one, a drag takes the layer to another place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid

from app.pictures import Picture
from app.place_looks import is_folder
from app.widgets.picture_cell import fitted
from app.widgets.plain_tip import set_plain_tip

if TYPE_CHECKING:
    from app.control_edit import ControlEdit
    from app.icons import Icons
    from app.pictures import PictureCache
    from app.theme import Theme

LAYER_MIME = f"application/x-onetake-control-layer-{os.getpid()}"
"""A dragged layer of this very window: its number in the panel, counted from 0."""
SIDE_PX, RADIUS_PX = 48, 4
DIMMED = 0.35


class LayerThumb(QAbstractButton):
    """Paints what there is: the picture, a folder, or that the file is gone."""

    dragged = Signal()
    """The layer is to be taken along; whoever knows its number calls `drag`."""

    def __init__(self, cache: PictureCache, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache, self._theme, self._icons = cache, theme, icons
        self._picture, self._icon = Picture(is_foreign=True), ""
        self._is_dimmed = self._is_known = False
        self._pressed_at: QPoint | None = None
        self.setFixedSize(SIDE_PX, SIDE_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        cache.loaded.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(SIDE_PX, SIDE_PX)

    def show_layer(self, control: ControlEdit, *, dimmed: bool) -> None:
        """Show the picture of a layer, dimmed where the layer does not act."""
        self._is_dimmed = dimmed
        wanted = (control.picture, control.frame or 0)
        if (self._picture.path, self._picture.frame) != wanted:
            self._picture = Picture(path=control.picture, frame=control.frame or 0, is_foreign=True)
            self._is_known = False
        # Looked at elsewhere: a disk that does not answer must not hold the window up.
        self._cache.look(*wanted, self._take)
        # What has a picture for each frame is no picture itself.
        self._icon = "" if not control.is_moving else "folder" if is_folder(control.picture) else "film"
        words = self.tr("Press to choose another picture, drag to reorder (Alt+Up, Alt+Down)")
        set_plain_tip(self, f"{control.picture}\n{words}")
        self.update()

    def _take(self, picture: Picture) -> None:
        # The layer may have been taken away meanwhile, and its widget deleted.
        if isValid(self) and (picture.path, picture.frame) == (self._picture.path, self._picture.frame):
            self._picture, self._is_known = picture, True
            self.update()

    def drag(self, index: int) -> None:
        """Take layer `index` along with the mouse."""
        drag, mime = QDrag(self), QMimeData()
        mime.setData(LAYER_MIME, QByteArray(str(index).encode()))
        drag.setMimeData(mime)
        drag.setPixmap(self.grab())
        drag.exec(Qt.DropAction.MoveAction)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None:
            far = (event.position().toPoint() - self._pressed_at).manhattanLength()
            if far >= QApplication.startDragDistance():
                self._pressed_at = None
                # The press has become a drag: letting go is no press of the button.
                self.setDown(False)
                self.dragged.emit()
                return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        tokens, scale = self._theme.tokens, self.devicePixelRatioF()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("surround"))
        painter.drawRoundedRect(self.rect(), RADIUS_PX, RADIUS_PX)
        painter.setOpacity(DIMMED if self._is_dimmed else 1.0)
        image = None if self._icon or not self._is_known else self._cache.get(self._picture, round(SIDE_PX * scale))
        if image is not None and not image.isNull():
            painter.drawImage(fitted(image, self.rect()), image)
        elif self._icon or image is not None:
            icon = self._icons.pixmap(self._icon or "warn", "quiet" if self._icon else "warn", scale)
            side = round(icon.width() / scale)
            middle = self.rect().center() - QPoint(side // 2, side // 2)
            painter.drawPixmap(QRect(middle, QSize(side, side)), icon)
        painter.setOpacity(1.0)
        if self.underMouse():
            painter.setPen(QPen(tokens.color("edge"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
