"""Solvers: from noise to clean latents along a schedule, over any Denoiser.

Owns the arithmetic of steps. Latents stay fp32 whatever the network computes in.
One Euler step serves flow models and, in the variance-exploding form, SD models, where it equals DDIM without noise:
Karras et al., arXiv:2206.00364, algorithm 1; Song et al., arXiv:2010.02502.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser, StepContext


class Solver(Protocol):
    """What steps along a schedule from what it remembers of earlier steps. Serves one run."""

    def step(
        self, latents: Tensor, clean: Tensor, step: StepContext, fresh_noise: Callable[[StepContext], Tensor]
    ) -> Tensor:
        """Latents for the next step, from those that the network saw in this one and its estimate of x0."""
        ...


def euler_step(latents: Tensor, clean: Tensor, step: StepContext) -> Tensor:
    """Follow the straight line through `clean` from `step.sigma` to `step.next_sigma`."""
    if step.next_sigma == 0.0:
        return clean
    return clean + (latents - clean) * (step.next_sigma / step.sigma)


def fresh_level(sigma: float, next_sigma: float) -> float:
    """The level of the noise that DDPM replaces in a step. Ho et al., arXiv:2006.11239, equation 7."""
    return next_sigma * math.sqrt(1.0 - (next_sigma / sigma) ** 2)


def ancestral_step(latents: Tensor, clean: Tensor, noise: Tensor, step: StepContext) -> Tensor:
    """Follow the line further than `step.next_sigma`, and make up for it with fresh noise of `step.fresh_sigma`."""
    kept = math.sqrt(step.next_sigma**2 - step.fresh_sigma**2)
    return clean + (latents - clean) * (kept / step.sigma) + noise * step.fresh_sigma


def renoise_step(clean: Tensor, noise: Tensor, step: StepContext, signal_scale: float) -> Tensor:
    """Noise the clean estimate afresh, to `step.next_sigma`. Song et al., arXiv:2303.01469, algorithm 1."""
    return clean * signal_scale + noise * step.next_sigma


def sample(
    denoiser: Denoiser,
    latents: Tensor,
    schedule: Sequence[StepContext],
    conditioning: Conditioning,
    *,
    signal_scale: Callable[[float], float],
    fresh_noise: Callable[[StepContext], Tensor],
    after_step: Callable[[StepContext, Tensor], None],
    put_back: Callable[[Tensor, StepContext], Tensor] | None = None,
    solver: Solver | None = None,
) -> Tensor:
    """Clean latents at the end of the schedule.

    Args:
        denoiser: The model, wrapped in whatever guides it.
        latents: Noise at the first step's level, fp32, (B, C, h, w).
        schedule: The steps, the last of which ends at 0.
        conditioning: The encoded prompt.
        signal_scale: Factor of clean latents at a noise level (NoiseLevels.signal_scale).
        fresh_noise: Draws the noise of a step that noises afresh, shaped like `latents`.
        after_step: Told each step with its clean estimate; may raise to stop.
        put_back: Restores what is kept of a picture in the latents after a step (engine.sampling.masking).
        solver: What makes the schedule's steps, if it is another than those here (engine.sampling.schedule).
    """
    for step in schedule:
        clean = denoiser.denoise(latents, step, conditioning)
        if solver is not None:
            latents = solver.step(latents, clean, step, fresh_noise)
        elif step.renoise:
            latents = renoise_step(clean, fresh_noise(step), step, signal_scale(step.next_sigma))
        elif step.fresh_sigma:
            latents = ancestral_step(latents, clean, fresh_noise(step), step)
        else:
            latents = euler_step(latents, clean, step)
        if put_back is not None:
            latents = put_back(latents, step)
        after_step(step, clean)
    return latents
