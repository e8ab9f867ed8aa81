"""What the scheduler needs of whoever starts workers, and what it is told about them.

Owns: the interface and its reports. Does not own: how processes are started (local), or what they are told to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.protocol import WorkerCommand, WorkerMessage


class Worker(Protocol):
    """A worker process, from start to death. No method blocks but `join`; all may be called after its death."""

    @property
    def device(self) -> str: ...

    @property
    def pid(self) -> int: ...

    def send(self, command: WorkerCommand) -> None:
        """Hand over a command; it is lost if the worker is dying."""
        ...

    def terminate(self) -> None:
        """Ask the process to end."""
        ...

    def kill(self) -> None:
        """End the process, and those it started, now."""
        ...

    def join(self, timeout_s: float) -> bool:
        """Wait until the process is gone and its last report is made; False when it is still there."""
        ...


@dataclass(frozen=True)
class WorkerSpoke:
    """A worker sent a message."""

    worker: Worker
    message: WorkerMessage


@dataclass(frozen=True)
class WorkerGone:
    """A worker's process ended; nothing more will come from it. `reason` is for people."""

    worker: Worker
    reason: str


WorkerReport = WorkerSpoke | WorkerGone


class Executor(Protocol):
    """Starts workers."""

    def start(self, device: str, report: Callable[[WorkerReport], None]) -> Worker:
        """Start a worker for a device; `report` is called from threads of the executor, in order per worker.

        Raises:
            OSError: The process cannot be started.
        """
        ...
