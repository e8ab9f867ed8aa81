"""What the service has told this worker: a thread reads it, so that a stop arrives while a job computes.

Owns reading and the rule that a worker ends with its service. Runs no job.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from typing import TYPE_CHECKING

import msgspec

from engine.errors import JobCancelledError
from engine.protocol import Load, Run, StopJob, WorkerCommand, read_frame

if TYPE_CHECKING:
    from typing import BinaryIO

_log = logging.getLogger(__name__)


class Inbox:
    """Commands in order, except that stops take effect at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._commands: queue.SimpleQueue[Load | Run] = queue.SimpleQueue()
        self._stopped: set[tuple[str, int]] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Read until the pipe closes, which ends the process at once: nobody is left to take a result."""
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def next_command(self) -> Load | Run:
        """Wait for the next thing to do."""
        return self._commands.get()

    def check_stop(self, job: str, attempt: int) -> None:
        """Raise JobCancelledError if this attempt was stopped."""
        with self._lock:
            stopped = (job, attempt) in self._stopped
        if stopped:
            raise JobCancelledError(f"job {job} was cancelled")

    def forget(self, job: str, attempt: int) -> None:
        """The attempt has ended; a stop that came too late is dropped."""
        with self._lock:
            self._stopped.discard((job, attempt))

    def _read(self) -> None:
        status = 0
        try:
            while (frame := read_frame(self._stream)) is not None:
                self._take(msgspec.json.decode(frame, type=WorkerCommand))
        except (OSError, ValueError, msgspec.MsgspecError):
            _log.exception("the service sent something that is no command; ending")
            status = 1
        finally:
            logging.shutdown()
            os._exit(status)

    def _take(self, command: WorkerCommand) -> None:
        if isinstance(command, StopJob):
            with self._lock:
                self._stopped.add((command.job, command.attempt))
        else:
            self._commands.put(command)
