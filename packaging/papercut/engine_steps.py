"""Owns how Onetake itself samples several steps of Papercut, which is not its folder's scheduler's way.

The student's picture is noised halfway again and refined by the teacher (engine.sampling.schedule). The engine's own
schedule and sampler do it here, over a picture's network or a clip's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.models.denoiser import Conditioning
from engine.models.noise_levels import NoiseLevels
from engine.sampling.schedule import make_schedule
from engine.sampling.solvers import sample
from papercut.training import half_precision
from papercut.unet import predict

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.models.denoiser import StepContext

SCHEDULE = "student_then_teacher"
"""As resources/models.toml says."""
_LEVELS = NoiseLevels("flow", "sample")


def sample_as_engine(network: nn.Module, noise: Tensor, features: Tensor, steps: int, fresh: Tensor) -> Tensor:
    """Latents as an image or a take of the engine has them, without guidance.

    Args:
        network: The denoiser, or its motion model.
        noise: From which it starts, (B, C, h, w); of a clip (1, C, T, h, w).
        features: Of the captions, one for each picture or frame.
        steps: How many.
        fresh: What the student's picture is noised with, like `noise`; a take has one for all frames.
    """
    return sample(
        _Denoiser(network), noise, make_schedule(_LEVELS, steps, SCHEDULE), Conditioning(features),
        signal_scale=_LEVELS.signal_scale, fresh_noise=lambda _: fresh, after_step=lambda _step, _clean: None,
    )  # fmt: skip


class _Denoiser:
    """Implements Denoiser."""

    def __init__(self, network: nn.Module) -> None:
        self._network = network

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        timesteps = torch.full((len(latents),), step.timestep)
        with half_precision(torch.device("cpu")):
            return predict(self._network, latents, timesteps, conditioning.hidden_states).float()
