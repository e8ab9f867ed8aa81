"""The scheduler: how every job comes to exactly one end, whatever becomes of its workers.

Owns: attempts and their ranks, cancelling, what a lost worker means for its job. Does not own: workers and their
replacement (crew), which job runs where (placing), rows and files (ledger), threads or sockets. Everything here runs
in one thread, on a clock that tests can turn.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine.errors import BusyError, EngineError, UnknownJobError, WorkerLostError, error_from_kind
from engine.executor.base import WorkerGone, WorkerReport
from engine.known_models import KnownModels
from engine.messages import ControlMapRequest, ExportRequest, Progress, VideoRequest
from engine.protocol import EventMessage, Heartbeat, JobChanged, JobDone, JobError, Ready, StopJob
from engine.protocol import WorkerEvent as Said
from engine.service.bases import Bases
from engine.service.headway import Headway
from engine.service.ledger import Ledger
from engine.service.live import LivePictures
from engine.service.orders import order
from engine.service.paces import Paces
from engine.service.placing import LOOK_AHEAD, Capacity, Placement, Placer
from engine.service.slots import Verdict
from engine.service.store import FINAL, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.paths import Paths
    from engine.protocol import KeepLive, LiveMade, WorkerMessage
    from engine.service.admission import Submission
    from engine.service.crew import Crew
    from engine.service.slots import ActiveRun, Slot
    from engine.service.store import JobStore, StoredJob

MAX_DEATHS = 2


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
        capacity: Capacity | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """What the crew's workers report must come back through `worker_reported`, in this one thread."""
        self._store = store
        self._crew = crew
        self._paths = paths
        self._ledger = Ledger(store, paths, publish)
        no_worker = f"no worker can be started; look at {paths.log}, then retry the job"
        self._placer = Placer(crew, capacity or Capacity.of_this_machine(), no_worker)
        self._bases = Bases(store, paths)
        self._headway = Headway()
        self._paces = Paces()
        self.models = KnownModels(paths)
        self._live = LivePictures(crew, paths, self.models)
        self._runs: dict[str, ActiveRun] = {}
        self._cancel_grace_s = cancel_grace_s
        self._now = now

    def start(self) -> None:
        """Start the workers, and bring what an earlier service left under way back into order."""
        self._crew.start()
        self._live.clear()
        self._ledger.recover()
        self._bases.end_in_vain(self._ledger)

    # What clients ask for.

    def submit(self, submission: Submission) -> str:
        """Store a job; it is durable on return.

        Raises:
            EngineError: It needs another job's frames, and those are not what it needs; nothing was stored.
        """
        self._bases.check(submission.request)
        row = self._ledger.add(submission)
        self._crew.revive()
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
            run = self._runs[job]
            run.is_cancelled = True
            self._stop_ranks(run)

    def retry(self, job: str) -> None:
        """Queue a failed or cancelled job again; not one that goes on from a take that will not be there."""
        row = self._store.get(job)
        if row.phase not in (Phase.FAILED, Phase.CANCELLED):
            raise UnknownJobError(f"job {job} is {row.info.state}; only failed and cancelled jobs can be retried")
        self._bases.is_ready(row.request)
        self._ledger.requeue(job)
        self._crew.revive()

    def move(self, job: str, before: str) -> None:
        """Put a pending job right before another one, or behind all if `before` is empty."""
        self._ledger.move(job, before)

    def revise(self, job: str, submission: Submission) -> None:
        """Give a pending job another request; the errors are those of `submit`, and that it is no longer pending."""
        self._bases.check(submission.request)
        self._ledger.revise(job, submission)
        self._bases.end_in_vain(self._ledger)

    def make_live(self, submission: Submission, answer: Callable[[LiveMade | EngineError], None]) -> None:
        """Make a picture now, outside of the queue; `answer` gets it later, once.

        Raises:
            BusyError: The queue has work, or no worker is free.
            EngineError: It cannot be made.
        """
        if self._due():
            raise BusyError("the queue has work; live pictures go on when it is done")
        run = self._live.begin(submission, answer)
        self._runs[run.job] = run

    def keep_live(self, submission: Submission, call: KeepLive) -> str:
        """Store a live picture, whose file is staged, as a finished job, as `Ledger.add_done` does."""
        return self._ledger.add_done(submission, call.devices, call.seconds).job

    # What workers report.

    def worker_reported(self, report: WorkerReport) -> None:
        """Act on what a worker said, or on its death. Reports of a worker or attempt that was given up are dropped."""
        slot = self._crew.slot_of(report.worker)
        if slot is None:
            return
        if isinstance(report, WorkerGone):
            self._worker_gone(slot, report.reason)
            return
        match report.message:
            case Ready() as ready:
                # A waiting job brings its own model.
                self._crew.ready(slot, ready, preload=not self._store.pending(1))
            case Heartbeat():
                self._crew.heard(slot)
            case Said(event=event) as said:
                run = slot.run
                if run and (event.job, event.attempt) == (run.job, run.attempt):
                    self._pass_on(run, slot, said)
            case answer:
                run = slot.run
                if run and (answer.job, answer.attempt) == (run.job, run.attempt):
                    self._rank_answered(run, slot, answer)

    # The passage of time.

    def advance(self) -> None:
        """Do what is due: replace workers, kill those that do not stop, hand out jobs."""
        self._crew.advance()
        if self._due():
            for run in self._runs.values():
                if run.job in self._live:
                    run.is_cancelled = True
                    self._stop_ranks(run)
        while found := self._placer.next(self._due()):
            if isinstance(found, Placement):
                self._start_job(found)
            else:
                self._end(found.row, Phase.FAILED, failure=found.error)

    def stop(self) -> None:
        """End all workers; running jobs return to the queue, those being cancelled are cancelled."""
        self._crew.stop()
        self._ledger.close([run for run in self._runs.values() if run.job not in self._live])
        self._runs.clear()

    # One job, from start to end.

    def _start_job(self, placement: Placement) -> None:
        row = placement.row
        try:
            needs_none = isinstance(row.request, ExportRequest | ControlMapRequest)
            spec = None if needs_none else self.models.find(row.request.model)
            run = self._ledger.begin(row, placement.devices)
        except EngineError as error:
            self._end(row, Phase.FAILED, failure=error)
            return
        self._runs[run.job] = run
        run.warnings.extend(placement.remarks)
        for rank, device in enumerate(placement.devices):
            slot = self._crew.find(device)
            assert slot
            assert slot.worker
            # A job without a model leaves the worker's where it is.
            slot.take(run, row.request.model or slot.model)
            slot.worker.send(order(run, spec, rank, self._paths, self._paces))

    def _due(self) -> list[StoredJob]:
        """The head of the queue, without what waits for another take; nothing while the queue is paused."""
        return [] if self._store.paused else self._bases.ready(LOOK_AHEAD)

    def _pass_on(self, run: ActiveRun, slot: Slot, said: Said) -> None:
        if run.job in self._live:
            return
        # Whoever submitted the job has begun to listen by the time that a rank works.
        while run.warnings:
            self._ledger.notice(run, run.warnings.pop(0))
        if isinstance(said.event, Progress):
            slot.step, slot.steps = said.event.step, said.event.steps
        self._headway.note(run.job, said)
        self._ledger.tell(run, said.event, slot.device)

    def _rank_answered(self, run: ActiveRun, slot: Slot, answer: WorkerMessage) -> None:
        self._crew.let_go(slot)
        if isinstance(answer, JobDone):
            run.seconds = max(run.seconds, answer.seconds)
            if isinstance(run.row.request, VideoRequest):
                self._paces.note(slot.device, run.devices, run.row.request, answer.pace)
        elif isinstance(answer, JobError):
            run.errors.append(error_from_kind(answer.kind, answer.message))
        elif not run.is_ending:
            run.loss = f"the worker of {slot.device} gave the job up"
        self._rank_is_over(run, slot)

    def _worker_gone(self, slot: Slot, reason: str) -> None:
        was_silent = self._crew.is_silent(slot)
        was_killed_by_us = slot.is_doomed and not was_silent
        run = self._crew.lost(slot, reason)
        if run is None:
            return
        # A rank that beats but does not stop, as one that computes or waits for others, is killed and is no loss.
        if not (run.is_ending and was_killed_by_us) and not run.loss:
            why = "it was silent and was killed" if was_silent else reason
            run.loss = f"the worker of {slot.device} is gone ({why})"
        self._rank_is_over(run, slot)

    def _rank_is_over(self, run: ActiveRun, slot: Slot) -> None:
        run.owing.discard(slot.device)
        if not run.owing:
            del self._runs[run.job]
            self._settle(run)
        elif run.is_ending:
            self._stop_ranks(run)

    def _stop_ranks(self, run: ActiveRun) -> None:
        """Tell the ranks that still work to stop, once; those that do not in time are killed."""
        if run.is_told_to_stop:
            return
        run.is_told_to_stop = True
        if run.job not in self._live:  # that one may be loading a model, which is soon done and wanted again
            run.kill_at = self._now() + self._cancel_grace_s
        for slot in self._crew.slots:
            if slot.run is run and slot.worker:
                slot.worker.send(StopJob(job=run.job, attempt=run.attempt))

    def _settle(self, run: ActiveRun) -> None:
        """All ranks have answered or are gone: the attempt ends."""
        if run.job in self._live:
            self._live.settle(run)
            return
        row = self._store.get(run.job)
        match run.verdict:
            case Verdict.CANCELLED:
                self._end(row, Phase.CANCELLED, run)
            case Verdict.DONE:
                self._headway.forget(run.job)
                self._ledger.commit(run)
                self._bases.end_in_vain(self._ledger, row.request)  # its files may not be there: then it failed
            case Verdict.FAILED:
                self._end(row, Phase.FAILED, run, run.failure)
            case Verdict.LOST:
                self._start_again(row, run)

    def _start_again(self, row: StoredJob, run: ActiveRun) -> None:
        """Return a job that lost a worker to the head of the queue, unless it loses them and gets nowhere."""
        why = run.loss or str(run.errors[0])
        gets_on = isinstance(row.request, VideoRequest) and self._headway.take_gain(run.job)
        deaths = 0 if gets_on else row.deaths + 1
        if deaths >= MAX_DEATHS:
            failure = WorkerLostError(f"{why}; after {deaths} such losses the job is kept as failed; retry it later")
            self._end(row, Phase.FAILED, run, failure)
        else:
            self._ledger.put_back(run, f"{why}; the job starts again", deaths)

    def _end(
        self, row: StoredJob, phase: Phase, run: ActiveRun | None = None, failure: EngineError | None = None
    ) -> None:
        self._headway.forget(row.job)
        self._ledger.end(row, phase, run, failure)
        self._bases.end_in_vain(self._ledger, row.request)
