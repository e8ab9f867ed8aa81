"""engine.control.framing: where a picture lies on a map of another shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.control.framing import MAX_LOOKED_AT, ResizeMode, frame_picture, looked_at

SIDES = st.integers(1, 5000)
SIZES = st.tuples(SIDES, SIDES)
MODES: tuple[ResizeMode, ...] = ("stretch", "crop", "fit")


@given(picture=SIZES, canvas=SIZES, mode=st.sampled_from(MODES))
def test_the_framing_stays_within_picture_and_canvas(
    picture: tuple[int, int], canvas: tuple[int, int], mode: ResizeMode
) -> None:
    """Whatever the shapes, the part is inside the picture and its place inside the canvas."""
    framing = frame_picture(picture, canvas, mode)
    left, top, right, bottom = framing.box
    assert 0 <= left < right <= picture[0]
    assert 0 <= top < bottom <= picture[1]
    assert 0 <= framing.corner[0] <= framing.corner[0] + framing.size[0] <= canvas[0]
    assert 0 <= framing.corner[1] <= framing.corner[1] + framing.size[1] <= canvas[1]
    assert mode == "fit" or framing.size == canvas


def test_crop_cuts_the_longer_sides_evenly() -> None:
    """A wide picture on a square loses the same on the left and on the right, and nothing in height."""
    assert frame_picture((400, 200), (100, 100), "crop").box == (100.0, 0.0, 300.0, 200.0)


def test_fit_keeps_the_whole_picture_and_its_shape() -> None:
    """A wide picture on a square gets a border above and below."""
    framing = frame_picture((400, 200), (100, 100), "fit")
    assert (framing.box, framing.size, framing.corner) == ((0.0, 0.0, 400.0, 200.0), (100, 50), (0, 25))


@given(picture=SIZES, shape=SIZES, canvas=SIZES, mode=st.sampled_from(MODES))
def test_a_canvas_that_is_stretched_later_shows_what_its_true_shape_would(
    picture: tuple[int, int], shape: tuple[int, int], canvas: tuple[int, int], mode: ResizeMode
) -> None:
    """The same part of the picture, in the same place but for rounding; nothing changes for one that is not."""
    stretched, true = frame_picture(picture, canvas, mode, shape), frame_picture(picture, shape, mode)
    assert stretched.box == true.box
    for side in (0, 1):
        factor = canvas[side] / shape[side]
        assert 0 <= stretched.corner[side] <= stretched.corner[side] + stretched.size[side] <= canvas[side]
        assert abs(stretched.size[side] - true.size[side] * factor) <= 0.5 * factor + 1
    assert frame_picture(picture, canvas, mode, canvas) == frame_picture(picture, canvas, mode)


def test_labels_are_not_mixed() -> None:
    """A categorical map keeps exactly its colours when it is enlarged."""
    labels = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
    framing = frame_picture((2, 1), (7, 3), "stretch")
    placed = framing.place(labels, (0, 0, 0), categorical=True)
    assert placed.shape == (3, 7, 3)
    assert {tuple(colour) for colour in placed.reshape(-1, 3).tolist()} == {(255, 0, 0), (0, 0, 255)}


@pytest.mark.parametrize(
    ("size", "resolution", "multiple", "expected"),
    [
        ((513, 300), 0, 1, (513, 300)),
        ((512, 512), 512, 64, (512, 512)),
        ((800, 400), 512, 64, (1024, 512)),
        ((10, 10), 0, 64, (64, 64)),
        ((4096, 1), 512, 64, (MAX_LOOKED_AT, 512)),
    ],
)
def test_networks_look_at_sides_they_can_take(
    size: tuple[int, int], resolution: int, multiple: int, expected: tuple[int, int]
) -> None:
    """Sides are multiples near the wished resolution, at least one multiple and never endless."""
    assert looked_at(size, resolution, multiple) == expected
