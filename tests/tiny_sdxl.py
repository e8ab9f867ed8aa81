"""A tiny SDXL with random weights, and adapters for it, in the layout of real ones. Saved by the stock classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import torch

from engine.messages import ModelSpec
from tests.tiny_models import SPECIAL, TOKENS, VARIANCE, WORDS, make_tokenizer, randomise, save_network, write_json
from tests.tiny_models import tiny_spec as plain_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn


class _Savable(Protocol):
    def save_pretrained(self, folder: str) -> None: ...


def write_tiny_sdxl(
    folder: Path,
    *,
    inpainting: bool = False,
    zeros_when_empty: bool = True,
    turbo: bool = False,
    told_guidance: bool = False,
) -> ModelSpec:
    """Write a StableDiffusionXLPipeline folder whose weights depend on nothing but the arguments.

    Args:
        folder: Where to write; made if absent.
        inpainting: The U-Net sees a mask and the masked picture beside the latents.
        zeros_when_empty: The empty prompt is zeros.
        turbo: The scheduler is that of a student that draws in one step.
        told_guidance: The U-Net takes the guidance as an embedding.
    """
    generator = torch.Generator().manual_seed(0)
    unet = {**BLOCKS, **_UNET, "in_channels": 9 if inpainting else 4}
    unet["time_cond_proj_dim"] = 33 if told_guidance else None
    save_network(folder / "unet", "UNet2DConditionModel", unet, generator)
    save_network(folder / "vae", "AutoencoderKL", _VAE, generator)
    for suffix, class_name, changes in (
        ("", "CLIPTextModel", {"hidden_size": 16, "eos_token_id": 3}),
        ("_2", "CLIPTextModelWithProjection", {"hidden_size": 24, "projection_dim": _POOLED, "eos_token_id": 3}),
    ):
        write_clip(folder, suffix, class_name, generator, **changes)
    scheduler = "EulerAncestralDiscreteScheduler" if turbo else "EulerDiscreteScheduler"
    (folder / "scheduler").mkdir()
    spacing = "trailing" if turbo else "leading"
    write_json(
        folder / "scheduler" / "scheduler_config.json",
        {"_class_name": scheduler, **VARIANCE, "prediction_type": "epsilon", "timestep_spacing": spacing},
    )
    write_json(
        folder / "model_index.json",
        {
            "_class_name": "StableDiffusionXLInpaintPipeline" if inpainting else "StableDiffusionXLPipeline",
            "_diffusers_version": "0.42.1",
            "force_zeros_for_empty_prompt": zeros_when_empty,
            "scheduler": ["diffusers", scheduler],
            "text_encoder": ["transformers", "CLIPTextModel"],
            "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
            "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
            "tokenizer_2": ["transformers", "PreTrainedTokenizerFast"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "vae": ["diffusers", "AutoencoderKL"],
        },
    )
    return msgspec.structs.replace(plain_spec(folder), family="sdxl", size_multiple=16, embeds_guidance=told_guidance)


def write_clip(folder: Path, suffix: str, class_name: str, generator: torch.Generator, **changes: object) -> None:
    """Write text_encoder`suffix` and tokenizer`suffix` of such a folder; `changes` are to the encoder's sizes."""
    import transformers

    config = cast("Callable[..., object]", transformers.CLIPTextConfig)(**{**_TEXT, **changes})
    encoder = cast("Callable[..., nn.Module]", getattr(transformers, class_name))(config)
    randomise(encoder, generator)
    cast("_Savable", encoder).save_pretrained(str(folder / f"text_encoder{suffix}"))
    place = folder / f"tokenizer{suffix}"
    place.mkdir()
    make_tokenizer().save(str(place / "tokenizer.json"))
    write_json(
        place / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": TOKENS, **SPECIAL},
    )


def write_xl_controlnet(folder: Path, seed: int = 1) -> Path:
    """A ControlNet for that model."""
    save_network(folder, "ControlNetModel", {**BLOCKS, **_HINT}, torch.Generator().manual_seed(seed))
    return folder


def write_xl_union(folder: Path, seed: int = 2) -> Path:
    """A ControlNet-Union for that model, with the types of the published one."""
    union: dict[str, object] = {
        "num_trans_channel": 8, "num_trans_head": 2, "num_trans_layer": 1, "num_proj_channel": 8, "num_control_type": 6,
    }  # fmt: skip
    save_network(folder, "ControlNetUnionModel", {**BLOCKS, **_HINT, **union}, torch.Generator().manual_seed(seed))
    return folder


def write_xl_t2i(folder: Path, seed: int = 3) -> Path:
    """A T2I-Adapter for that model."""
    config: dict[str, object] = {
        "channels": (8, 16, 16, 16), "num_res_blocks": 1, "downscale_factor": 16, "adapter_type": "full_adapter_xl",
    }  # fmt: skip
    save_network(folder, "T2IAdapter", config, torch.Generator().manual_seed(seed))
    return folder


_POOLED = 20
BLOCKS: dict[str, object] = {
    "in_channels": 4, "layers_per_block": 1, "block_out_channels": (8, 16, 16),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "norm_num_groups": 4, "cross_attention_dim": 40, "attention_head_dim": (1, 2, 2), "use_linear_projection": True,
    "transformer_layers_per_block": (1, 1, 2), "addition_embed_type": "text_time", "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": _POOLED + 6 * 8,
}  # fmt: skip
_UNET: dict[str, object] = {
    "sample_size": 16, "out_channels": 4, "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
}  # fmt: skip
_HINT: dict[str, object] = {"conditioning_embedding_out_channels": (4, 4, 8, 8)}
_VAE: dict[str, object] = {
    "block_out_channels": (8,) * 4, "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4, "latent_channels": 4, "norm_num_groups": 4, "sample_size": 64,
    "scaling_factor": 0.13025,
}  # fmt: skip
_TEXT: dict[str, object] = {
    "vocab_size": 4 + len(WORDS), "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "max_position_embeddings": TOKENS, "bos_token_id": 2, "pad_token_id": 0, "hidden_act": "gelu",
}  # fmt: skip
