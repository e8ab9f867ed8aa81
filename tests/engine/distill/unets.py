"""A tiny stock U-Net behind the family that runs SD models, for what must hold on any network."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch

from engine.models.families.stable_diffusion import StableDiffusion
from tests.tiny_models import write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny_models import Kind


def load_tiny(folder: Path, kind: Kind = "epsilon") -> StableDiffusion:
    """A frozen model with random weights, in single precision."""
    spec = write_tiny_model(folder, kind)
    return StableDiffusion.load(spec, torch.device("cpu"), torch.float32, channels_last=False)


def learner_of(model: StableDiffusion, *, apart: float = 0.0) -> StableDiffusion:
    """The same with a U-Net of its own that is free to learn.

    Args:
        model: Stays as it is.
        apart: How far its weights are from the model's, in their own deviation.
    """
    learner, generator = copy.copy(model), torch.Generator().manual_seed(8)
    learner.unet = copy.deepcopy(model.unet).requires_grad_(requires_grad=True)
    for weight in learner.unet.parameters():
        weight.data += apart * weight.data.std() * torch.randn(weight.shape, generator=generator)
    return learner
