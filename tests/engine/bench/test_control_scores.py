"""engine.bench.control_scores on maps whose scores are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from engine.bench.control_scores import bootstrap_interval, f1_score, mean_iou, ms_ssim, root_mean_square

if TYPE_CHECKING:
    from collections.abc import Callable


def lines(shift: int = 0, side: int = 32) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """One vertical line of `side` pixels."""
    found = np.zeros((side, side), np.bool_)
    found[:, 8 + shift] = True
    return found


def noise(seed: int, side: int = 256) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (side, side), np.uint8)


def test_f1_of_known_edges() -> None:
    """Identical 1, shifted by a pixel 0, half of them 2/3, twice as many 2/3, none in both 1, none in one 0."""
    empty = np.zeros((32, 32), np.bool_)
    half = lines()
    half[16:] = False
    assert f1_score(lines(), lines()) == 1.0
    assert f1_score(lines(), lines(1)) == 0.0
    assert f1_score(lines(), half) == pytest.approx(2 / 3)
    assert f1_score(lines(), lines() | lines(4)) == pytest.approx(2 / 3)
    assert f1_score(empty, empty) == 1.0
    assert f1_score(lines(), empty) == f1_score(empty, lines()) == 0.0


def test_rmse_is_in_levels_of_255_and_does_not_wrap_round() -> None:
    """Identical 0, black beside white 255 either way, 3 and 4 apart in halves 3.54."""
    black, white = np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)
    assert root_mean_square(white, white) == 0.0
    assert root_mean_square(black, white) == root_mean_square(white, black) == 255.0
    apart = np.full((8, 8), 3, np.uint8)
    apart[4:] = 4
    assert root_mean_square(black, apart) == pytest.approx(12.5**0.5)


def test_miou_of_known_segments() -> None:
    """Identical 1; one class everywhere 1; swapped 0; a border moved by a quarter is the mean of both shares."""
    halves, moved = np.zeros((8, 8), np.int64), np.zeros((8, 8), np.int64)
    halves[:, 4:] = 1
    moved[:, 2:] = 1
    assert mean_iou(halves, halves) == 1.0
    assert mean_iou(np.full((8, 8), 7), np.full((8, 8), 7)) == 1.0
    assert mean_iou(halves, 1 - halves) == 0.0
    assert mean_iou(halves, moved) == pytest.approx((2 / 4 + 4 / 6) / 2)
    assert mean_iou(np.zeros((8, 8), np.int64), halves) == pytest.approx((1 / 2 + 0) / 2)


def test_ms_ssim_orders_pictures_by_likeness() -> None:
    """Identical 1; a little noise more than much; other noise near 0; symmetric; small maps have fewer scales."""
    picture = np.kron(noise(1, 32), np.ones((8, 8))).astype(np.uint8)
    slightly = np.clip(picture + np.random.default_rng(2).normal(0, 5, picture.shape), 0, 255).astype(np.uint8)
    badly = np.clip(picture + np.random.default_rng(3).normal(0, 60, picture.shape), 0, 255).astype(np.uint8)
    assert ms_ssim(picture, picture) == pytest.approx(1.0)
    assert 1.0 > ms_ssim(picture, slightly) > ms_ssim(picture, badly) > ms_ssim(picture, noise(4))
    assert ms_ssim(noise(1), noise(4)) < 0.1
    assert ms_ssim(picture, badly) == pytest.approx(ms_ssim(badly, picture))
    for side in (12, 32, 100):
        assert ms_ssim(noise(1, side), noise(1, side)) == pytest.approx(1.0)


def test_one_scale_is_the_ssim_of_scikit_image() -> None:
    """On maps that hold one scale only, the library's value with a Gaussian window."""
    from skimage.metrics import structural_similarity  # pyright: ignore[reportUnknownVariableType]

    first, second = noise(1, 16), np.clip(noise(1, 16).astype(int) + 20, 0, 255).astype(np.uint8)
    theirs = cast("Callable[..., float]", structural_similarity)(
        first, second, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert ms_ssim(first, second) == pytest.approx(theirs, abs=1e-6)


def test_maps_of_two_sizes_are_not_compared() -> None:
    """They would be broadcast in silence."""
    for score in (root_mean_square, ms_ssim, mean_iou):
        with pytest.raises(ValueError, match="make them one size"):
            score(np.zeros((8, 8), np.uint8), np.zeros((1, 8), np.uint8))
    with pytest.raises(ValueError, match="make them one size"):
        f1_score(lines(side=16), lines(side=32))


def test_the_interval_holds_the_mean_and_narrows_with_more_pairs() -> None:
    """Equal differences have no width; the same spread over more pairs has less; the same seed gives the same."""
    assert bootstrap_interval([0.25] * 5) == (0.25, 0.25)
    few, many = [0.0, 1.0] * 4, [0.0, 1.0] * 64
    low, high = bootstrap_interval(few)
    assert low < 0.5 < high
    narrow = bootstrap_interval(many)
    assert narrow[1] - narrow[0] < high - low
    assert bootstrap_interval(few) == (low, high)
