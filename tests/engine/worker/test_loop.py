"""engine.worker: what ends a job, and what a user is told about it."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING, cast

import msgspec
import pytest
import torch
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import NotFiniteError
from engine.messages import ControlMapRequest, ExportRequest, ImageRequest, Segment, Timeline, VideoRequest
from engine.protocol import Group, JobDone, JobError, Run, StopJob, Stopped, WorkerEvent, write_frame
from engine.worker import inbox as inbox_module
from engine.worker.inbox import Inbox
from engine.worker.loop import run_job
from engine.worker.shelf import ModelShelf, Shelves
from tests.tiny_models import tiny_spec, write_tiny_model
from tests.tiny_videos import write_tiny_video_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.messages import ModelSpec
    from engine.protocol import WorkerMessage
    from engine.tasks.controls import ControlSupply
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


def no_detectors() -> DetectorShelf:
    """For jobs that must not open the shelf of detectors."""
    raise AssertionError("this job wants no detector")


def no_controls(open_detectors: Callable[[], DetectorShelf]) -> ControlSupply:
    """For jobs that must not open the supply of controls."""
    raise AssertionError("this job wants no control")


def shelves_of(models: FailingShelf | ModelShelf) -> Shelves:
    return Shelves(cast("ModelShelf", models), no_detectors, no_controls)


def outcome_of(error: Exception, folder: Path) -> tuple[JobError, FailingShelf]:
    shelf = FailingShelf(error)
    request = ImageRequest(prompt="a", seed=1)
    run = Run(job="job", attempt=3, request=request, spec=tiny_spec(folder), parts=(str(folder / "part"),))
    end = run_job(run, Inbox(io.BytesIO()), shelves_of(shelf), lambda message: None)
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
    assert shelf.cleared == 2, "before the second try and after it"


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
    shelves = shelves_of(FailingShelf(ValueError("reached the model")))
    assert isinstance(run_job(run, inbox, shelves, lambda message: None), Stopped)
    second = msgspec.structs.replace(run, attempt=2)
    assert isinstance(run_job(second, inbox, shelves, lambda message: None), JobError)
    inbox.forget("job", 1)
    assert isinstance(run_job(run, inbox, shelves, lambda message: None), JobError)


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


def test_a_video_is_made_and_exported(tmp_path: Path) -> None:
    """Each kind of request reaches its task; an export needs no model, and threads are as before afterwards."""
    spec = write_tiny_video_model(tmp_path / "model")
    shelves, inbox, threads = shelves_of(ModelShelf(plan_for("cpu"))), Inbox(io.BytesIO()), torch.get_num_threads()
    group = Group(rank=0, devices=("cpu",), meeting=str(tmp_path), take=str(tmp_path / "take"))
    timeline = Timeline(segments=(Segment(prompt="a moon", frames=3),))
    video = VideoRequest(timeline=timeline, seed=1, width=64, height=64, steps=1, model="tiny video")
    part, said = tmp_path / "a.tmp", list["WorkerMessage"]()
    run = Run(job="job", attempt=1, request=video, spec=spec, parts=(str(part),), group=group)
    done = run_job(run, inbox, shelves, said.append)
    assert isinstance(done, JobDone)
    assert done.pace > 0
    assert part.stat().st_size > 0
    assert all(isinstance(message, WorkerEvent) for message in said)
    assert torch.get_num_threads() == threads
    export = ExportRequest(take="job", codec="gif", first=1)
    run = Run(job="export", attempt=1, request=export, spec=None, parts=(str(tmp_path / "b.tmp"),), group=group)
    assert isinstance(run_job(run, inbox, shelves, said.append), JobDone)
    assert (tmp_path / "b.tmp").read_bytes().startswith(b"GIF8")


class Maps:
    """Runs control map jobs of one picture in a folder, and notes what loading and running them opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[DetectorShelf] = []
        self.models = FailingShelf(AssertionError("a map needs no model"))
        self.shelves = Shelves(cast("ModelShelf", self.models), self._open, no_controls)
        Image.new("RGB", (80, 64), "white").save(folder / "in.png")

    def _open(self) -> DetectorShelf:
        self.opened.append(DetectorShelf(WeightStore(self.folder / "annotators", self.folder / "hub"), "cpu"))
        return self.opened[-1]

    def run(self, kind: str) -> JobDone | JobError | Stopped:
        request = ControlMapRequest(kind=kind, picture=str(self.folder / "in.png"), width=80, height=64)
        run = Run(job="map", attempt=1, request=request, spec=None, parts=(str(self.folder / "map.tmp"),))
        return run_job(run, Inbox(io.BytesIO()), self.shelves, lambda message: None)


