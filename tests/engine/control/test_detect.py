"""engine.control.detect: maps of exactly the size asked for, the same for the same arguments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import engine
from engine.control.annotators import import_annotators
from engine.control.detect import detect, stand_in_note
from engine.control.framing import ResizeMode
from engine.control.shelf import LOADERS, DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadInputError, BadModelError
from engine.messages.detectors import DETECTORS, find_detector
from tests.engine.control.pictures import scene

PLAIN = ("canny", "shuffle", "lineart_standard")


@pytest.fixture
def shelf(tmp_path: Path) -> DetectorShelf:
    """Detectors without any weights."""
    return DetectorShelf(WeightStore(tmp_path / "annotators", tmp_path / "hub"), "cpu")


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("resize", ["stretch", "crop", "fit"])
@pytest.mark.parametrize("size", [(192, 128), (101, 333), (64, 64)])
def test_the_map_has_exactly_the_size_asked_for(
    shelf: DetectorShelf, kind: str, resize: ResizeMode, size: tuple[int, int]
) -> None:
    """Multiples of 64 or not, wide or tall: the map is (height, width, 3) uint8, and says something."""
    found = detect(kind, scene(), size, 1, shelf=shelf, resize=resize)
    assert found.shape == (size[1], size[0], 3)
    assert found.dtype == np.uint8
    assert found.max() > 0


@pytest.mark.parametrize("kind", PLAIN)
def test_one_pixel_is_enough(shelf: DetectorShelf, kind: str) -> None:
    """The smallest picture gives a map, however empty."""
    assert detect(kind, np.full((1, 1, 3), 90, np.uint8), (64, 96), 1, shelf=shelf).shape == (96, 64, 3)


def test_canny_equals_opencv_and_controlnet_aux(shelf: DetectorShelf) -> None:
    """Where controlnet-aux can work at the size of the picture, both give the same edges."""
    picture = scene(320, 256)
    found = detect("canny", picture, (320, 256), 0, shelf=shelf, options=(("low", 80), ("high", 160)))
    assert np.array_equal(found[..., 0], cv2.Canny(picture, 80, 160))
    theirs = import_annotators("canny").CannyDetector()(
        picture, 80, 160, detect_resolution=256, image_resolution=256, output_type="np"
    )
    assert np.array_equal(found, theirs)


def test_shuffle_follows_its_seed_and_leaves_the_global_generator_alone(shelf: DetectorShelf) -> None:
    """Equal seeds, equal maps; other seeds, others; NumPy's own sequence goes on as if nothing had happened."""
    np.random.seed(11)
    expected = np.random.random(3)
    np.random.seed(11)
    first = detect("shuffle", scene(), (128, 128), 2**62 + 3, shelf=shelf)
    again = detect("shuffle", scene(), (128, 128), 2**62 + 3, shelf=shelf)
    other = detect("shuffle", scene(), (128, 128), 3, shelf=shelf)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(np.random.random(3), expected)


def test_fit_finds_no_edge_at_its_border(shelf: DetectorShelf) -> None:
    """The border of a fitted picture is the map's background, and where it begins there is no line."""
    found = detect("canny", np.full((100, 200, 3), 255, np.uint8), (200, 200), 0, shelf=shelf, resize="fit")
    assert not found.any()


def test_what_is_unknown_is_refused_with_what_is_known(shelf: DetectorShelf) -> None:
    """A wrong kind or option names those there are."""
    with pytest.raises(BadInputError, match=r"no detector 'cany'; use canny, shuffle"):
        detect("cany", scene(), (64, 64), 0, shelf=shelf)
    with pytest.raises(BadInputError, match=r"canny has no option 'sigma'; it has: low, high"):
        detect("canny", scene(), (64, 64), 0, shelf=shelf, options=(("sigma", 1),))
    with pytest.raises(BadInputError, match=r"option low 999 is out of range"):
        detect("canny", scene(), (64, 64), 0, shelf=shelf, options=(("low", 999),))


WANTING = [spec.kind for spec in DETECTORS if spec.weights and not spec.weights[0].ships and not spec.stand_in]


