"""Tiny video models with random weights in the layout of real ones. Written by the stock classes themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
import torch

from engine.messages import ModelSpec, VideoSpec
from tests.tiny_models import save_network, write_json, write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path

VideoKind = Literal["papercut", "animatediff", "motion", "unet3d"]
POSITIONS = 12
WINDOW, STRIDE = 6, 3


def write_tiny_video_model(folder: Path, kind: VideoKind = "papercut", *, told_guidance: bool = False) -> ModelSpec:
    """Write a video model whose weights depend on nothing but the arguments.

    Args:
        folder: Where to write; made if absent.
        kind: "papercut" is an image folder with an adapter in it, and a flow model; "animatediff" an image U-Net and
            an adapter, as published; "motion" what AnimateDiffPipeline saves; "unet3d" ModelScope's way.
        told_guidance: The U-Net takes the guidance as an embedding; not for "papercut".
    """
    generator = torch.Generator().manual_seed(1)
    if kind == "papercut":
        write_tiny_model(folder, "flow")
        save_network(folder / "motion_adapter", "MotionAdapter", ADAPTER, generator)
        return tiny_video_spec(folder, kind)
    write_tiny_model(folder, "epsilon", autoencoder="kl", told_guidance=told_guidance)
    told: dict[str, object] = {"time_cond_proj_dim": 32} if told_guidance else {}
    if kind == "animatediff":
        unet = "UNet2DConditionModel"
        save_network(folder / "motion_adapter", "MotionAdapter", ADAPTER, generator)
    elif kind == "motion":
        unet = "UNetMotionModel"
        save_network(folder / "unet", unet, {**_MOTION_UNET, **told}, generator)
    else:
        unet = "UNet3DConditionModel"
        save_network(folder / "unet", unet, {**_UNET3D, **told}, generator)
    index: dict[str, object] = {
        "_class_name": "TextToVideoSDPipeline" if kind == "unet3d" else "AnimateDiffPipeline",
        "scheduler": ["diffusers", "EulerDiscreteScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
        "unet": ["diffusers", unet],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    if kind != "unet3d":
        adapter = ["diffusers", "MotionAdapter"] if kind == "animatediff" else [None, None]
        index |= {"motion_adapter": adapter, "feature_extractor": [None, None], "image_encoder": [None, None]}
    write_json(folder / "model_index.json", index)
    return msgspec.structs.replace(tiny_video_spec(folder, kind), embeds_guidance=told_guidance)


def tiny_video_spec(folder: Path, kind: VideoKind) -> ModelSpec:
    """A specification of the model in `folder` that allows everything."""
    video = VideoSpec(
        family="unet3d" if kind == "unet3d" else "motion_unet",
        adapter="motion_adapter" if kind == "papercut" else "",
        window=WINDOW,
        stride=STRIDE,
        anchors=POSITIONS - WINDOW,
    )
    if kind == "papercut":
        video = msgspec.structs.replace(video, noise="orbit", orbit_frames=(0, 0, 8, 6))
    return ModelSpec(
        name="tiny video",
        title="Tiny",
        family="stable_diffusion",
        folder=str(folder),
        licence="none",
        default_width=64,
        default_height=64,
        max_side=512,
        max_steps=50,
        schedule="student_then_teacher" if kind == "papercut" else "",
        takes_negative=True,
        takes_guidance=True,
        video=video,
    )


ADAPTER: dict[str, object] = {
    "block_out_channels": (8, 16), "motion_layers_per_block": 1, "motion_mid_block_layers_per_block": 1,
    "motion_num_attention_heads": 2, "motion_norm_num_groups": 4, "motion_max_seq_length": POSITIONS,
    "use_motion_mid_block": True,
}  # fmt: skip
_MOTION_UNET: dict[str, object] = {
    "sample_size": 4, "in_channels": 4, "out_channels": 4, "layers_per_block": 1, "block_out_channels": (8, 16),
    "down_block_types": ("DownBlockMotion", "CrossAttnDownBlockMotion"),
    "up_block_types": ("CrossAttnUpBlockMotion", "UpBlockMotion"),
    "norm_num_groups": 4, "cross_attention_dim": 32, "num_attention_heads": 2,
    "motion_num_attention_heads": 2, "motion_max_seq_length": POSITIONS,
}  # fmt: skip
_UNET3D: dict[str, object] = {
    "sample_size": 4, "in_channels": 4, "out_channels": 4, "layers_per_block": 1, "block_out_channels": (8, 16),
    "down_block_types": ("CrossAttnDownBlock3D", "DownBlock3D"), "up_block_types": ("UpBlock3D", "CrossAttnUpBlock3D"),
    "norm_num_groups": 4, "cross_attention_dim": 32, "attention_head_dim": 4,
}  # fmt: skip
