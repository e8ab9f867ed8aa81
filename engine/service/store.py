"""The job store: every job as one durable row. Belongs to one thread.

Owns: rows, their phases and the legal changes between them, the order of the queue. Does not own: files of jobs
(parts), workers, or what clients are told (scheduler).
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadInputError, DiskFullError, UnknownJobError
from engine.messages import Request, decode_request, encode_request
from engine.protocol import QueueCounts
from engine.service.rows import COLUMNS, FINAL, UNDER_WAY, Phase, StoredJob, read_row
from engine.service.schema import MIGRATIONS, close_database, open_database, transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Sequence
    from pathlib import Path
    from types import TracebackType

    from engine.service.admission import Submission
    from engine.service.schema import Migration

log = logging.getLogger(__name__)


@contextlib.contextmanager
def _room_for_a_job() -> Generator[None]:
    """Raise DiskFullError where there is none."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise DiskFullError("the disk of the job queue is full; make room there and submit again") from error


class JobStore:
    """The rows of all jobs. Every method that changes a row returns once the change is on disk."""

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Open the database; the errors are those of `open_database`."""
        self._connection = open_database(path, migrations)
        self._fail_unreadable()

    def close(self, *, in_order: bool = True) -> None:
        """Close the database; one that is not left in order is checked when it is opened again."""
        close_database(self._connection, in_order=in_order)

    def __enter__(self) -> JobStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(in_order=error is None)

    def add(self, submission: Submission) -> StoredJob:
        """Store a new pending job at the end of the queue.

        Raises:
            DiskFullError: There is no room for the row; nothing was stored.
            BadInputError: There is a job with this id already.
        """
        values = (
            submission.job,
            encode_request(submission.request).decode(),
            msgspec.json.encode(submission.targets).decode(),
            submission.created,
        )
        try:
            with _room_for_a_job():
                self._connection.execute(
                    "INSERT INTO jobs (job, position, phase, request, targets, created) "
                    "VALUES (?, (SELECT COALESCE(MAX(position), 0) + 1 FROM jobs), 'pending', ?, ?, ?)",
                    values,
                )
        except sqlite3.IntegrityError as error:
            raise BadInputError(f"there is a job {submission.job} already; submit this one under a new id") from error
        return self.get(submission.job)

    def add_committing(self, submission: Submission, devices: str, seconds: float) -> StoredJob:
        """Store a job whose first attempt has left its parts, in one step: it is never one that waits.

        Raises:
            DiskFullError: There is no room for the row; nothing was stored.
        """
        # A disk may turn out to be full only at the end of a transaction.
        with _room_for_a_job(), transaction(self._connection):
            row = self.add(submission)
            columns = {"attempt": 1, "started": row.created, "devices": devices, "seconds": seconds}
            return self.change(row.job, (Phase.PENDING,), Phase.COMMITTING, **columns)

    def get(self, job: str) -> StoredJob:
        """One row.

        Raises:
            UnknownJobError: There is no such job.
        """
        row = self.find(job)
        if row is None:
            raise UnknownJobError(f"there is no job {job!r}; `onetake queue list` shows those there are")
        return row

    def find(self, job: str) -> StoredJob | None:
        """One row; None if there is none that this version can read."""
        return next(iter(self._select("WHERE job = ?", (job,))), None)

    def holds(self, job: str, request: Request) -> bool:
        """Whether this request is stored under this id, as it is when a client that lost the answer asks again.

        Raises:
            BadInputError: Another request has that id.
        """
        row = self.find(job)
        if row is not None and row.request != request:
            raise BadInputError(f"job id {job} is that of another request; submit this one under a new id")
        return row is not None

    def newest(self, limit: int) -> list[StoredJob]:
        """The newest `limit` jobs, oldest first."""
        return self._select("ORDER BY created DESC, job DESC LIMIT ?", (limit,))[::-1]

    def pending(self, limit: int) -> list[StoredJob]:
        """The next `limit` jobs of the queue, in order."""
        return self._select("WHERE phase = 'pending' ORDER BY position LIMIT ?", (limit,))

    def under_way(self) -> list[StoredJob]:
        """The jobs that a worker has or had, in order."""
        return self._select("WHERE phase IN ('running', 'cancelling', 'committing') ORDER BY position", ())

    def has_unfinished(self) -> bool:
        """Whether any job waits or is under way."""
        return bool(self.pending(1) or self.under_way())

    def counts(self) -> QueueCounts:
        """How many jobs are in each state."""
        found = dict(self._connection.execute("SELECT phase, COUNT(*) FROM jobs GROUP BY phase").fetchall())
        return QueueCounts(
            pending=found.get(Phase.PENDING, 0),
            running=sum(found.get(phase, 0) for phase in UNDER_WAY),
            done=found.get(Phase.DONE, 0),
            failed=found.get(Phase.FAILED, 0),
        )

    def change(self, job: str, before: Collection[Phase], after: Phase, **columns: float | str | None) -> StoredJob:
        """Move a row from one of the phases `before` to `after` and set columns, in one durable step.

        A job that is not in such a phase is a mistake of ours: no job may enter a final phase twice.
        """
        assert not FINAL.intersection(before) or after is Phase.PENDING
        names = ["phase", *columns]
        marks = ", ".join("?" * len(before))
        changed = self._connection.execute(
            f"UPDATE jobs SET {', '.join(f'{name} = ?' for name in names)} WHERE job = ? AND phase IN ({marks})",  # noqa: S608  names are ours
            (after, *columns.values(), job, *before),
        )
        assert changed.rowcount == 1, f"job {job} is in none of the phases {sorted(before)}"
        return self.get(job)

    def requeue(self, job: str) -> StoredJob:
        """Put a failed or cancelled job at the end of the queue, with a clean slate but for its attempt number."""
        with transaction(self._connection):
            (last,) = self._connection.execute("SELECT MAX(position) FROM jobs").fetchone()
            return self.change(
                job,
                (Phase.FAILED, Phase.CANCELLED),
                Phase.PENDING,
                position=last + 1,
                started=None,
                finished=None,
                deaths=0,
                restarts=0,
                devices="[]",
                seconds=0.0,
                error_kind="",
                error_message="",
            )

    def move(self, job: str, before: str) -> list[StoredJob]:
        """Put a pending job before another, or behind all if `before` is empty; returns the rows whose place changed.

        Raises:
            UnknownJobError: One of the two is not pending.
        """
        places = {row.job: row.position for row in self.pending(-1)}
        for name in (job, before or job):
            if name not in places:
                raise UnknownJobError(f"job {name} does not wait; only pending jobs can be moved")
        order = list(places)
        if before != job:
            order.remove(job)
            order.insert(order.index(before) if before else len(order), job)
        moved = [(name, at) for name, at in zip(order, places.values(), strict=True) if places[name] != at]
        with transaction(self._connection):
            # Two steps, since no two rows may share a place even for a moment.
            for name, at in [*((name, -at) for name, at in moved), *moved]:
                self._connection.execute("UPDATE jobs SET position = ? WHERE job = ?", (at, name))
        return [self.get(name) for name, _ in moved]

    def revise(self, job: str, request: Request, targets: Sequence[str]) -> StoredJob:
        """Give a pending job another request and other targets, in its place."""
        columns = {"request": encode_request(request).decode(), "targets": msgspec.json.encode(targets).decode()}
        return self.change(job, (Phase.PENDING,), Phase.PENDING, **columns)

    def reserve_seq(self, job: str, seq: int) -> None:
        """Promise that event numbers up to `seq` may be in use, so that none is used again after a crash."""
        self._connection.execute("UPDATE jobs SET seq = ? WHERE job = ?", (seq, job))

    @property
    def paused(self) -> bool:
        """Whether the user has paused the queue; a pause outlives the service."""
        row = self._connection.execute("SELECT value FROM settings WHERE name = 'paused'").fetchone()
        return row is not None and row[0] == "1"

    def set_paused(self, paused: bool) -> None:
        self._connection.execute("INSERT OR REPLACE INTO settings VALUES ('paused', ?)", (str(int(paused)),))

    def _select(self, condition: str, parameters: tuple[object, ...]) -> list[StoredJob]:
        rows = self._connection.execute(f"SELECT {COLUMNS} FROM jobs {condition}", parameters).fetchall()  # noqa: S608
        found: list[StoredJob] = []
        for row in rows:
            try:
                found.append(read_row(row))
            except (BadInputError, msgspec.DecodeError):
                log.warning("job %s was stored by another version and is left out", row[0])
        return found

    def _fail_unreadable(self) -> None:
        """End unfinished jobs whose request this version cannot read, so that they do not wait for ever."""
        unfinished = self._connection.execute(
            "SELECT job, request FROM jobs WHERE phase NOT IN ('done', 'failed', 'cancelled')"
        ).fetchall()
        for job, request in unfinished:
            try:
                decode_request(request)
            except BadInputError as error:
                self._connection.execute(
                    "UPDATE jobs SET phase = 'failed', error_kind = ?, error_message = ?, finished = ? WHERE job = ?",
                    (error.kind, error.message, time.time(), job),
                )
