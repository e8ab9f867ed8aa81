"""`onetake engine`: run, stop and look at the engine service."""

from __future__ import annotations

import argparse
import subprocess
import sys

from app.cli.arguments import Commands, add_command
from app.cli.console import Console
from engine.client import EngineClient
from engine.errors import ServiceError
from engine.paths import Paths
from engine.protocol import PROTOCOL_VERSION, QueueCounts, Status, WorkerStatus


def add_to(commands: Commands) -> None:
    """Add `engine` and its verbs to the command line."""
    parser = commands.add_parser(
        "engine",
        help="run, stop or look at the engine service",
        description="The engine service runs the jobs; the window and the command line only talk to it.",
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add_command(verbs, "run", "run the service in the foreground", run_service)
    add_command(verbs, "stop", "stop the service; its jobs resume at the next start", run_stop)
    add_command(verbs, "status", "what the service is doing", run_status)


def run_service(_arguments: argparse.Namespace, paths: Paths, _console: Console) -> int:
    """Run the service until it stops; its log goes to standard error."""
    return subprocess.call([sys.executable, "-m", "engine.service", "--home", str(paths.home)])


def run_stop(_arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Stop the service if one runs."""
    client = _connect(paths)
    if client is None:
        console.result({"stopped": False}, "the engine is not running")
        return 0
    with client:
        client.stop_service()
    console.result({"stopped": True}, "the engine has stopped")
    return 0


def run_status(_arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Print what the service is doing; it is not started for that."""
    client = _connect(paths)
    if client is None:
        empty = QueueCounts(pending=0, running=0, done=0, failed=0)
        console.result(_document(None, (), empty), "the engine is not running")
        return 0
    with client:
        status = client.status()
    console.result(_document(status.pid, status.workers, status.queue), _text(status))
    return 0


def _connect(paths: Paths) -> EngineClient | None:
    try:
        return EngineClient.connect(paths, start=False, previews=False)
    except ServiceError:
        return None


def _document(pid: int | None, workers: tuple[WorkerStatus, ...], queue: QueueCounts) -> dict[str, object]:
    return {
        "pid": pid,
        "protocol": PROTOCOL_VERSION,
        "workers": [
            {"device": at.device, "pid": at.pid, "job": at.job or None, "step": at.step, "steps": at.steps}
            for at in workers
        ],
        "queue": {"pending": queue.pending, "running": queue.running, "done": queue.done, "failed": queue.failed},
    }


def _text(status: Status) -> str:
    queue = status.queue
    lines = [
        f"engine {status.build}, process {status.pid}" + (", queue paused" if status.paused else ""),
        f"{queue.pending} pending, {queue.running} running, {queue.done} done, {queue.failed} failed",
    ]
    for worker in status.workers:
        work = f"job {worker.job}, step {worker.step} of {worker.steps}" if worker.job else "idle"
        lines.append(f"{worker.device}  {worker.name}  process {worker.pid}  {work}")
    return "\n".join(lines)
