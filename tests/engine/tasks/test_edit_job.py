"""engine.tasks.edit_job: parts hold the edit and what it was made from; a failure leaves none."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError, JobCancelledError
from engine.media.metadata import read_settings
from engine.media.png import read_texts
from engine.messages import Notice, PictureEdit, Preview, Progress
from engine.protocol import Run
from engine.tasks.edit_job import run_edit_job
from tests.engine.tasks.editing import box_mask, edit_request, edited, scene, write_picture

if TYPE_CHECKING:
    from engine.tasks.loading import LoadedModel

Seen = list[Progress | Preview | Notice]


@pytest.fixture
def edit(tmp_path: Path) -> PictureEdit:
    picture = write_picture(tmp_path / "in.png", scene())
    mask = write_picture(tmp_path / "mask.png", box_mask(64, 48, (16, 8, 32, 24)))
    return PictureEdit(picture=picture, method="inpaint", mask=mask, strength=1.0)


def make_run(folder: Path, loaded: LoadedModel, edit: PictureEdit, **changes: object) -> Run:
    request = edit_request(edit, **{"width": 128, "height": 96, "count": 2, "steps": 3, **changes})
    parts = tuple(str(folder / f".job.1.{index}.tmp") for index in range(request.count))
    return Run(job="job", attempt=1, request=request, spec=loaded.spec, parts=parts)


def never() -> None:
    pass


def test_every_part_holds_its_edit_and_the_digests_of_its_files(
    tmp_path: Path, loaded: LoadedModel, edit: PictureEdit
) -> None:
    """Part k restores to the single request of seed + k with its edit part, and names picture and mask."""
    run = make_run(tmp_path, loaded, edit)
    run_edit_job(run, loaded, lambda event: None, never)
    for index, part in enumerate(run.parts):
        restored = read_settings(Path(part))
        assert restored is not None
        assert restored == msgspec.structs.replace(run.request, seed=7 + index, count=1)
        assert restored.edit == edit
        with Image.open(part) as image:
            assert np.array_equal(np.asarray(image), edited(restored, loaded)[0])
        texts = read_texts(Path(part))
        assert "Denoising strength: 1," in texts["parameters"]
        for file in edit.files:
            assert hashlib.sha256(Path(file).read_bytes()).hexdigest() in texts["onetake"]


def test_events_tell_what_was_done_to_files_and_count_the_steps_that_are_made(
    tmp_path: Path, loaded: LoadedModel, edit: PictureEdit
) -> None:
    """A resized mask is said first; at half the strength a picture takes half the steps."""
    seen: Seen = []
    run = make_run(tmp_path, loaded, msgspec.structs.replace(edit, strength=0.5), steps=4)
    run_edit_job(run, loaded, seen.append, never)
    first, *rest = seen
    assert isinstance(first, Notice)
    assert first.message == "mask.png: resized from 64x48 to the picture's 128x96"
    kinds = [event.step if isinstance(event, Progress) else type(event).__name__ for event in rest]
    assert kinds == [1, 2, "Preview", 3, 4, "Preview"]
    assert {event.steps for event in rest if isinstance(event, Progress)} == {4}


@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_a_stopped_edit_leaves_no_part(tmp_path: Path, loaded: LoadedModel, edit: PictureEdit, after: int) -> None:
    """Stopping before, within or after a picture removes the parts already written; inputs stay as they are."""
    before = Path(edit.picture).read_bytes()
    checks = iter(range(100))

    def stop() -> None:
        if next(checks) >= after:
            raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        run_edit_job(make_run(tmp_path, loaded, edit), loaded, lambda event: None, stop)
    assert list(tmp_path.glob(".job*")) == []
    assert Path(edit.picture).read_bytes() == before


def test_a_picture_that_went_away_in_the_queue_fails_the_job(
    tmp_path: Path, loaded: LoadedModel, edit: PictureEdit
) -> None:
    """One line that names it, and nothing is written."""
    run = make_run(tmp_path, loaded, edit)
    Path(edit.picture).unlink()
    with pytest.raises(BadInputError, match=r"in\.png is not there"):
        run_edit_job(run, loaded, lambda event: None, never)
    assert list(tmp_path.glob(".job*")) == []


def test_an_edit_that_the_model_cannot_do_is_refused(tmp_path: Path, loaded: LoadedModel, edit: PictureEdit) -> None:
    """The model's limits are checked once more where the work is done."""
    with pytest.raises(BadInputError, match="multiples of 16"):
        run_edit_job(make_run(tmp_path, loaded, edit, width=100), loaded, lambda event: None, never)
