"""The cells of an X/Y grid as a table model that fills while the pictures arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, Qt

from app.cells import CellRole, mime_of
from app.pictures import picture_of
from engine.messages import JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.grids import Grid
    from app.job_record import JobRecord
    from app.jobs import AnyIndex, JobModel
    from app.stars import Stars


class SheetModel(QAbstractTableModel):
    """Columns and rows are those of the grid that `show_grid` chose; a cell that never came to be a job is empty."""

    def __init__(self, jobs: JobModel, stars: Stars, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._stars = jobs, stars
        self.grid: Grid | None = None
        self._readers: dict[int, Callable[[JobRecord], object]] = {
            Qt.ItemDataRole.DisplayRole: self._vacancy,
            CellRole.PICTURE: lambda record: picture_of(record, 0),
            CellRole.INDEX: lambda _: 0,
            CellRole.SEED: lambda record: record.request.seed,
            CellRole.PATH: lambda record: next(iter(record.info.outputs), ""),
            CellRole.IS_STARRED: lambda record: next(iter(record.info.outputs), "") in stars,
        }
        jobs.job_changed.connect(self._update)
        jobs.candidate_arrived.connect(self._update)
        stars.changed.connect(self._update_all)

    def show_grid(self, grid: Grid | None) -> None:
        """Show the cells of this grid."""
        before = self.grid
        if grid is before:
            return
        if grid is not None and before is not None and before.created == grid.created:
            # Only the engine's names of its jobs are new.
            self.grid = grid
            self._update_all()
            return
        self.beginResetModel()
        self.grid = grid
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or self.grid is None else len(self.grid.jobs)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or self.grid is None else len(self.grid.x_labels)

    def key_at(self, index: AnyIndex) -> str:
        """The job of a cell."""
        assert self.grid is not None
        return self.grid.jobs[index.row()][index.column()]

    def place_of(self, key: str) -> QModelIndex:
        """The cell of a job; invalid where there is none."""
        for row, jobs in enumerate(self.grid.jobs if self.grid is not None else ()):
            if key in jobs:
                return self.index(row, jobs.index(key))
        return QModelIndex()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or self.grid is None:
            return None
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._describe(index)
        if role == CellRole.KEY:
            return self.key_at(index)
        record = self._jobs.record(self.key_at(index))
        if record is None:
            return self.tr("not there") if role == Qt.ItemDataRole.DisplayRole else None
        read = self._readers.get(role)
        return read(record) if read else None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if self.grid is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        labels = self.grid.x_labels if orientation is Qt.Orientation.Horizontal else self.grid.y_labels
        return labels[section] if section < len(labels) else None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() and index.data(CellRole.PATH) else flags

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return mime_of([path for index in indexes if (path := str(index.data(CellRole.PATH) or ""))])

    def _describe(self, index: AnyIndex) -> str:
        assert self.grid is not None
        labels = (self.grid.x_labels[index.column()], self.grid.y_labels[index.row()])
        return ", ".join([*filter(None, labels), str(index.data(Qt.ItemDataRole.DisplayRole) or "")]).rstrip(", ")

    def _vacancy(self, record: JobRecord) -> str:
        if picture_of(record, 0) is not None:
            return ""
        words = {
            JobState.PENDING: self.tr("waiting"),
            JobState.RUNNING: "",
            JobState.FAILED: self.tr("failed"),
            JobState.CANCELLED: self.tr("cancelled"),
        }
        return words.get(record.state, "")

    def _update(self, key: str) -> None:
        place = self.place_of(key)
        if place.isValid():
            self.dataChanged.emit(place, place)

    def _update_all(self) -> None:
        if self.rowCount() and self.columnCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
