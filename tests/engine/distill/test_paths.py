"""Levels, noise and the way between them."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from engine.distill.paths import add_noise, follow, noise_ratio, sigma_of, step_at, steps_down, timestep_of
from engine.models.noise_levels import NoiseLevels
from engine.sampling.schedule import make_schedule
from tests.engine.distill.descent import send_back
from tests.engine.distill.gaussian import DEVIATION, FLOW, MEAN, VARIANCE, WORDS, Consistent, Exact, draw, first_sigma


@pytest.mark.parametrize("levels", [FLOW, VARIANCE])
def test_a_level_and_its_ratio_say_the_same(levels: NoiseLevels) -> None:
    """Noise over signal names a level, and the level's latents have it."""
    for sigma in (0.01, 0.3, 0.9):
        assert sigma_of(levels, noise_ratio(levels, sigma)) == pytest.approx(sigma)
    assert noise_ratio(FLOW, 1.0) == float("inf")


def test_timesteps_are_those_of_the_schedules() -> None:
    """At every level of a model's own schedule the network is told what the schedule would tell it."""
    spaced = NoiseLevels("variance", "epsilon", "trailing")
    for step in make_schedule(spaced, 7):
        assert timestep_of(spaced, step.sigma) == pytest.approx(step.timestep, abs=1e-6)
    assert timestep_of(FLOW, 0.25) == 250.0
    assert timestep_of(VARIANCE, 0.0) == 0.0


def test_steps_follow_each_other_down_to_nothing() -> None:
    """Each step ends where the next begins, the last at 0; with fresh noise all but the last draw some."""
    steps = steps_down(FLOW, [0.9, 0.5, 0.2], renoise=True)
    assert all(first.next_sigma == second.sigma for first, second in pairwise(steps))
    assert steps[-1].next_sigma == 0.0
    assert [step.renoise for step in steps] == [True, True, False]
    assert [(step.index, step.count) for step in steps] == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.parametrize("levels", [FLOW, VARIANCE])
def test_following_an_exact_denoiser_leads_where_its_ode_leads(levels: NoiseLevels) -> None:
    """More Euler steps come nearer to the ODE's known end, in proportion to their length."""
    first = first_sigma(levels)
    start = add_noise(levels, MEAN + DEVIATION * draw(50), draw(50, 1), first)
    wanted = Consistent(levels).denoise(start, step_at(levels, first), WORDS)
    errors: list[float] = []
    for count in (40, 80):
        sigmas = [first * (1 - index / count) ** 3 for index in range(count)]
        ended = follow(Exact(levels), start, steps_down(levels, sigmas), WORDS)
        errors.append(float((ended - wanted).abs().max()))
    assert errors[1] < 0.6 * errors[0]
    assert errors[1] < 0.05


def test_gradients_go_back_through_every_step() -> None:
    """What leads to the end depends on where it began."""
    start = draw(3).requires_grad_()
    send_back(follow(Exact(FLOW), start, steps_down(FLOW, [0.9, 0.4]), WORDS).sum())
    assert start.grad is not None
    assert bool((start.grad.abs() > 0).all())
    assert torch.isfinite(start.grad).all()
