"""The rows of the queue panel: which jobs it shows, in which order, and where a waiting one may be dragged.

Owns no order: what is dropped is a wish, and the engine's answer moves the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QMimeData, QModelIndex, QSortFilterProxyModel, Qt, Signal

from app.jobs import AnyIndex, JobModel, JobRole
from engine.messages import JobState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.grids import Grids
    from app.job_record import JobRecord

MIME = "application/x-onetake-job"
# Failed and cancelled jobs in sight, and how many more one press of the button below them brings.
MOST_ENDED = 20


class QueueRows(QSortFilterProxyModel):
    """Running jobs, then waiting ones in their order, then the newest that failed or were cancelled, ever."""

    job_moved = Signal(str, str)
    """A waiting job was dropped before another one, or behind all: its key, and that one's or nothing."""

    def __init__(self, jobs: JobModel, grids: Grids) -> None:
        super().__init__(jobs)
        self._jobs, self._grids = jobs, grids
        self._most_ended = MOST_ENDED
        # Ended jobs are shown from this time on: a new one gets in without a look at all the others.
        self._since = 0.0
        self.older = 0
        self.setSourceModel(jobs)
        self.setDynamicSortFilter(True)
        self.sort(0)
        jobs.rowsInserted.connect(self._take_rows)
        for signal in (jobs.job_ended, jobs.ended_cleared):
            signal.connect(self._choose_ended)
        grids.lead_changed.connect(self.invalidate)
        self._choose_ended()

    def show_older(self) -> None:
        """Show as many more ended jobs again."""
        self._most_ended += MOST_ENDED
        self._choose_ended()

    def _take_rows(self, _parent: QModelIndex, first: int, last: int) -> None:
        # A grid comes as hundreds of new jobs, one by one; none of them has ended.
        if any(record.state.is_final for record in self._jobs.records()[first : last + 1]):
            self._choose_ended()

    def _choose_ended(self) -> None:
        troubled = self._jobs.troubled()
        self.older = max(0, len(troubled) - self._most_ended)
        self._since = troubled[self._most_ended - 1].ended_at if self.older else self._jobs.cleared_at
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:  # noqa: ARG002, N802
        record = self._jobs.index(source_row, 0).data(JobRole.RECORD)
        if not record.state.is_final:
            # One cell stands for all of its grid.
            return self._grids.leads(JobModel.key_of(record))
        is_new = record.ended_at >= self._since and record.ended_at > self._jobs.cleared_at
        return is_new and record.state is not JobState.DONE

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:  # noqa: N802
        return _place(left) < _place(right)

    # Waiting jobs can be dragged to another place among them.

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if str(index.data(JobRole.KEY)) in self._waiting() else flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        mime.setData(MIME, str(indexes[0].data(JobRole.KEY)).encode())
        return mime

    def canDropMimeData(  # noqa: N802 - Qt's name
        self,
        data: QMimeData,
        action: Qt.DropAction,
        row: int,
        column: int,
        parent: AnyIndex,
    ) -> bool:
        del action, row, column, parent
        return data.hasFormat(MIME)

    def dropMimeData(  # noqa: N802 - Qt's name
        self,
        data: QMimeData,
        action: Qt.DropAction,
        row: int,
        column: int,
        parent: AnyIndex,
    ) -> bool:
        del action, column, parent
        key, waiting = data.data(MIME).toStdString(), self._waiting()
        if key not in waiting:
            return False
        keys = [str(self.index(at, 0).data(JobRole.KEY)) for at in range(self.rowCount())]
        behind = keys if row < 0 else keys[:row]
        to = sum(other in behind for other in waiting)
        before = waiting[to] if to < len(waiting) else ""
        if waiting.index(key) not in (to, to - 1):
            self.job_moved.emit(key, before)
        # The view must not take the row out: the engine's answer moves it.
        return False

    def neighbour(self, key: str, by: int) -> str | None:
        """Before which job a waiting one comes when it goes `by` places on; empty for the end, None to stay."""
        waiting = self._waiting()
        if key not in waiting:
            return None
        others = [other for other in waiting if other != key]
        to = min(max(waiting.index(key) + by, 0), len(others))
        if to == waiting.index(key):
            return None
        return others[to] if to < len(others) else ""

    def _waiting(self) -> list[str]:
        """The jobs that wait in the engine's queue, in its order."""
        records = [cast("JobRecord", self.index(row, 0).data(JobRole.RECORD)) for row in range(self.rowCount())]
        return [record.info.job for record in records if record.state is JobState.PENDING and record.info.job]


def _place(index: AnyIndex) -> tuple[int, float, int]:
    record = cast("JobRecord", index.data(JobRole.RECORD))
    if record.state.is_final:
        return 2, -record.ended_at, 0
    if record.state is JobState.RUNNING:
        return 0, index.row(), 0
    # What the engine has not placed yet comes last.
    return 1, record.info.position or float("inf"), index.row()
