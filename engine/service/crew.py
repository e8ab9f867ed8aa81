"""The workers of a service, one per device: started, watched, killed and replaced.

Owns: slots and the life of their workers, loading the default model ahead. Does not own: jobs; what a worker's death
means for its job is the scheduler's to decide.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import psutil

from engine.catalogue import read_catalogue
from engine.errors import EngineError
from engine.protocol import Load, Ready, StopJob, WorkerStatus
from engine.service.slots import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.executor.base import Executor, Worker, WorkerReport
    from engine.paths import Paths
    from engine.service.slots import ActiveRun

log = logging.getLogger(__name__)

MAX_START_FAILURES = 3
FIRST_BACKOFF_S = 0.5
READY_LIMIT_S = 180.0
STOP_LIMIT_S = 2.0


class Crew:
    """One slot per device. Belongs to the service's one thread; `report` is called from the executor's threads."""

    def __init__(
        self,
        executor: Executor,
        devices: Sequence[str],
        paths: Paths,
        report: Callable[[WorkerReport], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if not devices:
            raise ValueError("a crew needs at least one device")
        self.slots = tuple(Slot(device) for device in devices)
        self._executor = executor
        self._paths = paths
        self._report = report
        self._now = now

    def start(self) -> None:
        """Start a worker on every device."""
        for slot in self.slots:
            self._start_worker(slot)

    def slot_of(self, worker: Worker) -> Slot | None:
        """The slot that a worker holds; None for one that was replaced."""
        return next((slot for slot in self.slots if slot.worker is worker), None)

    def ready(self, slot: Slot, ready: Ready, *, preload: bool) -> None:
        """Note that a worker can take jobs, and have it load the default model if there is nothing better to do."""
        assert slot.worker
        slot.ready, slot.ready_by = ready, None
        if slot.failures or not preload:
            return  # A model that may have killed the last worker is not loaded unasked.
        try:
            spec = next(iter(read_catalogue(self._paths).values()))
        except EngineError as error:
            log.warning("no model is loaded ahead: %s", error)
            return
        slot.model = spec.name
        slot.worker.send(Load(spec=spec))

    def lost(self, slot: Slot, reason: str) -> ActiveRun | None:
        """Note a worker's death and plan its replacement; returns the job it had."""
        log.warning("the worker of %s is gone: %s", slot.device, reason)
        run, slot.run = slot.run, None
        slot.worker = slot.ready = slot.ready_by = None
        if run is None:
            self._count_failure(slot)
        else:
            slot.start_at = self._now()
        return run

    def revive(self) -> None:
        """A new job is a new reason to try a worker that could not be started; once is enough."""
        for slot in self.slots:
            if slot.is_broken:
                slot.failures, slot.start_at = MAX_START_FAILURES - 1, self._now()

    def next_deadline(self) -> float | None:
        """When `advance` is next needed though nothing is reported (monotonic seconds); None for never."""
        return min((time for slot in self.slots for time in slot.deadlines()), default=None)

    def advance(self) -> None:
        """Start whom it is time to start, and kill who does not start or stop in time."""
        now = self._now()
        for slot in self.slots:
            if slot.start_at is not None and now >= slot.start_at:
                self._start_worker(slot)
            if slot.worker and any(now >= deadline for deadline in slot.deadlines()):
                # Its death is reported like any other, and only then is the device free.
                log.warning("the worker of %s does not answer and is killed", slot.device)
                slot.worker.kill()
                slot.ready_by = None
                if slot.run:
                    slot.run.is_killed = True

    def stop(self) -> None:
        """End all workers: asked first, killed after a short while."""
        workers = [slot.worker for slot in self.slots if slot.worker]
        for slot in self.slots:
            if slot.worker and slot.run:
                slot.worker.send(StopJob(job=slot.run.job, attempt=slot.run.attempt))
        for worker in workers:
            worker.terminate()
        deadline = time.monotonic() + STOP_LIMIT_S
        for worker in workers:
            if not worker.join(max(0.0, deadline - time.monotonic())):
                worker.kill()
        for worker in workers:
            if not worker.join(STOP_LIMIT_S):
                log.error("worker %d of %s cannot be killed", worker.pid, worker.device)
        for slot in self.slots:
            slot.worker = slot.ready = slot.run = None

    def statuses(self) -> tuple[WorkerStatus, ...]:
        """What each living worker is doing."""
        return tuple(_status(slot, slot.worker) for slot in self.slots if slot.worker)

    def _start_worker(self, slot: Slot) -> None:
        slot.start_at, slot.ready, slot.model = None, None, ""
        try:
            slot.worker = self._executor.start(slot.device, self._report)
        except OSError as error:
            log.warning("the worker of %s cannot be started: %s", slot.device, error)
            self._count_failure(slot)
        else:
            slot.ready_by = self._now() + READY_LIMIT_S

    def _count_failure(self, slot: Slot) -> None:
        slot.failures += 1
        if slot.failures < MAX_START_FAILURES:
            slot.start_at = self._now() + FIRST_BACKOFF_S * 2 ** (slot.failures - 1)


def _status(slot: Slot, worker: Worker) -> WorkerStatus:
    memory_used_bytes = 0
    if not slot.device.startswith("cuda"):
        try:
            memory_used_bytes = psutil.Process(worker.pid).memory_info().rss
        except psutil.Error:
            memory_used_bytes = 0  # It has just died; its death is on its way to us.
    return WorkerStatus(
        device=slot.device,
        name=slot.ready.name if slot.ready else "",
        pid=worker.pid,
        job=slot.run.job if slot.run else "",
        step=slot.run.step if slot.run else 0,
        steps=slot.run.steps if slot.run else 0,
        memory_used_bytes=memory_used_bytes,
        memory_total_bytes=slot.ready.memory_total_bytes if slot.ready else 0,
    )
