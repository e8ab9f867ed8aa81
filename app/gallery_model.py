"""Finished pictures and takes of all jobs as a flat list, newest first. Pixels are loaded by whoever paints them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, Qt

from app.cells import CellRole, mime_of
from app.gallery_filter import GalleryFilter, text_of
from app.pictures import picture_of
from app.words import length_text
from engine.messages import ControlMapRequest, ExportRequest, JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.job_record import JobRecord
    from app.jobs import AnyIndex, JobModel
    from app.stars import Stars


class GalleryModel(QAbstractListModel):
    """Follows a JobModel: one row per output of a finished job that is not in the trash and that the filter accepts."""

    def __init__(self, jobs: JobModel, stars: Stars, trashed: Stars, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._stars = stars
        self._trashed = trashed
        self.filter = GalleryFilter()
        self._texts: dict[str, str] = {}
        """What a search looks through, by job: a letter more must not read ten thousand requests again."""
        self._cells: list[tuple[JobRecord, int]] = []
        self._shown: set[str] = set()
        self._readers: dict[int, Callable[[JobRecord, int], object]] = {
            Qt.ItemDataRole.AccessibleTextRole: self._describe,
            Qt.ItemDataRole.ToolTipRole: self._describe,
            CellRole.PICTURE: picture_of,
            CellRole.KEY: lambda record, _: record.info.job,
            CellRole.INDEX: lambda _, picture: picture,
            CellRole.SEED: lambda record, picture: record.request.seed + picture,
            CellRole.PATH: lambda record, picture: record.info.outputs[picture],
            CellRole.IS_STARRED: lambda record, picture: record.info.outputs[picture] in self._stars,
            CellRole.BADGE: lambda record, _: self._badge(record),
        }
        jobs.rowsInserted.connect(self._take_rows)
        jobs.rowsRemoved.connect(self._rebuild)
        jobs.modelReset.connect(self._rebuild)
        jobs.job_changed.connect(self._take_job)
        stars.changed.connect(self._show_star)
        trashed.changed.connect(self._rebuild)
        self._rebuild()

    def show_only(self, wanted: GalleryFilter) -> None:
        """Show what this filter accepts."""
        self.filter = wanted
        self._rebuild()

    @property
    def is_without_results(self) -> bool:
        """Nothing was ever made, or all of it is in the trash."""
        return not any(self._fresh(record) for record in self._jobs.records())

    def models(self) -> list[str]:
        """The models that there are results of, newest first."""
        done = (record for record in reversed(self._jobs.records()) if record.state is JobState.DONE)
        names = (str(getattr(record.request, "model", "")) for record in done)
        return list(dict.fromkeys(filter(None, names)))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._cells)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        read = self._readers.get(role)
        return read(*self._cells[index.row()]) if read else None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return mime_of([str(index.data(CellRole.PATH)) for index in indexes])

    def row_of(self, job: str, picture: int) -> int | None:
        """The row of a job's picture, or None."""
        rows = (row for row, (record, index) in enumerate(self._cells) if (record.info.job, index) == (job, picture))
        return next(rows, None)

    def _describe(self, record: JobRecord, picture: int) -> str:
        if record.video is not None:
            words = self.tr("{prompt}, take of {length}, seed {seed}")
            return words.format(prompt=record.request.prompt, length=badge_of(record), seed=record.request.seed)
        if isinstance(record.request, ControlMapRequest):
            return self.tr("Control map: {name}").format(name=record.request.prompt)
        words = self.tr("{prompt}, seed {seed}")
        return words.format(prompt=record.request.prompt, seed=record.request.seed + picture)

    def _badge(self, record: JobRecord) -> str:
        return self.tr("map") if isinstance(record.request, ControlMapRequest) else badge_of(record)

    def _rebuild(self) -> None:
        self.beginResetModel()
        done = [record for record in self._jobs.records() if record.state is JobState.DONE]
        since = self.filter.since(time.time())
        self._cells = [cell for record in reversed(done) for cell in self._accepted(record, since)]
        self._shown = {record.info.job for record in done}
        self.endResetModel()

    def _text(self, record: JobRecord) -> str:
        job = record.info.job
        if job not in self._texts:
            self._texts[job] = text_of(record)
        return self._texts[job]

    def _fresh(self, record: JobRecord) -> list[tuple[JobRecord, int]]:
        """What a finished job made that is not in the trash."""
        if record.state is not JobState.DONE:
            return []
        return [cell for cell in cells_of(record) if record.info.outputs[cell[1]] not in self._trashed]

    def _accepted(self, record: JobRecord, since: float) -> list[tuple[JobRecord, int]]:
        if not self.filter.accepts(record, since, self._text):
            return []
        cells = self._fresh(record)
        return [cell for cell in cells if record.info.outputs[cell[1]] in self._stars] if self.filter.starred else cells

    def _take_rows(self, _parent: QModelIndex, first: int, last: int) -> None:
        if last - first > 8:
            self._rebuild()
            return
        for record in self._jobs.records()[first : last + 1]:
            self._take_job(record.info.job)

    def _take_job(self, key: str) -> None:
        record = self._jobs.record(key)
        if record is None or record.state is not JobState.DONE or key in self._shown:
            return
        fresh = self._accepted(record, self.filter.since(time.time()))
        self._shown.add(key)
        if not fresh:
            return
        self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
        self._cells[:0] = fresh
        self.endInsertRows()

    def _show_star(self, path: str) -> None:
        if self.filter.starred:
            self._rebuild()
            return
        for row, (record, picture) in enumerate(self._cells):
            if path in ("", record.info.outputs[picture]):
                self.dataChanged.emit(self.index(row), self.index(row), [CellRole.IS_STARRED])


def cells_of(record: JobRecord) -> list[tuple[JobRecord, int]]:
    """The pictures of a finished job, in the order of their seeds, or its take; an export shows nothing new."""
    if isinstance(record.request, ExportRequest):
        return []
    return [(record, index) for index in range(len(record.info.outputs))]


def badge_of(record: JobRecord) -> str:
    """The length of a take; empty for pictures."""
    return length_text(record.video.frames, record.video.fps) if record.video is not None else ""
