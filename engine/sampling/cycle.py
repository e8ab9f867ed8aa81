"""CycleDiffusion: other words for the same picture, with the very noise that makes the picture from its own words.

Owns the two chains. The first goes from the noised picture back to it along states drawn from the forward process; what
the model, told the source prompt, misses of each state is the noise of that step. The second takes the same noise with
the new prompt. With equal prompts the picture comes back.
Source: Wu and De la Torre, arXiv:2210.05559, section 3.2 (DPM-Encoder), with the DDIM steps of arXiv:2010.02502,
equations 12 and 16; as diffusers' CycleDiffusionPipeline, in the variance-exploding form of engine.models.noise_levels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.sampling.solvers import fresh_level

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser, StepContext

ETA = 0.1
"""Share of DDPM's fresh noise in each step; the paper's choice."""


def fresh_sigma(step: StepContext) -> float:
    """The level of the noise that a step adds; the rest of `next_sigma` it keeps of what was there."""
    return ETA * fresh_level(step.sigma, step.next_sigma)


def step_without_noise(latents: Tensor, clean: Tensor, step: StepContext) -> Tensor:
    """Where a step of `latents` with the estimate `clean` leads before its noise is added."""
    kept = math.sqrt(step.next_sigma**2 - fresh_sigma(step) ** 2)
    return clean + (latents - clean) * (kept / step.sigma)


def sample_cycle(
    source: tuple[Denoiser, Conditioning],
    target: tuple[Denoiser, Conditioning],
    picture: Tensor,
    schedule: Sequence[StepContext],
    *,
    first_noise: Tensor,
    fresh_noise: Callable[[StepContext], Tensor],
    after_step: Callable[[StepContext, Tensor], None],
) -> Tensor:
    """The picture's clean latents under the target's words.

    Args:
        source: The model and the encoded words for the picture as it is.
        target: The model, wrapped in whatever guides it, and the encoded words for the result.
        picture: Clean latents, (1 or B, C, h, w) fp32, in the variance-exploding form.
        schedule: The steps, the last of which ends at 0.
        first_noise: Standard noise of the first step's level, (B, C, h, w).
        fresh_noise: Draws standard noise for the state behind a step, shaped like it.
        after_step: Told each step with the target's clean estimate; may raise to stop.
    """
    behind = latents = picture + first_noise * schedule[0].sigma
    for step in schedule:
        source_clean = source[0].denoise(behind, step, source[1])
        clean = target[0].denoise(latents, step, target[1])
        drawn = step_without_noise(behind, picture, step)
        if step.next_sigma > 0.0:
            drawn = drawn + fresh_noise(step) * fresh_sigma(step)
        missed = drawn - step_without_noise(behind, source_clean, step)
        latents = step_without_noise(latents, clean, step) + missed
        behind = drawn
        after_step(step, clean)
    return latents
