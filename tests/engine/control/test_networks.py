"""Detectors with weights: ours, loaded without unpickling, give the maps that controlnet-aux gives.

Random weights stand in for the published ones: what is proved is the loading, the sizes and the options. The large
networks (normals, MiDaS, LeReS, Zoe, OpenPose, SAM) take too long for a test on a plain CPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import torch
import transformers
from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config, DPTImageProcessor

from engine.control.annotators import import_annotators, quiet
from engine.control.detect import detect
from engine.control.figures import paint_segments
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadModelError
from tests.engine.control.pictures import scene

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where weights are looked for."""
    made = tmp_path / "annotators"
    made.mkdir()
    return made


@pytest.fixture
def shelf(folder: Path, tmp_path: Path) -> DetectorShelf:
    """Detectors that find their weights in `folder`."""
    return DetectorShelf(WeightStore(folder, tmp_path / "hub"), "cpu")


def built(module: str, name: str, *arguments: object) -> Any:
    """A network of controlnet-aux with random weights, the same ones each time."""
    torch.manual_seed(3)  # pyright: ignore[reportUnknownMemberType]
    with quiet():
        return getattr(import_annotators(module), name)(*arguments)


def spread(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Random weights made larger, so that the maps are not flat."""
    return {name: tensor * 3 if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}


class Case(NamedTuple):
    """A detector of the library, its network and the settings that are our defaults."""

    kind: str
    network: str
    file: str
    detector: str
    settings: dict[str, object]


CASES = [
    Case("teed", "TED", "5_model.pth", "TEEDdetector", {"safe_steps": 2}),
    Case("hed", "ControlNetHED_Apache2", "ControlNetHED.pth", "HEDdetector", {"image_resolution": 128}),
    Case("mlsd", "MobileV2_MLSD_Large", "mlsd_large_512_fp32.pth", "MLSDdetector", {"image_resolution": 128}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_detector_equals_the_library_with_the_same_file(folder: Path, shelf: DetectorShelf, case: Case) -> None:
    """The library's own loading of the file and ours give the same map at the same size."""
    torch.save(spread(built(case.kind, case.network).state_dict()), folder / case.file)
    picture = scene(192, 128)
    ours = detect(case.kind, picture, (192, 128), 0, shelf=shelf, resolution=128)
    with quiet():
        library = getattr(import_annotators(case.kind), case.detector).from_pretrained(str(folder), case.file)
        theirs = library(picture, detect_resolution=128, output_type="np", **case.settings)
    assert np.array_equal(ours, theirs)


def test_pidinet_is_found_below_its_wrapping(folder: Path, shelf: DetectorShelf) -> None:
    """Its file holds training state around the weights; the map has the size asked for, in both styles."""
    tensors = {f"module.{name}": tensor for name, tensor in built("pidi", "pidinet").state_dict().items()}
    torch.save({"state_dict": tensors, "epoch": 1}, folder / "table5_pidinet.pth")
    soft = detect("pidinet", scene(), (100, 90), 0, shelf=shelf, resolution=64)
    scribbled = detect("pidinet", scene(), (128, 64), 0, shelf=shelf, resolution=64, options=(("scribble", True),))
    assert (soft.shape, scribbled.shape) == ((90, 100, 3), (64, 128, 3))
    assert set(np.unique(scribbled)) <= {0, 255}


def test_anyline_adds_the_darkest_lines(folder: Path, shelf: DetectorShelf) -> None:
    """It shares TEED's network, and runs in spite of what scikit-image deprecates."""
    torch.save(built("teed", "TED").state_dict(), folder / "MTEED.pth")
    assert detect("anyline", scene(), (96, 80), 0, shelf=shelf, resolution=128).shape == (80, 96, 3)


def test_segments_have_colours_of_the_seed() -> None:
    """Small segments lie over large ones, no segment is black, and no segments at all are a black map."""
    large, small = np.ones((4, 6), np.bool_), np.zeros((4, 6), np.bool_)
    small[1:3, 1:3] = True
    painted = paint_segments([small, large], (4, 6), 9)
    assert len({tuple(colour) for colour in painted.reshape(-1, 3).tolist()}) == 2
    assert (painted[1, 1] != painted[0, 0]).any()
    assert painted.min() >= 32
    assert np.array_equal(painted, paint_segments([small, large], (4, 6), 9))
    assert not paint_segments([], (4, 6), 9).any()


@pytest.fixture
def depth_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny Depth Anything V2 under its repository's name."""
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
    backbone = Dinov2Config(
        hidden_size=16, num_hidden_layers=4, num_attention_heads=2, image_size=28, patch_size=14,
        reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    backbone.out_features = ["stage1", "stage2", "stage3", "stage4"]
    config = DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=16, patch_size=14, neck_hidden_sizes=[4, 4, 8, 8],
        fusion_hidden_size=8, head_hidden_size=4, reassemble_factors=[4, 2, 1, 0.5],
    )  # fmt: skip
    place = folder / "Depth-Anything-V2-Small-hf"
    monkeypatch.setattr(transformers.utils.logging, "_tqdm_active", False)  # a bar's thread would outlive the test
    size = {"height": 28, "width": 28}
    processor = DPTImageProcessor(size=size, keep_aspect_ratio=True, ensure_multiple_of=14)
    for part in (DepthAnythingForDepthEstimation(config), processor):
        part.save_pretrained(place)  # pyright: ignore[reportUnknownMemberType]
    return place


def test_depth_comes_from_a_local_folder(depth_folder: Path, shelf: DetectorShelf) -> None:
    """transformers' pipeline gives a grey map of the size asked for, the same each time."""
    first = detect("depth", scene(), (70, 45), 0, shelf=shelf, resolution=64)
    assert first.shape == (45, 70, 3)
    assert np.array_equal(first[..., 0], first[..., 2])
    assert np.array_equal(first, detect("depth", scene(), (70, 45), 0, shelf=shelf, resolution=64))


def test_a_depth_folder_of_another_class_is_refused(depth_folder: Path, shelf: DetectorShelf) -> None:
    """The folder's configuration cannot choose which class is run."""
    config = depth_folder / "config.json"
    config.write_text(config.read_text().replace("DepthAnythingForDepthEstimation", "GPT2Model"))
    with pytest.raises(BadModelError, match="GPT2Model"):
        detect("depth", scene(), (64, 64), 0, shelf=shelf)
