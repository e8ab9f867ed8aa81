"""Owns a step of control training: rows of the pool with maps, noise and times, and the loss of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from papercut.control_maps import KINDS
from papercut.training import as_tensor, read_rows
from papercut.unet import TEACHER_LIMIT, TEACHER_WEIGHT, WEIGHT_LIMIT, student_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from papercut.control import ControlPool


class Batch(NamedTuple):
    """Rows of one step; the first `students` train one step from noise.

    Attributes:
        x: Their latents as the denoiser sees them, (B, C, h, w).
        noisy: These with their noise.
        timesteps: (B,).
        features: Of their captions, (B, tokens, width).
        maps: (B, 3, H, W) in 0..1.
        kinds: Of each map.
        small: How much of each cell of the students shows a small thing, (students, 1, h, w).
        students: How many.
    """

    x: Tensor
    noisy: Tensor
    timesteps: Tensor
    features: Tensor
    maps: Tensor
    kinds: list[str]
    small: Tensor
    students: int


def draw_batch(
    pool: ControlPool,
    rows: NDArray[np.int64],
    scale: float,
    rng: np.random.Generator,
    device: torch.device,
    *,
    students: int,
    kinds: tuple[str, ...] = KINDS,
) -> Batch:
    """Maps of random kinds, noise and times for these rows of the pool."""
    x = read_rows(pool.latents[rows], device) * scale
    features = read_rows(pool.features[rows], device)
    chosen: list[str] = []
    maps: list[NDArray[np.uint8]] = []
    for row in rows:
        chosen.append(kinds[int(rng.integers(len(kinds)))])
        maps.append(pool.draw_map(int(row), chosen[-1], rng))
    t = torch.sigmoid(torch.randn(len(rows), device=device)).clamp(0.002, TEACHER_LIMIT)
    t[:students] = 1.0
    noise = torch.randn_like(x)
    timesteps = 1000 * t
    timesteps[:students] -= torch.rand(students, device=device)
    weight = t[:, None, None, None]
    noisy = ((1 - weight) * x + weight * noise).contiguous(memory_format=torch.channels_last)
    seen = as_tensor(np.stack(maps)).permute(0, 3, 1, 2).to(device).float() / 255
    small = read_rows(pool.smallness[rows[:students]], device)[:, None] / 255
    return Batch(x, noisy, timesteps, features, seen, chosen, small, students)


def steered_loss(output: Tensor, drawn: Batch) -> tuple[Tensor, tuple[float, float]]:
    """The loss of the denoiser's answers (B, C, h, w), and the mean errors of students and of the other rows."""
    students, x = drawn.students, drawn.x
    t = drawn.timesteps / 1000
    t[:students] = 1.0
    error = (output - x).square().mean((1, 2, 3)) / t.square().clamp_min(1 / WEIGHT_LIMIT)
    both = student_loss(output[:students], x[:students], drawn.small)
    loss = (students * both / 2 + TEACHER_WEIGHT * error[students:].sum()) / len(x)
    return loss, (error[:students].mean().item(), error[students:].mean().item())
