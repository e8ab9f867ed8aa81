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
