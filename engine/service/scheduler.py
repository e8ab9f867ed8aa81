"""The scheduler: which job runs where, and how every job comes to exactly one end.

Owns: attempts, cancelling, committing results, what clients are told of it. Does not own: workers and their
replacement (crew), threads or sockets. Everything here runs in one thread, on a clock that tests can turn.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.catalogue import find_model
from engine.errors import EngineError, JobFailedError, OutputError, UnknownJobError, WorkerLostError, error_from_kind
from engine.executor.base import WorkerGone, WorkerReport
from engine.messages import Notice, Progress
from engine.protocol import (
    EventMessage,
    JobChanged,
    JobDone,
    JobError,
    Ready,
    Run,
    StopJob,
    Stopped,
    WorkerEvent,
)
from engine.service import parts
from engine.service.crew import Crew
from engine.service.slots import LOOK_AHEAD, ActiveRun, Affinity, Slot
from engine.service.store import FINAL, UNDER_WAY, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.paths import Paths
    from engine.service.admission import Submission
    from engine.service.store import JobStore, StoredJob

log = logging.getLogger(__name__)

MAX_DEATHS = 2
SEQ_BLOCK = 1000


class Scheduler:
    """Hands the store's jobs to workers. `publish` gets every job change and event, in order."""

    def __init__(
        self,
        store: JobStore,
        crew: Crew,
        paths: Paths,
        publish: Callable[[JobChanged | EventMessage], None],
        *,
        cancel_grace_s: float = 5.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """What the crew's workers report must come back through `worker_reported`, in this one thread."""
        self._store = store
        self._crew = crew
        self._paths = paths
        self._publish = publish
        self._cancel_grace_s = cancel_grace_s
        self._now = now
        self._affinity = Affinity()

    def start(self) -> None:
        """Start the workers, and bring what an earlier service left under way back into order."""
        self._crew.start()
        for row in self._store.under_way():
            self._recover(row)

    # What clients ask for.

    def submit(self, submission: Submission) -> str:
        """Store a job; it is durable on return."""
        row = self._store.add(submission)
        self._crew.revive()
        self._publish(JobChanged(info=row.info))
        return row.job

    def cancel(self, job: str) -> None:
        """End a pending or running job as cancelled; durable on return."""
        row = self._store.get(job)
        if row.phase in FINAL:
            raise UnknownJobError(f"job {job} is already {row.phase}; only pending and running jobs can be cancelled")
        if row.phase is Phase.PENDING:
            self._end(row, Phase.CANCELLED)
        elif row.phase is Phase.RUNNING:
            self._store.change(job, (Phase.RUNNING,), Phase.CANCELLING)
            slot = next(slot for slot in self._crew.slots if slot.run and slot.run.job == job)
            assert slot.run
            assert slot.worker
            slot.run.kill_at = self._now() + self._cancel_grace_s
            slot.worker.send(StopJob(job=job, attempt=slot.run.attempt))

    def retry(self, job: str) -> None:
        """Queue a failed or cancelled job again."""
        row = self._store.get(job)
        if row.phase not in (Phase.FAILED, Phase.CANCELLED):
            raise UnknownJobError(f"job {job} is {row.info.state}; only failed and cancelled jobs can be retried")
        row = self._store.requeue(job)
        self._crew.revive()
        self._publish(JobChanged(info=row.info))

    # What workers report.

    def worker_reported(self, report: WorkerReport) -> None:
        """Act on what a worker said, or on its death. Reports of a worker or attempt that was given up are dropped."""
        slot = self._crew.slot_of(report.worker)
        if slot is None:
            return
        if isinstance(report, WorkerGone):
            self._worker_gone(slot, report.reason)
            return
        message = report.message
        if isinstance(message, Ready):
            # A waiting job brings its own model.
            self._crew.ready(slot, message, preload=not self._store.pending(1))
            return
        said = message.event if isinstance(message, WorkerEvent) else message
        run = slot.run
        if run is None or (said.job, said.attempt) != (run.job, run.attempt):
            return
        if isinstance(message, WorkerEvent):
            self._forward(run, message)
            return
        slot.run, slot.failures = None, 0
        if run.kill_at is not None:
            # Acknowledged as cancelled: a result or an error that crossed the cancel on its way changes nothing.
            self._end(self._store.get(run.job), Phase.CANCELLED, run)
        elif isinstance(message, JobDone):
            self._commit(run, slot.device, message.seconds)
        elif isinstance(message, JobError):
            failure = error_from_kind(message.kind, message.message)
            self._end(self._store.get(run.job), Phase.FAILED, run, failure)
        else:
            assert isinstance(message, Stopped)
            self._put_back(run, f"the worker of {slot.device} gave the job up; it starts again", died=True)

    # The passage of time.

    def advance(self) -> None:
        """Do what is due: replace workers, kill those that do not stop, hand out jobs."""
        self._crew.advance()
        self._dispatch()

    def stop(self) -> None:
        """End all workers; running jobs return to the queue, those being cancelled are cancelled."""
        self._crew.stop()
        for row in self._store.under_way():
            self._recover(row)

    # One job, from start to end.

    def _dispatch(self) -> None:
        if self._store.paused:
            return
        if all(slot.is_broken for slot in self._crew.slots):
            self._fail_pending()
            return
        for slot in self._crew.slots:
            while slot.is_idle and (pending := self._store.pending(LOOK_AHEAD)):
                self._start_job(slot, self._affinity.choose(pending, slot.model))

    def _start_job(self, slot: Slot, row: StoredJob) -> None:
        assert slot.worker
        try:
            spec = find_model(row.request.model, self._paths)
            for folder in {Path(target).parent for target in row.targets}:
                # The day's folder is ours to make again; one that the user named is not.
                if folder.is_relative_to(self._paths.outputs):
                    folder.mkdir(parents=True, exist_ok=True)
        except EngineError as error:
            self._end(row, Phase.FAILED, None, error)
            return
        except OSError as error:
            refusal = OutputError(f"{self._paths.outputs} cannot be written ({error.strerror}); make room there")
            self._end(row, Phase.FAILED, None, refusal)
            return
        reserved_seq = row.seq + SEQ_BLOCK
        started = self._store.change(
            row.job,
            (Phase.PENDING,),
            Phase.RUNNING,
            attempt=row.attempt + 1,
            started=time.time(),
            devices=_json([slot.device]),
            seq=reserved_seq,
        )
        slot.run = ActiveRun(row.job, started.attempt, row.targets, row.seq, reserved_seq)
        slot.model = row.request.model
        self._publish(JobChanged(info=started.info))
        files = parts.part_paths(row.job, started.attempt, row.targets)
        slot.worker.send(Run(job=row.job, attempt=started.attempt, request=row.request, spec=spec, parts=files))

    def _forward(self, run: ActiveRun, message: WorkerEvent) -> None:
        if isinstance(message.event, Progress):
            run.step, run.steps = message.event.step, message.event.steps
        self._publish(EventMessage(event=msgspec.structs.replace(message.event, seq=self._next_seq(run))))

    def _next_seq(self, run: ActiveRun) -> int:
        run.seq += 1
        if run.seq >= run.reserved_seq:
            run.reserved_seq = run.seq + SEQ_BLOCK
            self._store.reserve_seq(run.job, run.reserved_seq)
        return run.seq

    def _commit(self, run: ActiveRun, device: str, seconds: float) -> None:
        """Give the results their final names: the row says so first, so that a crash in between is completed."""
        missing = parts.missing(parts.part_paths(run.job, run.attempt, run.targets))
        if missing:
            failure = JobFailedError(f"the worker of {device} left out {missing[0]}; retry the job")
            self._end(self._store.get(run.job), Phase.FAILED, run, failure)
            return
        row = self._store.change(
            run.job, (Phase.RUNNING,), Phase.COMMITTING, seconds=seconds, devices=_json([device]), seq=run.seq
        )
        self._publish_parts(row, run)

    def _publish_parts(self, row: StoredJob, run: ActiveRun | None = None) -> None:
        try:
            parts.publish(parts.part_paths(row.job, row.attempt, row.targets), row.targets)
        except OSError as error:
            failure = OutputError(
                f"the result cannot be moved to {row.targets[0]} ({error.strerror or error}); "
                "check that folder, then retry the job"
            )
            self._end(row, Phase.FAILED, run, failure)
        else:
            self._end(row, Phase.DONE, run)

    def _end(
        self, row: StoredJob, phase: Phase, run: ActiveRun | None = None, failure: EngineError | None = None
    ) -> None:
        """The one door to a final phase: files away, the row, then the news made from the row."""
        parts.sweep(row.job, row.attempt, row.targets)
        ended = self._store.change(
            row.job,
            (row.phase,),
            phase,
            finished=time.time(),
            error_kind=failure.kind if failure else "",
            error_message=failure.message if failure else "",
            seq=(run.seq if run else row.seq) + 1,
        )
        self._publish(JobChanged(info=ended.info))
        self._publish(EventMessage(event=ended.terminal_event()))

    def _put_back(self, run: ActiveRun, why: str, *, died: bool) -> None:
        row = self._store.get(run.job)
        deaths = row.deaths + died
        if deaths >= MAX_DEATHS:
            failure = WorkerLostError(f"{why}; after {deaths} such losses the job is kept as failed; retry it later")
            self._end(row, Phase.FAILED, run, failure)
            return
        parts.sweep(row.job, row.attempt, row.targets)
        seq = self._next_seq(run)
        pending = self._store.change(
            run.job, (Phase.RUNNING,), Phase.PENDING, deaths=deaths, restarts=row.restarts + 1, started=None, seq=seq
        )
        self._publish(JobChanged(info=pending.info))
        self._publish(EventMessage(event=Notice(job=run.job, attempt=run.attempt, seq=seq, message=why)))

    def _recover(self, row: StoredJob) -> None:
        """Bring a job whose worker is gone, though no live service saw it die, into a phase that is no way station."""
        if row.phase is Phase.COMMITTING:
            self._publish_parts(row)
        elif row.phase is Phase.CANCELLING:
            self._end(row, Phase.CANCELLED)
        else:
            parts.sweep(row.job, row.attempt, row.targets)
            self._store.change(row.job, UNDER_WAY, Phase.PENDING, restarts=row.restarts + 1, started=None)

    def _worker_gone(self, slot: Slot, reason: str) -> None:
        run = self._crew.lost(slot, reason)
        if run is None:
            return
        if run.kill_at is not None:
            self._end(self._store.get(run.job), Phase.CANCELLED, run)
        else:
            self._put_back(run, f"the worker of {slot.device} is gone ({reason})", died=True)

    def _fail_pending(self) -> None:
        """No worker starts: say so instead of letting jobs wait for ever."""
        for row in self._store.pending(LOOK_AHEAD):
            failure = WorkerLostError(f"no worker can be started; look at {self._paths.log}, then retry the job")
            self._end(row, Phase.FAILED, None, failure)


def _json(names: list[str]) -> str:
    return msgspec.json.encode(names).decode()
