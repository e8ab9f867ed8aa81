"""Workers as processes of this machine, spoken to over their standard input and output.

Owns: starting, the pipes and their threads, noticing death, killing. Does not own: which job runs where (scheduler).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec

import engine
from engine.errors import EngineError
from engine.executor.base import WorkerGone, WorkerReport, WorkerSpoke
from engine.protocol import WorkerCommand, WorkerMessage, read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Models come from validated local folders; no library below may reach for the network on its own.
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def worker_command() -> tuple[str, ...]:
    """The command line of the real worker, without its device."""
    if getattr(sys, "frozen", False):
        # A frozen program has no interpreter; its entry point sends this first argument to engine.worker.
        return (sys.executable, "engine.worker")
    return (sys.executable, "-m", "engine.worker")


class LocalExecutor:
    """Starts one process per worker. The process ends itself when its standard input closes."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` is the worker's command line; `--device NAME` is added to it."""
        self._command = tuple(command)

    def start(self, device: str, report: Callable[[WorkerReport], None]) -> LocalWorker:
        """Start a worker for a device; see `Executor.start`."""
        return LocalWorker(self._command, device, report)


class LocalWorker:
    """A worker process with three threads: one writes, one reads, one waits for its death."""

    def __init__(self, command: Sequence[str], device: str, report: Callable[[WorkerReport], None]) -> None:
        self.device = device
        self._report = report
        self._commands: SimpleQueue[WorkerCommand | None] = SimpleQueue()
        self._broken = ""
        self._process = subprocess.Popen(
            [*command, "--device", device],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(engine.__file__ or "").resolve().parent.parent,
            env=os.environ | OFFLINE,
            # A group of its own: killed with all that it started, and untouched by a Ctrl+C at the terminal.
            start_new_session=True,
        )
        self._writer = threading.Thread(target=self._write, name=f"worker-writer-{device}", daemon=True)
        self._reader = threading.Thread(target=self._read, name=f"worker-reader-{device}", daemon=True)
        self._watcher = threading.Thread(target=self._watch, name=f"worker-watcher-{device}", daemon=True)
        for thread in (self._writer, self._reader, self._watcher):
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, command: WorkerCommand) -> None:
        """Hand over a command; it is lost if the worker is dying."""
        self._commands.put(command)

    def terminate(self) -> None:
        """Ask the process to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End the process, and those it started, now."""
        if sys.platform == "win32":
            self._process.kill()
        elif self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def join(self, timeout_s: float) -> bool:
        """Wait until the process is gone and its last report is made; False when it is still there."""
        self._watcher.join(timeout_s)
        return not self._watcher.is_alive()

    def _write(self) -> None:
        """Write commands in a thread of its own: a worker that has stopped reading must not block the scheduler."""
        pipe = cast("BinaryIO", self._process.stdin)
        with contextlib.suppress(OSError):
            while (command := self._commands.get()) is not None:
                write_frame(pipe, command)
        with contextlib.suppress(OSError):
            pipe.close()

    def _read(self) -> None:
        pipe = cast("BinaryIO", self._process.stdout)
        decoder = msgspec.json.Decoder(WorkerMessage)
        try:
            while (payload := read_frame(pipe)) is not None:
                self._report(WorkerSpoke(self, decoder.decode(payload)))
        except (ValueError, OSError, EngineError, msgspec.DecodeError) as error:
            self._broken = f"it sent what is no message: {error}"
            self.kill()

    def _watch(self) -> None:
        status = self._process.wait()
        # What the worker still said comes first. A process that it left behind may hold the pipe open: its group
        # is killed, so that the reader ends.
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._reader.join(timeout=1.0)
        self._commands.put(None)
        self._writer.join(timeout=1.0)
        if not self._reader.is_alive():
            cast("BinaryIO", self._process.stdout).close()
        self._report(WorkerGone(self, self._broken or describe_exit(status)))


def describe_exit(status: int) -> str:
    """How a process ended, for people."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
