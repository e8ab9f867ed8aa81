"""A model whose network is a formula, behind the real family code: for comparing solvers with diffusers' schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from engine.models.denoiser import Conditioning
from engine.models.families.stable_diffusion import StableDiffusion

if TYPE_CHECKING:
    from engine.models.clip_text import ClipTextEncoder
    from engine.models.noise_levels import NoiseLevels
    from engine.models.tokenizer import Tokenizer

SHAPE = (1, 4, 8, 8)
CONDITIONING = Conditioning(torch.zeros(1, 1, 1))


def formula(latents: Tensor, timestep: float) -> Tensor:
    """What the network answers: bounded, not linear, and different at each timestep."""
    return torch.tanh(latents * 0.7 + timestep / 1000) - 0.3 * latents.flip(-1)


class FormulaUnet(nn.Module):
    """Called like a U-Net, answers by `formula`."""

    def forward(self, latents: Tensor, timestep: float, hidden: Tensor, **_options: object) -> tuple[Tensor]:
        return (formula(latents, timestep),)


def formula_model(levels: NoiseLevels) -> StableDiffusion:
    """A model of the real family with the formula for a network; it has neither text encoder nor autoencoder."""
    return StableDiffusion(
        levels,
        cast("Tokenizer", None),
        cast("ClipTextEncoder", None),
        FormulaUnet(),
        nn.Identity(),
        latent_channels=4,
        pixels_per_latent=16,
        scaling_factor=1.0,
    )
