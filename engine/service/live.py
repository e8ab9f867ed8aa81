"""Pictures of live mode: made at once or not at all, outside of the queue, and stored only when they are kept.

Owns: their runs and answers, and their files until they are answered. Does not own: workers (crew), the queue, or when
the queue's own work comes first (scheduler). Nothing here is durable but what is kept.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInputError, BusyError, EngineError, OutputError, WorkerLostError
from engine.protocol import LiveMade, Run
from engine.service import parts
from engine.service.slots import ActiveRun, Verdict
from engine.service.store import Phase, StoredJob

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.known_models import KnownModels
    from engine.paths import Paths
    from engine.service.admission import Submission
    from engine.service.crew import Crew

    Answering = Callable[[LiveMade | EngineError], None]

MAX_IMAGE_BYTES = 32 * 2**20
"""More does not fit into a message, as text and beside what else is on its way."""
_ATTEMPT = 1
_NO_LIMIT = 2**62


class LivePictures:
    """The live pictures that workers are making now."""

    def __init__(self, crew: Crew, paths: Paths, models: KnownModels) -> None:
        self._crew = crew
        self._models = models
        self._paths = paths
        self._answers: dict[str, Answering] = {}

    def clear(self) -> None:
        """Forget what an earlier service left."""
        shutil.rmtree(self._paths.live, ignore_errors=True)

    def __contains__(self, job: str) -> bool:
        return job in self._answers

    def begin(self, submission: Submission, answer: Answering) -> ActiveRun:
        """Have a free worker make the picture; what comes of it is answered later, once.

        Raises:
            BusyError: No worker is free.
            WorkerLostError: No worker can be started.
            EngineError: The model is not there, or the folder cannot be written.
        """
        free = [slot for slot in self._crew.slots if slot.is_idle and slot.worker and not slot.is_extra]
        model = submission.request.model
        slot = next((slot for slot in free if slot.model == model), free[0] if free else None)
        if slot is None or slot.worker is None:
            if all(slot.is_broken for slot in self._crew.slots):
                # Waiting would be in vain; whoever asks once more finds out whether this has helped.
                self._crew.revive()
                raise WorkerLostError(f"no worker can be started; look at {self._paths.log}, then try again")
            raise BusyError("no device is free; live pictures go on when one is")
        spec = self._models.find(model)
        target = self._paths.live / f"{submission.job}.png"
        try:
            target.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{target.parent} cannot be made ({error.strerror}); make room there") from error
        run = ActiveRun(_row(submission, str(target), slot.device), (slot.device,), 0, _NO_LIMIT)
        self._answers[run.job] = answer
        slot.take(run, model)
        files = parts.part_paths(run.job, _ATTEMPT, run.row.targets)
        slot.worker.send(Run(job=run.job, attempt=_ATTEMPT, request=run.row.request, spec=spec, parts=files))
        return run

    def settle(self, run: ActiveRun) -> None:
        """The run has ended: answer, and leave nothing of it."""
        answer = self._answers.pop(run.job)
        try:
            answer(self._made(run))
        except EngineError as error:
            answer(error)
        finally:
            parts.sweep(run.job, run.row.targets)

    def _made(self, run: ActiveRun) -> LiveMade:
        match run.verdict:
            case Verdict.DONE:
                (part,) = parts.part_paths(run.job, _ATTEMPT, run.row.targets)
                try:
                    document = Path(part).read_bytes()
                except OSError as error:
                    raise OutputError(f"{part} cannot be read ({error.strerror}); try again") from error
                if len(document) > MAX_IMAGE_BYTES:
                    raise BadInputError("the picture is too large for live mode; choose a smaller size")
                return LiveMade(call=0, image=document, seconds=run.seconds, devices=run.devices)
            case Verdict.CANCELLED:
                raise BusyError("the queue has work; live pictures go on when it is done")
            case Verdict.FAILED:
                raise run.failure
            case Verdict.LOST:
                raise WorkerLostError(f"{run.loss or run.errors[0]}; it is started again")


def stage_kept(submission: Submission, image: bytes) -> None:
    """Write a live picture to where a worker would have left it. Blocks; called in a client's thread.

    Raises:
        BadInputError: It is no PNG.
        OutputError: It cannot be written; nothing is left of it.
    """
    if not image.startswith(b"\x89PNG\r\n\x1a\n"):
        raise BadInputError("what is to be kept is no PNG; keep a picture that live mode has made")
    (part,) = parts.part_paths(submission.job, _ATTEMPT, submission.targets)
    try:
        with Path(part).open("wb") as stream:
            stream.write(image)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(part).unlink(missing_ok=True)
        raise OutputError(f"{part} cannot be written ({error.strerror or error}); make room there") from error


def _row(submission: Submission, target: str, device: str) -> StoredJob:
    """A row that no database holds."""
    return StoredJob(
        job=submission.job,
        position=0,
        phase=Phase.RUNNING,
        request=submission.request,
        targets=(target,),
        created=submission.created,
        started=time.time(),
        finished=None,
        attempt=_ATTEMPT,
        deaths=0,
        restarts=0,
        devices=(device,),
        seconds=0.0,
        error_kind="",
        error_message="",
        seq=0,
    )
