"""Control maps that only the engine can make, for the canvas: asked for by their request, told when they are there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.jobs import JobModel
from engine.messages import ControlMapRequest, JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.job_record import JobRecord
    from app.outbox import Outbox
    from app.pictures import Picture, PictureCache


class MapJobs(QObject):
    """One request is waited for at a time, the newest."""

    ended = Signal(object, str, str)
    """The request, the file of its map, and why there is none."""

    def __init__(self, jobs: JobModel, outbox: Outbox, cache: PictureCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._outbox, self._cache = jobs, outbox, cache
        self._asked: ControlMapRequest | None = None
        jobs.job_changed.connect(self._look)

    def ask(self, request: ControlMapRequest) -> None:
        """Tell soon where the map of a request is; it is made unless it was made before."""
        self._asked = request
        self.find(request, partial(self._take_found, request))

    def find(self, request: ControlMapRequest, then: Callable[[JobRecord | None], None]) -> None:
        """Tell `then`, soon, the job of this very map, done or on its way, unless its picture has changed since."""
        self._cache.look(request.picture, 0, lambda picture: then(self._job_of(request, picture)))

    def _job_of(self, request: ControlMapRequest, picture: Picture) -> JobRecord | None:
        if not picture.is_there:
            return None

        def suits(record: JobRecord) -> bool:
            is_over = record.state is JobState.DONE and record.ended_at >= picture.changed_ns / 1e9
            return record.request == request and (is_over or not record.state.is_final)

        return next((record for record in reversed(self._jobs.records()) if suits(record)), None)

    def _take_found(self, request: ControlMapRequest, record: JobRecord | None) -> None:
        if request != self._asked:
            return  # another one was asked for meanwhile, or this one is told already
        if record is None:
            self._outbox.send(request)
        else:
            self._tell(record)

    def _look(self, key: str) -> None:
        record = self._jobs.record(key)
        if record is not None and record.request == self._asked:
            self._tell(record)

    def _tell(self, record: JobRecord) -> None:
        if record.state.is_final and isinstance(record.request, ControlMapRequest):
            self._asked = None
            outputs = record.info.outputs if record.state is JobState.DONE else ()
            why = record.info.error_message or self.tr("the map was cancelled; make it again")
            self.ended.emit(record.request, outputs[0] if outputs else "", "" if outputs else why)
