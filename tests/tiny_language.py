"""Tiny Qwen-Image and Z-Image folders with random weights, and ControlNets for them, saved by the stock classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.catalogue import find_model
from engine.paths import Paths
from tests.tiny_models import SPECIAL, WORDS, make_tokenizer, randomise, save_network, write_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn

    from engine.messages import ModelSpec


class _Savable(Protocol):
    def save_pretrained(self, folder: str) -> None: ...


def write_tiny_qwen(folder: Path) -> ModelSpec:
    """Write a QwenImagePipeline folder; its spec, as the catalogue reads the folder."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    generator = torch.Generator().manual_seed(0)
    save_network(folder / "transformer", "QwenImageTransformer2DModel", {**QWEN, "out_channels": 4}, generator)
    save_network(folder / "vae", "AutoencoderKLQwenImage", _QWEN_VAE, generator)
    config = cast("Callable[..., object]", Qwen2_5_VLConfig)(text_config=_QWEN_TEXT, vision_config=_QWEN_VISION)
    _save_text(folder, cast("Callable[[object], nn.Module]", Qwen2_5_VLForConditionalGeneration)(config), generator)
    settings = {**_DYNAMIC, "shift_terminal": 0.02}
    return _finish(folder, "QwenImagePipeline", "Qwen2_5_VLForConditionalGeneration", "QwenImage", settings)


def write_qwen_controlnet(folder: Path, seed: int = 1, layers: int = 2, **changes: object) -> Path:
    """A ControlNet for that model: two blocks for its three."""
    config = {**QWEN, "num_layers": layers, **changes}
    save_network(folder, "QwenImageControlNetModel", config, torch.Generator().manual_seed(seed))
    return folder


def write_tiny_z(folder: Path) -> ModelSpec:
    """Write a ZImagePipeline folder; its spec, as the catalogue reads the folder."""
    from transformers import Qwen3Config, Qwen3Model

    generator = torch.Generator().manual_seed(0)
    save_network(folder / "transformer", "ZImageTransformer2DModel", Z_IMAGE, generator)
    save_network(folder / "vae", "AutoencoderKL", _KL_VAE, generator)
    config = cast("Callable[..., object]", Qwen3Config)(**_QWEN3)
    _save_text(folder, cast("Callable[[object], nn.Module]", Qwen3Model)(config), generator)
    settings = {**_DYNAMIC, "use_dynamic_shifting": False, "shift": 3.0}
    return _finish(folder, "ZImagePipeline", "Qwen3Model", "ZImage", settings)


def write_z_controlnet(folder: Path, seed: int = 1, *, refines: str | None = None, channels: int = 4) -> Path:
    """A ControlNet for that model, of the first, second or third published kind by what its refiner is."""
    config: dict[str, object] = {
        **_Z_BLOCKS, "control_layers_places": [0, 2], "control_refiner_layers_places": [0, 1],
        "control_in_dim": channels, "add_control_noise_refiner": refines,
    }  # fmt: skip
    save_network(folder, "ZImageControlNetModel", config, torch.Generator().manual_seed(seed))
    return folder


def _save_text(folder: Path, encoder: nn.Module, generator: torch.Generator) -> None:
    randomise(encoder, generator)
    cast("_Savable", encoder).save_pretrained(str(folder / "text_encoder"))
    (folder / "tokenizer").mkdir()
    make_tokenizer().save(str(folder / "tokenizer" / "tokenizer.json"))
    settings: dict[str, object] = {"tokenizer_class": "PreTrainedTokenizerFast", **SPECIAL, "chat_template": _CHAT}
    write_json(folder / "tokenizer" / "tokenizer_config.json", settings)


def _finish(folder: Path, pipeline: str, text: str, family: str, scheduler: dict[str, object]) -> ModelSpec:
    (folder / "scheduler").mkdir()
    write_json(folder / "scheduler" / "scheduler_config.json", scheduler)
    vae = "AutoencoderKLQwenImage" if family == "QwenImage" else "AutoencoderKL"
    write_json(
        folder / "model_index.json",
        {
            "_class_name": pipeline,
            "_diffusers_version": "0.42.1",
            "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
            "text_encoder": ["transformers", text],
            "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
            "transformer": ["diffusers", f"{family}Transformer2DModel"],
            "vae": ["diffusers", vae],
        },
    )
    return find_model(str(folder), Paths(folder.parent))


QWEN: dict[str, object] = {
    "patch_size": 2, "in_channels": 16, "num_layers": 3, "attention_head_dim": 16, "num_attention_heads": 2,
    "joint_attention_dim": 32, "axes_dims_rope": (8, 4, 4),
}  # fmt: skip
_QWEN_VAE: dict[str, object] = {
    "base_dim": 4, "z_dim": 4, "dim_mult": [1, 1, 2, 2], "num_res_blocks": 1,
    "temperal_downsample": [False, True, True], "latents_mean": [0.1, -0.2, 0.0, 0.3],
    "latents_std": [1.1, 0.9, 1.0, 1.2],
}  # fmt: skip
_QWEN_TEXT: dict[str, object] = {
    "vocab_size": 8 + len(WORDS), "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 2, "max_position_embeddings": 2048,
    "rope_scaling": {"mrope_section": [2, 3, 3], "rope_type": "default", "type": "default"}, "bos_token_id": 2,
    "eos_token_id": 3, "pad_token_id": 0,
}  # fmt: skip
_QWEN_VISION: dict[str, object] = {
    "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 32,
}  # fmt: skip
_Z_BLOCKS: dict[str, object] = {"dim": 32, "n_refiner_layers": 2, "n_heads": 2, "n_kv_heads": 2}
Z_IMAGE: dict[str, object] = {
    **_Z_BLOCKS, "in_channels": 4, "n_layers": 3, "cap_feat_dim": 32, "axes_dims": (8, 4, 4),
    "axes_lens": (256, 64, 64),
}  # fmt: skip
_KL_VAE: dict[str, object] = {
    "block_out_channels": (8,) * 4, "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4, "latent_channels": 4, "norm_num_groups": 4, "sample_size": 64,
    "use_quant_conv": False, "use_post_quant_conv": False, "scaling_factor": 0.36, "shift_factor": 0.12,
}  # fmt: skip
_QWEN3: dict[str, object] = {
    "vocab_size": 8 + len(WORDS), "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 3,
    "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 2048,
    "bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0,
}  # fmt: skip
_CHAT = "night {{ messages[0]['content'] }}{% if add_generation_prompt %} moon{% endif %}"
_DYNAMIC: dict[str, object] = {
    "_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 1.0, "use_dynamic_shifting": True,
    "base_image_seq_len": 8, "max_image_seq_len": 64, "base_shift": 0.5, "max_shift": 0.9,
}  # fmt: skip
