"""python -m engine.worker: the real process, over its real pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.media.metadata import read_settings
from engine.messages import ImageRequest, Preview, Progress
from engine.protocol import (
    Heartbeat,
    JobDone,
    JobError,
    Load,
    Ready,
    Run,
    StopJob,
    Stopped,
    WorkerCommand,
    WorkerEvent,
    WorkerMessage,
    read_frame,
    write_frame,
)
from tests.tiny_models import write_tiny_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.messages import ModelSpec

END_TIMEOUT_S = 30


class Worker:
    """The process and its two pipes."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            cwd=Path(__file__).parents[3],
        )
        self.input, self.output = cast("BinaryIO", self.process.stdin), cast("BinaryIO", self.process.stdout)

    def send(self, command: WorkerCommand) -> None:
        write_frame(self.input, command)

    def receive(self) -> WorkerMessage | None:
        """The next message but heartbeats."""
        while isinstance(message := self.receive_any(), Heartbeat):
            pass
        return message

    def receive_any(self) -> WorkerMessage | None:
        frame = read_frame(self.output)
        return None if frame is None else msgspec.json.decode(frame, type=WorkerMessage)

    def outcome(self) -> tuple[list[Progress | Preview], JobDone | JobError | Stopped]:
        """Events up to the end of the job, and that end."""
        events: list[Progress | Preview] = []
        while True:
            message = self.receive()
            if isinstance(message, WorkerEvent) and isinstance(message.event, (Progress, Preview)):
                events.append(message.event)
                continue
            assert isinstance(message, (JobDone, JobError, Stopped)), message
            return events, message

    def close(self) -> int:
        """Close its input, as a service that dies does; return the exit status."""
        self.input.close()
        status = self.process.wait(END_TIMEOUT_S)
        self.output.close()
        return status


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One worker for all tests: starting it is what takes time."""
    worker = Worker("--device", "cpu")
    ready = worker.receive()
    assert isinstance(ready, Ready)
    assert (ready.device, ready.name, ready.pid) == ("cpu", "CPU", worker.process.pid)
    assert ready.memory_total_bytes > 0
    yield worker
    assert worker.close() == 0


def make_run(folder: Path, spec: ModelSpec, job: str = "job", **changes: object) -> Run:
    base = ImageRequest(prompt="winter mountains", seed=7, width=64, height=64, model="tiny", count=2)
    request = msgspec.structs.replace(base, **changes)
    parts = tuple(str(folder / f".{job}.1.{index}.tmp") for index in range(request.count))
    return Run(job=job, attempt=1, request=request, spec=spec, parts=parts)


def pixels_of(part: str) -> list[list[list[int]]]:
    with Image.open(part) as image:
        return cast("list[list[list[int]]]", np.asarray(image).tolist())


def test_a_job_runs_and_its_pixels_come_again(worker: Worker, spec: ModelSpec, tmp_path: Path) -> None:
    """Load, run, done: the parts are there with their settings, and a second run gives the same pixels."""
    worker.send(Load(spec=spec))
    first, second = make_run(tmp_path, spec, "first"), make_run(tmp_path, spec, "second")
    for run in (first, second):
        worker.send(run)
        events, end = worker.outcome()
        assert isinstance(end, JobDone)
        assert (end.job, end.attempt) == (run.job, 1)
        assert [type(event).__name__ for event in events] == ["Progress", "Preview"] * 2
    assert [pixels_of(part) for part in first.parts] == [pixels_of(part) for part in second.parts]
    assert read_settings(Path(first.parts[1])) == msgspec.structs.replace(first.request, seed=8, count=1)


def test_bad_input_fails_the_job_and_not_the_worker(worker: Worker, spec: ModelSpec, tmp_path: Path) -> None:
    """A missing model, an impossible size and an unwritable place are named; the next job runs."""
    gone = msgspec.structs.replace(spec, folder=str(tmp_path / "gone"))
    faults = [
        (make_run(tmp_path, gone), "bad_model", "model_index.json is missing"),
        (make_run(tmp_path, spec, width=72), "bad_input", "multiples of 16"),
        (make_run(tmp_path / "nowhere", spec), "bad_output", "cannot write"),
    ]
    for run, kind, words in faults:
        worker.send(run)
        _, end = worker.outcome()
        assert isinstance(end, JobError)
        assert end.kind == kind
        assert words in end.message
        assert "\n" not in end.message
    worker.send(make_run(tmp_path, spec))
    assert isinstance(worker.outcome()[1], JobDone)


def test_a_stop_ends_a_running_job_between_steps(worker: Worker, spec: ModelSpec, tmp_path: Path) -> None:
    """Stopped while it computes, a job ends soon, leaves no part, and the same worker goes on."""
    worker.send(make_run(tmp_path, spec, "long", count=256, steps=50))
    assert isinstance(worker.receive(), WorkerEvent)
    worker.send(StopJob(job="long", attempt=1))
    events, end = worker.outcome()
    assert isinstance(end, Stopped)
    assert (end.job, end.attempt) == ("long", 1)
    assert len(events) < 256 * 50
    assert list(tmp_path.glob(".long*")) == []
    worker.send(make_run(tmp_path, spec, "next"))
    assert isinstance(worker.outcome()[1], JobDone)


def test_a_stop_reaches_a_job_that_waits(worker: Worker, spec: ModelSpec, tmp_path: Path) -> None:
    """A job stopped before its turn makes nothing at all."""
    worker.send(make_run(tmp_path, spec, "busy", count=256, steps=50))
    worker.send(make_run(tmp_path, spec, "waiting"))
    # In this order: the turn of the one comes when the other has ended.
    for job in ("waiting", "busy"):
        worker.send(StopJob(job=job, attempt=1))
    assert isinstance(worker.outcome()[1], Stopped)
    events, end = worker.outcome()
    assert (events, end) == ([], Stopped(job="waiting", attempt=1))


def test_a_worker_ends_with_its_service_even_while_it_computes(spec: ModelSpec, tmp_path: Path) -> None:
    """When the pipe closes, the process is gone although its job is not."""
    worker = Worker("--device", "cpu")
    assert isinstance(worker.receive(), Ready)
    worker.send(make_run(tmp_path, spec, count=256, steps=50))
    assert isinstance(worker.receive(), WorkerEvent)
    assert worker.close() == 0


def test_a_heart_beats_while_the_worker_waits_and_computes(spec: ModelSpec, tmp_path: Path) -> None:
    """Heartbeats come from the end of the imports on, idle or busy; a second worker of the CPU says which it is."""
    worker = Worker("--device", "cpu#1")
    ready = worker.receive_any()
    assert isinstance(ready, Ready)
    assert (ready.device, ready.name) == ("cpu#1", "CPU")
    assert isinstance(worker.receive_any(), Heartbeat)
    assert isinstance(worker.receive_any(), Heartbeat)
    worker.send(make_run(tmp_path, spec, count=256, steps=50))
    assert isinstance(worker.receive(), WorkerEvent)
    while not isinstance(worker.receive_any(), Heartbeat):
        pass
    assert worker.close() == 0


def test_nonsense_ends_the_worker(tmp_path: Path) -> None:
    """Bytes that are no command end the process with a failure instead of being skipped."""
    worker = Worker("--device", "cpu")
    assert isinstance(worker.receive(), Ready)
    worker.input.write(b"\0\0\0\2{}")
    worker.input.flush()
    assert worker.process.wait(END_TIMEOUT_S) == 1
    worker.input.close()
    worker.output.close()


def test_a_device_that_is_not_there_ends_the_worker_with_status_2() -> None:
    """A device that this machine lacks is bad input: one line in the log, no traceback."""
    result = subprocess.run(
        [sys.executable, "-m", "engine.worker", "--device", "cuda:99"],
        stdin=subprocess.PIPE,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert result.returncode in (0, 2)
