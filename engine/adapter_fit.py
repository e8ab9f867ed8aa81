"""Which adapter fits which model, by their configurations alone. Never imports torch.

Owns the comparison for U-Nets and PixArt; that for flow-matching transformers is engine.token_adapters'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from engine.token_adapters import TOKEN_CONTROLNETS, misfit_of_tokens

# What diffusers takes for a field that a configuration leaves out.
_NETWORK_DEFAULTS: Mapping[str, object] = {
    "in_channels": 4,
    "block_out_channels": (320, 640, 1280, 1280),
    "layers_per_block": 2,
    "cross_attention_dim": 1280,
    "addition_embed_type": None,
    "class_embed_type": None,
}
# The same of networks that are told the prompt as a vector and the picture's size, as SDXL's are.
_TOLD_DEFAULTS: Mapping[str, object] = {"addition_time_embed_dim": None, "projection_class_embeddings_input_dim": None}
_PIXART_DEFAULTS = {"num_attention_heads": 16, "attention_head_dim": 72, "cross_attention_dim": 1152}
_EMBED_TYPES = (None, "text_time")
_ADAPTER_CHANNELS = (320, 640, 1280, 1280)
_DOWN_BLOCKS = ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",)


def misfit(adapter: Mapping[str, object], network: Mapping[str, object]) -> str:
    """Why an adapter cannot steer a model's network, by their configurations; empty where it can."""
    class_name = adapter.get("_class_name")
    if class_name in TOKEN_CONTROLNETS:
        return misfit_of_tokens(adapter, network)
    if class_name == "PixArtControlNetAdapterModel":
        return _misfit_of_pixart(adapter, network)
    if "Transformer" in str(network.get("_class_name")):
        return "it is made for a U-Net, and the model is a transformer"
    return (_misfit_of_t2i if class_name == "T2IAdapter" else _misfit_of_controlnet)(adapter, network)


def _misfit_of_controlnet(adapter: Mapping[str, object], unet: Mapping[str, object]) -> str:
    if adapter.get("conditioning_channels", 3) != 3:
        return f"it takes maps of {adapter['conditioning_channels']} channels"
    is_told = adapter.get("addition_embed_type") == "text_time"
    for key, default in {**_NETWORK_DEFAULTS, **(_TOLD_DEFAULTS if is_told else {})}.items():
        own, wanted = _plain(adapter.get(key, default)), _plain(unet.get(key, default))
        if key == "in_channels":  # an inpainting U-Net takes more than the latents, its ControlNet does not
            wanted = unet.get("out_channels", default)
        if own != wanted:
            return f"its {key} {own} is not the model's {wanted}"
        if key.endswith("embed_type") and own not in _EMBED_TYPES:
            return f"its {key} {own} is not supported"
    return ""


def _misfit_of_pixart(adapter: Mapping[str, object], transformer: Mapping[str, object]) -> str:
    if transformer.get("norm_type") != "ada_norm_single":
        return "it is made for PixArt"
    layers, blocks = adapter.get("num_layers", 13), transformer.get("num_layers", 28)
    if not (isinstance(layers, int) and isinstance(blocks, int) and 1 <= layers < blocks):
        return f"it copies {layers} blocks of the model's {blocks}"
    for key, default in _PIXART_DEFAULTS.items():
        own, wanted = adapter.get(key, default), transformer.get(key, default)
        if own != wanted:
            return f"its {key} {own} is not the model's {wanted}"
    return ""


def _misfit_of_t2i(adapter: Mapping[str, object], unet: Mapping[str, object]) -> str:
    if adapter.get("in_channels", 3) not in (1, 3):
        return f"it takes maps of {adapter['in_channels']} channels"
    is_xl = unet.get("addition_embed_type") == "text_time"
    if is_xl != (adapter.get("adapter_type") == "full_adapter_xl"):
        return f"it is made for Stable Diffusion {'1 and 2' if is_xl else 'XL'}"
    if is_xl:
        return _misfit_of_t2i_xl(adapter, unet)
    if any("Attn" not in str(block) for block in _listed(unet.get("down_block_types", _DOWN_BLOCKS))[:-1]):
        return "a T2I-Adapter needs attention in all blocks of the model but the last"
    features = _listed(adapter.get("channels", _ADAPTER_CHANNELS))
    if adapter.get("adapter_type") == "light_adapter":
        features += features[-1:]
    channels = _plain(unet.get("block_out_channels", _NETWORK_DEFAULTS["block_out_channels"]))
    return "" if features == channels else f"its channels {features} are not the model's {channels}"


def _misfit_of_t2i_xl(adapter: Mapping[str, object], unet: Mapping[str, object]) -> str:
    """As for the others, but that a first block without attention and the middle take a feature each, too."""
    attends = ["Attn" in str(block) for block in _listed(unet.get("down_block_types", _DOWN_BLOCKS))]
    if attends != [False, *[True] * (len(attends) - 1)]:
        return "a T2I-Adapter for SDXL needs attention in all blocks of the model but the first"
    features = _listed(adapter.get("channels", _ADAPTER_CHANNELS))
    channels = _listed(unet.get("block_out_channels", _NETWORK_DEFAULTS["block_out_channels"]))
    channels += channels[-1:]
    return "" if features == channels else f"its channels {features} are not the model's {channels}"


def _listed(value: object) -> list[object]:
    """Its elements; none of a value that is no list, which then fits nothing."""
    return list(cast("Sequence[object]", value)) if isinstance(value, (list, tuple)) else []


def _plain(value: object) -> object:
    """Tuples as lists: JSON knows no tuples."""
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value
