"""engine.worker: what ends a job, and what a user is told about it."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING, cast

import msgspec
import pytest
import torch

from engine.acceleration.plan import plan_for
from engine.errors import NotFiniteError
from engine.messages import ImageRequest
from engine.protocol import JobError, Run, StopJob, Stopped, write_frame
from engine.worker import inbox as inbox_module
from engine.worker.inbox import Inbox
from engine.worker.loop import run_job
from engine.worker.shelf import ModelShelf
from tests.tiny_models import tiny_spec, write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec
    from engine.tasks.loading import LoadedModel


class FailingShelf:
    """A shelf whose model cannot be had, for a given reason."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.cleared = 0

    def fetch(self, spec: ModelSpec) -> LoadedModel:
        raise self.error

    def clear(self) -> None:
        self.cleared += 1


def outcome_of(error: Exception, folder: Path) -> tuple[JobError, FailingShelf]:
    shelf = FailingShelf(error)
    request = ImageRequest(prompt="a", seed=1)
    run = Run(job="job", attempt=3, request=request, spec=tiny_spec(folder), parts=(str(folder / "part"),))
    end = run_job(run, Inbox(io.BytesIO()), cast("ModelShelf", shelf), lambda message: None)
    assert isinstance(end, JobError)
    assert (end.job, end.attempt) == ("job", 3)
    return end, shelf


def test_our_errors_keep_their_kind_and_words(tmp_path: Path) -> None:
    """What a user can meet reaches them as it was raised."""
    end, _ = outcome_of(NotFiniteError("NaN at step 3"), tmp_path)
    assert (end.kind, end.message) == ("not_finite", "NaN at step 3")


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        MemoryError(),
    ],
)
def test_lack_of_memory_is_named_and_frees_the_models(tmp_path: Path, error: Exception) -> None:
    """Each way to run out of memory gives one kind, a remedy, and an emptied shelf."""
    end, shelf = outcome_of(error, tmp_path)
    assert end.kind == "out_of_memory"
    assert "use a smaller size" in end.message
    assert shelf.cleared == 1


def test_a_surprise_is_one_line_with_its_traceback_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An error nobody foresaw fails the job in one line; the log has the rest."""
    end, shelf = outcome_of(ZeroDivisionError("first line\nsecond line"), tmp_path)
    assert end.kind == "job_failed"
    assert end.message == "ZeroDivisionError: first line; the engine's log has the details"
    assert "Traceback" in caplog.text
    assert shelf.cleared == 0


def test_a_stop_concerns_its_attempt_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop of attempt 1 does not touch attempt 2, and is forgotten with its attempt; the end of input exits."""
    ended: list[int] = []
    done = threading.Event()

    def leave(status: int) -> None:
        ended.append(status)
        done.set()

    monkeypatch.setattr(inbox_module.os, "_exit", leave)
    monkeypatch.setattr(inbox_module.logging, "shutdown", lambda: None)
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as reader:
        inbox = Inbox(reader)
        inbox.start()
        with os.fdopen(write_end, "wb") as writer:
            write_frame(writer, StopJob(job="job", attempt=1))
        assert done.wait(30)
        assert ended == [0]
    request = ImageRequest(prompt="a", seed=1)
    run = Run(job="job", attempt=1, request=request, spec=tiny_spec(tmp_path), parts=("x",))
    shelf = cast("ModelShelf", FailingShelf(ValueError("reached the model")))
    assert isinstance(run_job(run, inbox, shelf, lambda message: None), Stopped)
    second = msgspec.structs.replace(run, attempt=2)
    assert isinstance(run_job(second, inbox, shelf, lambda message: None), JobError)
    inbox.forget("job", 1)
    assert isinstance(run_job(run, inbox, shelf, lambda message: None), JobError)


def test_models_stay_until_their_files_change(tmp_path: Path) -> None:
    """A model is loaded once, again when a file of its folder changes, and dropped when the shelf is full."""
    specs = [write_tiny_model(tmp_path / name) for name in ("a", "b", "c")]
    shelf = ModelShelf(plan_for("cpu"), capacity=2)
    first = shelf.fetch(specs[0])
    assert shelf.fetch(specs[0]) is first
    index = tmp_path / "a" / "model_index.json"
    index.write_text(index.read_text() + "\n")
    changed = shelf.fetch(specs[0])
    assert changed is not first
    shelf.fetch(specs[1])
    assert shelf.fetch(specs[0]) is changed
    shelf.fetch(specs[2])
    assert shelf.fetch(specs[0]) is changed
    other = shelf.fetch(specs[1])
    assert shelf.fetch(specs[1]) is other
