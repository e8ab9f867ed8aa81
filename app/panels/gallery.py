"""The gallery: earlier results, newest first, with thumbnails that are loaded as they come into view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from app.widgets.picture_cell import CellRole, PictureCellDelegate, PictureList

if TYPE_CHECKING:
    from app.gallery_model import GalleryModel
    from app.pictures import PictureCache
    from app.theme import Theme

THUMB_PX = 72


class GalleryPanel(QWidget):
    """A strip of thumbnails. Pictures can be dragged out."""

    picture_chosen = Signal(str, int)
    """The key of a job and the index of its picture."""
    open_pressed = Signal()

    def __init__(self, model: GalleryModel, cache: PictureCache, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model = model
        self.list = PictureList()
        self.list.setAccessibleName(self.tr("Gallery"))
        self.list.setModel(model)
        self.list.setItemDelegate(PictureCellDelegate(cache, theme, self.list))
        self.list.set_smallest(THUMB_PX)
        cache.loaded.connect(self.list.viewport().update)
        self.empty = EmptyState(self.tr("Finished pictures gather here."), self.tr("Open a picture…"))
        self.empty.button.setToolTip(self.tr("Take over the settings of a picture that Onetake made"))
        self.empty.pressed.connect(self.open_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, RING_PX, RING_PX, RING_PX)
        # The stack shows its first page at once: outside the panel that page would flash up as a window of its own.
        self._stack = QStackedLayout()
        column.addLayout(self._stack)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_state)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self._show_state()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.empty.button, self.list]

    def show_picture(self, key: str, index: int) -> None:
        """Mark the picture that the canvas shows."""
        row = self._model.row_of(key, index)
        if row is not None:
            place = self._model.index(row)
            self.list.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        else:
            self.list.clearSelection()

    def _show_state(self) -> None:
        self._stack.setCurrentIndex(1 if self._model.rowCount() else 0)

    def _choose(self, place: QModelIndex) -> None:
        self.picture_chosen.emit(str(place.data(CellRole.KEY)), int(place.data(CellRole.INDEX)))
