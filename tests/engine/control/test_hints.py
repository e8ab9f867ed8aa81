"""engine.control.hints: maps and masks at the result's size, made once while the files stay as they are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from engine.control.detect import detect
from engine.control.hints import HintStore
from engine.control.placing import place_pixels
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadInputError, BadModelError
from engine.messages import ControlLayer, MapPlace
from tests.engine.control.pictures import scene

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (96, 64)


class Easel:
    """A store, a picture, and how often a detector was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shelf = DetectorShelf(WeightStore(folder / "annotators", folder / "hub"), "cpu")
        self.opened = 0
        self.store = HintStore(self.open_detectors)
        self.picture = self.save("scene.png", scene())

    def open_detectors(self) -> DetectorShelf:
        self.opened += 1
        return self.shelf

    def save(self, name: str, pixels: np.ndarray) -> str:
        Image.fromarray(pixels).save(self.folder / name)
        return str(self.folder / name)

    def layer(self, **fields: object) -> ControlLayer:
        given: dict[str, object] = {"kind": "canny", "picture": self.picture, **fields}
        return ControlLayer(**given)  # pyright: ignore[reportArgumentType] - checked at construction


@pytest.fixture
def easel(tmp_path: Path) -> Easel:
    return Easel(tmp_path)


def test_a_picture_becomes_the_map_that_its_detector_sees(easel: Easel) -> None:
    """Kind, options, resize and resolution reach the detector; the digest proves the file."""
    layer = easel.layer(resize="fit", options=(("low", 20),), resolution=128)
    hint = easel.store.make(layer, SIZE)
    expected = detect(
        "canny", scene(), SIZE, 0, shelf=easel.shelf, resize="fit", resolution=128, options=(("low", 20),)
    )
    assert np.array_equal(hint.pixels, expected)
    assert hint.mask is None
    with open(easel.picture, "rb") as stream:  # noqa: PTH123 -- hashlib wants the stream
        assert hint.digests == {easel.picture: hashlib.file_digest(stream, "sha256").hexdigest()}


def test_a_map_of_the_right_size_is_taken_as_it_is(easel: Easel) -> None:
    """No detector runs, and not a pixel changes, in any resize mode."""
    pixels = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    picture = easel.save("map.png", pixels)
    for kind in ("canny", "sam", "tile"):
        for resize in ("stretch", "crop", "fit"):
            hint = easel.store.make(easel.layer(kind=kind, picture=picture, is_map=True, resize=resize), SIZE)
            assert np.array_equal(hint.pixels, pixels)
    assert easel.opened == 0


def test_labels_are_never_mixed(easel: Easel) -> None:
    """A map of segments keeps its very colours when it is resized; others get those between."""
    labels = np.zeros((50, 70, 3), np.uint8)
    labels[10:30, 20:50] = (200, 30, 90)
    picture = easel.save("labels.png", labels)
    colours = {}
    for kind in ("sam", "depth"):
        hint = easel.store.make(easel.layer(kind=kind, picture=picture, is_map=True, resize="stretch"), SIZE)
        colours[kind] = len(np.unique(hint.pixels.reshape(-1, 3), axis=0))
    assert colours["sam"] == 2
    assert colours["depth"] > 2


def test_a_map_is_made_once_while_its_file_stays(easel: Easel) -> None:
    """Asking again, or for the same bytes under another name, runs no detector; other bytes or sizes do."""
    first = easel.store.make(easel.layer(), SIZE)
    again = easel.store.make(easel.layer(weight=0.5, mode="prompt", start=0.2, end=0.9), SIZE)
    assert again.pixels is first.pixels
    assert again.layer.weight == 0.5
    copy = easel.save("copy.png", scene())
    assert easel.store.make(easel.layer(picture=copy), SIZE).pixels is first.pixels
    assert easel.opened == 1
    easel.save("scene.png", scene()[:, ::-1])
    assert not np.array_equal(easel.store.make(easel.layer(), SIZE).pixels, first.pixels)
    easel.store.make(easel.layer(), (64, 64))
    easel.store.make(easel.layer(options=(("low", 1),)), (64, 64))
    assert easel.opened == 4


def test_the_oldest_maps_go_when_there_are_too_many(easel: Easel) -> None:
    """The store is bounded in bytes; what was used last stays, however large."""
    store = HintStore(easel.open_detectors, capacity_bytes=2 * 96 * 64 * 3)
    for picture in ("a", "b", "a", "c", "a", "b"):
        name = easel.save(f"{picture}.png", np.full((64, 96, 3), ord(picture), np.uint8))
        store.make(easel.layer(picture=name), SIZE)
    assert easel.opened == 4


