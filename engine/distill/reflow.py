"""InstaFlow: straighten a teacher's paths (reflow), then teach a student to go them in one step (distillation).

Liu et al., InstaFlow, arXiv:2309.06380; reflow is Liu et al., arXiv:2209.03003. Three stages: pairs of noise and the
picture to which a guided teacher's ODE leads from it; a student trained at all levels of the straight lines between
them, whose own paths become straight; new pairs from that student, and one step trained from noise alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import mse_loss

from engine.distill.paths import follow
from engine.sampling.solvers import euler_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser, StepContext


@dataclass(frozen=True)
class Pairs:
    """Both ends of paths.

    Attributes:
        start: Latents of noise alone, at the level `sigma`, (B, C, h, w).
        clean: The picture's latents to which each leads, likewise.
        sigma: The level of the start.
    """

    start: Tensor
    clean: Tensor
    sigma: float


@torch.no_grad()
def make_pairs(teacher: Denoiser, start: Tensor, schedule: Sequence[StepContext], conditioning: Conditioning) -> Pairs:
    """Follow the teacher from noise to pictures.

    Args:
        teacher: With its guidance (engine.sampling.guidance), which the student then needs no more.
        start: Latents of noise alone, at the schedule's first level, (B, C, h, w).
        schedule: The teacher's steps, the last of which ends at 0.
        conditioning: The encoded prompts.
    """
    return Pairs(start, follow(teacher, start, schedule, conditioning), schedule[0].sigma)


def reflow_loss(
    student: Denoiser,
    pairs: Pairs,
    step: StepContext,
    conditioning: Conditioning,
    *,
    weight_limit: float = math.inf,
) -> Tensor:
    """How far the student's velocity at one level is from that of the straight lines between the pairs.

    Equation 5 of the paper, with the velocity (latents - clean) / sigma.

    Args:
        student: The model that learns, begun as the teacher.
        pairs: What it learns.
        step: The level, at most that of the pairs' start.
        conditioning: That of the pairs.
        weight_limit: Bound of the weight 1 / sigma^2. A network that predicts the velocity needs none; one that
            predicts clean latents would learn little but the lowest levels.

    Returns:
        The mean squared error, a scalar.
    """
    line = euler_step(pairs.start, pairs.clean, replace(step, sigma=pairs.sigma, next_sigma=step.sigma))
    clean = student.denoise(line, step, conditioning)
    return mse_loss(clean, pairs.clean) * min(step.sigma**-2, weight_limit)


def distil_loss(
    student: Denoiser,
    pairs: Pairs,
    step: StepContext,
    conditioning: Conditioning,
    distance: Callable[[Tensor, Tensor], Tensor] = mse_loss,
) -> Tensor:
    """How far the student's one step from the pairs' noise is from their pictures.

    The paper trains with the squared error first, with LPIPS after.

    Args:
        student: The model that learns, begun as the reflowed one.
        pairs: Made by the reflowed model.
        step: The one step, at the level of the pairs' start.
        conditioning: That of the pairs.
        distance: Of two batches of latents, a scalar.
    """
    return distance(student.denoise(pairs.start, step, conditioning), pairs.clean)


@torch.no_grad()
def straightness(
    denoiser: Denoiser, start: Tensor, schedule: Sequence[StepContext], conditioning: Conditioning
) -> Tensor:
    """How much a model's velocities differ from the straight way between its path's ends; 0 for straight paths.

    S(Z) of arXiv:2209.03003, section 2.2: the mean over the way of the squared difference, a scalar.
    """
    latents = [start]
    for step in schedule:
        latents.append(follow(denoiser, latents[-1], [step], conditioning))
    way = (start - latents[-1]) / (schedule[0].sigma - schedule[-1].next_sigma)
    total = torch.zeros((), device=start.device)
    for step, (before, after) in zip(schedule, pairwise(latents), strict=True):
        length = step.sigma - step.next_sigma
        total += length * ((before - after) / length - way).square().mean()
    return total / (schedule[0].sigma - schedule[-1].next_sigma)
