"""VideoUNet from a model folder in diffusers format, all files checked first.

Owns which classes make up such a folder. A folder may hold a UNetMotionModel, or an image U-Net with a MotionAdapter
beside it, which are combined; or a UNet3DConditionModel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from diffusers.models.unets.unet_motion_model import UNetMotionModel

from engine.errors import BadModelError
from engine.models.clip_text import ClipTextEncoder
from engine.models.families.frame_autoencoder import FrameAutoencoder
from engine.models.families.stable_diffusion import AUTOENCODERS, check_fit, read_vae_facts
from engine.models.families.video_unet import VideoUNet
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.guidance_embedding import guidance_channels
from engine.models.noise_levels import read_noise_levels
from engine.models.stock import load_network, read_weights
from engine.models.tokenizer import load_tokenizer

if TYPE_CHECKING:
    from pathlib import Path

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel
    from diffusers.models.unets.unet_motion_model import MotionAdapter
    from torch import nn

    from engine.messages import ModelSpec
    from engine.models.folder import Component

PIPELINES = ("StableDiffusionPipeline", "AnimateDiffPipeline", "TextToVideoSDPipeline")
DEFAULT_ADAPTER = "motion_adapter"
UNETS = {"motion_unet": ("UNet2DConditionModel", "UNetMotionModel"), "unet3d": ("UNet3DConditionModel",)}


def load_video_unet(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> VideoUNet:
    """Check the spec's folder, then load it.

    Raises:
        BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
    """
    assert spec.video is not None
    folder = check_folder(spec)
    index = folder / "model_index.json"
    class_name_in(read_config(index), "_class_name", index, PIPELINES)
    text = find_network(folder, "text_encoder", ("CLIPTextModel",))
    unet = find_network(folder, "unet", UNETS[spec.video.family])
    vae = find_network(folder, "vae", AUTOENCODERS)
    latent_channels, stages, scaling_factor = read_vae_facts(vae)
    noise_levels = read_noise_levels(folder)
    told_channels = guidance_channels(unet, spec)

    text_encoder = ClipTextEncoder(text)
    check_fit(unet, text_encoder.config.hidden_size, latent_channels)
    text_encoder.load_stock(text, read_weights(text))
    tokenizer = load_tokenizer(folder, text_encoder.config.max_position_embeddings)
    network = _load_backbone(folder, unet, spec.video.adapter or DEFAULT_ADAPTER, dtype).to(device)
    decoder = load_network(vae, dtype).to(device)
    if channels_last:
        _lay_channels_last(decoder)
        if isinstance(network, UNetMotionModel):  # the other one has convolutions over time, in five dimensions
            _lay_channels_last(network)
    return VideoUNet(
        noise_levels,
        tokenizer,
        text_encoder.eval().requires_grad_(requires_grad=False).to(device, dtype),
        cast("UNetMotionModel | UNet3DConditionModel", network),
        FrameAutoencoder(
            decoder,
            latent_channels=latent_channels,
            pixels_per_latent=2 ** (stages - 1),
            scaling_factor=scaling_factor,
            is_tiny=vae.class_name == "AutoencoderTiny",
        ),
        guidance_channels=told_channels,
        weighting=spec.video_weighting,
    )


def _load_backbone(folder: Path, unet: Component, adapter_name: str, dtype: torch.dtype) -> nn.Module:
    if unet.class_name != "UNet2DConditionModel":
        return load_network(unet, dtype)
    adapter = find_network(folder, adapter_name, ("MotionAdapter",))
    image_unet, motion = load_network(unet, dtype), load_network(adapter, dtype)
    try:
        combined = UNetMotionModel.from_unet2d(cast("UNet2DConditionModel", image_unet), cast("MotionAdapter", motion))
    except (ValueError, RuntimeError, KeyError, TypeError) as error:  # what mismatched configurations lead to
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise BadModelError(
            f"{adapter.folder} does not fit the U-Net in {unet.folder} ({reason}); use an adapter made for this model"
        ) from error
    return cast("nn.Module", combined).eval().requires_grad_(requires_grad=False)


def _lay_channels_last(network: nn.Module) -> None:
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue, reportUnknownMemberType]
