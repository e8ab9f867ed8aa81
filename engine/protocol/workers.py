"""Between the service and its workers, over their standard input and output."""

from __future__ import annotations

from engine.messages import FramesReady, ModelSpec, Notice, Preview, Progress, Request
from engine.protocol.base import Message


class Load(Message, frozen=True, kw_only=True, tag="load"):
    """Load a model ahead of the first job, so that the first picture comes at once. Never answered."""

    spec: ModelSpec


class Group(Message, frozen=True, kw_only=True):
    """The ranks that make one take together.

    `devices` names the device of each rank in rank order, so a device may occur more than once ("cpu", "cpu").
    `meeting` is a folder private to the user, fresh for each attempt, through which the ranks find each other.
    `take` is the folder of the take's frames and latents, kept over attempts; `base` that of the take it re-rolls.
    `speeds` are those of the ranks, in any unit, by which frames are shared out; empty for equal runs.
    """

    rank: int
    devices: tuple[str, ...]
    meeting: str
    take: str
    base: str = ""
    speeds: tuple[float, ...] = ()


class Run(Message, frozen=True, kw_only=True, tag="run"):
    """Run a job. Result i is written to `parts[i]` and flushed to disk; the service gives it its final name.

    Every rank of a group gets the same parts; rank 0 writes them when all frames are there. Every rank answers.
    `spec` is None for a job that needs no model.
    """

    job: str
    attempt: int
    request: Request
    spec: ModelSpec | None
    parts: tuple[str, ...]
    group: Group | None = None


class StopJob(Message, frozen=True, kw_only=True, tag="stop_job"):
    """End the job before its next step; answered with Stopped unless it has just ended by itself."""

    job: str
    attempt: int


WorkerCommand = Load | Run | StopJob


# Worker to service.


class Ready(Message, frozen=True, kw_only=True, tag="ready"):
    """The worker can take jobs. `name` is the device's name for people."""

    device: str
    name: str
    pid: int
    memory_total_bytes: int


class Heartbeat(Message, frozen=True, kw_only=True, tag="heartbeat"):
    """The process is alive: sent every second by a thread that computes nothing."""


class WorkerEvent(Message, frozen=True, kw_only=True, tag="worker_event"):
    """An event of the running job; the service numbers it."""

    event: Progress | Preview | FramesReady | Notice


class JobDone(Message, frozen=True, kw_only=True, tag="job_done"):
    """All parts are written and flushed.

    `pace` is how many latent frames of a take this rank denoises in a second of its own; 0 where it made none.
    """

    job: str
    attempt: int
    seconds: float
    pace: float = 0.0


class JobError(Message, frozen=True, kw_only=True, tag="job_error"):
    """The job failed; kind and message as in engine.errors."""

    job: str
    attempt: int
    kind: str
    message: str


class Stopped(Message, frozen=True, kw_only=True, tag="stopped"):
    """The job ended because of StopJob; no part is left behind."""

    job: str
    attempt: int


WorkerMessage = Ready | Heartbeat | WorkerEvent | JobDone | JobError | Stopped