@pytest.mark.parametrize("kind", WANTING)
def test_a_detector_without_weights_says_what_it_wants_and_where(
    tmp_path: Path, shelf: DetectorShelf, kind: str
) -> None:
    """Its one line names the file, the folder and the cache that were searched, and the repository to get it from."""
    wanted = find_detector(kind).weights[0]
    with pytest.raises(BadModelError) as caught:
        detect(kind, scene(), (64, 64), 0, shelf=shelf)
    for part in (kind, wanted.name, str(tmp_path / "annotators"), str(tmp_path / "hub"), wanted.repository):
        assert part in caught.value.message


def test_what_ships_needs_no_weights_and_stands_in_for_what_is_missing(tmp_path: Path, shelf: DetectorShelf) -> None:
    """Depth works on a bare machine, and says by what; with the large network's folder there, that is taken."""
    size = (96, 64)
    own = detect("depth_papercut", scene(), size, 0, shelf=shelf)
    assert np.array_equal(detect("depth", scene(), size, 0, shelf=shelf), own)
    note = stand_in_note("depth", shelf)
    assert note.startswith("depth: made by depth_papercut")
    assert "Depth-Anything-V2-Small-hf" in note
    assert stand_in_note("depth_papercut", shelf) == stand_in_note("canny", shelf) == ""
    folder = tmp_path / "annotators" / "Depth-Anything-V2-Small-hf"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    assert stand_in_note("depth", shelf) == note, "its download was cut short"
    for name in ("preprocessor_config.json", "model.safetensors"):
        (folder / name).write_text("{}")
    assert stand_in_note("depth", shelf) == ""
    with pytest.raises(BadModelError, match="Depth-Anything-V2-Small-hf"):
        detect("depth", scene(), size, 0, shelf=shelf)


def test_only_what_ships_stands_in() -> None:
    """No detector stands in that may be missing itself, or that takes other settings."""
    pairs = [(spec, find_detector(spec.stand_in)) for spec in DETECTORS if spec.stand_in]
    assert pairs
    for spec, other in pairs:
        assert all(file.ships for file in other.weights)
        assert (other.options, other.background, other.categorical) == (spec.options, spec.background, spec.categorical)


def test_every_kind_has_a_loader() -> None:
    """The table of loaders and the data about detectors name the same kinds."""
    assert set(LOADERS) == {spec.kind for spec in DETECTORS}


def test_the_shelf_keeps_few_detectors(tmp_path: Path) -> None:
    """The least recently used detector makes room."""
    shelf = DetectorShelf(WeightStore(tmp_path, tmp_path), "cpu", capacity=2)
    canny, shuffle, lineart = (next(spec for spec in DETECTORS if spec.kind == kind) for kind in PLAIN)
    first, second = shelf.fetch(canny), shelf.fetch(shuffle)
    assert shelf.fetch(canny) is first
    shelf.fetch(lineart)
    assert shelf.fetch(shuffle) is not second


IMPORTS_NOTHING_EARLY = """
import sys
import engine.control.detect, engine.control.shelf, engine.control.plain
early = {"cv2", "controlnet_aux", "transformers", "timm", "mediapipe"} & set(sys.modules)
assert not early, early
"""

SURVIVES_MEDIAPIPE = """
import os, sys, types, warnings
warnings.simplefilter("error")
broken = types.ModuleType("mediapipe")  # as of 0.10.30: there, but without `solutions`
sys.modules["mediapipe"] = broken
os.environ.pop("KMP_DUPLICATE_LIB_OK", None)
from engine.control.annotators import import_annotators
import_annotators("canny")
assert sys.modules["mediapipe"] is broken
assert "KMP_DUPLICATE_LIB_OK" not in os.environ
"""


@pytest.mark.parametrize("program", [IMPORTS_NOTHING_EARLY, SURVIVES_MEDIAPIPE], ids=["lazy", "guarded"])
def test_packages_are_imported_late_and_guarded(program: str) -> None:
    """No detector's package is loaded before it is used, and a mediapipe without `solutions` breaks nothing."""
    root = Path(engine.__file__ or "").resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