def test_a_control_map_needs_detectors_and_no_model(tmp_path: Path) -> None:
    """The shelf of detectors is opened by the first map and kept for the next; no model is asked for."""
    maps = Maps(tmp_path)
    assert isinstance(maps.run("canny"), JobDone)
    assert (tmp_path / "map.tmp").read_bytes().startswith(b"\x89PNG")
    assert isinstance(maps.run("canny"), JobDone)
    assert len(maps.opened) == 1


def test_a_detector_without_weights_fails_in_one_line(tmp_path: Path) -> None:
    """The line names the detector, the file and where it belongs; nothing is written."""
    end = Maps(tmp_path).run("hed")
    assert isinstance(end, JobError)
    assert end.kind == "bad_model"
    assert f"hed wants ControlNetHED.pth, which is neither at {tmp_path / 'annotators'}" in end.message
    assert "\n" not in end.message
    assert not (tmp_path / "map.tmp").exists()


def test_a_map_too_large_for_the_device_empties_both_shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lack of memory is named with the detector, and models make room as well as detectors."""
    maps = Maps(tmp_path)
    assert isinstance(maps.run("canny"), JobDone)
    dropped: list[bool] = []
    monkeypatch.setattr(maps.opened[0], "fetch", FailingShelf(MemoryError()).fetch)
    monkeypatch.setattr(maps.opened[0], "clear", lambda: dropped.append(True))
    end = maps.run("canny")
    assert isinstance(end, JobError)
    assert (end.kind, end.message.partition(" does")[0]) == ("out_of_memory", "80x64 with canny")
    assert (maps.models.cleared, dropped) == (1, [True])


def test_a_folder_serves_pictures_and_videos_side_by_side(tmp_path: Path) -> None:
    """Papercut's folder is loaded once for each; neither pushes the other out."""
    spec = write_tiny_video_model(tmp_path)
    shelf = ModelShelf(plan_for("cpu"))
    pictures, videos = shelf.fetch(spec), shelf.fetch_video(spec)
    assert shelf.fetch(spec) is pictures
    assert shelf.fetch_video(spec) is videos
    assert videos.plan.dtype == "float32"


def test_a_model_that_does_not_fit_beside_the_others_gets_their_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second model of a device for one: the first goes, and the job is done; alone too large is still said."""
    specs = [write_tiny_model(tmp_path / name) for name in ("a", "b")]
    models = ModelShelf(plan_for("cpu"))
    models.fetch(specs[0])
    fetch, full = models.fetch, [True]

    def fetch_into_full(spec: ModelSpec) -> LoadedModel:
        if full:
            raise torch.OutOfMemoryError
        return fetch(spec)

    monkeypatch.setattr(models, "fetch", fetch_into_full)
    monkeypatch.setattr(models, "clear", full.clear)
    request = ImageRequest(prompt="a moon", seed=1, width=64, height=64, model="b")
    run = Run(job="job", attempt=1, request=request, spec=specs[1], parts=(str(tmp_path / "part"),))
    assert isinstance(run_job(run, Inbox(io.BytesIO()), shelves_of(models), lambda message: None), JobDone)
    assert full == []
