"""The wire: what clients, the service and its workers say to each other, as length-capped JSON. No pickle.

Clients talk to the service over an authenticated local socket, workers over their standard input and output.
Each side decodes against one tagged union, so an unknown or malformed message is an error, never an object.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

from engine.messages import JobInfo, ModelSpec, Notice, Preview, Progress, Request, Terminal

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 64 * 2**20


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every message."""


# Client to service. `call` is chosen by the client; the answer to it carries the same number.


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """First message of a connection, after the handshake."""

    protocol: int
    build: str
    pid: int


class Call(Message, frozen=True, kw_only=True):
    """Base of a question that gets exactly one answer."""

    call: int


class Submit(Call, frozen=True, kw_only=True, tag="submit"):
    """Queue a request. `output` is the target file as an absolute path; empty for the outputs folder."""

    request: Request
    output: str = ""


class Cancel(Call, frozen=True, kw_only=True, tag="cancel"):
    """End a pending or running job as cancelled."""

    job: str


class Retry(Call, frozen=True, kw_only=True, tag="retry"):
    """Queue a failed or cancelled job again, as a new attempt of the same job."""

    job: str


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
    Hello | Submit | Cancel | Retry | SetPaused | ListJobs | ListModels | Subscribe | GetStatus | StopService
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

    event: Progress | Preview | Notice | Terminal


ServiceMessage = Welcome | Done | Refused | Jobs | Models | Status | JobChanged | EventMessage


# Service to worker.


class Load(Message, frozen=True, kw_only=True, tag="load"):
    """Load a model ahead of the first job, so that the first picture comes at once. Never answered."""

    spec: ModelSpec


class Run(Message, frozen=True, kw_only=True, tag="run"):
    """Run a job. Result i is written to `parts[i]` and flushed to disk; the service gives it its final name."""

    job: str
    attempt: int
    request: Request
    spec: ModelSpec
    parts: tuple[str, ...]


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


class WorkerEvent(Message, frozen=True, kw_only=True, tag="worker_event"):
    """An event of the running job; the service numbers it."""

    event: Progress | Preview | Notice


class JobDone(Message, frozen=True, kw_only=True, tag="job_done"):
    """All parts are written and flushed."""

    job: str
    attempt: int
    seconds: float


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


WorkerMessage = Ready | WorkerEvent | JobDone | JobError | Stopped


def encode(message: Message) -> bytes:
    """The message as JSON bytes.

    Raises:
        ValueError: It is longer than MAX_MESSAGE_BYTES.
    """
    payload = msgspec.json.encode(message)
    if len(payload) > MAX_MESSAGE_BYTES:
        raise ValueError(f"message of {len(payload):,} bytes exceeds {MAX_MESSAGE_BYTES:,}")
    return payload


_LENGTH = struct.Struct("!I")


def write_frame(stream: BinaryIO, message: Message) -> None:
    """Write one message to a pipe, as a 4-byte big-endian length and the JSON."""
    payload = encode(message)
    stream.write(_LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one message's JSON from a pipe; None at the end of the stream.

    Raises:
        ValueError: The announced length exceeds MAX_MESSAGE_BYTES, or the stream ends inside a message.
    """
    header = stream.read(_LENGTH.size)
    if not header:
        return None
    if len(header) < _LENGTH.size:
        raise ValueError("the stream ended inside a message")
    (length,) = _LENGTH.unpack(header)
    if length > MAX_MESSAGE_BYTES:
        raise ValueError(f"message of {length:,} bytes exceeds {MAX_MESSAGE_BYTES:,}")
    payload = stream.read(length)
    if len(payload) < length:
        raise ValueError("the stream ended inside a message")
    return payload
