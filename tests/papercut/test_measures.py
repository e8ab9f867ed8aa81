"""Measures of pictures: known answers, orders they must see, and intervals that tell chance from difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch.nn import functional

from papercut.judge import load_judge
from papercut.measures import (
    Reference,
    edge_energy,
    frechet_distance,
    judge_features,
    resample,
    see,
    share,
    spread_in_features,
    spread_in_pixels,
)
from papercut.questions import draw_questions, render_scenes
from papercut.stream import to_signal
from papercut.training import as_tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_the_frechet_distance_is_that_of_gaussians() -> None:
    """For known means and covariances: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))."""
    drawn = np.random.default_rng(4).standard_normal((400, 3))
    drawn -= drawn.mean(0)
    whitener = np.linalg.inv(np.linalg.cholesky(np.cov(drawn.T))).astype(np.float64)
    white: NDArray[np.float64] = np.einsum("ij,nj->ni", whitener, drawn)
    rows = as_tensor(white)
    assert frechet_distance(rows, rows) == pytest.approx(0.0, abs=1e-9)
    assert frechet_distance(rows, rows + torch.tensor([1.0, 2.0, 0.0])) == pytest.approx(5.0)
    assert frechet_distance(rows, 3 * rows) == pytest.approx(3 * (1 - 3) ** 2)
    first, second = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 1.0, 5.0])
    assert frechet_distance(rows * first, rows * second) == pytest.approx(float((first - second).square().sum()))
    turned = torch.tensor([[1.0, 0.4, 0.0], [0.0, 1.0, 0.3], [0.2, 0.0, 1.0]], dtype=torch.float64)
    one, other = np.cov((rows @ turned).numpy().T), np.diag([4.0, 1.0, 9.0])
    eigenvalues = np.linalg.eigvals(one @ other).real
    wanted = np.trace(one) + np.trace(other) - 2 * np.sqrt(eigenvalues).sum()
    assert frechet_distance(rows @ turned, rows * torch.tensor([2.0, 1.0, 3.0])) == pytest.approx(float(wanted))


def gaussian(seed: int, *, shift: float = 0.0, rows: int = 200) -> torch.Tensor:
    """Rows of eight numbers."""
    return torch.randn(rows, 8, generator=torch.Generator().manual_seed(seed)) + shift


def test_the_interval_of_a_distance_lies_about_it() -> None:
    """Resampling alone raises the distance; the interval must not lie above the number it belongs to."""
    held = Reference(gaussian(1), resample(200))
    for shift in (0.0, 0.4):
        figure = held.distance(gaussian(2, shift=shift)).figure()
        low, high = figure["interval"]
        assert low < figure["value"] < high


def test_a_distance_tells_sets_apart_beyond_chance() -> None:
    """Two sets of one kind are within each other's intervals, a moved one is not, whatever is drawn."""
    held = Reference(gaussian(1), resample(200))
    alike, again, moved = (held.distance(gaussian(seed, shift=shift)) for seed, shift in ((2, 0), (3, 0), (4, 0.5)))
    low, high = alike.over(again).figure()["interval"]
    assert low < 1 < high
    assert moved.over(alike).figure()["interval"][0] > 1.5
    assert moved.minus(alike).figure()["interval"][0] > 0
    same = Reference(gaussian(1), resample(200)).distance(gaussian(4, shift=0.5))
    assert same.figure() == moved.figure()


def test_each_sample_of_a_bootstrap_has_as_many_captions() -> None:
    """The first is the captions themselves; one seed always draws the same."""
    samples = resample(30, 50)
    assert samples.shape == (51, 30)
    assert torch.equal(samples[0], torch.ones(30, dtype=torch.float64))
    assert torch.equal(samples.sum(1), torch.full((51,), 30.0, dtype=torch.float64))
    assert torch.equal(samples, resample(30, 50))
    assert not torch.equal(samples, resample(30, 50, seed=1))


def test_a_share_has_the_interval_of_a_proportion() -> None:
    """Of 400 independent captions with one slot each, as the normal approximation has it."""
    right = (torch.arange(400) % 5 > 0).float()
    figure = share(right, torch.ones(400), resample(400, 4000)).figure()
    half = 1.96 * (0.8 * 0.2 / 400) ** 0.5
    assert figure["value"] == pytest.approx(0.8)
    assert figure["interval"] == pytest.approx((0.8 - half, 0.8 + half), abs=0.006)


def test_what_two_measures_share_cancels() -> None:
    """The ratio of two that rise and fall together is known better than either."""
    samples = resample(50)
    hard = torch.rand(50, generator=torch.Generator().manual_seed(1))
    first, second = (share(factor * hard, torch.ones(50), samples) for factor in (1.0, 0.9))
    low, high = second.over(first).figure()["interval"]
    assert (low, high) == pytest.approx((0.9, 0.9), abs=1e-4)


def test_spreads_are_mean_distances_of_pairs() -> None:
    """Three points with sides 3, 4 and 5; pictures of one level each; equal ones are not apart."""
    points = torch.tensor([[[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]], [[1.0, 1.0]] * 3])
    assert torch.equal(spread_in_features(points), torch.tensor([4.0, 0.0]))
    levels = torch.tensor([0.0, 1.0, 0.5])[None, :, None, None, None].expand(1, 3, 3, 4, 4)
    assert spread_in_pixels(levels).item() == pytest.approx(127.5 * (1 + 0.5 + 0.5) / 3)


def test_edge_energy_of_a_ramp_is_its_slope() -> None:
    """Brightness that rises by two levels of 255 a column has an energy of two; direction does not matter."""
    ramp = torch.arange(64).float().mul(2).div(127.5).sub(1).expand(1, 3, 64, 64)
    energies = [edge_energy(picture)[0].item() for picture in (ramp, ramp.mT)]
    assert energies == pytest.approx([2 * 63 / 64] * 2, rel=1e-3)  # half a slope in the outermost columns


@torch.no_grad()
def test_soft_and_foreign_pictures_are_seen() -> None:
    """Blurring takes edge energy and leads away in E; noise leads further; another noise's renders stay near."""
    questions, judge = draw_questions(24, 8), load_judge()
    pictures, others = (
        to_signal(render_scenes(questions.scenes, noise)) for noise in (questions.noise, draw_questions(24, 9).noise)
    )
    soft = functional.avg_pool2d(pictures, 9, 1, padding=4, count_include_pad=False)
    assert (edge_energy(soft) < 0.8 * edge_energy(pictures)).all()
    seen = see(judge, pictures)
    real = judge_features(judge, others)
    noisy = torch.randn(pictures.shape, generator=torch.Generator().manual_seed(1)).clamp(-1, 1)
    near, blurred, foreign = (
        frechet_distance(features, real)
        for features in (seen.features, judge_features(judge, soft), judge_features(judge, noisy))
    )
    assert near < blurred < foreign
    assert seen.answers.shape == (24, 19)
    assert seen.edges.shape == (24,)
