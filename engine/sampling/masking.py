"""Masked sampling: what is kept of a picture is put back at each step, at that step's noise level.

Owns the blending of latents. Which part is kept, and pixels, are engine.tasks.edit's.
Source: Lugmayr et al., RePaint, arXiv:2201.09865, equation 8, without resampling; as diffusers' inpainting pipelines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from engine.models.denoiser import StepContext
    from engine.models.noise_levels import NoiseLevels


@dataclass(frozen=True)
class KnownLatents:
    """The latents of a picture of which a part is kept.

    Attributes:
        clean: They, without noise, (1, C, h, w).
        fresh: 1 where latents are made anew and 0 where they are kept, (1, 1, h, w); None where nothing is kept.
        levels: How the model was trained.
    """

    clean: Tensor
    fresh: Tensor | None
    levels: NoiseLevels

    def at(self, sigma: float, noise: Tensor) -> Tensor:
        """All of them at a noise level, (B, C, h, w) like `noise`."""
        return self.clean * self.levels.signal_scale(sigma) + noise * sigma

    def with_content(self, content: Tensor) -> KnownLatents:
        """The same with other latents, (B, C, h, w), where they are made anew."""
        return self if self.fresh is None else replace(self, clean=torch.lerp(self.clean, content, self.fresh))

    def put_back(self, latents: Tensor, step: StepContext, noise: Tensor) -> Tensor:
        """`latents` after `step`, with the kept part as it is in the picture at that level.

        Args:
            latents: What the sampler made, (B, C, h, w).
            step: The step.
            noise: The noise that the sampler started from, the same at each step, (B, C, h, w).
        """
        if self.fresh is None:
            return latents
        return self.fresh * latents + (1.0 - self.fresh) * self.at(step.next_sigma, noise)
