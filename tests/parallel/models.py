"""Tiny backbones with random weights, and inputs for them."""

from __future__ import annotations

from typing import TypeVar, cast

import torch
from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel
from diffusers.models.unets.unet_motion_model import UNetMotionModel
from torch import Tensor, nn

PROMPT_CHANNELS = 8
LATENT_SHAPE = (4, 6, 4)
POSITIONS = 12
M = TypeVar("M", bound=nn.Module)


def tiny_motion_unet(seed: int = 0, temporal_layers: int = 1) -> UNetMotionModel:
    """An AnimateDiff-like model with two levels and two attentions in each of its temporal blocks."""
    unet = UNetMotionModel(
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlockMotion", "DownBlockMotion"),
        up_block_types=("UpBlockMotion", "CrossAttnUpBlockMotion"),
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=PROMPT_CHANNELS,
        num_attention_heads=2,
        motion_num_attention_heads=2,
        motion_max_seq_length=POSITIONS,
        temporal_transformer_layers_per_block=temporal_layers,
    )
    return _with_random_weights(unet, seed)


def tiny_unet3d(seed: int = 0) -> UNet3DConditionModel:
    """A ModelScope-like model with two levels and temporal convolutions that are not the identity."""
    unet = UNet3DConditionModel(
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"),
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=PROMPT_CHANNELS,
        attention_head_dim=4,
    )
    return _with_random_weights(unet, seed)


def _with_random_weights(unet: M, seed: int) -> M:
    """Every weight its own value, from the seed alone: what is initialised to zero or one would hide mistakes."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in unet.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim > 1:
            parameter.data = noise * (parameter[0].numel() ** -0.5)
        else:
            parameter.data = 0.1 * noise + float("norm" in name and name.endswith("weight"))
    return unet.eval()


def latents(num_frames: int, batch: int = 2, seed: int = 1) -> Tensor:
    """(batch, C, T, H, W) with a drift: frames that differ expose norms over the wrong frames."""
    channels, height, width = LATENT_SHAPE
    generator = torch.Generator().manual_seed(seed)
    drift = torch.linspace(0, 1.5, num_frames)[:, None, None]
    return torch.randn(batch, channels, num_frames, height, width, generator=generator) + drift


def frame_prompts(num_frames: int, batch: int = 2, seed: int = 2) -> Tensor:
    """Prompt embeddings of each frame, (batch, T, tokens, C)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, num_frames, 3, PROMPT_CHANNELS, generator=generator)


def run_motion(unet: UNetMotionModel, video: Tensor, prompts: Tensor) -> Tensor:
    """One forward; prompts are (B, T, tokens, C)."""
    return cast("Tensor", unet(video, 500, prompts.flatten(0, 1), return_dict=False)[0])


def run_unet3d(unet: UNet3DConditionModel, video: Tensor, prompts: Tensor) -> Tensor:
    """One forward; the prompts of the first frame, (B, 1, tokens, C), are those of all."""
    return cast("Tensor", unet(video, 500, prompts[:, 0], return_dict=False)[0])
