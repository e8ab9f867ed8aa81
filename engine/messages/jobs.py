"""The request union, a row of the queue, and how requests are stored."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from engine.errors import BadInputError
from engine.messages.control import ControlMapRequest
from engine.messages.image import ImageRequest
from engine.messages.video import ExportRequest, VideoRequest

# Edits are image requests with an edit part: a picture from a picture takes all that one from text takes.
Request = ImageRequest | VideoRequest | ExportRequest | ControlMapRequest


class JobState(StrEnum):
    """Where a job is. The last three are final, and a job enters exactly one of them, once (unless retried)."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the queue as a client sees it. Times are Unix seconds."""

    job: str
    state: JobState
    request: Request
    outputs: tuple[str, ...]
    created: float
    started: float | None = None
    finished: float | None = None
    attempt: int = 0
    restarts: int = 0
    devices: tuple[str, ...] = ()
    seconds: float = 0.0
    error_kind: str = ""
    error_message: str = ""
    position: int = 0
    """Waiting jobs are taken in this order."""


def encode_request(request: Request) -> bytes:
    """The request as JSON, as it is stored in the queue and in the metadata of results."""
    return msgspec.json.encode(request)


def decode_request(document: bytes | str) -> Request:
    """Read a request back.

    Raises:
        BadInputError: The document is not a request this version understands.
    """
    try:
        return msgspec.json.decode(document, type=Request)
    except msgspec.DecodeError as error:
        raise BadInputError(f"not a request this version understands ({error}); update Onetake") from error
