"""What the scheduler remembers of each device, and which job a free device takes next.

Owns: the state of a slot, model affinity. Does not own: any action (scheduler).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.executor.base import Worker
    from engine.protocol import Ready
    from engine.service.store import StoredJob

LOOK_AHEAD = 32
MAX_PASSED_OVER = 8


@dataclass
class ActiveRun:
    """A job on a worker. `kill_at` (monotonic seconds) is set once the job is to be cancelled."""

    job: str
    attempt: int
    targets: tuple[str, ...]
    seq: int
    reserved_seq: int
    step: int = 0
    steps: int = 0
    kill_at: float | None = None
    is_killed: bool = False


@dataclass
class Slot:
    """A device and the worker that owns it.

    `failures` counts deaths since the last job that was answered. `ready_by` is when a starting worker is given up,
    `start_at` when a dead one is replaced (monotonic seconds).
    """

    device: str
    worker: Worker | None = None
    ready: Ready | None = None
    model: str = ""
    run: ActiveRun | None = None
    failures: int = 0
    ready_by: float | None = None
    start_at: float | None = None

    @property
    def is_idle(self) -> bool:
        return self.ready is not None and self.run is None

    @property
    def is_broken(self) -> bool:
        """Its worker died too often; nothing starts it again but a new job."""
        return self.worker is None and self.start_at is None

    def deadlines(self) -> list[float]:
        """When something is to be done about the worker though it reports nothing."""
        times = [self.start_at, self.ready_by]
        if self.run and not self.run.is_killed:
            times.append(self.run.kill_at)
        return [time for time in times if time is not None]


@dataclass
class Affinity:
    """Chooses jobs whose model a worker already holds, without ever starving the head of the queue."""

    _head: str = ""
    _passed_over: int = field(default=0)

    def choose(self, pending: Sequence[StoredJob], model: str) -> StoredJob:
        """The job that a worker holding `model` takes next; `pending` is the head of the queue, not empty."""
        head = pending[0]
        if head.job != self._head:
            self._head, self._passed_over = head.job, 0
        if self._passed_over < MAX_PASSED_OVER:
            for job in pending[:LOOK_AHEAD]:
                if job.request.model == model:
                    self._passed_over += job is not head
                    return job
        return head
