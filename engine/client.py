"""EngineClient: find or start the engine service, submit jobs, listen, cancel. Never loads torch.

Owns: what can be asked of the service, and going on with the next one when it dies under a caller. Does not own: how
it is reached and started (engine.service.reach), the connection's bytes and threads (engine.service.link), or what the
service does.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, TypeVar

from engine.errors import OutputError, ServiceError, UnknownJobError
from engine.messages import Cancelled, Failed, Finished, draw_job_id
from engine.protocol import (
    Answer,
    Cancel,
    Done,
    EventMessage,
    GetStatus,
    JobChanged,
    Jobs,
    KeepLive,
    ListJobs,
    ListModels,
    LiveMade,
    MakeLive,
    Models,
    Move,
    Retry,
    Revise,
    SetPaused,
    Status,
    StopService,
    Submit,
)
from engine.service.discovery import read_record
from engine.service.launch import wait_gone
from engine.service.link import Link, News, take, terminal_event
from engine.service.mailbox import Mailbox
from engine.service.reach import reach_service

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from engine.messages import Event, ImageRequest, ModelSpec, Request, Terminal
    from engine.paths import Paths
    from engine.protocol import Call

T = TypeVar("T")
A = TypeVar("A", bound=Answer)

# A model may have to be loaded first.
LIVE_LIMIT_S = 600.0
# A service that dies this often within this time is not worth starting again.
MAX_RESTARTS, RESTART_WINDOW_S = 5, 10.0


class EngineClient:
    """One connection to the engine service of a home. Thread-safe."""

    def __init__(self, paths: Paths, *, previews: bool, timeout_s: float, start: bool, reopen: bool) -> None:
        """Use `connect`."""
        self._paths = paths
        self._previews = previews
        self._timeout_s = timeout_s
        self._reopens_for_calls = start and reopen
        self._guard = threading.Lock()
        self._closed = False
        self._link, self._box = reach_service(paths, timeout_s, previews=previews, start=start)

    @staticmethod
    def connect(
        paths: Paths, *, start: bool = True, previews: bool = True, timeout_s: float = 30.0, reopen: bool = True
    ) -> EngineClient:
        """Connect to the service of this home and subscribe to its news.

        Args:
            paths: The home.
            start: Start a service if none answers.
            previews: Whether to receive preview pictures.
            timeout_s: Longest time to wait for a service to come up, and later for each answer.
            reopen: Whether a call that may be made twice does as `wait` does when the service dies under it: starts
                the service again (never without `start`) and asks again. Such are `submit`, `set_paused`, `jobs`,
                `models` and `status`. The others fail, since whether they took effect is for the caller to see.

        Raises:
            ServiceError: None answers and `start` is False, or the start failed.
        """
        return EngineClient(paths, previews=previews, timeout_s=timeout_s, start=start, reopen=reopen)

    def submit(self, request: Request, output: str = "", job: str = "") -> str:
        """Queue a request; returns the job's id once the job is durable.

        Args:
            request: What to make.
            output: Target file, or folder of a picture sequence, as an absolute path; empty for the outputs folder.
            job: The id that `draw_job_id` drew for it, when it was perhaps submitted before: then it is not queued
                again. Empty draws one.

        Raises:
            EngineError: The service refused it (BadInputError, OutputError, DiskFullError, ...); nothing was stored.
            ServiceError: The connection is lost, and not to be had again. Whether the job was stored is then unknown;
                `jobs` tells.
        """
        try:
            output.encode()
        except UnicodeEncodeError:
            raise OutputError(f"the output path {output!a} is not valid Unicode; choose another name") from None
        # The service takes a job of one id once, however often it is asked to.
        submit = Submit(call=0, job=job or draw_job_id(time.time()), request=request, output=output)
        return self._ask(submit, Done).job

    def cancel(self, job: str) -> None:
        """End a pending or running job as cancelled; returns once that is durable, before the job has stopped.

        Raises:
            UnknownJobError: There is no such job, or it has ended.
        """
        self._link.ask(Cancel(call=0, job=job), Done)

    def retry(self, job: str) -> None:
        """Queue a failed or cancelled job again, at the end.

        Raises:
            UnknownJobError: There is no such job, or it neither failed nor was cancelled.
        """
        self._link.ask(Retry(call=0, job=job), Done)

    def move(self, job: str, before: str = "") -> None:
        """Put a pending job right before another, or behind all if `before` is empty.

        Raises:
            UnknownJobError: One of the two is not pending.
        """
        self._link.ask(Move(call=0, job=job, before=before), Done)

    def revise(self, job: str, request: Request) -> None:
        """Give a pending job another request in its place; the errors are those of `submit` and `move`."""
        self._link.ask(Revise(call=0, job=job, request=request), Done)

    def make_live(self, request: ImageRequest) -> LiveMade:
        """Make one picture now, outside of the queue; waits for it. Nothing of it is stored.

        Raises:
            BusyError: The queue has work, or got some meanwhile: ask again later.
            EngineError: It cannot be made.
        """
        return self._link.ask(MakeLive(call=0, request=request), LiveMade, LIVE_LIMIT_S)

    def keep_live(self, request: ImageRequest, made: LiveMade) -> str:
        """Store a picture of `make_live` as a finished job; returns the job's id."""
        call = KeepLive(call=0, request=request, image=made.image, seconds=made.seconds, devices=made.devices)
        return self._link.ask(call, Done).job

    def set_paused(self, paused: bool) -> None:
        """Stop or resume handing out pending jobs; running jobs go on. A pause outlives the service."""
        self._ask(SetPaused(call=0, paused=paused), Done)

    def jobs(self) -> Jobs:
        """The newest jobs, oldest first, and whether the queue is paused."""
        return self._ask(ListJobs(call=0), Jobs)

    def models(self) -> tuple[ModelSpec, ...]:
        """The catalogue."""
        return self._ask(ListModels(call=0), Models).models

    def status(self) -> Status:
        """What runs and how long the queue is."""
        return self._ask(GetStatus(call=0), Status)

    def stop_service(self) -> None:
        """Stop the service; returns when its process is gone. Running jobs go on at its next start.

        Raises:
            ServiceError: The process is still there after the time limit.
        """
        link = self._link
        try:
            link.ask(StopService(call=0), Done)
        except ServiceError:
            if not link.is_lost:
                raise
        wait_gone(link.service_pid, self._timeout_s)

    def next_message(self, timeout_s: float | None = None) -> JobChanged | EventMessage | None:
        """The next job change or event; None when none came within `timeout_s` seconds (None waits for ever).

        Stale news that nobody took in time are replaced: of a job's progress and of each preview, only the newest
        waits here.

        Raises:
            ServiceError: The connection is lost. Where a call opened another since, the next message is of that one;
                what was missed, `jobs` tells.
        """
        return take(self._box, timeout_s, self._link)

    def wait(self, job: str, on_event: Callable[[Event], None] | None = None) -> Terminal:
        """Wait until a job has ended; `on_event` gets its events before the terminal one, which is returned.

        If the service dies meanwhile it is started again and the waiting goes on; if a client stopped it, this ends
        with an error and the job goes on when the service is next started. A job that has already ended
        gives its terminal event from the stored row. `next_message` still gets every message as well.

        Raises:
            UnknownJobError: There is no such job.
            ServiceError: The service was stopped, cannot be started again or keeps dying, or this client was closed.
        """
        return self._outliving(lambda link: self._wait_on(link, job, on_event))

    def close(self) -> None:
        """Hang up and join the reading thread; the service goes on. Idempotent."""
        with self._guard:
            self._closed = True
        self._link.close()

    def __enter__(self) -> EngineClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, call: Call, answer_type: type[A]) -> A:
        """Make a call that does no harm when it is made twice."""
        if not self._reopens_for_calls:
            return self._link.ask(call, answer_type)
        return self._outliving(lambda link: link.ask(call, answer_type))

    def _outliving(self, talk: Callable[[Link], T]) -> T:
        """Talk to the service, and all over again to the next one whenever it dies meanwhile.

        Raises:
            ServiceError: The service was stopped, cannot be started again or keeps dying, or this client was closed.
        """
        restarts: deque[float] = deque(maxlen=MAX_RESTARTS)
        while True:
            link = self._link
            try:
                return talk(link)
            except ServiceError:
                if self._closed or not link.is_lost:
                    raise
            if read_record(self._paths) is None:
                raise ServiceError("the engine service was stopped; unfinished jobs go on when it is started again")
            now = time.monotonic()
            if len(restarts) == MAX_RESTARTS and now - restarts[0] < RESTART_WINDOW_S:
                raise ServiceError(f"the engine service keeps dying; look at {self._paths.log}")
            restarts.append(now)
            self._reopen(link)

    def _wait_on(self, link: Link, job: str, on_event: Callable[[Event], None] | None) -> Terminal:
        box: Mailbox[News] = Mailbox()
        # Listening begins before the look at the row, so that no end can fall between the two.
        link.subscribe(box)
        try:
            info = next((info for info in link.ask(ListJobs(call=0), Jobs).jobs if info.job == job), None)
            if info is None:
                raise UnknownJobError(f"there is no job {job!r}; `onetake queue list` shows those there are")
            if info.state.is_final:
                return terminal_event(info)
            while True:
                message = take(box, None, link)
                if not isinstance(message, EventMessage) or message.event.job != job:
                    continue
                if isinstance(message.event, (Finished, Failed, Cancelled)):
                    return message.event
                if on_event is not None:
                    on_event(message.event)
        finally:
            link.unsubscribe(box)

    def _reopen(self, lost: Link) -> None:
        with self._guard:
            if self._closed:
                raise ServiceError("this client is closed; connect anew")
            if self._link is lost:
                lost.close()
                self._link, self._box = reach_service(self._paths, self._timeout_s, previews=self._previews, start=True)
