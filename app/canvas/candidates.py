"""The pictures of the one job that the canvas shows, as a list model that fills while they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, Qt

from app.cells import CellRole, mime_of
from app.pictures import picture_of
from engine.messages import ControlMapRequest, JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.job_record import JobRecord
    from app.jobs import AnyIndex, JobModel
    from app.stars import Stars


class CandidateModel(QAbstractListModel):
    """One row per picture of the batch, from the start: row k is the picture of seed + k."""

    def __init__(self, jobs: JobModel, stars: Stars, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._stars = stars
        self._key = ""
        self._rows = 0
        self._readers: dict[int, Callable[[JobRecord, int], object]] = {
            Qt.ItemDataRole.DisplayRole: self._vacancy,
            Qt.ItemDataRole.AccessibleTextRole: self._describe,
            Qt.ItemDataRole.ToolTipRole: self._describe,
            CellRole.PICTURE: picture_of,
            CellRole.KEY: lambda _record, _row: self._key,
            CellRole.INDEX: lambda _, row: row,
            CellRole.SEED: lambda record, row: record.request.seed + row,
            CellRole.PATH: _path_of,
            CellRole.IS_STARRED: lambda record, row: _path_of(record, row) in self._stars,
        }
        jobs.candidate_arrived.connect(self._update_candidate)
        jobs.job_changed.connect(self._update)
        jobs.job_named.connect(self._rename)
        stars.changed.connect(self._update_shown)

    @property
    def key(self) -> str:
        """The key of the job shown, or empty."""
        return self._key

    @property
    def record(self) -> JobRecord | None:
        return self._jobs.record(self._key)

    def show_job(self, key: str) -> None:
        """Show the pictures of this job."""
        record = self._jobs.record(key)
        self.beginResetModel()
        self._key = key if record else ""
        self._rows = record.request.count if record else 0
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else self._rows

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        record = self.record
        if not index.isValid() or record is None:
            return None
        read = self._readers.get(role)
        return read(record, index.row()) if read else None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() and index.data(CellRole.PATH) else flags

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return mime_of([str(index.data(CellRole.PATH)) for index in indexes])

    def _describe(self, record: JobRecord, row: int) -> str:
        if isinstance(record.request, ControlMapRequest):
            return self.tr("Control map: {name}").format(name=record.request.prompt)
        words = self.tr("Picture {number} of {count}, seed {seed}")
        return words.format(number=row + 1, count=self._rows, seed=record.request.seed + row)

    def _vacancy(self, record: JobRecord, row: int) -> str:
        if picture_of(record, row) is not None:
            return ""
        if record.state is JobState.PENDING:
            return self.tr("waiting")
        return str(row + 1)

    def _update_candidate(self, key: str, index: int) -> None:
        if key == self._key and index < self._rows:
            self.dataChanged.emit(self.index(index), self.index(index))

    def _update(self, key: str) -> None:
        if key != self._key or not self._rows:
            return
        record = self._jobs.record(key)
        if record is None:
            self.show_job("")
        elif record.request.count != self._rows:
            # The waiting job was changed.
            self.show_job(key)
        else:
            self.dataChanged.emit(self.index(0), self.index(self._rows - 1))

    def _update_shown(self) -> None:
        self._update(self._key)

    def _rename(self, token: str, job: str) -> None:
        if token == self._key:
            self._key = job


def _path_of(record: JobRecord, row: int) -> str:
    return record.info.outputs[row] if row < len(record.info.outputs) else ""
