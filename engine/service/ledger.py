"""A job's way from phase to phase: its row, its files, and the news that are made from them.

Owns: every change of a job's row, committing results, sweeping what an attempt leaves, numbering events. Does not own:
workers, or why a job starts, ends or starts again (scheduler).
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import DiskFullError, JobFailedError, OutputError, UnknownJobError
from engine.messages import FramesReady, Notice, Preview, Progress, VideoRequest
from engine.protocol import EventMessage, JobChanged
from engine.service import parts
from engine.service.slots import ActiveRun
from engine.service.store import UNDER_WAY, Phase
from engine.service.takes import make_meeting, make_take, remove_meeting, remove_take, sweep_meetings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.errors import EngineError
    from engine.paths import Paths
    from engine.service.admission import Submission
    from engine.service.store import JobStore, StoredJob

SEQ_BLOCK = 1000


class Ledger:
    """The store's jobs with all that belongs to them. `publish` gets every job change and event, in order."""

    def __init__(self, store: JobStore, paths: Paths, publish: Callable[[JobChanged | EventMessage], None]) -> None:
        self.store = store
        self._paths = paths
        self._publish = publish

    def recover(self) -> None:
        """Bring jobs whose workers are gone, though no live service saw them die, to where they can go on from."""
        sweep_meetings(self._paths)
        for row in self.store.under_way():
            if row.phase is Phase.COMMITTING:
                self._publish_parts(row)
            elif row.phase is Phase.CANCELLING:
                self.end(row, Phase.CANCELLED)
            else:
                parts.sweep(row.job, row.targets)
                self.store.change(row.job, UNDER_WAY, Phase.PENDING, restarts=row.restarts + 1, started=None)

    def add(self, submission: Submission) -> StoredJob:
        """Store a job; it is durable on return."""
        row = self.store.add(submission)
        self._publish(JobChanged(info=row.info))
        return row

    def add_done(self, submission: Submission, devices: tuple[str, ...], seconds: float) -> StoredJob:
        """Store a job whose parts are there already, as its first attempt left them; durable on return, files and all.

        A crash at any point leaves either nothing of it in the queue, or what the next start completes.

        Raises:
            DiskFullError: There is no room for the row; nothing was stored, and no part is left.
            OutputError: The parts cannot be moved; the job is kept as failed.
        """
        try:
            self._publish_parts(self.store.add_committing(submission, _json(devices), seconds))
        except DiskFullError:
            parts.sweep(submission.job, submission.targets)
            raise
        row = self.store.get(submission.job)
        if row.phase is not Phase.DONE:
            raise OutputError(row.error_message)
        return row

    def requeue(self, job: str) -> None:
        """Put a failed or cancelled job at the end of the queue."""
        self._publish(JobChanged(info=self.store.requeue(job).info))

    def move(self, job: str, before: str) -> None:
        """Put a pending job before another, or behind all if `before` is empty.

        Raises:
            UnknownJobError: One of the two is not pending.
        """
        for row in self.store.move(job, before):
            self._publish(JobChanged(info=row.info))

    def revise(self, job: str, submission: Submission) -> None:
        """Give a pending job the request of a submission, in its place and under its name.

        Raises:
            UnknownJobError: The job is not pending.
            OutputError: The user named its files, and they do not suit the new request.
        """
        row = self.store.get(job)
        if row.phase is not Phase.PENDING:
            raise UnknownJobError(f"job {job} is {row.info.state}; only pending jobs can be changed")
        targets = tuple(target.replace(submission.job, job) for target in submission.targets)
        if not Path(row.targets[0]).is_relative_to(self._paths.outputs):
            if [Path(target).suffix for target in targets] != [Path(target).suffix for target in row.targets]:
                raise OutputError(f"job {job} writes {row.targets[0]}; cancel it and submit what you want instead")
            targets = row.targets
        self._sweep(row, None)
        if isinstance(row.request, VideoRequest):
            # What an earlier attempt has made of the old request.
            remove_take(self._paths, job)
        self._publish(JobChanged(info=self.store.revise(job, submission.request, targets).info))

    def begin(self, row: StoredJob, devices: tuple[str, ...]) -> ActiveRun:
        """Start the next attempt of a pending job, with the folders it writes to.

        Raises:
            OutputError: A folder of ours cannot be made; the job is still pending.
        """
        meeting: Path | None = None
        try:
            for folder in {Path(target).parent for target in row.targets}:
                # The day's folder is ours to make again; one that the user named is not.
                if folder.is_relative_to(self._paths.outputs):
                    folder.mkdir(parents=True, exist_ok=True)
            if isinstance(row.request, VideoRequest):
                make_take(self._paths, row.job)
                meeting = make_meeting(self._paths)
        except OSError as error:
            place = error.filename or self._paths.home
            raise OutputError(f"{place} cannot be written ({error.strerror}); make room there") from error
        reserved_seq = row.seq + SEQ_BLOCK
        started = self.store.change(
            row.job,
            (Phase.PENDING,),
            Phase.RUNNING,
            attempt=row.attempt + 1,
            started=time.time(),
            devices=_json(devices),
            seq=reserved_seq,
        )
        self._publish(JobChanged(info=started.info))
        return ActiveRun(started, devices, row.seq, reserved_seq, meeting)

    def tell(self, run: ActiveRun, event: Progress | Preview | FramesReady | Notice, device: str = "") -> None:
        """Number an event of a running attempt and publish it, with the name of the slot that it came from."""
        numbered = msgspec.structs.replace(event, seq=self._next_seq(run))
        if device and not isinstance(numbered, Notice):
            numbered = msgspec.structs.replace(numbered, device=device)
        self._publish(EventMessage(event=numbered))

    def notice(self, run: ActiveRun, message: str) -> None:
        """Tell users something that is no failure."""
        self.tell(run, Notice(job=run.job, attempt=run.attempt, message=message))

    def commit(self, run: ActiveRun) -> None:
        """Give the results their final names: the row says so first, so that a crash in between is completed."""
        missing = parts.missing(parts.part_paths(run.job, run.attempt, run.row.targets))
        if missing:
            failure = JobFailedError(f"the worker of {run.devices[0]} left out {missing[0]}; retry the job")
            self.end(self.store.get(run.job), Phase.FAILED, run, failure)
            return
        row = self.store.change(run.job, (Phase.RUNNING,), Phase.COMMITTING, seconds=run.seconds, seq=run.seq)
        self._publish_parts(row, run)

    def end(
        self, row: StoredJob, phase: Phase, run: ActiveRun | None = None, failure: EngineError | None = None
    ) -> None:
        """The one door to a final phase: files away, the row, then the news made from the row.

        Of a cancelled video nothing is left; a failed one keeps what it has, for a retry to go on from.
        """
        self._sweep(row, run)
        if phase is Phase.CANCELLED and isinstance(row.request, VideoRequest):
            remove_take(self._paths, row.job)
        ended = self.store.change(
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

    def put_back(self, run: ActiveRun, why: str, deaths: int) -> None:
        """Return a running job to its old place in the queue, as one that is to start again."""
        row = self.store.get(run.job)
        self._sweep(row, run)
        pending = self.store.change(
            run.job,
            (Phase.RUNNING,),
            Phase.PENDING,
            deaths=deaths,
            restarts=row.restarts + 1,
            started=None,
            seq=run.seq + 1,
        )
        self._publish(JobChanged(info=pending.info))
        self.notice(run, why)

    def close(self, runs: Sequence[ActiveRun]) -> None:
        """The workers are gone in good order: their jobs return to the queue, those being cancelled are cancelled."""
        for run in runs:
            self._leave_meeting(run)
        self.recover()

    def _publish_parts(self, row: StoredJob, run: ActiveRun | None = None) -> None:
        try:
            parts.publish(parts.part_paths(row.job, row.attempt, row.targets), row.targets)
        except OSError as error:
            failure = OutputError(
                f"the result cannot be moved to {row.targets[0]} ({error.strerror or error}); "
                "check that folder, then retry the job"
            )
            self.end(row, Phase.FAILED, run, failure)
        else:
            self.end(row, Phase.DONE, run)

    def _sweep(self, row: StoredJob, run: ActiveRun | None) -> None:
        parts.sweep(row.job, row.targets)
        if run:
            self._leave_meeting(run)

    def _leave_meeting(self, run: ActiveRun) -> None:
        if run.meeting:
            remove_meeting(run.meeting)

    def _next_seq(self, run: ActiveRun) -> int:
        run.seq += 1
        if run.seq >= run.reserved_seq:
            run.reserved_seq = run.seq + SEQ_BLOCK
            self.store.reserve_seq(run.job, run.reserved_seq)
        return run.seq


def _json(names: Sequence[str]) -> str:
    return msgspec.json.encode(names).decode()
