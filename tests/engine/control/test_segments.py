"""engine.control.segments: any SegFormer folder gives maps in its own colours, or in ADE20K's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]
from transformers import SegformerImageProcessor

from engine.control.annotators import import_annotators
from engine.control.detect import detect
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadModelError
from engine.messages.detectors import find_detector
from tests.engine.control.pictures import scene
from tests.engine.control.stock_folders import save_network, write_segformer

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FOLDER = "segformer-b0-finetuned-ade-512-512"
# The first of the 150 colours with which ControlNet's adapter for segments was trained: wall, building, sky.
ADE = {(120, 120, 120), (180, 120, 120), (6, 230, 230)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the kind segment_ade looks for its network."""
    return tmp_path / "annotators" / FOLDER


@pytest.fixture
def shelf(tmp_path: Path) -> DetectorShelf:
    """Detectors that find it there."""
    return DetectorShelf(WeightStore(tmp_path / "annotators", tmp_path / "hub"), "cpu")


def map_of(shelf: DetectorShelf, kind: str = "segment_ade") -> NDArray[np.uint8]:
    """A map whose sides are no multiples of 32."""
    return detect(kind, scene(192, 128), (150, 90), 0, shelf=shelf, resolution=64)


def colours(found: NDArray[np.uint8]) -> set[tuple[int, ...]]:
    return {tuple(colour) for colour in np.unique(found.reshape(-1, 3), axis=0).tolist()}


def test_a_map_is_what_the_library_s_own_steps_give(folder: Path, shelf: DetectorShelf) -> None:
    """Processor, network and upsampling of transformers, then the palette: equal in every pixel."""
    palette = [[9 * k, 255 - 9 * k, 40] for k in range(12)]
    network = write_segformer(folder, 12, palette)
    picture = scene(192, 128)
    found = detect("segment_ade", picture, (192, 128), 0, shelf=shelf, resolution=128)
    processor = cast("Any", SegformerImageProcessor).from_pretrained(folder)
    with torch.no_grad():
        answer = network(processor(Image.fromarray(picture), do_resize=False, return_tensors="pt")["pixel_values"])
    (classes,) = processor.post_process_semantic_segmentation(answer, target_sizes=[(128, 192)])
    assert np.array_equal(found, np.array(palette, np.uint8)[classes.numpy()])
    assert len(colours(found)) > 1


def test_maps_have_the_size_asked_for_and_no_mixed_colours(folder: Path, shelf: DetectorShelf) -> None:
    """Whatever the network looked at; and the same picture gives the same map."""
    palette = [[200, 10, 10], [10, 200, 10], [10, 10, 200]]
    write_segformer(folder, 3, palette)
    found = map_of(shelf)
    assert found.shape == (90, 150, 3)
    assert colours(found) <= {tuple(colour) for colour in palette}
    assert np.array_equal(found, map_of(shelf))


def test_150_classes_without_a_palette_are_ade20k_s(folder: Path, shelf: DetectorShelf) -> None:
    """As the published checkpoints are, of which none carries one."""
    write_segformer(folder, 150)
    known = {tuple(colour) for colour in import_annotators("util").ade_palette()}
    assert known >= ADE
    assert colours(map_of(shelf)) <= known


@pytest.mark.parametrize("in_shards", [False, True])
def test_a_folder_with_the_fp16_variant_alone_loads(folder: Path, shelf: DetectorShelf, *, in_shards: bool) -> None:
    """What counts as whole is loaded, as the library saves it: the map is almost that of the full numbers."""
    network: Any = write_segformer(folder, 150)
    expected = map_of(shelf)
    shelf.clear()
    (folder / "model.safetensors").unlink()
    save_network(network.half(), folder, variant="fp16", max_shard_size="20KB" if in_shards else "1GB")
    assert len(list(folder.glob("model.fp16*.safetensors"))) == (3 if in_shards else 1)
    assert shelf.is_ready(find_detector("segment_ade"))
    assert (map_of(shelf) == expected).mean() > 0.95


def test_pickled_weights_are_read_without_unpickling(folder: Path, shelf: DetectorShelf) -> None:
    """The published files of some checkpoints are torch's: the same map as from safetensors."""
    write_segformer(folder, 150)
    expected = map_of(shelf)
    shelf.clear()
    (folder / "model.safetensors").unlink()
    write_segformer(folder, 150, pickled=True)
    assert not (folder / "model.safetensors").exists()
    assert np.array_equal(map_of(shelf), expected)


@pytest.mark.parametrize(
    "palette", [None, [[1, 2, 3]], [[1, 2, 3], [4, 5]], [[1, 2, 3], [4, 5, 256]], "red", [[0.5, 1, 2]] * 2]
)
def test_a_palette_that_does_not_fit_is_one_line(folder: Path, shelf: DetectorShelf, palette: object) -> None:
    """Too few colours, rows of two, numbers out of range, words: the file is named, and what it lacks."""
    write_segformer(folder, 2, palette)
    with pytest.raises(BadModelError, match=r'config\.json has no "palette" of 2 colours') as caught:
        map_of(shelf)
    assert "\n" not in caught.value.message


def test_another_class_is_refused(folder: Path, shelf: DetectorShelf) -> None:
    """The folder's configuration cannot choose which class is run, pickled or not."""
    for pickled in (False, True):
        write_segformer(folder, 150, pickled=pickled)
        config = folder / "config.json"
        config.write_text(config.read_text().replace("SegformerForSemanticSegmentation", "GPT2Model"))
        with pytest.raises(BadModelError, match="GPT2Model"):
            map_of(shelf)


def test_weights_that_lack_something_do_not_become_random_ones(folder: Path, shelf: DetectorShelf) -> None:
    """The library would fill the gap with chance and go on."""
    write_segformer(folder, 150)
    weights = load_file(folder / "model.safetensors")
    del weights["decode_head.classifier.bias"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(BadModelError, match=r"lacks 1 weights, first decode_head\.classifier\.bias; get all files of"):
        map_of(shelf)


def test_damage_of_what_ships_is_one_line(
    tmp_path: Path, shelf: DetectorShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, cut off, or altered: the file is named, and that a new installation mends it."""
    monkeypatch.setattr("engine.control.weights.resources_folder", lambda: tmp_path)
    place = tmp_path / "models" / "papercut-segment"
    with pytest.raises(BadModelError, match=r"papercut-segment is missing; install Onetake again"):
        map_of(shelf, "segment")
    write_segformer(place, 2, [[1, 2, 3], [4, 5, 6]])
    assert colours(map_of(shelf, "segment")) <= {(1, 2, 3), (4, 5, 6)}
    weights = place / "model.safetensors"
    listed = [{"path": weights.name, "sha256": "0" * 64, "size_bytes": weights.stat().st_size}]
    (place / "onetake-files.json").write_text(json.dumps(listed))
    shelf.clear()
    with pytest.raises(BadModelError, match=r"model\.safetensors"):
        map_of(shelf, "segment")
    (place / "onetake-files.json").unlink()
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(BadModelError, match=r"model\.safetensors is truncated"):
        map_of(shelf, "segment")
