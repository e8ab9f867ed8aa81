"""One job as the window knows it: a state machine over the service's rows and events. No Qt.

The newest attempt wins, late sequence numbers are dropped, and after its end a job takes nothing but a new attempt.
"""

from __future__ import annotations

import time

from msgspec.structs import replace

from app.take_record import TakeRecord
from engine.messages import (
    Cancelled,
    Event,
    Failed,
    Finished,
    FramesReady,
    ImageRequest,
    JobInfo,
    JobState,
    Notice,
    Preview,
    Progress,
    Request,
    VideoRequest,
)

MIN_ELAPSED_S = 1.0


class JobRecord:
    """Rows (`take_info`) and events (`take_event`) in, a consistent picture of the job out.

    `token` names a request that the service has not acknowledged yet; such a record has no job id.
    `output` is the file that such a request asks for; empty for the outputs folder.
    """

    def __init__(self, info: JobInfo, token: str = "", output: str = "") -> None:
        self.info = info
        self.token = token
        self.output = output
        self.is_live = False
        self._last_seq = -1
        self._clear_attempt()

    def _clear_attempt(self) -> None:
        self.step = 0
        self.steps = 0
        self.device = ""
        self.notice = ""
        self.progress = 0.0
        self.candidates: dict[int, Preview] = {}
        """The newest preview of each picture of the batch, or frame of the take."""
        self.take = TakeRecord()
        self._first_progress: tuple[float, float] | None = None

    @staticmethod
    def submitting(token: str, request: Request, output: str = "") -> JobRecord:
        """A record for a request on its way to the service."""
        info = JobInfo(job="", state=JobState.PENDING, request=request, outputs=(), created=time.time())
        record = JobRecord(info, token, output)
        record.is_live = True
        return record

    @property
    def request(self) -> Request:
        return self.info.request

    @property
    def image(self) -> ImageRequest | None:
        """The request, if it is one for pictures."""
        return self.request if isinstance(self.request, ImageRequest) else None

    @property
    def video(self) -> VideoRequest | None:
        """The request, if it is one for a take."""
        return self.request if isinstance(self.request, VideoRequest) else None

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
            self.take.ranks.clear()
            self.take.ready.clear()
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
                self.take.take_preview(event)
            case FramesReady():
                self.take.take_frames(event)
            case Notice():
                self.notice = event.message
        return True

    def _take_progress(self, event: Progress) -> None:
        self.step, self.steps, self.device = event.step, event.steps, event.device
        self.progress = event.step / event.steps if event.steps else 0.0
        if self.video is not None:
            self.take.take_progress(event)
            world = len(self.info.devices)
            self.step, self.steps = self.take.slowest(world)
            self.progress = self.take.share(world)
            self.device = "  ".join(self.info.devices or sorted(self.take.ranks))
        if self.state is JobState.PENDING:
            self.info = replace(self.info, state=JobState.RUNNING)
        if self._first_progress is None:
            self._first_progress = (time.monotonic(), self.progress)

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
        since, first = self._first_progress
        elapsed, done = time.monotonic() - since, self.progress - first
        if done <= 0 or elapsed < MIN_ELAPSED_S:
            return None
        return max(0.0, elapsed / done * (1.0 - first) - elapsed)
