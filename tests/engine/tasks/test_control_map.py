"""engine.tasks.control_map: a picture file in, a map with its record out, nothing left behind on failure."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadInputError, BadModelError, JobCancelledError
from engine.media.metadata import read_settings
from engine.media.png import read_texts
from engine.messages import ImageRequest, Notice, Preview, Progress
from engine.messages.control import ControlMapRequest
from engine.protocol import Run
from engine.tasks.control_map import RECORD_KEY, ControlMapRecord, run_control_map_job
from tests.engine.control.pictures import scene


class Job:
    """A control map job in a folder, and what it said."""

    def __init__(self, folder: Path, kind: str = "canny", frame: int | None = None) -> None:
        self.picture, self.part = folder / "in.png", folder / ".job.1.0.tmp"
        Image.fromarray(scene()).save(self.picture)
        self.request = ControlMapRequest(
            kind=kind, picture=str(self.picture), width=150, height=100, resize="stretch", frame=frame
        )
        self.events: list[Progress | Preview | Notice] = []
        self.shelf = DetectorShelf(WeightStore(folder / "annotators", folder / "hub"), "cpu")

    def run(self, stop_at: int = -1) -> None:
        """Run it; the check number `stop_at` ends it."""
        checks = 0

        def check_stop() -> None:
            nonlocal checks
            if checks == stop_at:
                raise JobCancelledError("stopped")
            checks += 1

        any_request = ImageRequest(prompt="x", seed=1)
        run = Run(job="j", attempt=1, request=any_request, spec=None, parts=(str(self.part),))
        run = msgspec.structs.replace(run, request=self.request)
        run_control_map_job(run, self.shelf, self.events.append, check_stop)


def test_the_map_is_written_with_what_it_came_from(tmp_path: Path) -> None:
    """The PNG has the size asked for, and its record repeats the request and proves the picture."""
    job = Job(tmp_path)
    job.run()
    with Image.open(job.part) as written:
        assert (written.size, written.mode) == ((150, 100), "RGB")
        assert np.asarray(written).max() == 255
    record = msgspec.json.decode(read_texts(job.part)[RECORD_KEY], type=ControlMapRecord)
    assert record.request == job.request
    assert record.picture_sha256 == hashlib.sha256(job.picture.read_bytes()).hexdigest()
    assert {"onetake", "torch", "controlnet-aux", "opencv-python-headless"} <= set(record.versions)
    assert read_settings(job.part) is None, "a map dropped on the window is no picture with a prompt"


def test_progress_ends_at_its_steps_and_the_map_is_shown(tmp_path: Path) -> None:
    """Each step is reported, and one final preview holds a small picture."""
    job = Job(tmp_path)
    job.run()
    steps = [(event.step, event.steps, event.device) for event in job.events if isinstance(event, Progress)]
    previews = [event for event in job.events if isinstance(event, Preview)]
    assert steps == [(1, 2, "cpu"), (2, 2, "cpu")]
    assert [(preview.index, preview.final) for preview in previews] == [(0, True)]
    assert len(previews[0].image) < 64_000


def test_what_reading_did_is_said(tmp_path: Path) -> None:
    """A 16-bit picture is reduced, and a notice says so."""
    job = Job(tmp_path)
    Image.fromarray(np.arange(6400, dtype=np.uint16).reshape(80, 80) * 10).save(job.picture)
    job.run()
    assert [event.message for event in job.events if isinstance(event, Notice)] == ["in.png: 16 bits reduced to 8"]


@pytest.mark.parametrize("stop_at", [0, 1, 2])
def test_a_stopped_job_leaves_nothing(tmp_path: Path, stop_at: int) -> None:
    """At whichever check it is stopped, no part is there."""
    job = Job(tmp_path)
    with pytest.raises(JobCancelledError):
        job.run(stop_at)
    assert not job.part.exists()


def test_bad_pictures_and_missing_weights_fail_in_one_line(tmp_path: Path) -> None:
    """A text file, a frame that is not there, a detector without weights: no part, and the error of the cause."""
    job = Job(tmp_path)
    job.picture.write_text("no picture")
    with pytest.raises(BadInputError, match="is no picture"):
        job.run()
    with pytest.raises(BadInputError, match="has no frame 3"):
        Job(tmp_path, frame=3).run()
    with pytest.raises(BadModelError, match=r"hed wants ControlNetHED\.pth"):
        Job(tmp_path, kind="hed").run()
    assert not job.part.exists()
