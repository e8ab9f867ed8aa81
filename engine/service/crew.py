"""The workers of a service, one per slot: started, watched, killed and replaced.

Owns: slots and the life of their workers, the slots that are made for a job and go when idle, loading the default
model ahead. Does not own: jobs; what a worker's death means for its job is the scheduler's to decide.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from engine.catalogue import read_catalogue
from engine.errors import EngineError
from engine.executor.devices import CPU, device_of
from engine.protocol import Load, Ready, StopJob, WorkerStatus
from engine.service.room import Machine
from engine.service.slots import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from engine.executor.base import Executor, Worker, WorkerReport
    from engine.paths import Paths
    from engine.service.slots import ActiveRun

log = logging.getLogger(__name__)

MAX_START_FAILURES = 3
FIRST_BACKOFF_S = 0.5
READY_LIMIT_S = 180.0
# Many workers that start at once import slowly.
WAKE_LIMIT_S = 900.0
STOP_LIMIT_S = 2.0


@dataclass(frozen=True)
class Patience:
    """How long a crew waits, in seconds."""

    silence_s: float = 10.0
    """A worker that sends nothing for so long is hung and is killed."""
    extra_idle_s: float = 60.0
    """An extra slot that was idle for so long goes."""


class Crew:
    """The slots of a service. Belongs to the service's one thread; `report` is called from the executor's threads."""

    def __init__(
        self,
        executor: Executor,
        devices: Sequence[str],
        paths: Paths,
        report: Callable[[WorkerReport], None],
        *,
        patience: Patience | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if not devices:
            raise ValueError("a crew needs at least one device")
        self.devices = tuple(devices)
        self.slots = [Slot(device) for device in devices]
        self._executor = executor
        self._paths = paths
        self._report = report
        self._patience = patience or Patience()
        self._now = now
        self._looked_at = now()

    def start(self) -> None:
        """Start a worker on every device."""
        for slot in self.slots:
            self._start_worker(slot)

    def find(self, device: str) -> Slot | None:
        """The slot of that name; None when there is none now."""
        return next((slot for slot in self.slots if slot.device == device), None)

    def slot_of(self, worker: Worker) -> Slot | None:
        """The slot that a worker holds; None for one that was replaced."""
        return next((slot for slot in self.slots if slot.worker is worker), None)

    def hold(self, devices: Iterable[str]) -> None:
        """Make the slots of that name that are not there, and keep the extra ones among them a while longer."""
        for device in devices:
            slot = self.find(device)
            if slot is None:
                slot = Slot(device, is_extra=True)
                self.slots.append(slot)
                self._start_worker(slot)
            self._let_go_later(slot)

    def ready(self, slot: Slot, ready: Ready, *, preload: bool) -> None:
        """Note that a worker can take jobs, and have it load the default model if there is nothing better to do."""
        assert slot.worker
        slot.ready, slot.ready_by, slot.is_faulty = ready, None, False
        # Its imports may still hold the interpreter for long, so that silence counts from its first heartbeat on.
        slot.silent_at = self._now() + WAKE_LIMIT_S
        if slot.is_extra or slot.failures or not preload:
            return  # A model that may have killed the last worker is not loaded unasked.
        try:
            spec = next(iter(read_catalogue(self._paths).values()))
        except EngineError as error:
            log.warning("no model is loaded ahead: %s", error)
            return
        slot.model = spec.name
        slot.worker.send(Load(spec=spec))

    def heard(self, slot: Slot) -> None:
        """A worker's heart beats: it is not hung."""
        if slot.ready is not None:
            slot.is_awake = True
            slot.silent_at = self._now() + self._patience.silence_s

    def is_silent(self, slot: Slot) -> bool:
        """Whether a worker has missed several heartbeats: too few to be killed for that, but it is no busy one."""
        silent_for = self._now() - ((slot.silent_at or float("inf")) - self._patience.silence_s)
        return silent_for > 0.3 * self._patience.silence_s

    def let_go(self, slot: Slot) -> None:
        """A slot's rank has answered: it can take the next job, or goes after a while if it is an extra one."""
        slot.release()
        slot.failures = 0
        self._let_go_later(slot)

    def lost(self, slot: Slot, reason: str) -> ActiveRun | None:
        """Note a worker's death and plan its replacement; returns the attempt it worked for."""
        log.warning("the worker of %s is gone: %s", slot.device, reason)
        run = slot.run
        slot.release()
        slot.is_faulty = slot.ready is None
        slot.worker = slot.ready = slot.ready_by = slot.silent_at = None
        slot.is_doomed = slot.is_awake = False
        if slot.is_leaving:
            self.slots.remove(slot)
        elif run is None:
            self._count_failure(slot)
        else:
            slot.start_at = self._now()
            self._let_go_later(slot)
        return run

    def revive(self) -> None:
        """A new job is a new reason to try a worker that could not be started; once is enough."""
        for slot in self.slots:
            if slot.is_broken:
                slot.failures, slot.start_at = MAX_START_FAILURES - 1, self._now()

    def next_deadline(self) -> float | None:
        """When `advance` is next needed though nothing is reported (monotonic seconds); None for never."""
        times = [time for slot in self.slots for time in slot.deadlines()]
        judged = self._now() + self._patience.silence_s
        if any(slot.silent_at is not None and slot.silent_at <= judged for slot in self.slots):
            # Looked at several times before it counts, so that a gap shows that we were away.
            times.append(self._looked_at + self._patience.silence_s / 4)
        return min(times, default=None)

    def advance(self) -> None:
        """Start whom it is time to start; kill who does not start, stop or speak in time; end who is not needed."""
        now = self._now()
        self._forgive_silence(now)
        for slot in list(self.slots):
            if slot.start_at is not None and now >= slot.start_at:
                self._start_worker(slot)
            if slot.leave_at is not None and now >= slot.leave_at and not slot.is_doomed:
                self._dismiss(slot)
            elif slot.worker and any(now >= deadline for deadline in slot.deadlines()):
                # Its death is reported like any other, and only then is the device free.
                log.warning("the worker of %s does not answer and is killed", slot.device)
                slot.worker.kill()
                slot.is_doomed = True

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
            slot.release()
            slot.worker = slot.ready = None

    def machine(self) -> Machine:
        """What is known of the devices now."""
        told = {slot.device: slot.ready.memory_total_bytes for slot in self.slots if slot.ready}
        return Machine(self.devices, told | {CPU: psutil.virtual_memory().total})

    def statuses(self) -> tuple[WorkerStatus, ...]:
        """What each living worker is doing."""
        return tuple(_status(slot, slot.worker) for slot in self.slots if slot.worker)

    def _forgive_silence(self, now: float) -> None:
        """When it was us who did not listen (stopped, or on a stalled machine), nobody else was silent."""
        if now - self._looked_at > self._patience.silence_s / 2:
            for slot in self.slots:
                if slot.silent_at is not None:
                    slot.silent_at = max(slot.silent_at, now + self._patience.silence_s)
        self._looked_at = now

    def _start_worker(self, slot: Slot) -> None:
        slot.start_at, slot.ready, slot.silent_at, slot.model = None, None, None, ""
        try:
            slot.worker = self._executor.start(slot.device, self._report)
        except OSError as error:
            log.warning("the worker of %s cannot be started: %s", slot.device, error)
            slot.is_faulty = True
            self._count_failure(slot)
        else:
            slot.ready_by = self._now() + READY_LIMIT_S

    def _count_failure(self, slot: Slot) -> None:
        slot.failures += 1
        if slot.failures < MAX_START_FAILURES:
            slot.start_at = self._now() + FIRST_BACKOFF_S * 2 ** (slot.failures - 1)

    def _let_go_later(self, slot: Slot) -> None:
        if slot.is_extra:
            slot.leave_at = self._now() + self._patience.extra_idle_s

    def _dismiss(self, slot: Slot) -> None:
        if slot.worker is None:
            self.slots.remove(slot)
        else:
            slot.worker.kill()  # It holds nothing, and one that is stopped takes no gentler signal.
            slot.is_doomed = slot.is_leaving = True


def _status(slot: Slot, worker: Worker) -> WorkerStatus:
    memory_used_bytes = 0
    if device_of(slot.device) == CPU:
        try:
            memory_used_bytes = psutil.Process(worker.pid).memory_info().rss
        except psutil.Error:
            memory_used_bytes = 0  # It has just died; its death is on its way to us.
    return WorkerStatus(
        device=slot.device,
        name=slot.ready.name if slot.ready else "",
        pid=worker.pid,
        job=slot.run.job if slot.run else "",
        step=slot.step,
        steps=slot.steps,
        memory_used_bytes=memory_used_bytes,
        memory_total_bytes=slot.ready.memory_total_bytes if slot.ready else 0,
    )
