"""What lies in the service's inbox beside its workers' reports: the one thread takes each in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.executor.base import WorkerReport

if TYPE_CHECKING:
    from engine.errors import EngineError
    from engine.protocol import Call
    from engine.service.admission import Submission
    from engine.service.session import Session


@dataclass(frozen=True)
class ClientCalled:
    """A client asks; `submission` is the checked request, where the call has one, or why it was refused."""

    session: Session
    call: Call
    submission: Submission | EngineError | None


@dataclass(frozen=True)
class SessionsChanged:
    """A client came or went."""


@dataclass(frozen=True)
class StopAsked:
    """By a signal, or `for_good` by a client: then waiting clients shall not start the service again."""

    for_good: bool


Item = ClientCalled | SessionsChanged | StopAsked | WorkerReport
