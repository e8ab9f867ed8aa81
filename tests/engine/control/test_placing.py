"""Maps that the artist has moved, scaled or turned: where each pixel goes, and what shows beside them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.control.placing import place_pixels
from engine.errors import BadInputError
from engine.messages import MapPlace

BLACK = (0, 0, 0)


def spot(x: int, y: int) -> np.ndarray:
    """A map of 96x64 with a white square of 8 pixels whose upper left corner is there."""
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[y : y + 8, x : x + 8] = 255
    return pixels


def centre(pixels: np.ndarray) -> tuple[float, float]:
    """The middle of what is bright, in pixels from the upper left corner of the frame."""
    light = pixels[..., 0].astype(float)
    rows, columns = np.mgrid[: light.shape[0], : light.shape[1]]
    total = light.sum()
    return float((light * (columns + 0.5)).sum() / total), float((light * (rows + 0.5)).sum() / total)


def test_a_plain_place_changes_nothing() -> None:
    """Not a pixel, and the array is another one."""
    pixels = spot(10, 20)
    placed = place_pixels(pixels, MapPlace(), BLACK, categorical=False)
    assert np.array_equal(placed, pixels)
    assert placed is not pixels


def test_a_move_of_whole_pixels_is_exact() -> None:
    """A quarter of the width to the right and a quarter of the height up."""
    placed = place_pixels(spot(10, 20), MapPlace(x=0.25, y=-0.25), BLACK, categorical=False)
    assert np.array_equal(placed, spot(34, 4))


def test_a_right_angle_turns_clockwise_about_the_middle() -> None:
    """What was right of the middle is below it, as far."""
    placed = place_pixels(spot(60, 28), MapPlace(angle=90.0), BLACK, categorical=True)
    assert centre(spot(60, 28)) == (64.0, 32.0)
    assert centre(placed) == pytest.approx((48.0, 48.0))


@pytest.mark.parametrize("categorical", [False, True])
def test_scaling_keeps_the_middle_and_moves_the_rest_away(categorical: bool) -> None:
    """Each axis by its own factor; the square grows with it."""
    placed = place_pixels(spot(56, 36), MapPlace(scale_x=2.0, scale_y=1.5), BLACK, categorical=categorical)
    assert centre(placed) == pytest.approx((72.0, 44.0), abs=0.1)
    assert int((placed[..., 0] > 127).sum()) == pytest.approx(16 * 12, abs=2)


def test_turn_follows_scale_and_the_move_comes_last() -> None:
    """A point of the map goes where the rule says: scaled, turned about the middle, moved."""
    place = MapPlace(x=0.125, y=0.0625, scale_x=0.5, scale_y=0.75, angle=30.0)
    x, y = 60.0 - 48.0, 22.0 - 32.0
    x, y = x * 0.5, y * 0.75
    turn = np.deg2rad(30.0)
    wanted = (48 + np.cos(turn) * x - np.sin(turn) * y + 12, 32 + np.sin(turn) * x + np.cos(turn) * y + 4)
    placed = place_pixels(spot(56, 18), place, BLACK, categorical=False)
    assert centre(placed) == pytest.approx(wanted, abs=0.15)


def test_beside_the_map_lies_its_background_and_labels_are_never_mixed() -> None:
    """The colours of a turned map of labels are those it had and that of nothing."""
    labels = np.zeros((64, 64, 3), np.uint8)
    labels[:, :32], labels[:, 32:] = (120, 0, 30), (10, 200, 90)
    placed = place_pixels(labels, MapPlace(angle=33.0, scale_x=0.6, scale_y=0.6), (7, 8, 9), categorical=True)
    colours = {tuple(map(int, colour)) for colour in placed.reshape(-1, 3)}
    assert colours == {(120, 0, 30), (10, 200, 90), (7, 8, 9)}
    assert tuple(placed[0, 0]) == (7, 8, 9)


def test_a_map_made_smaller_keeps_thin_lines() -> None:
    """Lines of one pixel are averaged, not skipped."""
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[:, ::4] = 255
    placed = place_pixels(lines, MapPlace(scale_x=0.25, scale_y=0.25), BLACK, categorical=False)
    inside = placed[26:38, 26:38, 0].astype(float)
    assert inside.mean() == pytest.approx(255 / 4, abs=4)
    assert inside.std() < 12


def test_a_mask_is_placed_like_its_map() -> None:
    """One channel, nothing beside it."""
    mask = np.full((64, 96), 255, np.uint8)
    placed = place_pixels(mask, MapPlace(x=0.5), 0, categorical=False)
    assert np.array_equal(placed[:, :48], np.zeros((64, 48), np.uint8))
    assert np.array_equal(placed[:, 48:], np.full((64, 48), 255, np.uint8))


@pytest.mark.parametrize(
    "fields", [{"scale_x": 0.0}, {"scale_y": float("nan")}, {"x": 9.0}, {"angle": 181.0}, {"y": float("inf")}]
)
def test_a_place_out_of_range_is_refused(fields: dict[str, float]) -> None:
    """In one line that names the number."""
    with pytest.raises(BadInputError, match="map "):
        MapPlace(**fields)  # pyright: ignore[reportArgumentType]  # numbers alone
