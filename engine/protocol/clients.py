"""Between clients and the service, over an authenticated local socket. A question's `call` is chosen by the client."""

from __future__ import annotations

from engine.messages import FramesReady, ImageRequest, JobInfo, ModelSpec, Notice, Preview, Progress, Request, Terminal
from engine.protocol.base import Message


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """First message of a connection, after the handshake."""

    protocol: int
    build: str
    pid: int


class Call(Message, frozen=True, kw_only=True):
    """Base of a question that gets exactly one answer."""

    call: int


class Submit(Call, frozen=True, kw_only=True, tag="submit"):
    """Queue a request under an id that the client draws, so that one whose answer was lost can be sent again.

    `output` is the target file as an absolute path; empty for the outputs folder.
    """

    job: str
    request: Request
    output: str = ""


class Cancel(Call, frozen=True, kw_only=True, tag="cancel"):
    """End a pending or running job as cancelled."""

    job: str


class Retry(Call, frozen=True, kw_only=True, tag="retry"):
    """Queue a failed or cancelled job again, as a new attempt of the same job."""

    job: str


class Move(Call, frozen=True, kw_only=True, tag="move"):
    """Put a pending job right before the pending job `before`, or behind all if that is empty."""

    job: str
    before: str = ""


class Revise(Call, frozen=True, kw_only=True, tag="revise"):
    """Give a pending job another request. It keeps its id and its place in the queue."""

    job: str
    request: Request


class MakeLive(Call, frozen=True, kw_only=True, tag="make_live"):
    """Make one picture now, outside of the queue, and answer with LiveMade; refused while there is other work."""

    request: ImageRequest


class KeepLive(Call, frozen=True, kw_only=True, tag="keep_live"):
    """Store a picture that MakeLive made as a finished job: its request, its file's bytes, and how it was made."""

    request: ImageRequest
    image: bytes
    seconds: float
    devices: tuple[str, ...]


class SetPaused(Call, frozen=True, kw_only=True, tag="set_paused"):
    """Stop or resume handing out pending jobs; running jobs go on."""

    paused: bool


class ListJobs(Call, frozen=True, kw_only=True, tag="list_jobs"):
    """All jobs the store knows, oldest first; `limit` newest ones."""

    limit: int = 10_000


class ListModels(Call, frozen=True, kw_only=True, tag="list_models"):
    """The catalogue."""


class Subscribe(Call, frozen=True, kw_only=True, tag="subscribe"):
    """From now on send every job change and event on this connection; previews only if asked."""

    previews: bool = True


class GetStatus(Call, frozen=True, kw_only=True, tag="get_status"):
    """What runs and how long the queue is."""


class StopService(Call, frozen=True, kw_only=True, tag="stop_service"):
    """Stop the workers and exit; running jobs return to the queue and resume at the next start."""


ClientMessage = (
    Hello
    | Submit
    | Cancel
    | Retry
    | Move
    | Revise
    | MakeLive
    | KeepLive
    | SetPaused
    | ListJobs
    | ListModels
    | Subscribe
    | GetStatus
    | StopService
)


# Service to client.


class Welcome(Message, frozen=True, kw_only=True, tag="welcome"):
    """Answer to Hello."""

    protocol: int
    build: str
    pid: int


class Answer(Message, frozen=True, kw_only=True):
    """Base of an answer."""

    call: int


class Done(Answer, frozen=True, kw_only=True, tag="done"):
    """The call took effect and is durable; `job` names the job it was about."""

    job: str = ""


class Refused(Answer, frozen=True, kw_only=True, tag="refused"):
    """The call had no effect; kind and message as in engine.errors."""

    kind: str
    message: str


class LiveMade(Answer, frozen=True, kw_only=True, tag="live_made"):
    """A picture that is nowhere stored: the PNG with its settings, and how long the worker took, in seconds."""

    image: bytes
    seconds: float
    devices: tuple[str, ...]


class Jobs(Answer, frozen=True, kw_only=True, tag="jobs"):
    jobs: tuple[JobInfo, ...]
    paused: bool


class Models(Answer, frozen=True, kw_only=True, tag="models"):
    models: tuple[ModelSpec, ...]


class WorkerStatus(Message, frozen=True, kw_only=True):
    """One worker; step and steps are 0 when idle. Memory in bytes, 0 where unknown."""

    device: str
    name: str
    pid: int
    job: str
    step: int
    steps: int
    memory_used_bytes: int = 0
    memory_total_bytes: int = 0


class QueueCounts(Message, frozen=True, kw_only=True):
    pending: int
    running: int
    done: int
    failed: int


class Status(Answer, frozen=True, kw_only=True, tag="status"):
    pid: int
    protocol: int
    build: str
    paused: bool
    workers: tuple[WorkerStatus, ...]
    queue: QueueCounts


class JobChanged(Message, frozen=True, kw_only=True, tag="job_changed"):
    """A job was added, or its row changed state. Sent before the terminal event of the same change."""

    info: JobInfo


class EventMessage(Message, frozen=True, kw_only=True, tag="event"):
    """An event of a job, in order of its sequence number."""

    event: Progress | Preview | FramesReady | Notice | Terminal


ServiceMessage = Welcome | Done | Refused | LiveMade | Jobs | Models | Status | JobChanged | EventMessage
