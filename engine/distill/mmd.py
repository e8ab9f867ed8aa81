"""MMD-DDM: fine-tune a model at the few steps it shall take, by how far its pictures' features are from real ones'.

Aiello et al., Fast Inference in Denoising Diffusion Models via MMD Finetuning, arXiv:2301.07969. Gradients go back
through all steps of the sampler. The distance is the maximum mean discrepancy of two samples, unbiased (Gretton et al.,
JMLR 13 (2012), lemma 6), so that it is 0 in the mean for samples of one distribution and may be negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.distill.paths import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser, StepContext

    Kernel = Callable[[Tensor, Tensor], Tensor]
    """Turns rows (A, d) and (B, d) into their likeness, (A, B)."""


def polynomial_kernel(x: Tensor, y: Tensor) -> Tensor:
    """(<x, y> / d + 1)^3, the kernel of KID, for rows (A, d) and (B, d): (A, B)."""
    return (x @ y.T / x.shape[1] + 1.0) ** 3


def gaussian_kernel(x: Tensor, y: Tensor, *, widths: Sequence[float] = (0.5, 1.0, 2.0)) -> Tensor:
    """The mean of exp(-|x - y|^2 / (2 w^2 d)) over the widths w, for rows (A, d) and (B, d): (A, B)."""
    squares = (x.square().sum(1)[:, None] + y.square().sum(1)[None] - 2 * x @ y.T).clamp_min(0) / x.shape[1]
    return torch.stack([(-squares / (2 * width**2)).exp() for width in widths]).mean(0)


def squared_mmd(x: Tensor, y: Tensor, kernel: Kernel = polynomial_kernel) -> Tensor:
    """The unbiased squared maximum mean discrepancy of two samples, a scalar.

    Args:
        x: One sample's features, (A, d), at least two rows.
        y: The other's, (B, d), likewise.
        kernel: Likeness of features.

    Raises:
        ValueError: A sample has fewer than two rows, of which no pair can be drawn.
    """
    if min(len(x), len(y)) < 2:
        raise ValueError(f"samples of {len(x)} and {len(y)} have no pairs; use a batch of at least 2")
    within = _mean_of_others(kernel(x, x)) + _mean_of_others(kernel(y, y))
    return within - 2 * kernel(x, y).mean()


def _mean_of_others(gram: Tensor) -> Tensor:
    return (gram.sum() - gram.diagonal().sum()) / (len(gram) * (len(gram) - 1))


def mmd_loss(
    student: Denoiser,
    start: Tensor,
    schedule: Sequence[StepContext],
    conditioning: Conditioning,
    *,
    real: Tensor,
    features: Callable[[Tensor], Tensor],
    kernel: Kernel = polynomial_kernel,
) -> Tensor:
    """How far the features of what the student samples are from those of real pictures.

    Args:
        student: The model that learns, of few steps already or not.
        start: Latents of noise alone, (B, C, h, w).
        schedule: The few steps.
        conditioning: The encoded prompts of the start.
        real: Features of real pictures, (A, d), best those of the same prompts.
        features: Of latents (B, C, h, w): (B, d), with gradients. The paper takes those of Inception or CLIP.
        kernel: Likeness of features.

    Returns:
        A scalar; 0 in the mean where nothing is left to learn.
    """
    return squared_mmd(features(follow(student, start, schedule, conditioning)), real, kernel)
