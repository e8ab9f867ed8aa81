"""The worker's loop: one command after the other, and every failure turned into one line for the user.

Owns the only broad `except` that outlives its error.
"""

from __future__ import annotations

import gc
import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import torch

from engine.catalogue import VIDEO_ONLY
from engine.errors import EngineError, JobCancelledError, JobFailedError, OutOfMemoryError
from engine.messages import ControlMapRequest, ExportRequest, ImageRequest
from engine.protocol import JobDone, JobError, Load, Run, Stopped, WorkerEvent
from engine.tasks.image_job import run_image_job

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from engine.messages import FramesReady, ModelSpec, Notice, Preview, Progress
    from engine.protocol import WorkerMessage
    from engine.worker.inbox import Inbox
    from engine.worker.shelf import Shelves

    Emit = Callable[[Progress | Preview | FramesReady | Notice], None]

_log = logging.getLogger(__name__)
_Loaded = TypeVar("_Loaded")


def serve(inbox: Inbox, shelves: Shelves, send: Callable[[WorkerMessage], None]) -> None:
    """Carry out commands for ever; the inbox ends the process when the service is gone."""
    while True:
        command = inbox.next_command()
        if isinstance(command, Load):
            _load_ahead(command, shelves)
        else:
            send(run_job(command, inbox, shelves, send))
            inbox.forget(command.job, command.attempt)


def run_job(
    run: Run, inbox: Inbox, shelves: Shelves, send: Callable[[WorkerMessage], None]
) -> JobDone | JobError | Stopped:
    """Carry out one job and say how it ended."""

    def emit(event: Progress | Preview | FramesReady | Notice) -> None:
        send(WorkerEvent(event=event))

    def check_stop() -> None:
        inbox.check_stop(run.job, run.attempt)

    started = time.monotonic()
    try:
        check_stop()
        pace = _carry_out(run, shelves, emit, check_stop)
    except JobCancelledError:
        return Stopped(job=run.job, attempt=run.attempt)
    except Exception as error:  # noqa: BLE001 -- the one place that must outlive any failure of a job
        _log.exception("job %s, attempt %d failed", run.job, run.attempt)
        failure = _as_engine_error(error, run)
    else:
        return JobDone(job=run.job, attempt=run.attempt, seconds=time.monotonic() - started, pace=pace)
    if isinstance(failure, OutOfMemoryError):
        _free_memory(shelves)
    return JobError(job=run.job, attempt=run.attempt, kind=failure.kind, message=failure.message)


def _carry_out(run: Run, shelves: Shelves, emit: Emit, check_stop: Callable[[], None]) -> float:
    """Hand the job to the task that its request is for; the pace of a video's rank, else 0."""
    # ruff: noqa: PLC0415 -- a worker's first picture need not wait for encoders of movies, nor for detectors
    if isinstance(run.request, ExportRequest):
        from engine.tasks.export_job import run_export_job

        run_export_job(run, emit, check_stop)
        return 0.0
    if isinstance(run.request, ControlMapRequest):
        from engine.tasks.control_map import run_control_map_job

        run_control_map_job(run, shelves.detectors, emit, check_stop)
        return 0.0
    assert run.spec is not None, "only exports and control maps need no model"
    if isinstance(run.request, ImageRequest):
        supply = shelves.controls if run.request.controls else None
        if run.request.edit is not None:
            from engine.tasks.edit_job import run_edit_job

            run_edit_job(
                run, _fetch(shelves, run.spec, shelves.models.fetch), emit, check_stop, supply, known=shelves.pictures
            )
            return 0.0
        run_image_job(run, _fetch(shelves, run.spec, shelves.models.fetch), emit, check_stop, supply)
        return 0.0
    from engine.tasks.video_job import run_video_job

    with _threads_shared(run):
        supply = shelves.controls if run.request.controls else None
        return run_video_job(run, _fetch(shelves, run.spec, shelves.models.fetch_video), emit, check_stop, supply)


def _fetch(shelves: Shelves, spec: ModelSpec, fetch: Callable[[ModelSpec], _Loaded]) -> _Loaded:
    """The model; where it does not fit beside what earlier jobs left, that makes room."""
    try:
        return fetch(spec)
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
    # Not in the handler: the error's traceback would hold what was loaded of the model so far.
    _free_memory(shelves)
    return fetch(spec)


@contextmanager
def _threads_shared(run: Run) -> Generator[None]:
    """Leave the other CPU ranks of the group their part of the cores."""
    before = torch.get_num_threads()
    devices = run.group.devices if run.group else ()
    ranks = sum(device.startswith("cpu") for device in devices)
    torch.set_num_threads(max(1, before // max(1, ranks)))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _load_ahead(command: Load, shelves: Shelves) -> None:
    """Load a model before it is needed; if that fails, the first job with it says why."""
    models = shelves.models
    try:
        _fetch(shelves, command.spec, models.fetch_video if command.spec.family == VIDEO_ONLY else models.fetch)
    except Exception:  # noqa: BLE001 -- as for a job
        _log.exception("loading %s ahead of time failed", command.spec.name)
        models.clear()


def _as_engine_error(error: Exception, run: Run) -> EngineError:
    if isinstance(error, EngineError):
        return error
    request = run.request
    if _is_out_of_memory(error) and not isinstance(request, ExportRequest):
        maker = request.kind if isinstance(request, ControlMapRequest) else request.model
        return OutOfMemoryError(
            f"{request.width}x{request.height} with {maker} does not fit the memory of the device; "
            "use a smaller size or close other programs"
        )
    reason = (str(error).strip().splitlines() or ["no reason given"])[0][:200]
    return JobFailedError(f"{type(error).__name__}: {reason}; the engine's log has the details")


def _is_out_of_memory(error: Exception) -> bool:
    # On the CPU torch's allocator raises a plain RuntimeError.
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error)


def _free_memory(shelves: Shelves) -> None:
    shelves.clear()
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
