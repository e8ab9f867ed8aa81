"""Tests of what is checked before a request becomes a job."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import BadInputError, DiskFullError, OutputError
from engine.messages import ImageRequest
from engine.paths import Paths
from engine.service.admission import admit


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path / "home")
    made.create()
    return made


def test_without_a_target_names_are_generated(paths: Paths) -> None:
    """A job that names no target gets plain names of its own in a folder of the day, which is made."""
    admitted = admit(ImageRequest(prompt="moon", seed=1, count=2), "", paths)
    names = [Path(target).name for target in admitted.targets]
    assert names == [f"{admitted.job}-001.png", f"{admitted.job}-002.png"]
    (day,) = paths.outputs.iterdir()
    assert {Path(target).parent for target in admitted.targets} == {day}
    assert not list(day.iterdir())


def test_an_existing_file_may_be_replaced(paths: Paths, tmp_path: Path) -> None:
    """Naming an existing picture replaces it once the job is done; until then it is untouched."""
    target = tmp_path / "a.PNG"
    target.write_text("old")
    assert admit(ImageRequest(prompt="moon", seed=1), str(target), paths).targets == (str(target),)
    assert target.read_text() == "old"


def test_a_full_disk_is_refused_with_the_figures(paths: Paths, tmp_path: Path) -> None:
    """A job for which there is no room beyond the reserve is refused before it is stored."""
    with pytest.raises(DiskFullError, match=r"MiB left.*make room"):
        admit(ImageRequest(prompt="moon", seed=1), str(tmp_path / "a.png"), paths, reserve_bytes=2**62)


def test_one_taken_name_of_a_batch_is_enough(paths: Paths, tmp_path: Path) -> None:
    """Every file of a batch is checked, not the first alone."""
    (tmp_path / "a-002.png").mkdir()
    with pytest.raises(OutputError, match=r"a-002\.png is a folder"):
        admit(ImageRequest(prompt="moon", seed=1, count=2), str(tmp_path / "a.png"), paths)


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe in the file system")
def test_a_target_that_is_no_file_is_refused(paths: Paths, tmp_path: Path) -> None:
    """A pipe or a device is not replaced by a picture."""
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(OutputError, match="no ordinary file"):
        admit(ImageRequest(prompt="moon", seed=1), str(tmp_path / "a.png"), paths)


def test_a_size_that_the_model_cannot_make_is_refused(paths: Paths) -> None:
    """The model's own limits are checked, and nothing is made on disk."""
    with pytest.raises(BadInputError, match="multiples of 16"):
        admit(ImageRequest(prompt="moon", seed=1, width=100, height=100), "", paths)
    assert not list(paths.outputs.iterdir())
