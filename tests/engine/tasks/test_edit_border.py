"""engine.tasks.edit_border: soft masks end where they say, holes take the colours around them, shifts are undone."""

from __future__ import annotations

import numpy as np
import pytest

from engine.tasks.edit_border import feather, fill_hole, match_tone, overlap
from tests.engine.tasks.editing import box_mask, scene


def _mask() -> np.typing.NDArray[np.float32]:
    return (box_mask(128, 96, (40, 30, 90, 70)) / 255).astype(np.float32)


@pytest.mark.parametrize("width", [1, 8, 30])
def test_a_soft_border_lies_outside_the_mask_and_is_as_wide_as_asked(width: int) -> None:
    """Inside nothing changes; outwards it falls without a jump, and is 0 beyond the width."""
    soft = feather(_mask(), width)
    assert (soft[_mask() == 1.0] == 1.0).all()
    row = soft[50, :40][::-1]
    assert (np.diff(row) <= 0.0).all()
    assert (row[:width] > 0.0).all()
    assert (row[width:] == 0.0).all()
    assert -np.diff(soft[50, :41]).min() < 2.0 / (width + 1)


def test_soft_edges_of_a_painted_mask_stay() -> None:
    """What is grey in the mask is never made less."""
    painted = _mask() * np.float32(0.4)
    assert (feather(painted, 6) >= painted).all()
    assert np.array_equal(feather(painted, 0), painted)


def test_a_hole_takes_the_colours_around_it() -> None:
    """Nothing of what was there is left, the rest keeps its bytes, and the hole's border is continuous."""
    picture = scene()
    picture[30:70, 40:90] = (255, 0, 255)
    filled = fill_hole(picture, _mask())
    outside = _mask() == 0.0
    assert np.array_equal(filled[outside], picture[outside])
    assert (filled[30:70, 40:90, 1] > 20).all()
    steps = np.abs(filled[30:70, 39].astype(int) - filled[30:70, 40])
    assert steps.mean() < 3.0


def test_a_margin_continues_what_borders_it() -> None:
    """The rows of a wide margin have the colours of the rows beside it: sky stays above ground."""
    picture = np.zeros((64, 128, 3), np.uint8)
    picture[:32], picture[32:] = (90, 160, 220), (60, 120, 40)
    mask = np.zeros((64, 128), np.float32)
    mask[:, 64:] = 1.0
    picture[:, 64:] = 255
    filled = fill_hole(picture, mask)
    assert np.abs(filled[4, 64:].astype(int) - (90, 160, 220)).max() <= 12
    assert np.abs(filled[60, 64:].astype(int) - (60, 120, 40)).max() <= 12


def test_a_picture_that_is_all_hole_or_none_stays() -> None:
    """Nothing is known of what to fill it with, or there is nothing to fill."""
    whole = np.ones((96, 128), np.float32)
    assert np.array_equal(fill_hole(scene(), whole), scene())
    assert np.array_equal(fill_hole(scene(), 0 * whole), scene())


@pytest.mark.parametrize("width", [0, 12])
def test_a_shift_of_all_colours_is_taken_back_inside_the_mask(width: int) -> None:
    """What the overlap shows to be off by a smooth difference is off by less than half a level inside."""
    before = scene().astype(np.float32)
    slope = np.linspace(0.0, 4.0, 128, dtype=np.float32)[None, :, None]
    made = before + np.asarray([5.0, -7.0, 3.0], np.float32) + slope
    toned = match_tone(made, before, overlap(_mask(), feather(_mask(), width)))
    inside = _mask() == 1.0
    assert np.abs((made - before)[inside]).mean() > 4.0
    assert np.abs((toned - before)[inside]).mean() < 0.5


@pytest.mark.parametrize("width", [0, 12])
def test_what_the_model_painted_is_not_toned_down(width: int) -> None:
    """A new thing inside the mask keeps its contrast; only the overlap tells the shift."""
    before = np.full((96, 128, 3), 100.0, np.float32)
    made = before.copy()
    made[45:55, 60:70] += 90.0
    assert np.allclose(match_tone(made, before, overlap(_mask(), feather(_mask(), width))), made, atol=1e-3)


def test_the_overlap_is_the_soft_border_or_what_is_kept_near_the_mask() -> None:
    """Grey parts of a painted mask are no border, and a mask of everything has none."""
    painted = _mask()
    painted[:, 60:70] *= np.float32(0.5)
    soft = feather(painted, 12)
    assert np.array_equal(overlap(painted, soft), (painted == 0.0) & (soft > 0.0))
    near = overlap(painted, painted)
    assert near[50, 38]
    assert near[50, 0]
    assert not near[50, 65]
    assert not overlap(np.ones_like(painted), np.ones_like(painted)).any()
