"""engine.tasks.image_job: parts are written whole with their settings, or none is left."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError, JobCancelledError, OutputError
from engine.media.metadata import read_settings
from engine.media.png import read_texts
from engine.messages import ImageRequest, Notice, Preview, Progress
from engine.protocol import Run
from engine.tasks.image import make_pictures
from engine.tasks.image_job import PREVIEW_SIDE, run_image_job

if TYPE_CHECKING:
    from engine.tasks.loading import LoadedModel

Seen = list[Progress | Preview | Notice]


def make_run(folder: Path, loaded: LoadedModel, **changes: object) -> Run:
    base = ImageRequest(prompt="winter ☃ mountains", seed=7, width=64, height=64, model="tiny", count=3)
    request = msgspec.structs.replace(base, **changes)
    parts = tuple(str(folder / f".job.1.{index}.tmp") for index in range(request.count))
    return Run(job="job", attempt=1, request=request, spec=loaded.spec, parts=parts)


def never() -> None:
    pass


def test_every_part_holds_its_picture_and_its_settings(tmp_path: Path, loaded: LoadedModel) -> None:
    """Part k restores to the single request of seed + k, and its pixels are that request's."""
    run = make_run(tmp_path, loaded)
    run_image_job(run, loaded, lambda event: None, never)
    for index, part in enumerate(run.parts):
        restored = read_settings(Path(part))
        assert restored is not None
        assert restored == msgspec.structs.replace(run.request, seed=7 + index, count=1)
        (picture,) = make_pictures(restored, loaded, lambda done: None)
        with Image.open(part) as image:
            assert np.array_equal(np.asarray(image), picture.pixels)
        assert f"Seed: {7 + index}," in read_texts(Path(part))["parameters"]
        assert '"dtype":"' in read_texts(Path(part))["onetake"]


def test_events_count_steps_and_show_each_candidate(tmp_path: Path, loaded: LoadedModel) -> None:
    """Each step is reported before its picture; each finished candidate is shown, small pictures as they are."""
    seen: Seen = []
    run = make_run(tmp_path, loaded, count=2, steps=2)
    run_image_job(run, loaded, seen.append, never)
    assert not [event for event in seen if isinstance(event, Notice)]
    kinds = [
        f"preview {event.index}" if isinstance(event, Preview) else event.step
        for event in seen
        if not isinstance(event, Notice)
    ]
    assert kinds == [1, 2, "preview 0", 3, 4, "preview 1"]
    assert all(event.steps == 4 and event.device == "cpu" for event in seen if isinstance(event, Progress))
    previews = [event for event in seen if isinstance(event, Preview)]
    assert [event.image for event in previews] == [Path(part).read_bytes() for part in run.parts]
    assert all(event.final for event in previews)


def test_previews_of_large_pictures_are_small(tmp_path: Path, loaded: LoadedModel) -> None:
    """A preview is at most PREVIEW_SIDE pixels on its longer side, in the picture's shape."""
    seen: Seen = []
    run_image_job(make_run(tmp_path, loaded, count=1, width=512, height=256), loaded, seen.append, never)
    *_, preview = seen
    assert isinstance(preview, Preview)
    with Image.open(io.BytesIO(preview.image)) as image:
        assert image.size == (PREVIEW_SIDE, PREVIEW_SIDE // 2)


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_stopped_job_leaves_no_part(tmp_path: Path, loaded: LoadedModel, after: int) -> None:
    """Stopping before, within or after a picture removes the parts already written."""
    checks = iter(range(100))

    def stop() -> None:
        if next(checks) >= after:
            raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        run_image_job(make_run(tmp_path, loaded, steps=2), loaded, lambda event: None, stop)
    assert list(tmp_path.glob(".job*")) == []


def test_a_failed_job_leaves_no_part(tmp_path: Path, loaded: LoadedModel) -> None:
    """When the last part cannot be written, the first ones go too."""
    run = make_run(tmp_path, loaded)
    run = msgspec.structs.replace(run, parts=(*run.parts[:2], str(tmp_path / "nowhere" / "x.tmp")))
    with pytest.raises(OutputError, match="nowhere"):
        run_image_job(run, loaded, lambda event: None, never)
    assert list(tmp_path.glob(".job*")) == []


def test_a_request_that_the_model_cannot_do_is_refused(tmp_path: Path, loaded: LoadedModel) -> None:
    """The model's limits are checked once more where the work is done."""
    with pytest.raises(BadInputError, match="multiples of 16"):
        run_image_job(make_run(tmp_path, loaded, width=100), loaded, lambda event: None, never)
