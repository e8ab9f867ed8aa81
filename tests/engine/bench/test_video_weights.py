"""engine.bench.video_weights: the model as it is, or a copy with random motion; never something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.acceleration.plan import plan_for
from engine.bench.video_weights import model_to_measure
from engine.errors import BadModelError
from engine.tasks.loading import load_video, video_plan
from tests.tiny_models import write_tiny_model
from tests.tiny_videos import write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path


def test_a_model_without_motion_gets_a_random_adapter_in_a_copy(tmp_path: Path) -> None:
    """It loads as a video model, the model's own folder stays as it is, and the copy is gone afterwards."""
    spec = write_tiny_model(tmp_path / "model")
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    (tmp_path / "scratch").mkdir()
    with model_to_measure(spec, tmp_path / "scratch") as (measured, weights):
        assert weights == "random"
        assert measured.name == spec.name
        load_video(measured, video_plan(plan_for("cpu")))
    (tmp_path / "scratch").rmdir()
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_a_model_with_motion_is_measured_where_it_is(tmp_path: Path) -> None:
    """No copy of it is made."""
    spec = write_tiny_video_model(tmp_path, "papercut")
    with model_to_measure(spec, tmp_path / "unused") as measured:
        assert measured == (spec, "trained")
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize("kind", ["motion", "unet3d"])
def test_a_model_that_freenoise_cannot_run_is_refused(tmp_path: Path, kind: str) -> None:
    """One line names it and what to measure instead."""
    spec = write_tiny_video_model(tmp_path, "motion" if kind == "motion" else "unet3d")
    with pytest.raises(BadModelError, match="measure papercut"), model_to_measure(spec, tmp_path):
        pass


def test_a_picture_model_of_another_video_family_is_refused(tmp_path: Path) -> None:
    """The spec decides, not what lies in the folder."""
    spec = write_tiny_video_model(tmp_path, "papercut")
    assert spec.video is not None
    spec = msgspec.structs.replace(spec, video=msgspec.structs.replace(spec.video, family="wan"))
    with pytest.raises(BadModelError, match="measure papercut"), model_to_measure(spec, tmp_path):
        pass
