"""Which ControlNets fit which flow-matching transformer, by their configurations. Never imports torch.

Owns the classes and the comparison. The catalogue of adapters is engine.adapters', what they add engine.control's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

TOKEN_CONTROLNETS: Mapping[str, str] = {
    "SD3ControlNetModel": "SD3Transformer2DModel",
    "FluxControlNetModel": "FluxTransformer2DModel",
    "QwenImageControlNetModel": "QwenImageTransformer2DModel",
    "ZImageControlNetModel": "ZImageTransformer2DModel",
}
"""Classes of ControlNets that add to a transformer's tokens, and that of the network each is made for."""
# Where a control type stands in a union for FLUX.1, as published with InstantX/FLUX.1-dev-Controlnet-Union.
FLUX_MODES: Mapping[str, int] = {
    **dict.fromkeys(("canny", "lineart", "lineart_anime", "lineart_standard", "anyline", "mlsd"), 0),
    "tile": 1,
    **dict.fromkeys(("depth", "depth_papercut", "midas", "leres", "zoe"), 2),
    "blur": 3,
    **dict.fromkeys(("openpose", "pose"), 4),
    "gray": 5,
    "low_quality": 6,
}
# What diffusers takes for a field that a configuration leaves out: of the ControlNet, and of the model.
_SD3_DEFAULTS: Mapping[str, object] = {
    "patch_size": 2, "in_channels": 16, "num_layers": 18, "attention_head_dim": 64, "num_attention_heads": 18,
    "joint_attention_dim": 4096, "pooled_projection_dim": 2048, "pos_embed_max_size": 96,
}  # fmt: skip
_FLUX_DEFAULTS: Mapping[str, object] = {
    "in_channels": 64, "num_layers": 19, "num_single_layers": 38, "attention_head_dim": 128, "num_attention_heads": 24,
    "joint_attention_dim": 4096, "pooled_projection_dim": 768, "axes_dims_rope": (16, 56, 56),
}  # fmt: skip
_QWEN_DEFAULTS: Mapping[str, object] = {
    "in_channels": 64, "attention_head_dim": 128, "num_attention_heads": 24, "joint_attention_dim": 3584,
    "axes_dims_rope": (16, 56, 56),
}  # fmt: skip
_Z_DEFAULTS: Mapping[str, object] = {
    "all_patch_size": (2,), "all_f_patch_size": (1,), "dim": 3840, "n_refiner_layers": 2, "n_heads": 30,
    "n_kv_heads": 30,
}  # fmt: skip


def misfit_of_tokens(adapter: Mapping[str, object], network: Mapping[str, object]) -> str:
    """Why a ControlNet of such a class cannot steer a model's network; empty where it can."""
    class_name = str(adapter.get("_class_name"))
    wanted, found = TOKEN_CONTROLNETS[class_name], network.get("_class_name")
    if found != wanted:
        return f"it is made for networks of the class {wanted}"
    if class_name in _OTHERS:
        return _OTHERS[class_name](adapter, network)
    is_flux = class_name == "FluxControlNetModel"
    defaults = _FLUX_DEFAULTS if is_flux else _SD3_DEFAULTS

    def both(key: str) -> tuple[object, object]:
        return _plain(adapter.get(key, defaults[key])), _plain(network.get(key, defaults[key]))

    if adapter.get("extra_conditioning_channels"):
        return "it wants a mask beside its map"
    same = ["in_channels", "attention_head_dim", "num_attention_heads", "pooled_projection_dim"]
    same += ["axes_dims_rope"] if is_flux else ["patch_size"]
    # That of SD3.5's own takes neither the prompt nor places of its own.
    same += ["joint_attention_dim"] if adapter.get("joint_attention_dim", 0) is not None else []
    same += [] if is_flux or adapter.get("use_pos_embed") is False else ["pos_embed_max_size"]
    for key in same:
        own, theirs = both(key)
        if own != theirs:
            return f"its {key} {own} is not the model's {theirs}"
    for key in ("num_layers", "num_single_layers") if is_flux else ("num_layers",):
        own, theirs = both(key)
        if not isinstance(own, int) or not isinstance(theirs, int) or own > theirs:
            return f"its {key} {own} is more than the model's {theirs}"
    return ""


def _misfit_of_qwen(adapter: Mapping[str, object], network: Mapping[str, object]) -> str:
    if adapter.get("extra_condition_channels"):
        return "it wants a mask beside its map"
    return _difference(adapter, network, _QWEN_DEFAULTS) or _too_deep(adapter, network, "num_layers", (60, 60))


def _misfit_of_z_image(adapter: Mapping[str, object], network: Mapping[str, object]) -> str:
    places, layers = adapter.get("control_layers_places"), network.get("n_layers", 30)
    whole = isinstance(places, Sequence) and all(type(place) is int for place in cast("Sequence[object]", places))
    if not whole or not isinstance(layers, int) or max(cast("Sequence[int]", places), default=layers) >= layers:
        return f"its control_layers_places are not among the model's {layers}"
    own, theirs = adapter.get("control_in_dim"), network.get("in_channels", 16)
    if not isinstance(own, int) or not isinstance(theirs, int) or own < theirs:
        return f"its control_in_dim {own} is less than the model's {theirs}"
    return _difference(adapter, network, _Z_DEFAULTS)


def _difference(adapter: Mapping[str, object], network: Mapping[str, object], same: Mapping[str, object]) -> str:
    """In which field, of those that must be the same and their defaults, the two differ; empty where in none."""
    for key, default in same.items():
        own, theirs = _plain(adapter.get(key, default)), _plain(network.get(key, default))
        if own != theirs:
            return f"its {key} {own} is not the model's {theirs}"
    return ""


def _too_deep(adapter: Mapping[str, object], network: Mapping[str, object], key: str, defaults: tuple[int, int]) -> str:
    own, theirs = adapter.get(key, defaults[0]), network.get(key, defaults[1])
    if not isinstance(own, int) or not isinstance(theirs, int) or not 1 <= own <= theirs:
        return f"its {key} {own} does not suit the model's {theirs}"
    return ""


_OTHERS = {"QwenImageControlNetModel": _misfit_of_qwen, "ZImageControlNetModel": _misfit_of_z_image}


def _plain(value: object) -> object:
    """Tuples as lists: JSON knows no tuples."""
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
