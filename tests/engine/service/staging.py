"""A stage for the scheduler: a real store, real files, workers that note what they are told, a clock to turn."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.catalogue import find_model
from engine.executor.base import WorkerGone, WorkerReport, WorkerSpoke
from engine.messages import (
    Cancelled,
    ControlMapRequest,
    ExportRequest,
    Failed,
    Finished,
    FrameSpan,
    FramesReady,
    ImageRequest,
    JobInfo,
    JobState,
    Notice,
    Progress,
    Segment,
    Timeline,
    VideoRequest,
    draw_job_id,
)
from engine.protocol import (
    EventMessage,
    Heartbeat,
    JobChanged,
    JobDone,
    JobError,
    Ready,
    Run,
    Stopped,
    WorkerCommand,
    WorkerEvent,
    WorkerMessage,
)
from engine.service.admission import Submission
from engine.service.crew import Crew
from engine.service.placing import Capacity
from engine.service.scheduler import Scheduler
from engine.service.store import JobStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import Event, ModelSpec, Request, Terminal
    from engine.paths import Paths


class StageWorker:
    """Notes commands; dies only when the stage says so."""

    def __init__(self, device: str, pid: int) -> None:
        self.device = device
        self.pid = pid
        self.commands: list[WorkerCommand] = []
        self.is_killed = False

    def send(self, command: WorkerCommand) -> None:
        self.commands.append(command)

    def terminate(self) -> None:
        self.is_killed = True

    def kill(self) -> None:
        self.is_killed = True

    def join(self, timeout_s: float) -> bool:
        return self.is_killed

    @property
    def run(self) -> Run:
        """The job it was last given."""
        return next(command for command in reversed(self.commands) if isinstance(command, Run))


class Stage:
    """One service after another over the same engine_home, driven by hand. It is an Executor too."""

    def __init__(self, paths: Paths, devices: tuple[str, ...] = ("cpu",), *, cores: int = 4, ranks: int = 99) -> None:
        paths.create()
        self.paths = paths
        self.workers: list[StageWorker] = []
        self.news: list[JobChanged | EventMessage] = []
        self.clock = 100.0
        self.cannot_start: set[str] = set()
        self.devices = devices
        self._capacity = Capacity(cores, ranks)
        self._pids = itertools.count(1_000_000_000)
        self._numbers = itertools.count()
        self.open()

    def open(self) -> None:
        """A service starts."""
        self.store = JobStore(self.paths.database)
        self.crew = Crew(self, self.devices, self.paths, lambda _: None, now=lambda: self.clock)
        self.scheduler = Scheduler(
            self.store,
            self.crew,
            self.paths,
            self.news.append,
            cancel_grace_s=5.0,
            capacity=self._capacity,
            now=lambda: self.clock,
        )
        self.scheduler.start()

    def crash(self) -> None:
        """The service is gone without a word, and its workers with it."""
        self.store.close(in_order=False)

    def close(self) -> None:
        self.store.close()

    def start(self, device: str, report: Callable[[WorkerReport], None]) -> StageWorker:
        if device in self.cannot_start:
            raise OSError("no such program")
        worker = StageWorker(device, next(self._pids))
        self.workers.append(worker)
        return worker

    @property
    def worker(self) -> StageWorker:
        """The worker started last."""
        return self.workers[-1]

    def ready(self, worker: StageWorker | None = None) -> StageWorker:
        worker = worker or self.worker
        self.say(worker, Ready(device=worker.device, name="staged", pid=worker.pid, memory_total_bytes=0))
        return worker

    def say(self, worker: StageWorker, message: WorkerMessage) -> None:
        self.scheduler.worker_reported(WorkerSpoke(worker, message))
        self.scheduler.advance()

    def die(self, worker: StageWorker | None = None) -> None:
        self.scheduler.worker_reported(WorkerGone(worker or self.worker, "killed by SIGKILL"))
        self.scheduler.advance()

    def worker_of(self, device: str) -> StageWorker:
        """The worker started last for a slot."""
        return next(worker for worker in reversed(self.workers) if worker.device == device)

    def get_ready(self, *devices: str) -> list[StageWorker]:
        """All of these slots' workers are ready, and their hearts beat."""
        workers = [self.ready(self.worker_of(device)) for device in devices]
        for worker in workers:
            self.beat(worker)
        return workers

    def beat(self, *workers: StageWorker) -> None:
        for worker in workers:
            self.say(worker, Heartbeat())

    def pass_time(self, seconds: int, *beating: StageWorker) -> None:
        """Seconds pass, in each of which the service looks and these workers' hearts beat."""
        for _ in range(seconds):
            self.clock += 1.0
            self.beat(*beating)
            self.scheduler.advance()

    def submit(self, prompt: str = "moon", *, count: int = 1, model: str = "papercut") -> str:
        target = self.paths.outputs / f"{next(self._numbers)}.png"
        targets = tuple(str(target.with_suffix(f".{index}.png")) for index in range(count))
        return self.submit_request(ImageRequest(prompt=prompt, seed=1, count=count, model=model), targets)

    def submit_video(self, *devices: str, frames: int = 48, base: str = "") -> str:
        """A video on these devices, as typed."""
        request = take_request(*devices, frames=frames)
        if base:
            request = msgspec.structs.replace(request, base=base, redo=(FrameSpan(start=0, stop=1),))
        return self.submit_request(request, (str(self.paths.outputs / f"{next(self._numbers)}.mp4"),))

    def submit_export(self, take: str) -> str:
        target = self.paths.outputs / f"{next(self._numbers)}.gif"
        return self.submit_request(ExportRequest(take=take, codec="gif"), (str(target),))

    def submit_map(self) -> str:
        """A control map; the worker on the stage does not look at the picture."""
        target = self.paths.outputs / f"{next(self._numbers)}.png"
        request = ControlMapRequest(kind="canny", picture=str(self.paths.home / "in.png"), width=64, height=64)
        return self.submit_request(request, (str(target),))

    def submit_request(self, request: Request, targets: tuple[str, ...]) -> str:
        job = draw_job_id(time.time())
        self.scheduler.submit(Submission(job=job, request=request, targets=targets, created=time.time()))
        self.scheduler.advance()
        return job

    def write_parts(self, run: Run) -> None:
        for part in run.parts:
            Path(part).write_bytes(f"{run.job} {run.attempt}".encode())

    def finish(self, worker: StageWorker | None = None) -> None:
        worker = worker or self.worker
        run = worker.run
        self.write_parts(run)
        self.say(worker, JobDone(job=run.job, attempt=run.attempt, seconds=1.5))

    def done(self, *workers: StageWorker) -> None:
        """Ranks say that they are done; what they made is there."""
        self.write_parts(workers[0].run)
        for worker in workers:
            self.say(worker, JobDone(job=worker.run.job, attempt=worker.run.attempt, seconds=1.5))

    def fail(self, worker: StageWorker, kind: str = "out_of_memory") -> None:
        self.say(worker, JobError(job=worker.run.job, attempt=worker.run.attempt, kind=kind, message="too big"))

    def stopped(self, worker: StageWorker) -> None:
        self.say(worker, Stopped(job=worker.run.job, attempt=worker.run.attempt))

    def info(self, job: str) -> JobInfo:
        return self.store.get(job).info

    def state(self, job: str) -> JobState:
        return self.info(job).state

    def events(self, job: str) -> list[Event]:
        return [news.event for news in self.news if isinstance(news, EventMessage) and news.event.job == job]

    def ends(self, job: str) -> list[Terminal]:
        return [event for event in self.events(job) if isinstance(event, (Finished, Failed, Cancelled))]

    def notices(self, job: str) -> list[str]:
        return [event.message for event in self.events(job) if isinstance(event, Notice)]

    def leftovers(self) -> list[str]:
        """Hidden files in the outputs folder."""
        return [file.name for file in self.paths.outputs.iterdir() if file.name.startswith(".")]


