"""The gallery: earlier results, newest first, with thumbnails that are loaded as they come into view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QApplication, QStackedLayout, QVBoxLayout, QWidget

from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from app.widgets.gallery_bar import GalleryBar
from app.widgets.picture_cell import CellRole, PictureCellDelegate, PictureList

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        self._titles: Mapping[str, str] = {}
        self.list = PictureList()
        self.list.setAccessibleName(self.tr("Gallery"))
        self.list.setModel(model)
        self.list.setItemDelegate(PictureCellDelegate(cache, theme, self.list))
        self.list.set_smallest(THUMB_PX)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.bar = GalleryBar()
        self.bar.filter_changed.connect(model.show_only)
        self.bar.menu.aboutToShow.connect(self._fill_menu)
        self.none = EmptyState(self.tr("No result fits."), self.tr("Show everything"))
        self.none.pressed.connect(self.bar.clear)
        cache.loaded.connect(self.list.viewport().update)
        self.empty = EmptyState(self.tr("Finished pictures gather here."), self.tr("Open a picture…"))
        self.empty.button.setToolTip(self.tr("Take over the settings of a picture that Onetake made"))
        self.empty.pressed.connect(self.open_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, RING_PX, RING_PX, RING_PX)
        # The stack shows its first page at once: outside the panel that page would flash up as a window of its own.
        self._stack = QStackedLayout()
        column.addWidget(self.bar)
        column.addLayout(self._stack)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.none)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_state)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._open)
        self.list.pressed.connect(self._press)
        self._show_state()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.bar.search, self.bar.button, self.empty.button, self.list, self.none.button]

    def chosen_paths(self) -> list[str]:
        """The files of all selected results, in the order of the list."""
        places = sorted(self.list.selectionModel().selectedIndexes(), key=QModelIndex.row)
        return [str(place.data(CellRole.PATH)) for place in places]

    def name_models(self, titles: Mapping[str, str]) -> None:
        """What the window calls the models, by their names; one that is not here any more is called by its name."""
        self._titles = titles

    def show_picture(self, key: str, index: int) -> None:
        """Mark the picture that the canvas shows."""
        row = self._model.row_of(key, index)
        if row is not None:
            place = self._model.index(row)
            if self.list.selectionModel().isSelected(place):
                # Others are selected with it: the canvas follows one of them.
                return
            self.list.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        else:
            self.list.clearSelection()

    def _show_state(self) -> None:
        page = self.list if self._model.rowCount() else self.empty if self._model.is_without_results else self.none
        self._stack.setCurrentWidget(page)
        self.bar.setVisible(page is not self.empty)

    def _fill_menu(self) -> None:
        self.bar.show_models(self._model.models())
        for action in self.bar.menu.actions():
            field, name = action.data() or ("", "")
            if field == "model" and name in self._titles:
                action.setText(self._titles[name].replace("&", "&&"))

    def _press(self, place: QModelIndex) -> None:
        """What the menu is opened on is what its commands are about."""
        if QApplication.mouseButtons() & Qt.MouseButton.RightButton:
            self._choose(place)

    def _choose(self, place: QModelIndex) -> None:
        if len(self.list.selectionModel().selectedIndexes()) < 2:
            self._open(place)

    def _open(self, place: QModelIndex) -> None:
        self.picture_chosen.emit(str(place.data(CellRole.KEY)), int(place.data(CellRole.INDEX)))
