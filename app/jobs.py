"""All jobs of the engine as a Qt list model, oldest first. It takes reports in and tells views what changed.

The rules of one job are in `job_record`; which rows a view shows is the view's own filter.
"""

from __future__ import annotations

import time
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from app.job_record import JobRecord
from app.reports import CommandFailed, JobsListed, PausedSet, Report, Submitted
from engine.messages import FramesReady, JobInfo, JobState, Preview, Request, draw_job_id
from engine.protocol import EventMessage, JobChanged

if TYPE_CHECKING:
    from collections.abc import Callable

_UNNAMED = "new-"
AnyIndex = QModelIndex | QPersistentModelIndex


class JobRole(IntEnum):
    """What a view can ask of a job beside its text."""

    RECORD = Qt.ItemDataRole.UserRole + 1
    KEY = Qt.ItemDataRole.UserRole + 2
    STATE = Qt.ItemDataRole.UserRole + 3
    PROGRESS = Qt.ItemDataRole.UserRole + 4
    DEVICE = Qt.ItemDataRole.UserRole + 5
    SECONDS_LEFT = Qt.ItemDataRole.UserRole + 6
    ERROR = Qt.ItemDataRole.UserRole + 7
    CANDIDATES = Qt.ItemDataRole.UserRole + 8
    OUTPUTS = Qt.ItemDataRole.UserRole + 9


