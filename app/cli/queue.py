"""`onetake queue`: look at the jobs, pause and resume, cancel and retry."""

from __future__ import annotations

import argparse
from datetime import datetime

from app.cli.arguments import Commands, add_command
from app.cli.console import Console
from engine.client import EngineClient
from engine.messages import ImageRequest, JobInfo
from engine.paths import Paths


def add_to(commands: Commands) -> None:
    """Add `queue` and its verbs to the command line."""
    parser = commands.add_parser("queue", help="look at and steer the jobs", description="Look at and steer the jobs.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add_command(verbs, "list", "all jobs, oldest first", run_list)
    add_command(verbs, "pause", "hand out no more pending jobs; running ones go on", run_pause)
    add_command(verbs, "resume", "hand out pending jobs again", run_resume)
    for name, summary, run in (
        ("cancel", "end pending or running jobs", run_cancel),
        ("retry", "queue failed or cancelled jobs again", run_retry),
    ):
        add_command(verbs, name, summary, run).add_argument("jobs", nargs="+", metavar="JOB")


def run_list(_arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Print every job."""
    with EngineClient.connect(paths, previews=False) as client:
        answer = client.jobs()
    text = "\n".join(_line(info) for info in answer.jobs) or "the queue is empty"
    if answer.paused:
        text += "\nthe queue is paused; `onetake queue resume` goes on"
    console.result({"jobs": [_row(info) for info in answer.jobs]}, text)
    return 0


def run_pause(_arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Pause the queue."""
    return _set_paused(paths, console, paused=True)


def run_resume(_arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Resume the queue."""
    return _set_paused(paths, console, paused=False)


def _set_paused(paths: Paths, console: Console, *, paused: bool) -> int:
    with EngineClient.connect(paths, previews=False) as client:
        client.set_paused(paused)
    console.result({"paused": paused}, "paused" if paused else "running")
    return 0


def run_cancel(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Cancel the named jobs, in order; the first one that cannot be cancelled ends the command."""
    with EngineClient.connect(paths, previews=False) as client:
        for job in arguments.jobs:
            client.cancel(job)
    console.result({"jobs": list(arguments.jobs)}, "")
    return 0


def run_retry(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Queue the named jobs again, in order; the first one that cannot be retried ends the command."""
    with EngineClient.connect(paths, previews=False) as client:
        for job in arguments.jobs:
            client.retry(job)
    console.result({"jobs": list(arguments.jobs)}, "")
    return 0


def _row(info: JobInfo) -> dict[str, object]:
    return {
        "job": info.job,
        "state": str(info.state),
        "kind": _kind(info),
        "seed": info.request.seed,
        "outputs": list(info.outputs),
        "created": info.created,
        "finished": info.finished,
    }


def _kind(info: JobInfo) -> str:
    """What a job makes: image, edit, video, export or control_map."""
    if isinstance(info.request, ImageRequest) and info.request.edit is not None:
        return "edit"
    return str(info.request.__struct_config__.tag)


def _line(info: JobInfo) -> str:
    when = datetime.fromtimestamp(info.created).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    prompt = info.request.prompt if len(info.request.prompt) <= 60 else info.request.prompt[:59] + "…"
    end = f"  {info.error_message}" if info.error_message else ""
    return f"{info.job}  {info.state:<9}  {_kind(info):<11}  {when}  seed {info.request.seed}  {prompt}{end}"
