"""SLAM: a student of two to four steps, consistent along straight pieces of the teacher's path.

Xu et al., Sub-path Linear Approximation Model, arXiv:2404.13903. A piece of the path from level t down to t - k is
taken for the straight line between its ends, x_gamma = (1 - gamma) (alpha_t / alpha_{t-k}) x_{t-k} + gamma x_t, and the
student's picture from any point of it shall be that from its lower end. With gamma = 1 alone this is a consistency
model (Song et al., arXiv:2303.01469); the points between make the error of a large k small and steady.

Divided by alpha_t the line is clean + ratio * noise with a ratio that goes evenly from one end's to the other's, so
that each point has a level of its own, by which a network without an input for gamma can be asked.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from engine.distill.paths import follow, noise_ratio, sigma_of, step_at

if TYPE_CHECKING:
    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser
    from engine.models.noise_levels import NoiseLevels

HUBER = 0.001
"""c of the pseudo-Huber distance, as latent consistency models take it: Luo et al., arXiv:2310.04378."""


def point_between(
    levels: NoiseLevels, upper: Tensor, lower: Tensor, sigmas: tuple[float, float], gamma: float
) -> tuple[Tensor, float]:
    """A point on the straight line between two points of a path.

    Args:
        levels: How the model was trained.
        upper: Latents at the first of the levels, (B, C, h, w).
        lower: Latents at the second, likewise.
        sigmas: The levels, falling; both below that of noise alone.
        gamma: 1 for the upper end, 0 for the lower one.

    Returns:
        Latents, (B, C, h, w), and their level.
    """
    ratios = [noise_ratio(levels, sigma) for sigma in sigmas]
    if math.isinf(ratios[0]):
        raise ValueError(f"level {sigmas[0]} holds no picture at all; begin the sub-paths below it")
    sigma = sigma_of(levels, (1.0 - gamma) * ratios[1] + gamma * ratios[0])
    signals = [levels.signal_scale(each) for each in sigmas]
    line = lower * ((1.0 - gamma) / signals[1]) + upper * (gamma / signals[0])
    return line * levels.signal_scale(sigma), sigma


def subpath_loss(
    student: Denoiser,
    average: Denoiser,
    teacher: Denoiser,
    *,
    upper: Tensor,
    sigmas: tuple[float, float],
    gamma: float,
    levels: NoiseLevels,
    conditioning: Conditioning,
) -> Tensor:
    """How far the student's picture from a point of a piece is from that of its average from the piece's lower end.

    Args:
        student: The model that learns, begun as the teacher.
        average: The moving average of its weights.
        teacher: With its guidance; makes the step to the lower end.
        upper: Noised latents of real pictures at the first level, (B, C, h, w).
        sigmas: The levels of the piece's ends, falling; the lower one may be 0, where latents are the picture.
        gamma: Where on the piece, in 0..1.
        levels: How the teacher was trained.
        conditioning: The prompts of those pictures.

    Returns:
        The mean pseudo-Huber distance, a scalar. Gradients reach the student alone.
    """
    with torch.no_grad():
        lower = follow(teacher, upper, [step_at(levels, *sigmas)], conditioning)
        wanted = average.denoise(lower, step_at(levels, sigmas[1]), conditioning) if sigmas[1] else lower
    point, sigma = point_between(levels, upper, lower, sigmas, gamma)
    clean = student.denoise(point, step_at(levels, sigma), conditioning)
    return ((clean - wanted).square() + HUBER**2).sqrt().mean() - HUBER