class JobModel(QAbstractListModel):
    """Jobs by key: the service's job id, or our token until the service has acknowledged a request.

    Args:
        cleared_at: When the artist last cleared the ended jobs from the queue, in Unix seconds.
    """

    job_changed = Signal(str)
    """State, progress or outputs of the job with this key changed."""
    job_ended = Signal(str)
    """The job came to its end while this window watched."""
    job_named = Signal(str, str)
    """The request known by a token is acknowledged and has a job id from now on."""
    candidate_arrived = Signal(str, int)
    frames_arrived = Signal(str, int, int)
    """Frames of the take with this key, from and up to, are in its Clip."""
    paused_changed = Signal(bool)
    ended_cleared = Signal()

    def __init__(self, parent: QObject | None = None, *, cleared_at: float = 0.0) -> None:
        super().__init__(parent)
        self._records: list[JobRecord] = []
        self._by_key: dict[str, JobRecord] = {}
        self.is_paused = False
        self.cleared_at = cleared_at
        self._readers: dict[int, Callable[[JobRecord], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda record: record.request.prompt,
            Qt.ItemDataRole.ToolTipRole: lambda record: record.request.prompt,
            Qt.ItemDataRole.AccessibleTextRole: self.describe,
            JobRole.RECORD: lambda record: record,
            JobRole.KEY: self.key_of,
            JobRole.STATE: lambda record: record.state,
            JobRole.PROGRESS: lambda record: record.progress,
            JobRole.DEVICE: lambda record: record.device,
            JobRole.SECONDS_LEFT: JobRecord.seconds_left,
            JobRole.ERROR: lambda record: record.info.error_message,
            JobRole.CANDIDATES: lambda record: len(record.candidates),
            JobRole.OUTPUTS: lambda record: record.info.outputs,
        }
        # Time left counts down between two events; the timer runs only while a job does.
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)

    # Reading.

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._records)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        read = self._readers.get(role)
        return read(self._records[index.row()]) if read else None

    def describe(self, record: JobRecord) -> str:
        """The row in words, for a screen reader."""
        states = {
            JobState.PENDING: self.tr("waiting"),
            JobState.RUNNING: self.tr("running"),
            JobState.DONE: self.tr("done"),
            JobState.FAILED: self.tr("failed"),
            JobState.CANCELLED: self.tr("cancelled"),
        }
        return f"{record.request.prompt}, {states[record.state]} {record.info.error_message}".strip()

    def record(self, key: str) -> JobRecord | None:
        """The job with this key, or None."""
        return self._by_key.get(key)

    @staticmethod
    def key_of(record: JobRecord) -> str:
        return record.info.job or record.token

    def records(self) -> tuple[JobRecord, ...]:
        """All jobs, oldest first."""
        return tuple(self._records)

    def unsent(self) -> list[JobRecord]:
        """Requests that the service has not acknowledged yet, oldest first."""
        return [record for record in self._records if not record.info.job]

    def unfinished(self) -> list[JobRecord]:
        """Jobs that run or wait, oldest first."""
        return [record for record in self._records if not record.state.is_final]

    # Writing.

    def add_submitting(self, request: Request, output: str = "", job: str = "") -> str:
        """Show a request at once, before the service has it; returns the token to submit it with.

        Args:
            request: What to make.
            output: The file that it asks for; empty for the outputs folder.
            job: The id that was drawn for it earlier; empty draws one.
        """
        token = token_of(job or draw_job_id(time.time()))
        while not job and token in self._by_key:
            # Of many in one millisecond two may well be alike.
            token = token_of(draw_job_id(time.time()))
        self._insert([JobRecord.submitting(token, request, output)])
        return token

    def troubled(self) -> list[JobRecord]:
        """Jobs that failed or were cancelled since the list was last cleared, newest first."""
        ended = [record for record in self._records if record.state in (JobState.FAILED, JobState.CANCELLED)]
        ended = [record for record in ended if record.ended_at > self.cleared_at]
        return sorted(ended, key=lambda record: record.ended_at, reverse=True)

    def clear_ended(self) -> None:
        """Take what has ended until now from the queue; the service and the gallery keep it."""
        self.cleared_at = time.time()
        self.ended_cleared.emit()

    def take(self, report: Report) -> None:
        """Apply one report of the engine's thread."""
        match report:
            case JobsListed(jobs, paused):
                self._take_list(jobs)
                self._set_paused(paused)
            case PausedSet(paused):
                self._set_paused(paused)
            case Submitted(token, job):
                self._take_name(token, job)
            case CommandFailed(about) if is_token(about):
                self._remove(about)
            case JobChanged():
                self._take_info(report.info)
            case EventMessage():
                self._take_event(report)
            case _:
                pass

    def _take_list(self, jobs: tuple[JobInfo, ...]) -> None:
        listed = {info.job for info in jobs}
        gone = [key for key, record in self._by_key.items() if record.info.job and key not in listed]
        for key in gone:
            self._remove(key)
        for info in jobs:
            self._take_name(token_of(info.job), info.job)
        self._insert([JobRecord(info) for info in jobs if info.job not in self._by_key])
        for info in jobs:
            self._take_info(info, live=False)

    def _take_name(self, token: str, job: str) -> None:
        record = self._by_key.get(token)
        if record is None:
            return
        if job in self._by_key:
            # The service calls it otherwise, and that row is the real one.
            # Views go over to it before the other goes, or they would be left with nothing.
            self._by_key[job].is_live = True
            self.job_named.emit(token, job)
            self._remove(token)
        else:
            del self._by_key[token]
            record.name(job)
            self._by_key[job] = record
            self.job_named.emit(token, job)
        # Only now: lists that go by the name are to know it.
        self._row_changed(self._records.index(self._by_key[job]))

    def _take_info(self, info: JobInfo, *, live: bool = True) -> None:
        # The change of state may overtake the acknowledgement.
        self._take_name(token_of(info.job), info.job)
        record = self._by_key.get(info.job)
        if record is None:
            record = JobRecord(info)
            record.is_live = live
            self._insert([record])
            self.job_changed.emit(info.job)
            return
        was_final = record.state.is_final
        if record.info == info or not record.take_info(info):
            return
        record.is_live = record.is_live or live
        self._changed(record, was_final=was_final)

    def _take_event(self, message: EventMessage) -> None:
        event = message.event
        record = self._by_key.get(event.job)
        if record is None:
            return
        was_final = record.state.is_final
        if not record.take_event(event):
            return
        if isinstance(event, Preview):
            self.candidate_arrived.emit(event.job, event.index)
            if record.video is not None and len(record.candidates) > 1:
                # Up to 15 a second come; only the first changes what lists show of the job.
                return
        elif isinstance(event, FramesReady):
            self.frames_arrived.emit(event.job, event.start, event.stop)
        self._changed(record, was_final=was_final)

    def _changed(self, record: JobRecord, *, was_final: bool) -> None:
        self._row_changed(self._records.index(record))
        key = self.key_of(record)
        self.job_changed.emit(key)
        if record.state.is_final and not was_final:
            self.job_ended.emit(key)

    def _row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))
        is_running = any(record.state is JobState.RUNNING for record in self._records[-200:])
        if is_running != self._clock.isActive():
            (self._clock.start if is_running else self._clock.stop)()

    def _insert(self, records: list[JobRecord]) -> None:
        if not records:
            return
        first = len(self._records)
        self.beginInsertRows(QModelIndex(), first, first + len(records) - 1)
        self._records.extend(records)
        self._by_key |= {self.key_of(record): record for record in records}
        self.endInsertRows()

    def _remove(self, key: str) -> None:
        record = self._by_key.pop(key, None)
        if record is None:
            return
        row = self._records.index(record)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._records[row]
        self.endRemoveRows()
        self.job_changed.emit(key)

    def _set_paused(self, paused: bool) -> None:
        if paused != self.is_paused:
            self.is_paused = paused
            self.paused_changed.emit(paused)

    def _tick(self) -> None:
        for row, record in enumerate(self._records):
            if record.state is JobState.RUNNING:
                self.dataChanged.emit(self.index(row), self.index(row), [JobRole.SECONDS_LEFT])


def is_token(key: str) -> bool:
    """Whether a key is of a request that the service has not acknowledged yet."""
    return key.startswith(_UNNAMED)


def token_of(job: str) -> str:
    """The token of the request that the service is to call `job`."""
    return f"{_UNNAMED}{job}"


def job_of(key: str) -> str:
    """What the service calls the job with this key, or is to call it."""
    return key.removeprefix(_UNNAMED)
