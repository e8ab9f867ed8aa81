"""Points on the way from noise to a picture, and the way itself: what all methods of this folder share.

Owns levels, noising and following the ODE with gradients. In a step one level holds for the whole batch, as in every
StepContext; a loop that trains all levels draws another one for each batch.

Two scales of latents occur (engine.models.noise_levels). Both become the same one when latents are divided by the
factor of the clean picture in them: clean + ratio * noise. There the ODE's Euler steps are straight lines.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.models.denoiser import StepContext
from engine.sampling.solvers import euler_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser
    from engine.models.noise_levels import NoiseLevels


def timestep_of(levels: NoiseLevels, sigma: float) -> float:
    """What a network is told about a noise level, between the timesteps it was trained at if need be."""
    if levels.parametrisation == "flow":
        return sigma * levels.train_steps
    logarithms = np.log(levels.train_sigmas)
    # Below the lowest trained level there is nothing but that level.
    return float(np.interp(math.log(max(sigma, 1e-12)), logarithms, np.arange(levels.train_steps)))


def step_at(levels: NoiseLevels, sigma: float, next_sigma: float = 0.0) -> StepContext:
    """A step of its own from one noise level to a lower one."""
    return StepContext(sigma, next_sigma, timestep_of(levels, sigma), 0, 1)


def steps_down(levels: NoiseLevels, sigmas: Sequence[float], *, renoise: bool = False) -> tuple[StepContext, ...]:
    """The steps through falling noise levels and on to 0.

    Args:
        levels: How the model was trained.
        sigmas: The level each step starts from.
        renoise: All but the last reach their end by fresh noise, as consistency models do.
    """
    ends = [*sigmas[1:], 0.0]
    return tuple(
        StepContext(sigma, end, timestep_of(levels, sigma), index, len(sigmas), renoise=renoise and end > 0.0)
        for index, (sigma, end) in enumerate(zip(sigmas, ends, strict=True))
    )


def noise_ratio(levels: NoiseLevels, sigma: float) -> float:
    """Noise over signal at a level: BOOT's exp(lambda). Infinite where nothing is left of the picture."""
    scale = levels.signal_scale(sigma)
    return sigma / scale if scale else math.inf


def sigma_of(levels: NoiseLevels, ratio: float) -> float:
    """The level at which noise over signal has that ratio."""
    return ratio / (1.0 + ratio) if levels.parametrisation == "flow" else ratio


def add_noise(levels: NoiseLevels, clean: Tensor, noise: Tensor, sigma: float) -> Tensor:
    """Latents at a noise level, of one shape with `clean` and the standard normal `noise`."""
    return clean * levels.signal_scale(sigma) + noise * sigma


def follow(denoiser: Denoiser, start: Tensor, schedule: Iterable[StepContext], conditioning: Conditioning) -> Tensor:
    """Where the ODE leads from `start` along a schedule, by Euler steps; gradients reach every step.

    Args:
        denoiser: The model.
        start: Latents at the first step's level, fp32, (B, C, h, w).
        schedule: Steps that follow each other.
        conditioning: One row for each of the batch, or one for all.

    Returns:
        Latents at the last step's end, (B, C, h, w).
    """
    latents = start
    for step in schedule:
        latents = euler_step(latents, denoiser.denoise(latents, step, conditioning), step)
    return latents
