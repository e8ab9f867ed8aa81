"""What the service remembers of each slot, and of each attempt that runs on some of them.

Owns: the state of slots and attempts, and what the answers of all ranks together mean. Does not own: any action
(scheduler, crew), or which job takes which slot (placing).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from engine.errors import JobFailedError, WorkerLostError

if TYPE_CHECKING:
    from pathlib import Path

    from engine.errors import EngineError
    from engine.executor.base import Worker
    from engine.protocol import Ready
    from engine.service.store import StoredJob


class Verdict(Enum):
    """How an attempt ended, once every rank has answered or is gone."""

    DONE = auto()
    FAILED = auto()
    CANCELLED = auto()
    LOST = auto()
    """A rank was lost, so that the job starts again."""


@dataclass
class ActiveRun:
    """An attempt of a job on one slot per rank.

    `owing` are the slots that have neither answered nor died. Once the attempt is to end early they are told to stop,
    and who owes an answer at `kill_at` (monotonic seconds), where that is set, is killed.
    """

    row: StoredJob
    devices: tuple[str, ...]
    seq: int
    reserved_seq: int
    meeting: Path | None = None
    warnings: list[str] = field(default_factory=list[str])
    owing: set[str] = field(init=False)
    kill_at: float | None = None
    is_told_to_stop: bool = False
    is_cancelled: bool = False
    seconds: float = 0.0
    loss: str = ""
    """Why a rank is lost, for people."""
    errors: list[EngineError] = field(default_factory=list["EngineError"])

    def __post_init__(self) -> None:
        self.owing = set(self.devices)

    @property
    def job(self) -> str:
        return self.row.job

    @property
    def attempt(self) -> int:
        return self.row.attempt

    @property
    def is_ending(self) -> bool:
        """It cannot end well any more; its other ranks are to stop."""
        return self.is_cancelled or bool(self.loss) or bool(self.errors)

    @property
    def verdict(self) -> Verdict:
        """What the answers mean together; final once nobody owes one.

        A cancel that was acknowledged counts before all, a lost rank before the errors it caused in the others.
        """
        if self.is_cancelled:
            return Verdict.CANCELLED
        if self.loss or (self.errors and not self._real_errors()):
            return Verdict.LOST
        return Verdict.FAILED if self.errors else Verdict.DONE

    @property
    def failure(self) -> EngineError:
        """The error to report: the first that is the cause of others and not their echo."""
        real = self._real_errors()
        return next((error for error in real if type(error) is not JobFailedError), (real or self.errors)[0])

    def _real_errors(self) -> list[EngineError]:
        # A rank whose peer is gone says so with this class.
        return [error for error in self.errors if not isinstance(error, WorkerLostError)]


@dataclass
class Slot:
    """A device, or a part of the CPU, and the worker that owns it.

    `is_extra` for a slot that was made for a job and goes when it is idle. `failures` counts deaths since the last job
    that was answered. All times are monotonic seconds: `ready_by` is when a starting worker is given up, `start_at`
    when a dead one is replaced, `silent_at` when one that says nothing counts as hung, `leave_at` when an idle extra
    one goes.
    """

    device: str
    is_extra: bool = False
    worker: Worker | None = None
    ready: Ready | None = None
    model: str = ""
    run: ActiveRun | None = None
    step: int = 0
    steps: int = 0
    failures: int = 0
    ready_by: float | None = None
    start_at: float | None = None
    silent_at: float | None = None
    leave_at: float | None = None
    is_doomed: bool = False
    """Its worker was killed and is not yet gone."""
    is_leaving: bool = False
    """It goes with its worker."""
    is_faulty: bool = False
    """Its last worker could not be started, or died before it was ready."""
    is_awake: bool = False
    """Its worker's heart beats: its imports, which may take long where many start at once, are done."""

    @property
    def is_idle(self) -> bool:
        return self.ready is not None and self.run is None and not self.is_doomed

    @property
    def is_broken(self) -> bool:
        """Its worker died too often; nothing starts it again but a new job."""
        return self.worker is None and self.start_at is None

    def take(self, run: ActiveRun, model: str) -> None:
        """Give the slot to an attempt."""
        self.run, self.model = run, model
        self.step = self.steps = 0
        self.leave_at = None

    def release(self) -> None:
        """The slot's rank has answered."""
        self.run = None
        self.step = self.steps = 0

    def deadlines(self) -> list[float]:
        """When something is to be done about the worker though it reports nothing."""
        times = [self.start_at]
        if not self.is_doomed:
            times += [self.ready_by, self.silent_at, self.leave_at]
            if self.run:
                times.append(self.run.kill_at)
        return [time for time in times if time is not None]
