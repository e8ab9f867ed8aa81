"""engine.sampling.guidance: guided estimates lie on the line through both estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from engine.models.denoiser import Conditioning, StepContext
from engine.sampling.guidance import GuidedDenoiser

if TYPE_CHECKING:
    from torch import Tensor

WANTED, UNWANTED = Conditioning(torch.tensor([3.0])), Conditioning(torch.tensor([1.0]))
STEP = StepContext(1.0, 0.0, 999.0, 0, 1)


class Echo:
    """Estimates exactly what the prompt says."""

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        return latents * 0 + conditioning.hidden_states


@pytest.mark.parametrize(("scale", "expected"), [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0), (7.5, 16.0)])
def test_guidance_moves_along_the_line(scale: float, expected: float) -> None:
    """0 gives the negative prompt's picture, 1 the prompt's, more goes beyond it."""
    guided = GuidedDenoiser(Echo(), UNWANTED, scale)
    assert guided.denoise(torch.zeros(1), STEP, WANTED).item() == expected


class Picture:
    """Estimates a picture of its own for either prompt."""

    def __init__(self, wanted: Tensor, unwanted: Tensor) -> None:
        self.wanted, self.unwanted = wanted, unwanted

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        return self.unwanted if conditioning.is_negative else self.wanted


def test_a_kept_length_is_that_of_each_tokens_step_without_guidance() -> None:
    """Guidance turns the step of 2 x 2 latents over all channels; how far it goes stays, token by token."""
    generator = torch.Generator().manual_seed(1)
    latents, wanted, unwanted = torch.randn(3, 2, 4, 6, 8, generator=generator).unbind()
    model = Picture(wanted, unwanted)
    kept = GuidedDenoiser(model, UNWANTED, 4.0, keeps_length=True).denoise(latents, STEP, WANTED)
    free = GuidedDenoiser(model, UNWANTED, 4.0).denoise(latents, STEP, WANTED)
    assert torch.allclose(_lengths(latents - kept), _lengths(latents - wanted), rtol=1e-5)
    turned = torch.nn.functional.cosine_similarity(_tokens(latents - kept), _tokens(latents - free), dim=1)
    assert torch.allclose(turned, torch.ones_like(turned), atol=1e-5)
    assert not torch.allclose(_lengths(latents - free), _lengths(latents - wanted), rtol=1e-2)


def _tokens(latents: Tensor) -> Tensor:
    """(B, channels of 2 x 2 latents, tokens)."""
    return torch.nn.functional.unfold(latents, 2, stride=2)


def _lengths(latents: Tensor) -> Tensor:
    return _tokens(latents).square().sum(dim=1).sqrt()
