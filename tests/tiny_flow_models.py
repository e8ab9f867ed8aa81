"""Tiny SD3 and FLUX.1 folders with random weights, and ControlNets for them, written within a second each.

Owns what tests load instead of real checkpoints. Everything is saved by the stock classes themselves, so that the stock
pipelines load the folders too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, cast

import torch

from engine.catalogue import find_model
from engine.paths import Paths
from tests.tiny_models import TOKENS, WORDS, make_tokenizer, randomise, save_network, write_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn

    from engine.messages import ModelSpec

FlowKind: TypeAlias = Literal["sd3", "sd3 without t5", "sd3 dynamic", "flux dev", "flux schnell", "flux guided"]


class _Savable(Protocol):
    def save_pretrained(self, folder: str) -> None: ...


def write_flow_model(folder: Path, kind: FlowKind) -> ModelSpec:
    """Write a StableDiffusion3Pipeline or FluxPipeline folder; its spec, as the catalogue reads the folder.

    "sd3 dynamic" shifts its levels by a picture's size, as no published SD3 does and its pipeline allows; "flux guided"
    is a [dev] whose guidance has been taken out again.
    """
    generator = torch.Generator().manual_seed(0)
    is_flux, has_t5 = kind.startswith("flux"), kind != "sd3 without t5"
    folder.mkdir(parents=True)
    save_network(folder / "vae", "AutoencoderKL", _VAE, generator)
    _save_clip(folder / "text_encoder", generator, projects=not is_flux)
    _save_words(folder / "tokenizer")
    parts: dict[str, object] = {"vae": ["diffusers", "AutoencoderKL"], "tokenizer": _FAST}
    if is_flux:
        scheduler = _STATIC if kind == "flux schnell" else _DYNAMIC
        save_flux(folder / "transformer", generator, guidance_embeds=kind == "flux dev")
        parts |= {
            "transformer": ["diffusers", "FluxTransformer2DModel"],
            "text_encoder": _transformers("CLIPTextModel"),
        }
        place = "_2"
    else:
        scheduler = _DYNAMIC if kind == "sd3 dynamic" else {**_STATIC, "shift": 3.0}
        save_network(folder / "transformer", "SD3Transformer2DModel", SD3, generator)
        _save_clip(folder / "text_encoder_2", generator, projects=True)
        _save_words(folder / "tokenizer_2")
        clip = _transformers("CLIPTextModelWithProjection")
        parts |= {"transformer": ["diffusers", "SD3Transformer2DModel"], "tokenizer_2": _FAST}
        parts |= {"text_encoder": clip, "text_encoder_2": clip}
        place = "_3"
    if has_t5:
        save_t5(folder, place, generator)
    parts[f"text_encoder{place}"] = _transformers("T5EncoderModel") if has_t5 else [None, None]
    parts[f"tokenizer{place}"] = _transformers("T5Tokenizer") if has_t5 else [None, None]
    (folder / "scheduler").mkdir()
    write_json(folder / "scheduler" / "scheduler_config.json", scheduler)
    parts |= {"scheduler": ["diffusers", scheduler["_class_name"]], "image_encoder": [None, None]}
    name = "FluxPipeline" if is_flux else "StableDiffusion3Pipeline"
    write_json(folder / "model_index.json", {"_class_name": name, "feature_extractor": [None, None], **parts})
    return find_model(str(folder), Paths(folder.parent))


def save_flux(folder: Path, generator: torch.Generator, **changes: object) -> None:
    """Save a FLUX.1 transformer."""
    save_network(folder, "FluxTransformer2DModel", {**FLUX, **changes}, generator)


def write_sd3_controlnet(folder: Path, seed: int = 1, /, **changes: object) -> Path:
    """A ControlNet for the tiny SD3: two blocks for its three."""
    config: dict[str, object] = {**SD3, "num_layers": 2, "force_zeros_for_pooled_projection": True, **changes}
    save_network(folder, "SD3ControlNetModel", config, torch.Generator().manual_seed(seed))
    return folder


def write_flux_controlnet(folder: Path, seed: int = 1, /, **changes: object) -> Path:
    """A ControlNet for the tiny FLUX: one block for every two of its own, of each kind."""
    config: dict[str, object] = {**FLUX, "num_layers": 1, "num_single_layers": 2, "guidance_embeds": True, **changes}
    save_network(folder, "FluxControlNetModel", config, torch.Generator().manual_seed(seed))
    return folder


def _save_clip(folder: Path, generator: torch.Generator, *, projects: bool) -> None:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    stock = CLIPTextModelWithProjection if projects else CLIPTextModel
    config = cast("Callable[..., object]", CLIPTextConfig)(**_CLIP)
    _save_stock(folder, cast("Callable[[object], nn.Module]", stock)(config), generator)


def save_t5(folder: Path, place: str, generator: torch.Generator) -> None:
    """Save a T5 encoder and its tokenizer, whose names in the model's folder end with `place`."""
    from transformers import T5Config, T5EncoderModel, T5Tokenizer

    config = cast("Callable[..., object]", T5Config)(**_T5)
    encoder = cast("Callable[[object], nn.Module]", T5EncoderModel)(config)
    _save_stock(folder / f"text_encoder{place}", encoder, generator)
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((f"▁{word}", -2.0) for word in WORDS)]
    tokenizer = cast("Callable[..., _Savable]", T5Tokenizer)(vocab=pieces, extra_ids=0, model_max_length=512)
    tokenizer.save_pretrained(str(folder / f"tokenizer{place}"))


