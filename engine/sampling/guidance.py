"""Classifier-free guidance as a wrapper of a Denoiser. Ho & Salimans, arXiv:2207.12598.

Owns the mixing of two estimates. Mixing clean estimates equals mixing noise or velocity: all are linear in each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch.nn.functional import avg_pool2d

if TYPE_CHECKING:
    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser, StepContext


class GuidedDenoiser:
    """Pushes the estimate away from that of the negative prompt; implements Denoiser."""

    def __init__(
        self, denoiser: Denoiser, negative: Conditioning, guidance_scale: float, *, keeps_length: bool = False
    ) -> None:
        """A scale of 1 is no guidance; models take about 3 to 12.

        With `keeps_length`, the step of each token of 2 x 2 latents is as long as it would be without guidance.
        """
        self._keeps_length = keeps_length
        self._denoiser = denoiser
        self._negative = replace(negative, is_negative=True)
        self._scale = guidance_scale

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        wanted = self._denoiser.denoise(latents, step, conditioning)
        unwanted = self._denoiser.denoise(latents, step, self._negative)
        mixed = unwanted + (wanted - unwanted) * self._scale
        if not self._keeps_length:
            return mixed
        # As diffusers' QwenImagePipeline: the step goes from the latents towards the clean estimate.
        length = _cell_length(latents - wanted) / _cell_length(latents - mixed).clamp_min(1e-12)
        return latents - (latents - mixed) * length


def _cell_length(latents: Tensor) -> Tensor:
    """Length of each cell of 2 x 2 latents over all channels, (B, 1, h, w)."""
    mean = avg_pool2d(latents.square().sum(dim=1, keepdim=True), 2)
    return mean.sqrt().repeat_interleave(2, dim=-2).repeat_interleave(2, dim=-1)
