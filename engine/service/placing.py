"""Which job starts next, and on which slots.

Owns: model affinity, waiting for all slots of a job without starving it, forming a group of the slots that are left.
Does not own: slots and their workers (crew), or what starting a job means (scheduler).

Jobs start in the order of the queue where they can. A job that has to wait for its slots keeps them: no job behind it
may use them, so it is only ever waiting for jobs that were there before it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

from engine.errors import EngineError, WorkerLostError
from engine.executor.devices import CPU, cpu_slots, resolve_devices
from engine.messages import ControlMapRequest, ExportRequest, ImageRequest, VideoRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.service.crew import Crew
    from engine.service.store import StoredJob

LOOK_AHEAD = 32
MAX_PASSED_OVER = 8
# What a rank on the CPU takes at least, model and frames apart.
RANK_BYTES = 512 * 2**20
# Pictures and maps: one worker makes such a job, and any will do.
_ANYWHERE = (ImageRequest, ControlMapRequest)


@dataclass(frozen=True)
class Placement:
    """A job that starts now, with the slot of each of its ranks. `remarks` say what users might not expect of them."""

    row: StoredJob
    devices: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capacity:
    """What the CPU has for ranks: `cores`, and memory for `ranks` of them."""

    cores: int
    ranks: int

    @staticmethod
    def of_this_machine() -> Capacity:
        return Capacity(os.cpu_count() or 1, max(1, psutil.virtual_memory().total // RANK_BYTES))


@dataclass(frozen=True)
class Refusal:
    """A job that can start nowhere."""

    row: StoredJob
    error: EngineError


@dataclass
class Affinity:
    """Chooses jobs that need no model or one that a worker already holds; never starves the head of the queue."""

    _head: str = ""
    _passed_over: int = field(default=0)

    def choose(self, pending: Sequence[StoredJob], model: str) -> StoredJob:
        """The job that a worker holding `model` takes next; `pending` is the head of the queue, not empty."""
        head = pending[0]
        if head.job != self._head:
            self._head, self._passed_over = head.job, 0
        if self._passed_over < MAX_PASSED_OVER:
            for job in pending[:LOOK_AHEAD]:
                if job.request.model in ("", model):
                    self._passed_over += job is not head
                    return job
        return head


class Placer:
    """Matches the head of the queue with the slots of a crew."""

    def __init__(self, crew: Crew, capacity: Capacity, no_worker: str) -> None:
        """`no_worker` is what to tell of a job none of whose workers can be started."""
        self._crew = crew
        self._capacity = capacity
        self._no_worker = no_worker
        self._affinity = Affinity()

    def next(self, pending: Sequence[StoredJob]) -> Placement | Refusal | None:
        """What is to be done now; None while nothing can be.

        Makes the extra slots of a job whose other slots are free, so that it can start once they are ready.
        """
        claims: list[tuple[StoredJob, tuple[str, ...]]] = []
        claimed: set[str] = set()
        for row in pending:
            if isinstance(row.request, _ANYWHERE):
                placed = self._place_picture(row, pending, claimed)
                if placed:
                    return placed
                continue
            try:
                devices = self._wanted(row, claimed)
            except EngineError as error:
                return Refusal(row, error)
            claims.append((row, devices))
            claimed.update(devices)
        kept: set[str] = set()
        for row, devices in claims:
            if devices and kept.isdisjoint(devices):
                placed = self._place_group(row, devices)
                if placed:
                    return placed
            kept.update(devices)
        return None

    def _place_picture(
        self, row: StoredJob, pending: Sequence[StoredJob], claimed: set[str]
    ) -> Placement | Refusal | None:
        """Start a job that any device can do, if one is free that no job before it waits for."""
        slots = [slot for slot in self._crew.slots if not slot.is_extra]
        if all(slot.is_broken for slot in slots):
            return Refusal(row, WorkerLostError(self._no_worker))
        slot = next((slot for slot in slots if slot.is_idle and slot.device not in claimed), None)
        if slot is None:
            return None
        return Placement(self._affinity.choose(self._pictures_from(row, pending), slot.model), (slot.device,))

    def _pictures_from(self, row: StoredJob, pending: Sequence[StoredJob]) -> list[StoredJob]:
        """The pictures and maps from `row` on, up to the next job of another kind, which may want the same device."""
        found: list[StoredJob] = []
        for other in pending[pending.index(row) :]:
            if not isinstance(other.request, _ANYWHERE):
                break
            found.append(other)
        return found

    def _wanted(self, row: StoredJob, claimed: set[str]) -> tuple[str, ...]:
        """The slots of a job that wants several, or one of its own; none while it has to wait for its like.

        Raises:
            BadInputError: None of its devices is in this machine any more.
        """
        request = row.request
        if isinstance(request, VideoRequest):
            return still_present(request, self._crew.devices, self._capacity)
        assert isinstance(request, ExportRequest)
        # One export at a time, beside whatever else runs: it computes little, and nobody wants to wait for it.
        if any(slot.run and isinstance(slot.run.row.request, ExportRequest) for slot in self._crew.slots):
            return ()
        names = cpu_slots(len(self._crew.slots) + len(claimed) + 1)
        return (next(name for name in names if self._is_open(name, claimed)),)

    def _is_open(self, name: str, claimed: set[str]) -> bool:
        slot = self._crew.find(name)
        return name not in claimed and (slot is None or not (slot.run or slot.is_doomed))

    def _place_group(self, row: StoredJob, devices: tuple[str, ...]) -> Placement | Refusal | None:
        if any(slot and (slot.run or slot.is_doomed) for slot in map(self._crew.find, devices)):
            return None
        self._crew.hold(devices)
        there = [slot for slot in map(self._crew.find, devices) if slot is not None]
        if all(slot.is_broken for slot in there):
            return Refusal(row, WorkerLostError(self._no_worker))
        # A rank alone may start at once; several would wait for each other's imports, and not for ever.
        free = tuple(slot.device for slot in there if slot.is_idle and (slot.is_awake or len(there) == 1))
        if any(not (slot.device in free or slot.is_faulty or slot.is_broken) for slot in there):
            return None
        left_out = [device for device in devices if device not in free]
        return Placement(row, free, tuple(self._remarks(row, free, left_out))) if free else None

    def _remarks(self, row: StoredJob, devices: Sequence[str], left_out: Sequence[str]) -> Iterator[str]:
        if left_out:
            yield f"the worker of {', '.join(left_out)} cannot be started; {', '.join(devices)} make the job without it"
        ranks, cores = sum(device.startswith(CPU) for device in devices), self._capacity.cores
        if ranks > cores:
            yield f"{ranks} ranks share the {cores} cores of this CPU, which is slower than {CPU}:{cores}"
        if isinstance(row.request, VideoRequest) and ranks == self._capacity.ranks < cpu_ranks_asked(row.request):
            yield f"this machine's memory holds {ranks} ranks on the CPU, which make the job"


def still_present(request: VideoRequest, devices: Sequence[str], capacity: Capacity) -> tuple[str, ...]:
    """The slots of a video on this machine, which may have lost devices since the request was admitted.

    Never more than frames: a rank without frames has nothing to do; nor more on the CPU than its memory holds.

    Raises:
        BadInputError: None of its devices is left.
    """
    left = tuple(name for name in request.devices if name.startswith(CPU) or name in devices)
    slots = resolve_devices(left or request.devices, devices)
    beyond = frozenset(cpu_slots(len(slots))[capacity.ranks :])
    return tuple(slot for slot in slots if slot not in beyond)[: request.frames]


def cpu_ranks_asked(request: VideoRequest) -> int:
    """How many ranks on the CPU a request names."""
    return len(resolve_devices([name for name in request.devices if name.startswith(CPU)] or [CPU], ()))
