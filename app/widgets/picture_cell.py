"""Pictures in a list: how one is painted, and the list view that grid and gallery share."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.cells import CellRole

if TYPE_CHECKING:
    from app.pictures import Picture, PictureCache
    from app.theme import Theme, Tokens

GAP, RADIUS, STAR_PX = 8, 4, 16


class PictureList(QListView):
    """A grid of equal cells. Return or a double click activates, a drag takes the file out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell = QSize()
        self._smallest_px = 0
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_cell(self, size: QSize) -> None:
        """Size of a picture's place; half a gap lies on each side of it."""
        if size != self._cell:
            self._cell = size
            self.setGridSize(size + QSize(GAP, GAP))

    def set_smallest(self, side_px: int) -> None:
        """Fill the width with square cells of at least this size, whatever the width is."""
        self._smallest_px = side_px

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._smallest_px:
            # The scroll bar's room is always kept, or its coming would change the cells that made it come.
            width = self.width() - self.verticalScrollBar().sizeHint().width() - 2
            columns = max(1, width // (self._smallest_px + GAP))
            side = width // columns - GAP
            self.set_cell(QSize(side, side))

    @property
    def cell(self) -> QSize:
        return self._cell


class PictureCellDelegate(QStyledItemDelegate):
    """Paints a picture centred in its cell, a quiet frame where one is still to come, a star and the selection."""

    def __init__(self, cache: PictureCache, theme: Theme, view: PictureList | QTableView) -> None:
        super().__init__(view)
        self._cache = cache
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        # The cells of a table are as large as its rows and columns.
        return self._view.cell + QSize(GAP, GAP) if isinstance(self._view, PictureList) else option.rect.size()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = option.rect.adjusted(GAP // 2, GAP // 2, -GAP // 2, -GAP // 2)
        state = option.state
        tokens = self._theme.tokens
        picture = cast("Picture | None", index.data(CellRole.PICTURE))
        scale = painter.device().devicePixelRatioF()
        side = round(max(rect.width(), rect.height()) * scale)
        image = self._cache.get(picture, side) if picture else None
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if image is None or image.isNull():
            is_lost = image is not None
            self._paint_vacancy(painter, rect, index, is_lost=is_lost)
            place = rect
        else:
            place = fitted(image, rect)
            painter.drawImage(place, image)
        if bool(index.data(CellRole.IS_STARRED)):
            self._paint_star(painter, place)
        badge = index.data(CellRole.BADGE)
        if badge:
            paint_badge(painter, tokens, place, str(badge))
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(tokens.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(place).adjusted(-2, -2, 2, 2), RADIUS, RADIUS)
        painter.restore()

    def _paint_vacancy(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, *, is_lost: bool
    ) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(tokens.color("line"), 1))
        painter.setBrush(tokens.color("panel", 0.5))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(tokens.color("quiet"))
        words = self.tr("file is gone") if is_lost else str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)

    def _paint_star(self, painter: QPainter, place: QRect) -> None:
        badge = QRect(place.right() - STAR_PX - 6, place.top() + 6, STAR_PX, STAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.color("surround", 0.8))
        painter.drawEllipse(badge.adjusted(-3, -3, 3, 3))
        painter.setPen(self._theme.tokens.color("warn"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "★")


def paint_badge(painter: QPainter, tokens: Tokens, place: QRect, words: str) -> None:
    """A word or two in the lower right corner of a picture."""
    metrics = painter.fontMetrics()
    size = QSize(metrics.horizontalAdvance(words) + 8, metrics.height())
    box = QRect(place.right() - size.width() - 3, place.bottom() - size.height() - 3, size.width(), size.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color("panel", 0.86))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(tokens.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def fitted(image: QImage, rect: QRect) -> QRect:
    """The largest place of the picture's proportions inside `rect`, centred."""
    size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (rect.width() - size.width()) // 2, (rect.height() - size.height()) // 2
    return QRect(rect.left() + left, rect.top() + top, size.width(), size.height())
