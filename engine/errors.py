"""Every error a user can meet, and how it leaves the program.

EngineError
├── BadInputError          bad_input       exit 2   the request itself is wrong
│   ├── UnknownModelError  unknown_model   exit 2   no such model in the catalogue or on disk
│   ├── BadModelError      bad_model       exit 2   missing, truncated, altered or unsafe model file
│   ├── OutputError        bad_output      exit 2   the target cannot be written
│   └── UnknownJobError    unknown_job     exit 2   no such job, or not in a state that allows the action
├── DiskFullError          disk_full       exit 2   no room for the result or the state
├── JobFailedError         job_failed      exit 1   the work itself failed
│   ├── OutOfMemoryError   out_of_memory   exit 1
│   ├── NotFiniteError     not_finite      exit 1   NaN or infinity in the latents or the picture
│   └── WorkerLostError    worker_lost     exit 1   the worker process died too often
├── BusyError              busy            exit 1   other work comes first; ask again later
├── JobCancelledError      cancelled       exit 1
└── ServiceError           service         exit 1   the engine service cannot be reached or started

An error crosses process borders as its `kind` and its message; `error_from_kind` rebuilds it.
A message is one line: what happened, with the value, and what to do about it.
"""

from __future__ import annotations

from typing import ClassVar


class EngineError(Exception):
    """Base of everything the engine reports to a user."""

    kind: ClassVar[str] = "engine"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))

    @property
    def message(self) -> str:
        """The one-line text for a person."""
        return str(self)


class BadInputError(EngineError):
    kind = "bad_input"
    exit_status = 2


class UnknownModelError(BadInputError):
    kind = "unknown_model"


class BadModelError(BadInputError):
    kind = "bad_model"


class OutputError(BadInputError):
    kind = "bad_output"


class UnknownJobError(BadInputError):
    kind = "unknown_job"


class DiskFullError(EngineError):
    kind = "disk_full"
    exit_status = 2


class JobFailedError(EngineError):
    kind = "job_failed"


class OutOfMemoryError(JobFailedError):
    kind = "out_of_memory"


class NotFiniteError(JobFailedError):
    kind = "not_finite"


class WorkerLostError(JobFailedError):
    kind = "worker_lost"


class BusyError(EngineError):
    kind = "busy"


class JobCancelledError(EngineError):
    kind = "cancelled"


class ServiceError(EngineError):
    kind = "service"


def _subclasses(root: type[EngineError]) -> list[type[EngineError]]:
    found = [root]
    for child in root.__subclasses__():
        found.extend(_subclasses(child))
    return found


def error_from_kind(kind: str, message: str) -> EngineError:
    """Rebuild an error that crossed a process border; an unknown kind becomes a plain EngineError."""
    for error_type in _subclasses(EngineError):
        if error_type.kind == kind:
            return error_type(message)
    return EngineError(message)


def exit_status_of(kind: str) -> int:
    """Exit status of the command line for an error of this kind: 2 for bad input, 1 for a failed job."""
    return error_from_kind(kind, "").exit_status
