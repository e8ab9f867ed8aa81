"""A world in which everything is known: pictures of one number from N(MEAN, DEVIATION^2), and all there is to learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.distill.paths import noise_ratio
from engine.models.denoiser import Conditioning
from engine.models.noise_levels import NoiseLevels

if TYPE_CHECKING:
    from engine.models.denoiser import StepContext

MEAN, DEVIATION = 0.7, 0.4
FLOW = NoiseLevels("flow", "sample")
VARIANCE = NoiseLevels("variance", "epsilon")
WORDS = Conditioning(torch.zeros(1, 1, 1))


def first_sigma(levels: NoiseLevels) -> float:
    """A level at which next to nothing of the picture is left."""
    return 0.98 if levels.parametrisation == "flow" else float(levels.train_sigmas[-1])


def draw(count: int, seed: int = 0) -> Tensor:
    """Standard normal numbers as pictures of one pixel, (count, 1, 1, 1)."""
    return torch.randn(count, 1, 1, 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Exact:
    """The best denoiser of this world: the mean of all pictures that the latents may come from."""

    def __init__(self, levels: NoiseLevels) -> None:
        self.levels = levels

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        scale = self.levels.signal_scale(step.sigma)
        gain = scale * DEVIATION**2 / (scale**2 * DEVIATION**2 + step.sigma**2)
        return MEAN + gain * (latents - scale * MEAN)


class Consistent:
    """Where the exact denoiser's ODE leads from anywhere on its paths, in one step: what a perfect student says."""

    def __init__(self, levels: NoiseLevels) -> None:
        self.levels = levels

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        ratio = noise_ratio(self.levels, step.sigma)
        point = latents / self.levels.signal_scale(step.sigma)
        return MEAN + DEVIATION * (point - MEAN) / (DEVIATION**2 + ratio**2) ** 0.5


class Affine(nn.Module):
    """A student with one slope and one offset for each timestep it is asked at."""

    def __init__(self, slope: float = 0.0, offset: float = 0.0) -> None:
        super().__init__()
        self.slopes = nn.Parameter(torch.full((1001,), slope, dtype=torch.float64))
        self.offsets = nn.Parameter(torch.full((1001,), offset, dtype=torch.float64))

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        place = round(step.timestep)
        return latents * self.slopes[place] + self.offsets[place]
