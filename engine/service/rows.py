"""One row of the job store: what it holds, and what clients see of it.

Owns the phases of a job and reading a row. Does not own: the database, or the legal changes of phase (store).
"""

from __future__ import annotations

from enum import StrEnum
from typing import cast

import msgspec

from engine.messages import (
    Cancelled,
    Failed,
    Finished,
    JobInfo,
    JobState,
    Request,
    Terminal,
    decode_request,
)

COLUMNS = (
    "job, position, phase, request, targets, created, started, finished, attempt, deaths, restarts, devices, "
    "seconds, error_kind, error_message, seq"
)


class Phase(StrEnum):
    """Where a row is. Clients see `cancelling` and `committing` as running."""

    PENDING = "pending"
    RUNNING = "running"
    CANCELLING = "cancelling"
    """The user's cancel is durable; the worker has yet to stop."""
    COMMITTING = "committing"
    """The parts are whole; some may already bear their final names."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({Phase.DONE, Phase.FAILED, Phase.CANCELLED})
UNDER_WAY = frozenset({Phase.RUNNING, Phase.CANCELLING, Phase.COMMITTING})


class StoredJob(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `seq` is at least the number of the job's last event; `deaths` counts workers lost to this job."""

    job: str
    position: int
    phase: Phase
    request: Request
    targets: tuple[str, ...]
    created: float
    started: float | None
    finished: float | None
    attempt: int
    deaths: int
    restarts: int
    devices: tuple[str, ...]
    seconds: float
    error_kind: str
    error_message: str
    seq: int

    @property
    def info(self) -> JobInfo:
        """The row as clients see it; `outputs` are named once they exist."""
        return JobInfo(
            job=self.job,
            state=JobState.RUNNING if self.phase in UNDER_WAY else JobState(self.phase.value),
            request=self.request,
            outputs=self.targets if self.phase is Phase.DONE else (),
            created=self.created,
            started=self.started,
            finished=self.finished,
            attempt=self.attempt,
            restarts=self.restarts,
            devices=self.devices,
            seconds=self.seconds,
            error_kind=self.error_kind,
            error_message=self.error_message,
            position=self.position,
        )

    def terminal_event(self) -> Terminal:
        """The event that ended the job, made from the committed row alone."""
        if self.phase is Phase.FAILED:
            return Failed(
                job=self.job, attempt=self.attempt, seq=self.seq, kind=self.error_kind, message=self.error_message
            )
        if self.phase is Phase.CANCELLED:
            return Cancelled(job=self.job, attempt=self.attempt, seq=self.seq)
        assert self.phase is Phase.DONE
        return Finished(
            job=self.job,
            attempt=self.attempt,
            seq=self.seq,
            outputs=self.targets,
            seed=self.request.seed,
            model=self.request.model,
            devices=self.devices,
            seconds=self.seconds,
            restarts=self.restarts,
        )


def read_row(row: tuple[object, ...]) -> StoredJob:
    """A row of the database, its columns in the order of COLUMNS.

    Raises:
        BadInputError: The request is of another version.
        msgspec.DecodeError: Another column is.
    """
    values = dict(zip(COLUMNS.split(", "), row, strict=True))
    request = decode_request(cast("str", values.pop("request")))
    for name in ("targets", "devices"):
        values[name] = msgspec.json.decode(cast("str", values[name]))
    return msgspec.convert(values | {"request": request}, StoredJob)