def _save_stock(folder: Path, network: nn.Module, generator: torch.Generator) -> None:
    randomise(network, generator)
    cast("_Savable", network).save_pretrained(str(folder))


def _save_words(folder: Path) -> None:
    folder.mkdir()
    make_tokenizer().save(str(folder / "tokenizer.json"))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "bos_token": "[BOS]", "eos_token": "[EOS]"}
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": TOKENS, **special},
    )


def _transformers(class_name: str) -> list[str]:
    return ["transformers", class_name]


SD3: dict[str, object] = {
    "sample_size": 16, "patch_size": 2, "in_channels": 16, "out_channels": 16, "num_layers": 3, "attention_head_dim": 8,
    "num_attention_heads": 4, "joint_attention_dim": 64, "caption_projection_dim": 32, "pooled_projection_dim": 32,
    "pos_embed_max_size": 24,
}  # fmt: skip
FLUX: dict[str, object] = {
    "patch_size": 1, "in_channels": 64, "num_layers": 2, "num_single_layers": 4, "attention_head_dim": 16,
    "num_attention_heads": 2, "joint_attention_dim": 64, "pooled_projection_dim": 32, "guidance_embeds": False,
    "axes_dims_rope": (4, 6, 6),
}  # fmt: skip
_FAST = _transformers("PreTrainedTokenizerFast")
_VAE: dict[str, object] = {
    "block_out_channels": (8,) * 4, "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4, "latent_channels": 16, "norm_num_groups": 4, "sample_size": 64,
    "use_quant_conv": False, "use_post_quant_conv": False, "scaling_factor": 1.5, "shift_factor": 0.1,
}  # fmt: skip
_CLIP: dict[str, object] = {
    "vocab_size": 4 + len(WORDS), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3,
    "num_attention_heads": 4, "max_position_embeddings": TOKENS, "bos_token_id": 2, "eos_token_id": 3,
    "pad_token_id": 0, "projection_dim": 16,
}  # fmt: skip
_T5: dict[str, object] = {
    "vocab_size": 3 + len(WORDS), "d_model": 64, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 2,
    "feed_forward_proj": "gated-gelu",
}  # fmt: skip
_STATIC: dict[str, object] = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 1.0}
_DYNAMIC: dict[str, object] = {
    **_STATIC, "use_dynamic_shifting": True, "base_image_seq_len": 8, "max_image_seq_len": 64, "base_shift": 0.5,
    "max_shift": 1.15, "shift": 3.0,
}  # fmt: skip
