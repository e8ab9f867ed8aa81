"""Tests of worker processes: pipes, death, killing."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import psutil
import pytest

from engine.executor.base import WorkerGone, WorkerReport, WorkerSpoke
from engine.executor.local import LocalExecutor, LocalWorker, describe_exit, worker_command
from engine.messages import ImageRequest, ModelSpec
from engine.protocol import Heartbeat, JobDone, Ready, Run, StopJob

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

FAKE_WORKER = Path(__file__).parent.parent / "fake_worker.py"


class Crewed:
    """Workers started by a test, and what they report."""

    def __init__(self) -> None:
        self.reports: SimpleQueue[WorkerReport] = SimpleQueue()
        self.workers: list[LocalWorker] = []

    def start(self, *command: str) -> LocalWorker:
        worker = LocalExecutor((sys.executable, *command)).start("cpu", self.note)
        self.workers.append(worker)
        return worker

    def note(self, report: WorkerReport) -> None:
        """Keep all reports but heartbeats, which come in between."""
        if not (isinstance(report, WorkerSpoke) and isinstance(report.message, Heartbeat)):
            self.reports.put(report)

    def message(self) -> object:
        report = self.reports.get(timeout=30)
        assert isinstance(report, WorkerSpoke)
        return report.message

    def reason(self) -> str:
        report = self.reports.get(timeout=30)
        assert isinstance(report, WorkerGone)
        return report.reason


@pytest.fixture
def crew() -> Generator[Crewed]:
    made = Crewed()
    yield made
    for worker in made.workers:
        worker.kill()
        assert worker.join(30)
        assert not psutil.pid_exists(worker.pid)


def run(prompt: str, part: Path) -> Run:
    spec = ModelSpec(name="m", title="", family="", folder="", licence="")
    return Run(job="j", attempt=1, request=ImageRequest(prompt=prompt, seed=1), spec=spec, parts=(str(part),))


def test_a_worker_gets_ready_runs_and_answers(crew: Crewed, tmp_path: Path) -> None:
    """Commands and messages pass over the pipes in order."""
    worker = crew.start(str(FAKE_WORKER))
    ready = crew.message()
    assert isinstance(ready, Ready)
    assert (ready.device, ready.pid) == ("cpu", worker.pid)
    worker.send(run("moon", tmp_path / "part"))
    assert isinstance(crew.message(), JobDone)
    assert (tmp_path / "part").exists()


@pytest.mark.parametrize(
    ("end", "reason"), [(LocalWorker.kill, "killed by SIGKILL"), (LocalWorker.terminate, "killed by SIGTERM")]
)
def test_a_death_is_reported_once_with_its_reason(
    crew: Crewed, end: Callable[[LocalWorker], None], reason: str
) -> None:
    """Killed or terminated, the last report says so; commands to the dead are no error."""
    worker = crew.start(str(FAKE_WORKER))
    crew.message()
    end(worker)
    assert crew.reason() == reason
    worker.send(StopJob(job="j", attempt=1))
    end(worker)
    assert worker.join(30)
    assert crew.reports.empty()


def test_what_a_dying_worker_said_comes_before_its_death(crew: Crewed) -> None:
    """The last words are heard: messages first, then the end."""
    worker = crew.start(str(FAKE_WORKER))
    worker.send(run("preview:50 crash", Path("unused")))
    assert isinstance(crew.message(), Ready)
    for _ in range(50):
        crew.message()
    assert crew.reason() == "exit status 41"


def test_a_worker_that_speaks_nonsense_is_killed(crew: Crewed) -> None:
    """Output that is no message, such as a library's print, ends the worker with that reason."""
    crew.start("-c", "import sys; print('Loading checkpoint shards: 100%', flush=True); sys.stdin.read()")
    assert "no message" in crew.reason()


def test_children_of_a_worker_die_with_it(crew: Crewed, tmp_path: Path) -> None:
    """A process that a worker left behind, holding its pipes, neither hides its death nor lives on."""
    pidfile = tmp_path / "pid"
    code = (
        "import subprocess, sys, pathlib;"
        "child = subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()']);"
        f"pathlib.Path({str(pidfile)!r}).write_text(str(child.pid))"
    )
    crew.start("-c", code)
    assert crew.reason() == "exit status 0"
    pid = int(pidfile.read_text())
    with contextlib.suppress(psutil.NoSuchProcess):
        # Where process 1 reaps nobody, a zombie is all that can be waited for.
        while (child := psutil.Process(pid)).status() != psutil.STATUS_ZOMBIE:
            psutil.wait_procs([child], timeout=0.02)


def test_a_worker_that_does_not_read_blocks_nobody(crew: Crewed) -> None:
    """Commands beyond what the pipe holds wait in a thread of their own."""
    worker = crew.start("-c", "import threading; threading.Event().wait()")
    for _ in range(20):
        worker.send(run("x" * 30_000, Path("unused")))
    worker.kill()
    assert crew.reason() == "killed by SIGKILL"


def test_workers_are_offline(crew: Crewed) -> None:
    """No library in a worker may reach for the network by itself."""
    crew.start("-c", "import os, sys; sys.exit(7 if os.environ['HF_HUB_OFFLINE'] == '1' else 8)")
    assert crew.reason() == "exit status 7"


def test_a_program_that_is_not_there_is_an_error() -> None:
    """A worker that cannot even be started raises."""
    with pytest.raises(OSError, match="no-such-program"):
        LocalExecutor(("/no-such-program",)).start("cpu", lambda _: None)
    assert describe_exit(-250) == "killed by signal 250"
    assert worker_command()[-1] == "engine.worker"
