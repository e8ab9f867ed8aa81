"""engine.tasks.edit_area: boxes have the model's shape, and cutting and laying back are each other's inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tasks.edit_area import Area, choose_area
from tests.engine.tasks.editing import Box, box_mask, scene


def _mask(width: int, height: int, box: Box) -> np.typing.NDArray[np.float32]:
    return (box_mask(width, height, box) / 255).astype(np.float32)


@given(
    picture=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    latents=st.tuples(st.integers(4, 40), st.integers(4, 40)),
    padding=st.none() | st.integers(0, 80),
    data=st.data(),
)
def test_the_box_holds_the_mask_in_the_models_shape(
    picture: tuple[int, int], latents: tuple[int, int], padding: int | None, data: st.DataObject
) -> None:
    """Any mask lies wholly inside its box, which has the shape of the model's size within a pixel."""
    width, height = picture
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    size = (latents[0] * 16, latents[1] * 16)
    area = choose_area(_mask(width, height, (left, top, right, bottom)), size, padding)
    assert area.left <= left
    assert area.top <= top
    assert area.left + area.width >= right
    assert area.top + area.height >= bottom
    assert abs(area.width * size[1] - area.height * size[0]) <= max(size)
    if area.width <= width and area.height <= height:
        assert area.left >= 0 <= area.top
        assert area.left + area.width <= width
        assert area.top + area.height <= height


def test_a_picture_a_little_smaller_than_the_size_is_not_resampled() -> None:
    """100 x 90 at 112 x 96 is widened by its border, so that kept pixels stay as sharp as they are."""
    area = choose_area(_mask(100, 90, (10, 10, 30, 30)), (112, 96), None)
    assert (area.width, area.height) == (112, 96)
    picture = scene(100, 90)
    cut = area.cut(picture)
    assert np.array_equal(cut[-area.top : 90 - area.top, -area.left : 100 - area.left], picture)
    assert np.array_equal(cut[:, 0], cut[:, -area.left])


@pytest.mark.parametrize("area", [Area(20, 10, 64, 48, (64, 48)), Area(-8, -4, 160, 112, (160, 112))])
def test_what_is_cut_and_laid_back_is_the_picture(area: Area) -> None:
    """A model that changed nothing changes nothing, wherever its part lies."""
    picture = scene()
    share = np.ones(picture.shape[:2], np.float32)
    assert np.array_equal(area.lay_back(area.cut(picture), picture, share, share == 1.0), picture)


def test_only_the_share_of_a_pixel_comes_from_the_model() -> None:
    """Half a share gives the mean, no share the very byte, and nothing outside the box is touched."""
    picture = np.full((40, 60, 3), 100, np.uint8)
    share = np.zeros((40, 60), np.float32)
    share[:, 30:] = 1.0
    share[:, 29] = 0.5
    area = Area(10, 0, 40, 40, (40, 40))
    made = np.full((40, 40, 3), 100, np.uint8)
    made[:, 20:] = 200
    result = area.lay_back(made, picture, share, np.zeros((40, 60), np.bool_))
    assert (result[:, :29] == 100).all()
    assert (result[:, 30:50] == 200).all()
    assert (result[:, 50:] == 100).all()


def test_a_thin_stroke_survives_being_made_smaller() -> None:
    """A mask of one pixel is still above 0 somewhere after a cut to an eighth of the size."""
    mask = np.zeros((512, 512), np.float32)
    mask[300, 301] = 1.0
    assert (choose_area(mask, (64, 64), None).cut_mask(mask) > 0.0).any()
