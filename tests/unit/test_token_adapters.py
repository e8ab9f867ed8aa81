"""engine.token_adapters: which ControlNet fits which transformer."""

from __future__ import annotations

import re

import pytest

from engine.adapters import misfit

SD3: dict[str, object] = {
    "_class_name": "SD3Transformer2DModel", "num_layers": 24, "num_attention_heads": 24, "pos_embed_max_size": 192,
}  # fmt: skip
SD3_NET: dict[str, object] = {**SD3, "_class_name": "SD3ControlNetModel", "num_layers": 6}
FLUX: dict[str, object] = {"_class_name": "FluxTransformer2DModel", "guidance_embeds": True}
FLUX_NET: dict[str, object] = {"_class_name": "FluxControlNetModel", "num_layers": 5, "num_single_layers": 10}
QWEN: dict[str, object] = {"_class_name": "QwenImageTransformer2DModel", "num_layers": 60}
QWEN_NET: dict[str, object] = {"_class_name": "QwenImageControlNetModel", "num_layers": 5}
Z_IMAGE: dict[str, object] = {"_class_name": "ZImageTransformer2DModel", "n_layers": 30, "all_patch_size": [2]}
Z_NET: dict[str, object] = {
    "_class_name": "ZImageControlNetModel", "control_layers_places": [0, 5, 10], "control_in_dim": 16,
}  # fmt: skip


@pytest.mark.parametrize(
    ("adapter", "network", "said"),
    [
        (SD3_NET, SD3, ""),
        ({**SD3_NET, "joint_attention_dim": None, "use_pos_embed": False, "pos_embed_max_size": 96}, SD3, ""),
        ({**SD3_NET, "num_attention_heads": 38}, SD3, "its num_attention_heads 38 is not the model's 24"),
        ({**SD3_NET, "pos_embed_max_size": 384}, SD3, "its pos_embed_max_size 384 is not the model's 192"),
        ({**SD3_NET, "num_layers": 38}, SD3, "its num_layers 38 is more than the model's 24"),
        ({**SD3_NET, "extra_conditioning_channels": 1}, SD3, "it wants a mask beside its map"),
        (SD3_NET, FLUX, "it is made for networks of the class SD3Transformer2DModel"),
        (FLUX_NET, FLUX, ""),
        ({**FLUX_NET, "num_single_layers": 0, "guidance_embeds": False, "num_mode": 7}, FLUX, ""),
        ({**FLUX_NET, "axes_dims_rope": [16, 56, 56]}, {**FLUX, "axes_dims_rope": (16, 56, 56)}, ""),
        ({**FLUX_NET, "axes_dims_rope": [8, 60, 60]}, FLUX, "its axes_dims_rope .* is not the model's"),
        ({**FLUX_NET, "joint_attention_dim": 2048}, FLUX, "its joint_attention_dim 2048 is not the model's 4096"),
        ({**FLUX_NET, "num_layers": "5"}, FLUX, "its num_layers 5 is more than the model's 19"),
        (FLUX_NET, SD3, "it is made for networks of the class FluxTransformer2DModel"),
        (FLUX_NET, {}, "it is made for networks of the class FluxTransformer2DModel"),
        (QWEN_NET, QWEN, ""),
        ({**QWEN_NET, "extra_condition_channels": 4}, QWEN, "it wants a mask beside its map"),
        ({**QWEN_NET, "num_layers": 61}, QWEN, "its num_layers 61 does not suit the model's 60"),
        ({**QWEN_NET, "attention_head_dim": 64}, QWEN, "its attention_head_dim 64 is not the model's 128"),
        (QWEN_NET, FLUX, "it is made for networks of the class QwenImageTransformer2DModel"),
        (Z_NET, Z_IMAGE, ""),
        ({**Z_NET, "control_in_dim": 33, "add_control_noise_refiner": "control_layers"}, Z_IMAGE, ""),
        ({**Z_NET, "control_in_dim": 8}, Z_IMAGE, "its control_in_dim 8 is less than the model's 16"),
        (
            {**Z_NET, "control_layers_places": [0, 30]},
            Z_IMAGE,
            "its control_layers_places are not among the model's 30",
        ),
        ({**Z_NET, "control_layers_places": "all"}, Z_IMAGE, "its control_layers_places are not among the model's 30"),
        ({**Z_NET, "dim": 3072}, Z_IMAGE, "its dim 3072 is not the model's 3840"),
        ({"_class_name": "ControlNetModel"}, FLUX, "it is made for a U-Net"),
        ({"_class_name": "T2IAdapter"}, SD3, "it is made for a U-Net"),
    ],
)
def test_a_configuration_tells_what_fits(adapter: dict[str, object], network: dict[str, object], said: str) -> None:
    """Every field that decides shapes is compared, with the library's defaults for what is left out."""
    assert re.search(said, misfit(adapter, network)) if said else misfit(adapter, network) == ""
