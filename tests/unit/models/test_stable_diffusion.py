"""engine.models.families.stable_diffusion: what a network says becomes clean latents; controls reach it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from engine.models.denoiser import Conditioning, Residuals, StepContext
from engine.models.image_model import load_image_model
from engine.models.noise_levels import NoiseLevels
from tests.unit.sampling.fakes import CONDITIONING, SHAPE, formula_model

if TYPE_CHECKING:
    from engine.messages import ModelSpec
    from engine.models.noise_levels import Prediction


class Knowing(nn.Module):
    """A perfect network: always answers with the true target."""

    def __init__(self, answer: Tensor) -> None:
        super().__init__()
        self.answer = answer

    def forward(self, latents: Tensor, timestep: float, hidden: Tensor, **_options: object) -> tuple[Tensor]:
        return (self.answer,)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample", "flow"])
def test_a_perfect_network_gives_back_the_clean_latents(prediction: Prediction) -> None:
    """Whatever a network predicts, a true prediction is turned into exactly the latents that were noised."""
    clean, noise = torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(1)).unbind()
    sigma = 0.6
    alpha = 1 / math.sqrt(sigma**2 + 1)
    answer = {
        "epsilon": noise,
        "v_prediction": alpha * noise - alpha * sigma * clean,
        "sample": clean,
        "flow": noise - clean,
    }[prediction]
    is_flow = prediction == "flow"
    model = formula_model(NoiseLevels("flow" if is_flow else "variance", prediction))
    model.unet = Knowing(answer)
    latents = clean * (1 - sigma if is_flow else 1) + sigma * noise
    found = model.denoise(latents, StepContext(sigma, 0.0, 600.0, 0, 1), CONDITIONING)
    assert torch.allclose(found, clean, atol=1e-5)


@torch.inference_mode()
def test_residuals_steer_and_zero_residuals_do_not(tiny_spec: ModelSpec) -> None:
    """What controls add reaches the U-Net's skip connections and its middle; adding nothing changes nothing."""
    model = load_image_model(tiny_spec, torch.device("cpu"), torch.float32, channels_last=False)
    latents = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(2))
    step = StepContext(0.5, 0.0, 500.0, 0, 1)
    plain = model.encode_prompt("winter")
    skips = tuple(torch.zeros(1, channels, side, side) for channels, side in ((8, 4), (8, 4), (8, 2), (16, 2)))
    nothing = Residuals(skips, torch.zeros(1, 16, 2, 2))
    expected = model.denoise(latents, step, plain)
    unchanged = model.denoise(latents, step, Conditioning(plain.hidden_states, nothing))
    moved = model.denoise(latents, step, Conditioning(plain.hidden_states, Residuals(skips, nothing.middle + 1)))
    lifted = tuple(skip + 1 for skip in skips)
    moved_too = model.denoise(latents, step, Conditioning(plain.hidden_states, Residuals(lifted, nothing.middle)))
    assert torch.allclose(unchanged, expected, atol=1e-6)
    assert not torch.allclose(moved, expected, atol=1e-3)
    assert not torch.allclose(moved_too, expected, atol=1e-3)
