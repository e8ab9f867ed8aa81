"""What the engine's thread tells the window, beside the engine's own JobChanged and EventMessage. No Qt, no logic."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from engine.protocol import EventMessage, JobChanged, Status

if TYPE_CHECKING:
    from engine.messages import JobInfo, ModelSpec, Request


class Reach(StrEnum):
    """Whether the engine service answers."""

    STARTING = "starting"
    RUNNING = "running"
    LOST = "lost"


class Connection(msgspec.Struct, frozen=True):
    """State of the connection; `reason` and the pause before the next attempt are set when it is lost."""

    reach: Reach
    reason: str = ""
    retry_in_s: float = 0.0


class JobsListed(msgspec.Struct, frozen=True):
    """Every job the service knows, after each (re)connection."""

    jobs: tuple[JobInfo, ...]
    paused: bool


class ModelsListed(msgspec.Struct, frozen=True):
    models: tuple[ModelSpec, ...]


class StatusRead(msgspec.Struct, frozen=True):
    status: Status


class Submitted(msgspec.Struct, frozen=True):
    """The request that the window called `token` is durable, as `job`."""

    token: str
    job: str


class PausedSet(msgspec.Struct, frozen=True):
    paused: bool


class CommandFailed(msgspec.Struct, frozen=True):
    """A command had no effect. `about` is its token or job, so that the error shows where it happened."""

    about: str
    verb: str
    kind: str
    message: str


Report = JobsListed | ModelsListed | StatusRead | Submitted | PausedSet | CommandFailed | JobChanged | EventMessage


class SubmitCommand(msgspec.Struct, frozen=True):
    """Queue what the window calls `token` under the id `job`; sent again, it is not queued twice."""

    token: str
    request: Request
    output: str = ""
    job: str = ""


class CancelCommand(msgspec.Struct, frozen=True):
    job: str


class RetryCommand(msgspec.Struct, frozen=True):
    job: str


class MoveCommand(msgspec.Struct, frozen=True):
    """Put a waiting job right before another one, or behind all if `before` is empty."""

    job: str
    before: str = ""


class ReviseCommand(msgspec.Struct, frozen=True):
    """Give a waiting job another request, in its place."""

    job: str
    request: Request


class PauseCommand(msgspec.Struct, frozen=True):
    paused: bool


Command = SubmitCommand | CancelCommand | RetryCommand | MoveCommand | ReviseCommand | PauseCommand
