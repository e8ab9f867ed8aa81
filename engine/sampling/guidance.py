"""Classifier-free guidance as a wrapper of a Denoiser. Ho & Salimans, arXiv:2207.12598.

Owns the mixing of two estimates. Mixing clean estimates equals mixing noise or velocity: all are linear in each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser, StepContext


class GuidedDenoiser:
    """Pushes the estimate away from that of the negative prompt; implements Denoiser."""

    def __init__(self, denoiser: Denoiser, negative: Conditioning, guidance_scale: float) -> None:
        """A scale of 1 is no guidance; models take about 3 to 12."""
        self._denoiser = denoiser
        self._negative = replace(negative, is_negative=True)
        self._scale = guidance_scale

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        wanted = self._denoiser.denoise(latents, step, conditioning)
        unwanted = self._denoiser.denoise(latents, step, self._negative)
        return unwanted + (wanted - unwanted) * self._scale
