"""Papercut's detectors: training goes on after a kill, and exports whole folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.paths import resources_folder
from papercut import detectors
from papercut.adopt import adopt
from papercut.control import ControlPool, fill_controls
from papercut.detectors import TASKS, load_detector, score_detector, train_detector, vary
from papercut.export import export_detectors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A work folder with the shipped weights and three rows of truth."""
    from tqdm import tqdm

    with pytest.MonkeyPatch.context() as patch:
        # tqdm's monitor thread would outlive the tests.
        patch.setattr(tqdm, "monitor_interval", 0)
        folder = tmp_path_factory.mktemp("detectors")
        adopt(resources_folder() / "models" / "papercut", folder)
        fill_controls(folder, 3, workers=0, batch=3)
        yield folder


@pytest.mark.parametrize("task", TASKS)
def test_training_goes_on_after_a_kill(task: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps count on over two sittings, and the score is a number that an untrained network does badly by."""

    class Steps:
        """A clock that stops a sitting after two steps."""

        def __init__(self, budget_s: float, spent_s: float, *, warmup_steps: int) -> None:
            assert (budget_s, warmup_steps) == (60.0, 50)
            self.spent_s, self._steps = spent_s, 0

        @property
        def over(self) -> bool:
            return self._steps == 2

        def factor(self, step: int) -> float:
            assert step >= 0
            self._steps += 1
            return 1.0

    monkeypatch.setattr(detectors, "Clock", Steps)
    steps: list[int] = []
    for _ in range(2):
        train_detector(work, task, 60.0, torch.device("cpu"), batch=2)
        steps.append(torch.load(work / f"detector-{task}.pt", weights_only=True)["step"])
    assert steps == [2, 4]
    network = load_detector(work, task)
    assert network is not None
    score = score_detector(network, ControlPool(work), task, range(2))
    assert score > 30 if task == "depth" else score < 0.3


def test_exported_folders_are_whole(work: Path, tmp_path: Path) -> None:
    """What the export writes is listed with digests, and one missing network is named."""
    with pytest.raises(ValueError, match="run the depth command first"):
        export_detectors(tmp_path, tmp_path)
    export_detectors(work, tmp_path)
    for task in TASKS:
        assert (tmp_path / f"papercut-{task}" / "onetake-files.json").is_file()


def test_variations_keep_the_scene(work: Path) -> None:
    """Other light, the same things."""
    picture = ControlPool(work).pictures[0]
    rng = np.random.default_rng(3)
    for _ in range(4):
        seen = vary(picture, rng)
        assert seen.shape == picture.shape
        assert 0.5 < np.abs(seen.astype(float) - picture).mean() < 40
