"""Papercut's detectors: training goes on after a kill, and exports whole folders."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from papercut import detectors
from papercut.control import ControlPool
from papercut.detectors import (
    TASKS,
    WHOLE,
    find_classes,
    load_detector,
    make_detector,
    score_classes,
    score_depth,
    take_encoder,
    train_detector,
    vary,
)
from papercut.export import export_detectors
from papercut.stage import CLASSES
from tests.papercut.control_work import fill_work, sitting
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = STOCK_WARNINGS


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with the shipped weights and three rows of truth."""
    return fill_work(tmp_path_factory.mktemp("detectors"), 3, 3)


def test_classes_are_looked_for_at_the_side_at_which_they_were_learnt() -> None:
    """Not at the picture's own, nor at twice that, where a balloon is another size than any that was learnt."""
    sides: list[tuple[int, ...]] = []

    class Watched(torch.nn.Module):
        """Finds the second class on the left, the first elsewhere."""

        def forward(self, seen: torch.Tensor) -> SimpleNamespace:
            sides.append(tuple(seen.shape[2:]))
            logits = torch.zeros(1, 2, WHOLE // 4, WHOLE // 4)
            logits[:, 1, :, : WHOLE // 8] = 1
            logits[:, 0, :, WHOLE // 8 :] = 1
            return SimpleNamespace(logits=logits)

    found = find_classes(Watched(), np.zeros((256, 256, 3), np.uint8))
    assert sides == [(WHOLE, WHOLE)]
    assert found.shape == (256, 256)
    assert (found[:, :120] == 1).all()
    assert (found[:, 136:] == 0).all()


@pytest.mark.parametrize("task", TASKS)
def test_training_goes_on_after_a_kill(task: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps count on over two sittings, and the score is a number that an untrained network does badly by."""
    monkeypatch.setattr(detectors, "Clock", sitting(2, warm_after=50))
    steps: list[int] = []
    for _ in range(2):
        train_detector(work, task, 60.0, torch.device("cpu"), batch=2)
        steps.append(torch.load(work / f"detector-{task}.pt", weights_only=True)["step"])
    assert steps == [2, 4]
    network = load_detector(work, task)
    assert network is not None
    pool = ControlPool(work)
    if task == "depth":
        assert score_depth(network, pool, range(2)) > 30
        return
    scores = score_classes(network, pool, range(2))
    assert set(scores) >= {CLASSES[k] for k in np.unique(pool.segmentations[:2])}
    assert max(scores.values()) < 0.9
    assert np.mean(list(scores.values())) < 0.3


@torch.no_grad()
def test_depth_begins_with_the_encoder_of_the_classes() -> None:
    """The two stock networks name its parts differently; given one's weights, the other sees the same."""
    torch.manual_seed(5)  # pyright: ignore[reportUnknownMemberType]
    depth, classes = make_detector("depth").eval(), make_detector("segment").eval()
    picture = torch.randn(1, 3, 64, 64)

    def seen(network: torch.nn.Module) -> tuple[torch.Tensor, ...]:
        return network(picture, output_hidden_states=True).hidden_states

    wanted = seen(classes)
    assert not torch.allclose(seen(depth)[-1], wanted[-1], atol=1e-2)
    take_encoder(depth, classes.state_dict())
    for mine, theirs in zip(seen(depth), wanted, strict=True):
        assert torch.allclose(mine, theirs, atol=1e-5)


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
