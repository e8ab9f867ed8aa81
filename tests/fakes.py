"""A scriptable engine in this process: FakeClient has EngineClient's surface, FakeEngine stands for the service.

A script says what becomes of a submitted job. Nothing here has a thread: what is due happens when the client
listens, so a test that holds a job decides when it goes on.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from io import BytesIO
from threading import Condition, Event
from typing import TYPE_CHECKING, Literal, TypeVar

from msgspec.structs import replace
from PIL import Image, ImageDraw

from engine.errors import BadInputError, ServiceError, UnknownJobError
from engine.messages import (
    Cancelled,
    Failed,
    Finished,
    ImageRequest,
    JobInfo,
    JobState,
    ModelSpec,
    Preview,
    Progress,
    Request,
    draw_seed,
)
from engine.protocol import EventMessage, JobChanged, Jobs, QueueCounts, Status, WorkerStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Answer = TypeVar("Answer")
Script = Literal["finish", "slow", "hold", "fail", "refuse", "block", "disconnect"]

VOCABULARY = (
    *("winter", "summer", "mountains", "at", "night", "a", "moon", "on", "the", "left", "right", "lake", "with", "and"),
    *("day", "dusk", "sun", "boat", "trees", "red", "balloon", "clouds", "over", "stars", "forest", "snow", "house"),
)
PAPERCUT = ModelSpec(
    name="papercut",
    title="Papercut",
    family="stable_diffusion",
    folder="papercut",
    licence="Apache-2.0",
    max_side=512,
    max_steps=50,
    vocabulary=VOCABULARY,
)
FREE_TEXT = ModelSpec(
    name="free-text",
    title="Free text",
    family="stable_diffusion",
    folder="free-text",
    licence="none",
    default_width=512,
    default_height=512,
    size_multiple=8,
    default_steps=25,
    max_steps=150,
    default_guidance=7.5,
    takes_negative=True,
    takes_guidance=True,
)
DEVICE = "cpu"


def fake_picture(request: ImageRequest, index: int, *, detail: float = 1.0) -> bytes:
    """A small landscape that depends on the seed, as PNG; `detail` below 1 gives a coarse preview."""
    seed = request.seed + index
    width, height = max(8, round(request.width * detail)), max(8, round(request.height * detail))
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    hue = seed * 47 % 360
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=f"hsl({hue}, 35%, {18 + 30 * y // height}%)")
    moon_x, radius = (0.15 + seed * 0.137 % 0.7) * width, 0.09 * width
    box = (moon_x - radius, 0.2 * height - radius, moon_x + radius, 0.2 * height + radius)
    draw.ellipse(box, fill="#f2e9d0")
    for layer in range(3):
        base = height * (0.5 + 0.17 * layer)
        peaks = [
            (width * step / 6, base + height * 0.12 * ((seed * (step + 3) * (layer + 2)) % 7 / 7 - 0.5))
            for step in range(7)
        ]
        draw.polygon([(0, height), *peaks, (width, height)], fill=f"hsl({hue}, 28%, {40 - 11 * layer}%)")
    document = BytesIO()
    image.save(document, "PNG")
    return document.getvalue()


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
        self._scripts: deque[Script] = deque()
        self._default: Script = "finish"
        self._jobs: dict[str, JobInfo] = {}
        self._seq: dict[str, int] = {}
        self._due: list[_Due] = []
        self._order = 0
        self._messages: deque[JobChanged | EventMessage] = deque()
        self._condition = Condition()
        self._open: set[int] = set()

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
            self._open.add(self.connections)
            self._messages.clear()
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
            self._candidate(job, index, final=final, late=late)
            self._condition.notify_all()

    def finish(self, job: str) -> None:
        """A held job ends well."""
        with self._condition:
            self._finish(job)
            self._condition.notify_all()

    def fail(self, job: str, kind: str, message: str) -> None:
        """A held job fails."""
        with self._condition:
            self._fail(job, kind, message)
            self._condition.notify_all()

    def info(self, job: str) -> JobInfo:
        """The row of a job."""
        return self._jobs[job]

    def add_done(self, request: ImageRequest) -> str:
        """A job of an earlier day."""
        with self._condition:
            job = self._new_job(request)
            self._finish(job)
            self._messages.clear()
            return job

    # What a client asks.

    def ask(self, connection: int, work: Callable[[], Answer]) -> Answer:
        """Do something for a connection, alone.

        Raises:
            ServiceError: The connection is lost.
        """
        with self._condition:
            self._check(connection)
            answer = work()
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
                now = time.monotonic()
                if self._messages:
                    return self._messages.popleft()
                if self._due and self._due[0].when <= now:
                    self._due.pop(0).happen()
                    continue
                if deadline is not None and now >= deadline:
                    return None
                ends = [at for at in (deadline, self._due[0].when if self._due else None) if at is not None]
                self._condition.wait(min(ends) - now if ends else None)

    def _check(self, connection: int) -> None:
        if connection not in self._open:
            raise ServiceError("the connection to the engine service is lost")

    def jobs(self) -> Jobs:
        return Jobs(call=0, jobs=tuple(self._jobs.values()), paused=self.paused)

    def set_paused(self, paused: bool) -> None:
        self.paused = paused

    def status(self) -> Status:
        states = [info.state for info in self._jobs.values()]
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

    def submit(self, request: Request) -> str:
        script = self._scripts.popleft() if self._scripts else self._default
        self.requests.append(request)
        if script == "refuse":
            raise BadInputError("size 100x100 does not suit papercut; use multiples of 16")
        if script == "block":
            self._condition.release()
            self.released.wait()
            self._condition.acquire()
        job = self._new_job(request)
        self._change(job)
        self._schedule(job, script)
        return job

    def cancel(self, job: str) -> None:
        self.calls.append(("cancel", job))
        info = self._jobs.get(job)
        if info is None or info.state.is_final:
            raise UnknownJobError(f"job {job!r} has ended; there is nothing to cancel")
        self._due = [due for due in self._due if due.job != job]
        self._change(job, state=JobState.CANCELLED)
        self._event(Cancelled(job=job, attempt=self._jobs[job].attempt))

    def retry(self, job: str) -> None:
        self.calls.append(("retry", job))
        info = self._jobs.get(job)
        if info is None or info.state not in (JobState.FAILED, JobState.CANCELLED):
            raise UnknownJobError(f"job {job!r} cannot be tried again; only failed and cancelled jobs can")
        self._change(job, state=JobState.PENDING, error_kind="", error_message="")
        self._schedule(job, self._scripts.popleft() if self._scripts else self._default)

    def _new_job(self, request: Request) -> str:
        job = f"job-{len(self._jobs) + 1}"
        self._jobs[job] = JobInfo(job=job, state=JobState.PENDING, request=request, outputs=(), created=time.time())
        self._seq[job] = 0
        return job

    def _schedule(self, job: str, script: Script) -> None:
        pace_s = self.pace_s if script == "slow" else 0.0
        count = self._jobs[job].request.count
        steps: list[Callable[[], None]] = [lambda: self._start(job)]
        if script in ("finish", "slow", "block"):
            for index in range(count):
                if script == "slow":
                    steps.append(lambda index=index: self._candidate(job, index, final=False))
                steps.append(lambda index=index: self._candidate(job, index))
            steps.append(lambda: self._finish(job))
        elif script == "fail":
            message = "the job needs 6.1 GB and 4.0 GB are free; use a smaller size or fewer pictures"
            steps.append(lambda: self._fail(job, "out_of_memory", message))
        elif script == "disconnect":
            steps += [lambda: self._candidate(job, 0), self._cut]
        now = time.monotonic()
        for number, step in enumerate(steps):
            self._order += 1
            self._due.append(_Due(now + number * pace_s, self._order, job, step))
        self._due.sort()

    # What happens to a job.

    def _start(self, job: str) -> None:
        attempt = self._jobs[job].attempt + 1
        self._change(job, state=JobState.RUNNING, attempt=attempt, started=time.time(), devices=(DEVICE,))
        self._progress(job, 0)

    def _candidate(self, job: str, index: int, *, final: bool = True, late: bool = False) -> None:
        info = self._jobs[job]
        picture = fake_picture(info.request, index, detail=1.0 if final else 0.2)
        event = Preview(job=job, attempt=info.attempt, index=index, image=picture, final=final)
        if late:
            self._messages.append(EventMessage(event=replace(event, seq=0)))
            return
        self._event(event)
        if final:
            self._progress(job, index + 1)

    def _progress(self, job: str, step: int) -> None:
        info = self._jobs[job]
        progress = Progress(job=job, attempt=info.attempt, step=step, steps=info.request.count, device=DEVICE)
        self._event(progress)

    def _finish(self, job: str) -> None:
        request = self._jobs[job].request
        outputs: list[str] = []
        for index in range(request.count):
            file = self.folder / f"{job}-{index}.png"
            file.write_bytes(fake_picture(request, index))
            outputs.append(str(file))
        info = self._change(job, state=JobState.DONE, outputs=tuple(outputs), seconds=0.9, finished=time.time())
        self._event(
            Finished(
                job=job,
                attempt=info.attempt,
                outputs=info.outputs,
                seed=request.seed,
                model=request.model,
                devices=(DEVICE,),
                seconds=0.9,
                restarts=0,
            )
        )

    def _fail(self, job: str, kind: str, message: str) -> None:
        info = self._change(job, state=JobState.FAILED, error_kind=kind, error_message=message)
        self._event(Failed(job=job, attempt=info.attempt, kind=kind, message=message))

    def _cut(self) -> None:
        self._open.clear()

    def _change(self, job: str, **changes: object) -> JobInfo:
        info = self._jobs[job] = replace(self._jobs[job], **changes)
        self._messages.append(JobChanged(info=info))
        return info

    def _event(self, event: Preview | Progress | Finished | Failed | Cancelled) -> None:
        self._seq[event.job] += 1
        self._messages.append(EventMessage(event=replace(event, seq=self._seq[event.job])))


class FakeClient:
    """One connection to a FakeEngine, with the surface of EngineClient."""

    def __init__(self, engine: FakeEngine, connection: int) -> None:
        self._engine = engine
        self._connection = connection

    def submit(self, request: Request, output: str = "") -> str:
        return self._engine.ask(self._connection, lambda: self._engine.submit(request))

    def cancel(self, job: str) -> None:
        self._engine.ask(self._connection, lambda: self._engine.cancel(job))

    def retry(self, job: str) -> None:
        self._engine.ask(self._connection, lambda: self._engine.retry(job))

    def set_paused(self, paused: bool) -> None:
        self._engine.ask(self._connection, lambda: self._engine.set_paused(paused))

    def jobs(self) -> Jobs:
        return self._engine.ask(self._connection, self._engine.jobs)

    def models(self) -> tuple[ModelSpec, ...]:
        return self._engine.ask(self._connection, lambda: self._engine.known_models)

    def status(self) -> Status:
        return self._engine.ask(self._connection, self._engine.status)

    def next_message(self, timeout_s: float | None = None) -> JobChanged | EventMessage | None:
        return self._engine.next_message(self._connection, timeout_s)

    def close(self) -> None:
        self._engine.hang_up(self._connection)


def request(prompt: str = "winter mountains at night", **fields: object) -> ImageRequest:
    """A valid request."""
    given: dict[str, object] = {"seed": draw_seed(), **fields}
    return ImageRequest(prompt=prompt, **given)  # pyright: ignore[reportArgumentType] - checked at construction