def video_model(paths: Paths) -> ModelSpec:
    """Have the home's catalogue hold a model that makes videos, under the name of the embedded one."""
    paths.create()
    (paths.home / "models.toml").write_text(
        '[model.papercut]\ntitle = "P"\nfamily = "stable_diffusion"\nfolder = "p"\nlicence = "l"\n'
        'max_steps = 50\nvideo = { family = "motion_unet" }\n'
    )
    return find_model("papercut", paths)


def take_request(*devices: str, frames: int = 48, prompt: str = "moon", **changes: object) -> VideoRequest:
    """A short take on these devices, as typed."""
    timeline = Timeline(segments=(Segment(prompt=prompt, frames=frames),))
    return msgspec.structs.replace(VideoRequest(timeline=timeline, seed=1, devices=devices), **changes)


def frames_ready(worker: StageWorker, start: int, stop: int) -> WorkerEvent:
    """These frames of the worker's running job are there."""
    run = worker.run
    event = FramesReady(job=run.job, attempt=run.attempt, start=start, stop=stop, device="cpu")
    return WorkerEvent(event=event)


def progress(worker: StageWorker, step: int) -> WorkerEvent:
    """Step `step` of 9 of the worker's running job."""
    run = worker.run
    return WorkerEvent(event=Progress(job=run.job, attempt=run.attempt, step=step, steps=9, device="cpu"))


def start_take(stage: Stage) -> tuple[str, StageWorker, StageWorker]:
    """A take that both GPUs work on."""
    first, second = stage.get_ready("cuda:0", "cuda:1")
    return stage.submit_video(), first, second


def echo(stage: Stage, worker: StageWorker) -> None:
    """What a rank says whose peer is gone."""
    run = worker.run
    stage.say(worker, JobError(job=run.job, attempt=run.attempt, kind="worker_lost", message="a rank was lost"))
