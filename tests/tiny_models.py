"""Tiny models with random weights in the layout of real ones, written to a folder within a second.

Owns what tests load instead of real checkpoints. Networks are saved by the stock classes themselves; the stock
pipeline loads the folders too (tests/engine/tasks/test_image_like_diffusers.py).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, Protocol, cast

import msgspec
import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn

from engine.messages import ModelSpec
from engine.models.clip_text import ClipTextEncoder
from engine.models.folder import Component
from engine.models.stock import stock_class

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("a", "the", "winter", "summer", "mountains", "night", "moon", "on", "left", "right", "at", "with", "forest")
TOKENS = 16
Kind = Literal["flow", "epsilon", "v_prediction"]
SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]", "bos_token": "[BOS]", "eos_token": "[EOS]"}


class _Savable(Protocol):
    def save_pretrained(self, folder: str) -> None: ...


def write_tiny_model(
    folder: Path,
    kind: Kind = "flow",
    *,
    autoencoder: Literal["tiny", "kl"] = "tiny",
    inpainting: bool = False,
    told_guidance: bool = False,
) -> ModelSpec:
    """Write a StableDiffusionPipeline folder whose weights depend on nothing but the arguments.

    Args:
        folder: Where to write; made if absent.
        kind: "flow" is Papercut's way (velocity, flow sigmas); the others are those of SD models.
        autoencoder: The class of the autoencoder; both shrink 16 times.
        inpainting: The U-Net sees a mask and the masked picture beside the latents.
        told_guidance: The U-Net takes the guidance as an embedding.
    """
    autoencoder_class = "AutoencoderTiny" if autoencoder == "tiny" else "AutoencoderKL"
    scheduler_class = "DPMSolverMultistepScheduler" if kind == "flow" else "EulerDiscreteScheduler"
    for part in ("text_encoder", "tokenizer", "scheduler"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(0)
    unet = {**_UNET, "in_channels": 9 if inpainting else 4, "time_cond_proj_dim": 32 if told_guidance else None}
    save_network(folder / "unet", "UNet2DConditionModel", unet, generator)
    save_network(folder / "vae", autoencoder_class, _TINY_VAE if autoencoder == "tiny" else _KL_VAE, generator)
    _save_text_encoder(folder / "text_encoder", generator)
    make_tokenizer().save(str(folder / "tokenizer" / "tokenizer.json"))
    write_json(
        folder / "tokenizer" / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": TOKENS, **SPECIAL},
    )
    write_json(
        folder / "scheduler" / "scheduler_config.json",
        {"_class_name": scheduler_class, **(_FLOW if kind == "flow" else {**VARIANCE, "prediction_type": kind})},
    )
    write_json(
        folder / "model_index.json",
        {
            "_class_name": "StableDiffusionInpaintPipeline" if inpainting else "StableDiffusionPipeline",
            "_diffusers_version": "0.42.1",
            "requires_safety_checker": False,
            "safety_checker": [None, None],
            "feature_extractor": [None, None],
            "image_encoder": [None, None],
            "scheduler": ["diffusers", scheduler_class],
            "text_encoder": ["transformers", "CLIPTextModel"],
            "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "vae": ["diffusers", autoencoder_class],
        },
    )
    return msgspec.structs.replace(tiny_spec(folder), embeds_guidance=told_guidance)


def write_scheduler(folder: Path, class_name: str, **options: object) -> None:
    """Give a model's folder another scheduler, of models of the SD kind unless the options say otherwise."""
    write_json(folder / "scheduler" / "scheduler_config.json", {"_class_name": class_name, **VARIANCE, **options})
    index = cast("dict[str, object]", json.loads((folder / "model_index.json").read_text(encoding="utf-8")))
    write_json(folder / "model_index.json", {**index, "scheduler": ["diffusers", class_name]})


