"""One job as the window knows it: a state machine over the service's rows and events. No Qt.

The newest attempt wins, late sequence numbers are dropped, and after its end a job takes nothing but a new attempt.
"""

from __future__ import annotations

import time

from msgspec.structs import replace

from engine.messages import (
    Cancelled,
    Event,
    Failed,
    Finished,
    ImageRequest,
    JobInfo,
    JobState,
    Notice,
    Preview,
    Progress,
)

MIN_ELAPSED_S = 1.0


class JobRecord:
    """Rows (`take_info`) and events (`take_event`) in, a consistent picture of the job out.

    `token` names a request that the service has not acknowledged yet; such a record has no job id.
    """

    def __init__(self, info: JobInfo, token: str = "") -> None:
        self.info = info
        self.token = token
        self.is_live = False
        self._last_seq = -1
        self._clear_attempt()

    def _clear_attempt(self) -> None:
        self.step = 0
        self.steps = 0
        self.device = ""
        self.notice = ""
        self.candidates: dict[int, Preview] = {}
        self._first_progress: tuple[float, int] | None = None

    @staticmethod
    def submitting(token: str, request: ImageRequest) -> JobRecord:
        """A record for a request on its way to the service."""
        record = JobRecord(JobInfo(job="", state=JobState.PENDING, request=request, outputs=(), created=time.time()))
        record.token, record.is_live = token, True
        return record

    @property
    def request(self) -> ImageRequest:
        return self.info.request

    @property
    def state(self) -> JobState:
        return self.info.state

    @property
    def ended_at(self) -> float:
        """When the job ended, in Unix seconds; for one that has not, when it was made."""
        return self.info.finished or self.info.created

    def name(self, job: str) -> None:
        """The service acknowledged the request as `job`."""
        self.info = replace(self.info, job=job)

    def take_info(self, info: JobInfo) -> bool:
        """Adopt the service's row; False when it belongs to an older attempt."""
        if info.attempt < self.info.attempt:
            return False
        if info.attempt > self.info.attempt or (self.state.is_final and not info.state.is_final):
            self._clear_attempt()
        self.info = info
        if info.state is JobState.DONE:
            # The pictures are on disk now; their previews would only fill memory.
            self.candidates.clear()
        return True

    def take_event(self, event: Event) -> bool:
        """Apply an event; False when it came late."""
        if event.attempt < self.info.attempt or event.seq <= self._last_seq:
            return False
        self._last_seq = event.seq
        if event.attempt > self.info.attempt:
            self._clear_attempt()
            self.info = replace(self.info, attempt=event.attempt, state=JobState.RUNNING)
        match event:
            case Finished() | Failed() | Cancelled():
                return self._end(event)
            case _ if self.state.is_final:
                return False
            case Progress():
                self._take_progress(event)
            case Preview():
                held = self.candidates.get(event.index)
                if held is not None and held.final:
                    return False
                self.candidates[event.index] = event
            case Notice():
                self.notice = event.message
        return True

    def _take_progress(self, event: Progress) -> None:
        self.step, self.steps, self.device = event.step, event.steps, event.device
        if self.state is JobState.PENDING:
            self.info = replace(self.info, state=JobState.RUNNING)
        if self._first_progress is None:
            self._first_progress = (time.monotonic(), event.step)

    def _end(self, event: Finished | Failed | Cancelled) -> bool:
        if self.state.is_final:
            return True  # the row of the same change came first
        match event:
            case Finished():
                info = replace(self.info, state=JobState.DONE, outputs=event.outputs, seconds=event.seconds)
            case Failed():
                info = replace(self.info, state=JobState.FAILED, error_kind=event.kind, error_message=event.message)
            case Cancelled():
                info = replace(self.info, state=JobState.CANCELLED)
        return self.take_info(replace(info, finished=time.time()))

    def seconds_left(self) -> float | None:
        """Time to the end of a running job at its pace so far; None while that is a guess."""
        if self.state is not JobState.RUNNING or self._first_progress is None:
            return None
        since, first_step = self._first_progress
        elapsed, done = time.monotonic() - since, self.step - first_step
        if done <= 0 or elapsed < MIN_ELAPSED_S:
            return None
        return max(0.0, elapsed / done * (self.steps - first_step) - elapsed)
