"""A scriptable engine in this process: FakeClient has EngineClient's surface, FakeEngine stands for the service.

A script says what becomes of a submitted job. Nothing here has a thread: what is due happens when the client
listens, so a test that holds a job decides when it goes on.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Event
from typing import TYPE_CHECKING, Literal, TypeVar

from msgspec.structs import replace

from engine.errors import BadInputError, BusyError, ServiceError, UnknownJobError
from engine.messages import (
    Cancelled,
    ControlMapRequest,
    ExportRequest,
    JobInfo,
    JobState,
    ModelSpec,
    Request,
    VideoRequest,
)
from engine.protocol import EventMessage, JobChanged, Jobs, LiveMade, QueueCounts, Status, WorkerStatus
from tests.fake_client import FakeClient
from tests.fake_jobs import DEVICE, FakeJobs, runs_by_device
from tests.requests import PAPERCUT, fake_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.errors import EngineError
    from engine.messages import ImageRequest

Answer = TypeVar("Answer")
Script = Literal["finish", "slow", "hold", "wait", "fail", "refuse", "block", "mute"]


@dataclass(order=True)
class _Due:
    when: float
    order: int
    job: str = field(compare=False)
    happen: Callable[[], None] = field(compare=False)


class FakeEngine:
    """The service's side: jobs, scripts and a record of what was asked.

    Args:
        folder: Where finished pictures are written.
        pace_s: Time between two pictures of a "slow" job.
    """

    def __init__(self, folder: Path, *, models: tuple[ModelSpec, ...] = (PAPERCUT,), pace_s: float = 0.2) -> None:
        self.folder = folder
        self.known_models = models
        self.pace_s = pace_s
        self.requests: list[Request] = []
        self.calls: list[tuple[str, str]] = []
        self.is_up = True
        self.paused = False
        self.connections = 0
        self.released = Event()
        self.live_requests: list[ImageRequest] = []
        self.live_is_held = False
        self.live_error: EngineError | None = None
        self._names: dict[str, str] = {}
        """Our names of jobs by the ids that clients drew."""
        self._scripts: deque[Script] = deque()
        self._default: Script = "finish"
        self._jobs = FakeJobs(folder)
        self._due: list[_Due] = []
        self._order = 0
        self._condition = Condition()
        self._open: set[int] = set()
        self._unnamed: set[int] = set()
        """Connections that have sent a request and may not have passed on its name yet."""

    # What a test says.

    def script(self, *scripts: Script, default: Script | None = None) -> None:
        """What becomes of the next jobs, in order, and of all later ones."""
        self._scripts.extend(scripts)
        self._default = default or self._default

    def connect(self) -> FakeClient:
        """A new connection.

        Raises:
            ServiceError: The engine is down.
        """
        with self._condition:
            if not self.is_up:
                raise ServiceError("the engine service cannot be started; look at the log")
            self.connections += 1
            if not self._open:
                self._jobs.messages.clear()
            self._open.add(self.connections)
            return FakeClient(self, self.connections)

    def crash(self, *, restarts: bool = True) -> None:
        """Lose all connections; jobs stay. Without `restarts`, connecting fails until `is_up` is set."""
        with self._condition:
            self.is_up = restarts
            self._cut()
            self._condition.notify_all()

    def show_candidate(self, job: str, index: int, *, final: bool = True, late: bool = False) -> None:
        """A held job sends one picture; `late` sends it with an old sequence number."""
        with self._condition:
            self._begin(job)
            self._jobs.candidate(job, index, final=final, late=late)
            self._condition.notify_all()

    def show_frames(self, job: str, frames: range, device: str = DEVICE) -> None:
        """A device of a held take sends previews of these frames."""
        with self._condition:
            self._begin(job)
            self._jobs.show_frames(job, frames, device)
            self._condition.notify_all()

    def finish_frames(self, job: str, frames: range, device: str = DEVICE) -> None:
        """A device of a held take has decoded these frames."""
        with self._condition:
            self._begin(job)
            self._jobs.finish_frames(job, frames, device)
            self._condition.notify_all()

    def make_step(self, job: str, step: int, device: str = DEVICE) -> None:
        """A device of a held take has come this far."""
        with self._condition:
            self._begin(job)
            self._jobs.progress(job, step, device)
            self._condition.notify_all()

    def finish(self, job: str) -> None:
        """A held job ends well."""
        with self._condition:
            self._begin(job)
            self._jobs.finish(job)
            self._condition.notify_all()

    def fail(self, job: str, kind: str, message: str) -> None:
        """A held job fails."""
        with self._condition:
            self._begin(job)
            self._jobs.fail(job, kind, message)
            self._condition.notify_all()

    def info(self, job: str) -> JobInfo:
        """The row of a job."""
        return self._jobs.rows[job]

    def add_done(self, request: Request) -> str:
        """A job of an earlier day."""
        with self._condition:
            job = self._jobs.add(request)
            self._jobs.finish(job)
            self._jobs.messages.clear()
            return job

    def add_failed(self, request: Request, message: str) -> str:
        """A job that failed when no window watched."""
        with self._condition:
            job = self._jobs.add(request)
            self._jobs.fail(job, "job_failed", message)
            self._jobs.messages.clear()
            return job

    def _begin(self, job: str) -> None:
        """A held job is running before anything else happens to it, whether or not its client has listened since."""
        for due in [due for due in self._due if due.job == job]:
            self._due.remove(due)
            due.happen()

    # What a client asks.

    def ask(self, connection: int, work: Callable[[], Answer], *, names: bool = False) -> Answer:
        """Do something for a connection, alone.

        Args:
            connection: Whose call this is; it has dealt with the answers to its earlier ones.
            work: Gives the answer.
            names: Whether the answer is the name of a job. The service calls a job as its client does, so that news
                of one may come before the answer. Here it has a name of its own, and they wait for the next call.

        Raises:
            ServiceError: The connection is lost.
        """
        with self._condition:
            self._check(connection)
            self._unnamed.discard(connection)
            answer = work()
            if names:
                self._unnamed.add(connection)
            self._condition.notify_all()
            return answer

    def hang_up(self, connection: int) -> None:
        """End a connection."""
        with self._condition:
            self._open.discard(connection)
            self._condition.notify_all()

    def next_message(self, connection: int, timeout_s: float | None) -> JobChanged | EventMessage | None:
        """Let happen what is due, and take the next message; None when none came in time.

        Raises:
            ServiceError: The connection is lost.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._condition:
            while True:
                self._check(connection)
                if timeout_s == 0.0:
                    # There is one queue of news: it is for the connection that waits for them.
                    return None
                now, due = time.monotonic(), None
                if connection not in self._unnamed:
                    if self._jobs.messages:
                        return self._jobs.messages.popleft()
                    due = self._due[0].when if self._due else None
                    if due is not None and due <= now:
                        self._due.pop(0).happen()
                        continue
                if deadline is not None and now >= deadline:
                    return None
                ends = [at for at in (deadline, due) if at is not None]
                self._condition.wait(min(ends) - now if ends else None)

    def _check(self, connection: int) -> None:
        if connection not in self._open:
            raise ServiceError("the connection to the engine service is lost")

    def jobs(self) -> Jobs:
        return Jobs(call=0, jobs=tuple(self._jobs.rows.values()), paused=self.paused)

    def set_paused(self, paused: bool) -> None:
        self.paused = paused

    def make_live(self, connection: int, request: ImageRequest) -> LiveMade:
        """A picture at once, unless it is held, refused, or jobs are unfinished."""
        with self._condition:
            self._check(connection)
            self.live_requests.append(request)
            self._condition.wait_for(lambda: not self.live_is_held or connection not in self._open)
            self._check(connection)
            if self.live_error is not None:
                raise self.live_error
            if any(not info.state.is_final for info in self._jobs.rows.values()):
                raise BusyError("the queue has work; live pictures go on when it is done")
            return LiveMade(call=0, image=fake_picture(request, 0), seconds=0.1, devices=(DEVICE,))

    def hold_live(self, held: bool) -> None:
        """Live pictures wait, or go on."""
        with self._condition:
            self.live_is_held = held
            self._condition.notify_all()

    def keep_live(self, request: ImageRequest, made: LiveMade) -> str:
        job = self._jobs.add(request)
        self._jobs.finish(job)
        Path(self._jobs.rows[job].outputs[0]).write_bytes(made.image)
        return job

    def status(self) -> Status:
        states = [info.state for info in self._jobs.rows.values()]
        worker = WorkerStatus(
            device=DEVICE,
            name="Fake processor",
            pid=1,
            job="",
            step=0,
            steps=0,
            memory_used_bytes=3 * 2**29,
            memory_total_bytes=16 * 2**30,
        )
        counts = QueueCounts(
            pending=states.count(JobState.PENDING),
            running=states.count(JobState.RUNNING),
            done=states.count(JobState.DONE),
            failed=states.count(JobState.FAILED),
        )
        return Status(call=0, pid=1, protocol=1, build="fake", paused=self.paused, workers=(worker,), queue=counts)

    def submit(self, request: Request, output: str = "", drawn: str = "") -> str:
        """Once for each drawn id. A "mute" one is taken, and the connection lost before the answer."""
        if drawn in self._names:
            return self._names[drawn]
        script = self._scripts.popleft() if self._scripts else self._default
        self.requests.append(request)
        if script == "refuse":
            raise BadInputError("size 100x100 does not suit papercut; use multiples of 16")
        if script == "block":
            self._condition.release()
            self.released.wait()
            self._condition.acquire()
        job = self._jobs.add(request, output)
        self._jobs.change(job)
        self._schedule(job, script)
        if drawn:
            self._names[drawn] = job
        if script == "mute":
            self._cut()
            self._condition.notify_all()
            raise ServiceError("the connection to the engine service is lost")
        return job

    def cancel(self, job: str) -> None:
        self.calls.append(("cancel", job))
        info = self._jobs.rows.get(job)
        if info is None or info.state.is_final:
            raise UnknownJobError(f"job {job!r} has ended; there is nothing to cancel")
        self._due = [due for due in self._due if due.job != job]
        self._jobs.change(job, state=JobState.CANCELLED, finished=time.time())
        self._jobs.send(Cancelled(job=job, attempt=self._jobs.rows[job].attempt))

    def retry(self, job: str) -> None:
        self.calls.append(("retry", job))
        info = self._jobs.rows.get(job)
        if info is None or info.state not in (JobState.FAILED, JobState.CANCELLED):
            raise UnknownJobError(f"job {job!r} cannot be tried again; only failed and cancelled jobs can")
        self._jobs.change(job, state=JobState.PENDING, finished=None, error_kind="", error_message="")
        self._schedule(job, self._scripts.popleft() if self._scripts else self._default)

    def move(self, job: str, before: str) -> None:
        self.calls.append(("move", f"{job} {before}".strip()))
        if self._jobs.rows[job].state is not JobState.PENDING:
            raise UnknownJobError(f"job {job} does not wait; only pending jobs can be moved")
        self._jobs.move(job, before)

    def revise(self, job: str, request: Request) -> None:
        self.calls.append(("revise", job))
        if self._jobs.rows[job].state is not JobState.PENDING:
            raise UnknownJobError(f"job {job} is running; only pending jobs can be changed")
        self._jobs.change(job, request=request)

    def start(self, job: str) -> None:
        """A waiting job begins."""
        with self._condition:
            self._jobs.start(job)
            self._condition.notify_all()

    def start_earlier(self, job: str, seconds: float) -> None:
        """A running job began so long before now."""
        with self._condition:
            self._jobs.rows[job] = replace(self._jobs.rows[job], started=time.time() - seconds)

    def _schedule(self, job: str, script: Script) -> None:
        if script == "wait":
            return
        pace_s = self.pace_s if script == "slow" else 0.0
        request = self._jobs.rows[job].request
        steps: list[Callable[[], None]] = [lambda: self._jobs.start(job)]
        if script in ("finish", "slow", "block", "mute"):
            if isinstance(request, VideoRequest):
                steps += self._make_take(job, request)
            elif not isinstance(request, ExportRequest | ControlMapRequest):
                steps += self._make_pictures(job, request.count, with_previews=script == "slow")
            steps.append(lambda: self._jobs.finish(job))
        elif script == "fail":
            message = "the job needs 6.1 GB and 4.0 GB are free; use a smaller size or fewer pictures"
            steps.append(lambda: self._jobs.fail(job, "out_of_memory", message))
        now = time.monotonic()
        for number, step in enumerate(steps):
            self._order += 1
            self._due.append(_Due(now + number * pace_s, self._order, job, step))
        self._due.sort()

    def _make_pictures(self, job: str, count: int, *, with_previews: bool) -> list[Callable[[], None]]:
        steps: list[Callable[[], None]] = []
        for index in range(count):
            if with_previews:
                steps.append(lambda index=index: self._jobs.candidate(job, index, final=False))
            steps.append(lambda index=index: self._jobs.candidate(job, index))
        return steps

    def _make_take(self, job: str, request: VideoRequest) -> list[Callable[[], None]]:
        """All ranks step together, show every fourth frame of theirs, and decode at the end."""
        ranks = runs_by_device(request)
        steps: list[Callable[[], None]] = []
        for step in range(1, request.steps + 1):
            for device, run in ranks:
                steps.append(lambda device=device, run=run: self._jobs.show_frames(job, run[::4], device))
                steps.append(lambda device=device, step=step: self._jobs.progress(job, step, device))
        for device, run in ranks:
            steps.append(lambda device=device, run=run: self._jobs.finish_frames(job, run, device))
            steps.append(lambda device=device: self._jobs.progress(job, request.steps + 1, device))
        return steps

    def _cut(self) -> None:
        self._open.clear()
