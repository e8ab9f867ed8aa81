"""engine.control.depth: the built-in network's answer is nearness, as it is; damage is told in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import DPTImageProcessor

from engine.control.detect import detect
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadModelError
from tests.engine.control.pictures import scene
from tests.engine.control.stock_folders import write_glpn

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what ships is looked for."""
    monkeypatch.setattr("engine.control.weights.resources_folder", lambda: tmp_path)
    return tmp_path / "models" / "papercut-depth"


@pytest.fixture
def shelf(tmp_path: Path) -> DetectorShelf:
    """Detectors without the user's weights."""
    return DetectorShelf(WeightStore(tmp_path / "annotators", tmp_path / "hub"), "cpu")


def test_nearness_is_not_stretched(folder: Path, shelf: DetectorShelf) -> None:
    """The map is the network's answer in parts of 255, whatever the range of this picture."""
    network = write_glpn(folder)
    picture = scene(192, 128)
    found = detect("depth_papercut", picture, (192, 128), 0, shelf=shelf, resolution=128)
    processor = cast("Any", DPTImageProcessor).from_pretrained(folder)
    with torch.no_grad():
        answer = network(processor(Image.fromarray(picture), do_resize=False, return_tensors="pt")["pixel_values"])
    expected = np.rint(255 * answer.predicted_depth[0].numpy()).astype(np.uint8)
    assert np.array_equal(found, np.repeat(expected[..., None], 3, 2))
    assert int(found.max()) - int(found.min()) < 250


@pytest.mark.parametrize("size", [(150, 90), (64, 64), (101, 333)])
def test_maps_have_the_size_asked_for_and_repeat(folder: Path, shelf: DetectorShelf, size: tuple[int, int]) -> None:
    """The network's sides are multiples of 32, the map's are anything."""
    write_glpn(folder)
    found = detect("depth_papercut", scene(), size, 0, shelf=shelf, resolution=64)
    assert found.shape == (size[1], size[0], 3)
    assert np.array_equal(found, detect("depth_papercut", scene(), size, 0, shelf=shelf, resolution=64))


def test_damage_is_one_line(folder: Path, shelf: DetectorShelf) -> None:
    """Not there, of another class, or no JSON: the place is named, and that a new installation mends it."""
    with pytest.raises(BadModelError, match=r"papercut-depth is missing; install Onetake again"):
        detect("depth_papercut", scene(), (64, 64), 0, shelf=shelf)
    write_glpn(folder)
    config = folder / "config.json"
    right = config.read_text()
    for wrong, said in ((right.replace("GLPNForDepthEstimation", "GPT2Model"), "GPT2Model"), ("{", "is no JSON")):
        config.write_text(wrong)
        with pytest.raises(BadModelError, match=said) as caught:
            detect("depth_papercut", scene(), (64, 64), 0, shelf=shelf)
        assert "\n" not in caught.value.message
