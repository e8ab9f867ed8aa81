"""Tiny video transformers with random weights in the layout of real folders: WanPipeline and LTXPipeline.

Owns what the tests of these families load. Everything is saved by the stock classes themselves, so that the stock
pipelines load the folders too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.messages import ModelSpec
from engine.messages.models import VideoSpec
from engine.models.stock import stock_class
from tests.tiny_models import WORDS, randomise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import nn

EULER: dict[str, object] = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0}
UNIPC: dict[str, object] = {
    "_class_name": "UniPCMultistepScheduler", "use_flow_sigmas": True, "flow_shift": 5.0,
    "prediction_type": "flow_prediction", "solver_order": 2, "solver_type": "bh2",
}  # fmt: skip
WAN_TRANSFORMER: dict[str, object] = {
    "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 12, "in_channels": 4, "out_channels": 4,
    "text_dim": 16, "freq_dim": 16, "ffn_dim": 32, "num_layers": 2, "rope_max_seq_len": 64,
}  # fmt: skip
WAN_VAE: dict[str, object] = {
    "base_dim": 4, "z_dim": 4, "dim_mult": [1, 2, 2, 2], "num_res_blocks": 1,
    "latents_mean": [0.1, -0.2, 0.3, 0.0], "latents_std": [1.5, 0.8, 1.0, 2.0],
}  # fmt: skip
WAN_22_VAE: dict[str, object] = {
    **WAN_VAE, "is_residual": True, "in_channels": 12, "out_channels": 12, "patch_size": 2, "scale_factor_spatial": 16,
    "decoder_base_dim": 8,
}  # fmt: skip
LTX_EULER: dict[str, object] = {
    "_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": True, "shift_terminal": 0.1,
    "base_image_seq_len": 8, "max_image_seq_len": 40, "base_shift": 0.95, "max_shift": 2.05,
}  # fmt: skip
LTX_TRANSFORMER: dict[str, object] = {
    "in_channels": 4, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 16, "cross_attention_dim": 32,
    "num_layers": 2, "caption_channels": 16,
}  # fmt: skip
LTX_VAE: dict[str, object] = {
    "latent_channels": 4, "block_out_channels": (4, 8, 8, 8), "decoder_block_out_channels": (4, 8, 8, 8),
    "layers_per_block": (1,) * 5, "decoder_layers_per_block": (1,) * 5, "scaling_factor": 0.8,
}  # fmt: skip
LTX_095_VAE: dict[str, object] = {
    "latent_channels": 4, "block_out_channels": (4, 8, 16, 32, 32), "down_block_types": ("LTXVideo095DownBlock3D",) * 4,
    "layers_per_block": (1,) * 5, "spatio_temporal_scaling": (True,) * 4,
    "downsample_type": ("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
    "decoder_block_out_channels": (8, 16, 32), "decoder_layers_per_block": (1,) * 4,
    "decoder_spatio_temporal_scaling": (True,) * 3, "decoder_inject_noise": (False,) * 4,
    "upsample_residual": (True,) * 3, "upsample_factor": (2,) * 3, "timestep_conditioning": True,
    "spatial_compression_ratio": 32, "temporal_compression_ratio": 8,
}  # fmt: skip
_TEXT: dict[str, object] = {
    "vocab_size": 3 + len(WORDS), "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2,
    "feed_forward_proj": "gated-gelu",
}  # fmt: skip


class _Savable(Protocol):
    def save_pretrained(self, folder: str) -> None: ...


def write_tiny_wan(
    folder: Path,
    *,
    scheduler: Mapping[str, object] = EULER,
    vae: Mapping[str, object] = WAN_VAE,
    boundary_ratio: float | None = None,
) -> ModelSpec:
    """Write a WanPipeline folder; with a boundary, one of two transformers."""
    generator = torch.Generator().manual_seed(0)
    _save(folder / "transformer", "WanTransformer3DModel", WAN_TRANSFORMER, generator)
    index: dict[str, object] = {"boundary_ratio": boundary_ratio, "expand_timesteps": False}
    if boundary_ratio is not None:
        _save(folder / "transformer_2", "WanTransformer3DModel", WAN_TRANSFORMER, generator)
    index["transformer_2"] = [None, None] if boundary_ratio is None else ["diffusers", "WanTransformer3DModel"]
    _save(folder / "vae", "AutoencoderKLWan", vae, generator)
    _write_common(folder, "UMT5", scheduler, generator)
    _write_index(
        folder,
        "WanPipeline",
        transformer=["diffusers", "WanTransformer3DModel"],
        vae=["diffusers", "AutoencoderKLWan"],
        **_common_parts("UMT5", scheduler),
        **index,
    )
    return tiny_spec(folder, VideoSpec(family="wan", window=4, stride=3, frame_multiple=4, frame_remainder=1))


def write_tiny_ltx(
    folder: Path, *, scheduler: Mapping[str, object] = LTX_EULER, vae: Mapping[str, object] = LTX_VAE
) -> ModelSpec:
    """Write an LTXPipeline folder."""
    generator = torch.Generator().manual_seed(0)
    _save(folder / "transformer", "LTXVideoTransformer3DModel", LTX_TRANSFORMER, generator)
    _save(folder / "vae", "AutoencoderKLLTXVideo", vae, generator)
    _write_common(folder, "T5", scheduler, generator)
    _write_index(
        folder,
        "LTXPipeline",
        transformer=["diffusers", "LTXVideoTransformer3DModel"],
        vae=["diffusers", "AutoencoderKLLTXVideo"],
        **_common_parts("T5", scheduler),
    )
    video = VideoSpec(family="ltx", window=4, stride=3, default_fps=25.0, frame_multiple=8, frame_remainder=1)
    return tiny_spec(folder, video)


def tiny_spec(folder: Path, video: VideoSpec) -> ModelSpec:
    """A specification of the model in `folder` that allows everything."""
    return ModelSpec(
        name="tiny",
        title="Tiny",
        family=video.family,
        folder=str(folder),
        licence="none",
        default_width=64,
        default_height=64,
        max_steps=50,
        takes_negative=True,
        takes_guidance=True,
        video=video,
    )


def make_network(class_name: str, config: Mapping[str, object], generator: torch.Generator) -> nn.Module:
    """A network of a stock class, in evaluation mode, no weight of it trivial."""
    network = cast("nn.Module", stock_class(class_name)(**config))
    randomise(network, generator)
    return network.eval()


def _save(folder: Path, class_name: str, config: Mapping[str, object], generator: torch.Generator) -> None:
    cast("_Savable", make_network(class_name, config, generator)).save_pretrained(str(folder))


def _write_common(folder: Path, kind: str, scheduler: Mapping[str, object], generator: torch.Generator) -> None:
    """Text encoder, tokenizer and scheduler."""
    from transformers import T5Config, T5EncoderModel, T5Tokenizer, UMT5Config, UMT5EncoderModel

    config_class, encoder_class = (UMT5Config, UMT5EncoderModel) if kind == "UMT5" else (T5Config, T5EncoderModel)
    encoder = cast("Callable[[object], nn.Module]", encoder_class)(cast("Callable[..., object]", config_class)(**_TEXT))
    randomise(encoder, generator)
    cast("_Savable", encoder).save_pretrained(str(folder / "text_encoder"))
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((f"▁{word}", -2.0) for word in WORDS)]
    tokenizer = cast("Callable[..., _Savable]", T5Tokenizer)(vocab=pieces, extra_ids=0, model_max_length=512)
    tokenizer.save_pretrained(str(folder / "tokenizer"))
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler))


def _common_parts(kind: str, scheduler: Mapping[str, object]) -> dict[str, object]:
    return {
        "scheduler": ["diffusers", scheduler["_class_name"]],
        "text_encoder": ["transformers", f"{kind}EncoderModel"],
        "tokenizer": ["transformers", "T5Tokenizer"],
    }


def _write_index(folder: Path, pipeline: str, **parts: object) -> None:
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline, **parts}))
