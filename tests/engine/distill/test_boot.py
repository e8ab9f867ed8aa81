"""BOOT on a world whose signal is known at every level."""

from __future__ import annotations

import math

import pytest
import torch

from engine.distill.boot import Bootstrap
from engine.distill.paths import add_noise, follow, noise_ratio, step_at, steps_down
from engine.models.denoiser import Conditioning, StepContext
from engine.models.noise_levels import NoiseLevels
from tests.engine.distill.descent import descend, send_back, touched
from tests.engine.distill.gaussian import DEVIATION, FLOW, MEAN, VARIANCE, WORDS, Affine, Exact, draw, first_sigma


def signal_of(levels: NoiseLevels, noise: torch.Tensor, path: torch.Tensor, sigma: float) -> torch.Tensor:
    """The signal of the known path: (x - sigma noise) / alpha with x / alpha = MEAN + sqrt(s^2 + ratio^2) path."""
    ratio = noise_ratio(levels, sigma)
    return MEAN + math.hypot(DEVIATION, ratio) * path - ratio * noise


@pytest.mark.parametrize("levels", [FLOW, VARIANCE])
def test_the_signals_step_is_the_latents_step(levels: NoiseLevels) -> None:
    """Moving the signal on equals moving the latents on by an Euler step and taking their noise away."""
    boot, noise, signal = Bootstrap(Exact(levels), levels, first_sigma(levels)), draw(20), draw(20, 1)
    moved = boot.next_signal(signal, noise, (0.6, 0.35), WORDS)
    latents = follow(Exact(levels), add_noise(levels, signal, noise, 0.6), [step_at(levels, 0.6, 0.35)], WORDS)
    assert torch.allclose(moved, (latents - 0.35 * noise) / levels.signal_scale(0.35))


def test_the_known_signal_solves_the_ode() -> None:
    """The exact signal moved on by a short step errs by the square of its length."""
    boot, noise = Bootstrap(Exact(FLOW), FLOW, 0.98), draw(50)
    errors: list[float] = []
    for length in (0.1, 0.05):
        moved = boot.next_signal(signal_of(FLOW, noise, noise, 0.6), noise, (0.6, 0.6 - length), WORDS)
        errors.append(float((moved - signal_of(FLOW, noise, noise, 0.6 - length)).abs().max()))
    assert errors[1] < 0.35 * errors[0]


def test_from_noise_alone_the_teachers_estimate_is_the_signal() -> None:
    """At level 1 of a flow model there is no signal to keep."""
    boot, noise = Bootstrap(Exact(FLOW), FLOW, 1.0), draw(20)
    moved = boot.next_signal(torch.full_like(noise, 1e6), noise, (1.0, 0.9), WORDS)
    assert torch.allclose(moved, torch.full_like(noise, MEAN))


@pytest.mark.parametrize("levels", [FLOW, VARIANCE])
def test_a_student_that_is_the_teacher_meets_the_boundary(levels: NoiseLevels) -> None:
    """Before any training the boundary's loss is 0; for another student it is not."""
    boot = Bootstrap(Exact(levels), levels, first_sigma(levels))
    assert boot.boundary_loss(Exact(levels), draw(20), WORDS).item() == 0.0
    assert boot.boundary_loss(Affine(), draw(20), WORDS).item() > 0.1


def test_gradients_reach_the_student_at_the_lower_level_alone() -> None:
    """The target is no path for gradients."""
    boot, student = Bootstrap(Exact(FLOW), FLOW, 0.98), Affine(0.2, 0.1)
    send_back(boot.loss(student, draw(20), (0.6, 0.4), WORDS))
    assert touched(student.slopes) == [400]


def test_bootstrapping_learns_where_the_teachers_steps_lead() -> None:
    """The student's one step becomes the end of the teacher's whole chain, which it never saw."""
    sigmas = [0.98, 0.7, 0.45, 0.2, 0.0]
    boot, student, noise = Bootstrap(Exact(FLOW), FLOW, sigmas[0]), Affine(), draw(300)
    optimizer = torch.optim.Adam(student.parameters(), lr=0.05)
    for turn in range(600):
        for group in optimizer.param_groups:
            group["lr"] = 0.05 * (1 - turn / 600)
        loss = boot.boundary_loss(student, noise, WORDS)
        for piece in range(4):
            loss = loss + boot.loss(student, noise, (sigmas[piece], sigmas[piece + 1]), WORDS)
        descend(loss, optimizer)
    # The chain begins from the boundary: the latents of the first signal.
    first = Exact(FLOW).denoise(noise, step_at(FLOW, sigmas[0]), WORDS)
    wanted = follow(Exact(FLOW), add_noise(FLOW, first, noise, sigmas[0]), steps_down(FLOW, sigmas[:-1]), WORDS)
    assert (student.denoise(noise, boot.signal_step(0.0), WORDS) - wanted).abs().max().item() < 0.01


def test_the_student_is_told_its_latents_are_noise_and_the_time_apart() -> None:
    """The step's sigma is that of the latents, its timestep that of the signal wanted."""
    seen: list[StepContext] = []

    class Watched:
        def denoise(self, latents: torch.Tensor, step: StepContext, conditioning: Conditioning) -> torch.Tensor:
            seen.append(step)
            return latents

    Bootstrap(Exact(FLOW), FLOW, 0.98).loss(Watched(), draw(2), (0.6, 0.4), WORDS)
    assert [(step.sigma, step.timestep) for step in seen] == [(0.98, 600.0), (0.98, 400.0)]
