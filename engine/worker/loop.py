"""The worker's loop: one command after the other, and every failure turned into one line for the user.

Owns the only broad `except` that outlives its error.
"""

from __future__ import annotations

import gc
import logging
import time
from typing import TYPE_CHECKING

import torch

from engine.errors import EngineError, JobCancelledError, JobFailedError, OutOfMemoryError
from engine.protocol import JobDone, JobError, Load, Run, Stopped, WorkerEvent
from engine.tasks.image_job import run_image_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import Preview, Progress
    from engine.protocol import WorkerMessage
    from engine.worker.inbox import Inbox
    from engine.worker.shelf import ModelShelf

_log = logging.getLogger(__name__)


def serve(inbox: Inbox, shelf: ModelShelf, send: Callable[[WorkerMessage], None]) -> None:
    """Carry out commands for ever; the inbox ends the process when the service is gone."""
    while True:
        command = inbox.next_command()
        if isinstance(command, Load):
            _load_ahead(command, shelf)
        else:
            send(run_job(command, inbox, shelf, send))
            inbox.forget(command.job, command.attempt)


def run_job(
    run: Run, inbox: Inbox, shelf: ModelShelf, send: Callable[[WorkerMessage], None]
) -> JobDone | JobError | Stopped:
    """Carry out one job and say how it ended."""

    def emit(event: Progress | Preview) -> None:
        send(WorkerEvent(event=event))

    def check_stop() -> None:
        inbox.check_stop(run.job, run.attempt)

    started = time.monotonic()
    try:
        check_stop()
        run_image_job(run, shelf.fetch(run.spec), emit, check_stop)
    except JobCancelledError:
        return Stopped(job=run.job, attempt=run.attempt)
    except Exception as error:  # noqa: BLE001 -- the one place that must outlive any failure of a job
        _log.exception("job %s, attempt %d failed", run.job, run.attempt)
        failure = _as_engine_error(error, run)
    else:
        return JobDone(job=run.job, attempt=run.attempt, seconds=time.monotonic() - started)
    if isinstance(failure, OutOfMemoryError):
        _free_memory(shelf)
    return JobError(job=run.job, attempt=run.attempt, kind=failure.kind, message=failure.message)


def _load_ahead(command: Load, shelf: ModelShelf) -> None:
    """Load a model before it is needed; if that fails, the first job with it says why."""
    try:
        shelf.fetch(command.spec)
    except Exception:  # noqa: BLE001 -- as for a job
        _log.exception("loading %s ahead of time failed", command.spec.name)
        shelf.clear()


def _as_engine_error(error: Exception, run: Run) -> EngineError:
    if isinstance(error, EngineError):
        return error
    if _is_out_of_memory(error):
        request = run.request
        return OutOfMemoryError(
            f"{request.width}x{request.height} with {run.spec.name} does not fit the memory of the device; "
            "use a smaller size or close other programs"
        )
    reason = (str(error).strip().splitlines() or ["no reason given"])[0][:200]
    return JobFailedError(f"{type(error).__name__}: {reason}; the engine's log has the details")


def _is_out_of_memory(error: Exception) -> bool:
    # On the CPU torch's allocator raises a plain RuntimeError.
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error)


def _free_memory(shelf: ModelShelf) -> None:
    shelf.clear()
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
