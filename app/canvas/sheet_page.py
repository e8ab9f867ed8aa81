"""The page of the canvas for an X/Y grid: a table of pictures with the values beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QTableView, QToolButton, QVBoxLayout, QWidget

from app.canvas.sheet_model import SheetModel
from app.widgets.picture_cell import GAP, PictureCellDelegate

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QResizeEvent

    from app.grids import Grids
    from app.jobs import JobModel
    from app.pictures import PictureCache
    from app.stars import Stars
    from app.theme import Theme

SMALLEST_PX, WIDEST_LABEL_PX = 72, 160


class SheetPage(QWidget):
    """A title with a button above, the cells below. The artist's choice of a cell is told, not carried out."""

    chosen = Signal(str)
    """The job of the cell that is current now."""
    opened = Signal(str)
    """The job of a cell that is to be shown large."""

    def __init__(
        self,
        *,
        jobs: JobModel,
        stars: Stars,
        grids: Grids,
        cache: PictureCache,
        theme: Theme,
        save: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self._grids, self._jobs = grids, jobs
        self.model = SheetModel(jobs, stars, self)
        self.title = QLabel()
        self.title.setObjectName("quiet")
        self.save = QToolButton()
        self.save.setDefaultAction(save)
        self.save.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.table = _Cells()
        self.table.setAccessibleName(self.tr("Grid"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(PictureCellDelegate(cache, theme, self.table))
        cache.loaded.connect(self.table.viewport().update)
        bar = QWidget()
        bar.setObjectName("panel")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout(bar)
        head.setContentsMargins(12, 4, 12, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self.table.selectionModel().currentChanged.connect(self._choose)
        self.table.activated.connect(self._open)
        jobs.job_changed.connect(self._follow)
        self._showing = False

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.save, self.table]

    def holds(self, key: str) -> bool:
        """Whether a job is a cell of a grid."""
        return self._grids.of(key) is not None

    def show_cell(self, key: str) -> None:
        """Show the grid of this job, with its cell current."""
        grid = self._grids.of(key)
        self._showing = True
        try:
            before = self.model.grid
            self.model.show_grid(grid)
            if grid is not None and (before is None or before.created != grid.created):
                self.table.fit(self._aspect(key))
            place = self.model.place_of(key)
            if place != self.table.currentIndex():
                flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self.table.selectionModel().setCurrentIndex(place, flag)
        finally:
            self._showing = False
        self._show_title()

    def _aspect(self, key: str) -> float:
        record = self._jobs.record(key)
        image = record.image if record is not None else None
        return image.width / image.height if image is not None else 1.0

    def _show_title(self) -> None:
        grid = self.model.grid
        if grid is not None:
            left = self._grids.left(grid)
            words = self.tr("Grid of {axes}, {done} of {count} pictures") if left else self.tr("Grid of {axes}")
            count = len(grid.cells)
            self.title.setText(words.format(axes=grid.title, done=count - left, count=count))

    def _follow(self, key: str) -> None:
        if self.model.grid is not None and key in self.model.grid.cells:
            self._show_title()

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and not self._showing:
            self.chosen.emit(self.model.key_at(index))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.model.key_at(index))


class _Cells(QTableView):
    """Cells as large as the page allows."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sheet")
        self._aspect = 1.0
        self.setShowGrid(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QTableView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        centred = Qt.AlignmentFlag.AlignCenter
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setTextElideMode(Qt.TextElideMode.ElideRight)
            header.setMinimumSectionSize(SMALLEST_PX)
        self.horizontalHeader().setDefaultAlignment(centred)
        self.verticalHeader().setDefaultAlignment(centred | Qt.TextFlag.TextWordWrap)
        self.verticalHeader().setMaximumWidth(WIDEST_LABEL_PX)

    def fit(self, aspect: float) -> None:
        """Give the cells this width over height, and the size of which all fit, if they can."""
        self._aspect = aspect
        model = self.model()
        columns, rows = model.columnCount(), model.rowCount()
        if not columns or not rows:
            return
        self.verticalHeader().setVisible(any(model.headerData(row, Qt.Orientation.Vertical) for row in range(rows)))
        side = self.verticalHeader().sizeHint().width() if not self.verticalHeader().isHidden() else 0
        side = min(side, WIDEST_LABEL_PX)
        room = self.size() - QSize(side + 4, self.horizontalHeader().sizeHint().height() + 4)
        width = min(room.width() / columns - GAP, (room.height() / rows - GAP) * aspect)
        width = max(width, SMALLEST_PX * max(1.0, aspect))
        self.horizontalHeader().setDefaultSectionSize(int(width) + GAP)
        self.verticalHeader().setDefaultSectionSize(int(width / aspect) + GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit(self._aspect)