def test_a_mask_is_white_where_the_control_acts(easel: Easel) -> None:
    """White is 255, black and transparent are 0; one of the result's size is not touched."""
    mask = np.zeros((64, 96, 4), np.uint8)
    mask[..., 3] = 255
    mask[:, :48, :3] = 255
    mask[:32, :, 3] = 0
    hint = easel.store.make(easel.layer(mask=easel.save("mask.png", mask)), SIZE)
    assert hint.mask is not None
    assert hint.mask.shape == (64, 96)
    assert (hint.mask[32:, :48] == 255).all()
    assert not hint.mask[:32].any()
    assert not hint.mask[:, 48:].any()
    assert hint.notes == ()
    assert len(hint.digests) == 2


@pytest.mark.parametrize(("resize", "acting"), [("stretch", (16, 48)), ("crop", (0, 64)), ("fit", (32, 64))])
def test_a_mask_of_another_size_follows_the_picture_and_says_so(
    easel: Easel, resize: str, acting: tuple[int, int]
) -> None:
    """Framed as the layer's picture is, with nothing acting on a border; a note names both sizes."""
    mask = np.zeros((128, 64), np.uint8)
    mask[32:96] = 255
    file = easel.save("mask.png", mask)
    hint = easel.store.make(easel.layer(mask=file, resize=resize), (128, 64) if resize == "crop" else SIZE)
    assert hint.mask is not None
    if resize == "fit":
        columns = np.flatnonzero(hint.mask[32] == 255)
        assert (columns[0], columns[-1] + 1) == acting
        assert not hint.mask[:, :30].any()
    else:
        rows = np.flatnonzero(hint.mask[:, 10] == 255)
        assert abs(rows[0] - acting[0]) <= 1
        assert abs(rows[-1] + 1 - acting[1]) <= 1
    assert any("the mask of 64x128 was resized to" in note for note in hint.notes)


def test_bad_files_are_named(easel: Easel) -> None:
    """Missing, no picture, animated without a frame, weights missing: one line each, with the file in it."""
    text = easel.folder / "text.png"
    text.write_text("no picture")
    for fields, said in (
        ({"picture": str(easel.folder / "gone.png")}, "gone.png cannot be read"),
        ({"picture": str(text)}, "text.png is no picture"),
        ({"mask": str(text)}, "text.png is no picture"),
        ({"mask": str(easel.folder / "gone.png")}, "gone.png cannot be read"),
    ):
        with pytest.raises(BadInputError, match=said):
            easel.store.make(easel.layer(**fields), SIZE)
    with pytest.raises(BadModelError, match="hed wants ControlNetHED"):
        easel.store.make(easel.layer(kind="hed"), SIZE)


def test_a_frame_of_an_animation_can_be_chosen(easel: Easel) -> None:
    """Each frame has its own map; without a choice the file is refused."""
    frames = [Image.fromarray(np.full((64, 96, 3), value, np.uint8)) for value in (0, 255)]
    file = easel.folder / "a.webp"
    frames[0].save(file, save_all=True, append_images=frames[1:], lossless=True)
    layers = [easel.layer(picture=str(file), is_map=True, frame=frame) for frame in (0, 1)]
    means = [easel.store.make(layer, SIZE).pixels.mean() for layer in layers]
    assert means == [0, 255]
    with pytest.raises(BadInputError, match="holds 2 frames"):
        easel.store.make(easel.layer(picture=str(file), is_map=True), SIZE)


@pytest.mark.parametrize("with_mask", [True, False])
def test_map_and_mask_go_where_the_artist_put_them(easel: Easel, with_mask: bool) -> None:
    """The map that its detector sees, placed; the region stays unless it goes along."""
    mask = easel.save("mask.png", np.full((64, 96, 3), 255, np.uint8))
    place = MapPlace(x=0.25, scale_x=0.5, angle=30.0, with_mask=with_mask)
    plain = easel.store.make(easel.layer(mask=mask), SIZE)
    placed = easel.store.make(easel.layer(mask=mask, place=place), SIZE)
    assert np.array_equal(placed.pixels, place_pixels(plain.pixels, place, (0, 0, 0), categorical=False))
    assert not np.array_equal(placed.pixels, plain.pixels)
    assert plain.mask is not None
    assert placed.mask is not None
    assert bool((placed.mask == 255).all()) is not with_mask
    # The map was detected once.
    assert easel.opened == 1