def tiny_spec(folder: Path, *, name: str = "tiny", schedule: str = "") -> ModelSpec:
    """A specification of the model in `folder` that allows everything."""
    return ModelSpec(
        name=name,
        title="Tiny",
        family="stable_diffusion",
        folder=str(folder),
        licence="none",
        default_width=64,
        default_height=64,
        max_side=512,
        max_steps=50,
        schedule=schedule,
        takes_negative=True,
        takes_guidance=True,
    )


def make_tokenizer() -> Tokenizer:
    """A word tokenizer like Papercut's."""
    vocabulary = {word: index for index, word in enumerate([*SPECIAL.values(), *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    template = processors.TemplateProcessing(single="[BOS] $A [EOS]", special_tokens=[("[BOS]", 2), ("[EOS]", 3)])
    tokenizer.post_processor = template  # pyright: ignore[reportAttributeAccessIssue]
    return tokenizer


def randomise(network: nn.Module, generator: torch.Generator) -> None:
    """Fill all weights with noise of a size that keeps activations near one."""
    for weight in network.parameters():
        fan_in = max(1, weight[0].numel()) if weight.dim() > 1 else 100
        weight.data.normal_(0.0, fan_in**-0.5, generator=generator)


def save_network(folder: Path, class_name: str, config: dict[str, object], generator: torch.Generator) -> None:
    """Save a network of a stock class with random weights."""
    network = cast("nn.Module", stock_class(class_name)(**config))
    randomise(network, generator)
    cast("_Savable", network).save_pretrained(str(folder))


def _save_text_encoder(folder: Path, generator: torch.Generator) -> None:
    encoder = ClipTextEncoder(Component(folder, "CLIPTextModel", _TEXT))
    randomise(encoder, generator)
    weights = {_stock_name(name): weight.detach().clone() for name, weight in encoder.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    write_json(folder / "config.json", _TEXT)


def _stock_name(name: str) -> str:
    """The name under which SD's text encoders hold a weight."""
    if name.endswith("_embedding"):
        return f"text_model.embeddings.{name}.weight"
    if not name.startswith("layers."):
        return f"text_model.{name}"
    layer, index, rest = name.split(".", 2)
    inside = "self_attn." if "_proj" in rest else "mlp." if rest.startswith("fc") else ""
    return f"text_model.encoder.{layer}.{index}.{inside}{rest}"


def write_json(file: Path, document: dict[str, object]) -> None:
    """Write a configuration."""
    file.write_text(json.dumps(document, indent=2), encoding="utf-8")


_UNET: dict[str, object] = {
    "sample_size": 4, "in_channels": 4, "out_channels": 4, "layers_per_block": 1, "block_out_channels": (8, 16),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    "norm_num_groups": 4, "cross_attention_dim": 32, "attention_head_dim": 8,
}  # fmt: skip
_TINY_VAE: dict[str, object] = {
    "encoder_block_out_channels": (8,) * 5, "num_encoder_blocks": (1,) * 5,
    "decoder_block_out_channels": (8,) * 5, "num_decoder_blocks": (1, 2, 1, 1, 1),
    "latent_channels": 4, "scaling_factor": 0.9,
}  # fmt: skip
_KL_VAE: dict[str, object] = {
    "block_out_channels": (8,) * 5, "down_block_types": ("DownEncoderBlock2D",) * 5,
    "up_block_types": ("UpDecoderBlock2D",) * 5, "latent_channels": 4, "norm_num_groups": 4, "sample_size": 64,
}  # fmt: skip
_TEXT: dict[str, object] = {
    "architectures": ["CLIPTextModel"], "model_type": "clip_text_model", "vocab_size": 4 + len(WORDS),
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "max_position_embeddings": TOKENS, "bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0,
}  # fmt: skip
_FLOW: dict[str, object] = {"use_flow_sigmas": True, "prediction_type": "flow_prediction", "num_train_timesteps": 1000}
VARIANCE: dict[str, object] = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "timestep_spacing": "trailing", "steps_offset": 1,
}  # fmt: skip
