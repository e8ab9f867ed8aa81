"""The detectors that ship see what the renderer knows, in scenes that nobody trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.bench.control_scores import mean_iou, root_mean_square
from engine.control.detect import detect
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.messages.detectors import find_detector
from engine.model_files import check_listed, read_file_list
from engine.paths import resources_folder
from papercut.control import SIDE, render_truth
from papercut.control_maps import class_colours
from papercut.control_sheets import CAPTIONS as ROWS
from papercut.control_sheets import COLUMNS, SHOWN
from papercut.export import SHEETS
from papercut.grammar import parse
from papercut.stage import ID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from papercut.control import Truth

SIZE = (SIDE, SIDE)
CAPTIONS = ("summer day, hills, a red balloon, clouds", "autumn day, forest", "sunset, mountains, a lake")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> DetectorShelf:
    """What ships, and nothing else."""
    none = tmp_path_factory.mktemp("none")
    return DetectorShelf(WeightStore(none, none), "cpu")


@pytest.fixture(scope="module")
def scenes() -> list[Truth]:
    """Three landscapes with their truth, of seeds that training never draws."""
    rng = np.random.default_rng(977)
    return [render_truth(parse(caption), rng) for caption in CAPTIONS]


def classes_of(found: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Each pixel's class, by its colour."""
    equal = (found[:, :, None, :] == class_colours()).all(axis=3)
    assert equal.any(axis=2).all(), "a colour that stands for no class"
    return equal.argmax(axis=2)


def test_classes_are_those_of_the_scene(shelf: DetectorShelf, scenes: list[Truth]) -> None:
    """Every pixel has a class's colour, nine of ten the right one, and the balloon lies where it is."""
    right: list[float] = []
    for scene in scenes:
        found = classes_of(detect("segment", scene.picture, SIZE, 0, shelf=shelf))
        right.append(float((found == scene.segmentation).mean()))
    assert min(right) > 0.9, right
    first = scenes[0]
    balloons = classes_of(detect("segment", first.picture, SIZE, 0, shelf=shelf)) == ID["balloons"]
    assert mean_iou(balloons.astype(np.uint8), (first.segmentation == ID["balloons"]).astype(np.uint8)) > 0.7


def test_depth_is_that_of_the_scene(shelf: DetectorShelf, scenes: list[Truth]) -> None:
    """Within 24 levels of 255; a map of one level, whichever fits best, is more than twice as far off."""
    for scene in scenes:
        found = detect("depth_papercut", scene.picture, SIZE, 0, shelf=shelf)[..., 0]
        error, flat = root_mean_square(scene.depth, found), float(scene.depth.std())
        assert error < 24, error
        assert flat > 2 * error


@pytest.mark.parametrize("kind", ["segment", "depth_papercut"])
def test_maps_are_of_any_size_and_repeat(shelf: DetectorShelf, scenes: list[Truth], kind: str) -> None:
    """Exactly the size asked for, and the same pixels each time, whatever the seed."""
    for size in ((512, 320), (64, 200)):
        found = detect(kind, scenes[0].picture, size, 0, shelf=shelf)
        assert found.shape == (size[1], size[0], 3)
        assert np.array_equal(found, detect(kind, scenes[0].picture, size, 9, shelf=shelf))


@pytest.mark.parametrize("kind", ["segment", "depth_papercut"])
def test_what_ships_is_whole_and_seen_at_its_size(kind: str) -> None:
    """All files are listed with their digests, and the detector looks at the size that the folder says."""
    spec = find_detector(kind)
    folder = resources_folder() / "models" / spec.weights[0].name
    assert {file.path for file in read_file_list(folder)} == {
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
    }
    check_listed(folder)
    prepared = msgspec.json.decode((folder / "preprocessor_config.json").read_bytes(), type=dict[str, object])
    assert prepared["size"] == {"height": spec.resolution, "width": spec.resolution}


def test_sheets_are_small_pictures_of_rows_and_columns() -> None:
    """Each kind's sheet is there, at most 150 kB, four scenes by five columns."""
    for name in SHEETS:
        file = resources_folder() / "models" / "papercut" / name
        assert file.stat().st_size <= 150_000
        with Image.open(file) as sheet:
            assert sheet.size == (len(COLUMNS) * (SHOWN + 3), len(ROWS) * (SHOWN + 3))
