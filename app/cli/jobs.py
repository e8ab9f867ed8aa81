"""What every command that makes something does alike: submit, show what is going on, wait, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.client import EngineClient
from engine.errors import JobCancelledError, error_from_kind
from engine.messages import Cancelled, Failed, FramesReady, Notice, Progress

if TYPE_CHECKING:
    import argparse

    from app.cli.console import Console
    from engine.messages import Event, Finished, Request, Terminal
    from engine.paths import Paths


def add_detach(parser: argparse.ArgumentParser) -> None:
    """Add the switch that ends a command once its job is queued."""
    parser.add_argument("--detach", action="store_true", help="queue it and return at once")


def run_job(request: Request, output: str, console: Console, paths: Paths, *, detach: bool) -> int:
    """Submit a request and, unless detached, wait for its end and report it.

    Args:
        request: What to make.
        output: The target as an absolute path; empty for the outputs folder.
        console: Where to report.
        paths: The home.
        detach: Report the job's id as soon as it is queued.

    Raises:
        EngineError: The service refused it, or the job failed or was cancelled.
    """
    with EngineClient.connect(paths, previews=False) as client:
        job = client.submit(request, output)
        if detach:
            console.result({"job": job}, job)
            return 0
        view = _View(console)
        try:
            terminal = client.wait(job, view.show)
        except KeyboardInterrupt:
            client.cancel(job)
            raise
    console.progress("")
    finished = _finished(terminal, job)
    console.result(
        {
            "job": job,
            "outputs": list(finished.outputs),
            "seed": finished.seed,
            "model": finished.model,
            "devices": list(finished.devices),
            "seconds": round(finished.seconds, 3),
            "restarts": finished.restarts,
        },
        "\n".join(finished.outputs),
    )
    return 0


class _View:
    """One line about a job: how far each of its devices is, and how many frames are there."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._steps: dict[str, str] = {}
        self._frames = 0

    def show(self, event: Event) -> None:
        match event:
            case Progress():
                self._steps[event.device] = f"{event.step} of {event.steps} on {event.device}"
            case FramesReady():
                self._frames += event.stop - event.start
            case Notice():
                # A restart makes frames anew, perhaps on fewer devices.
                self._steps, self._frames = {}, 0
                self._console.note(event.message)
            case _:
                pass
        frames = [f"{self._frames} frames are there"] if self._frames else []
        self._console.progress(", ".join([*self._steps.values(), *frames]))


def _finished(terminal: Terminal, job: str) -> Finished:
    if isinstance(terminal, Failed):
        raise error_from_kind(terminal.kind, terminal.message)
    if isinstance(terminal, Cancelled):
        raise JobCancelledError(f"job {job} was cancelled; `onetake queue retry {job}` runs it again")
    return terminal
