"""Tiny adapters with random weights, and a tiny model that takes all of them, written to folders within a second.

Owns what tests load instead of real ControlNets. Networks are saved by the stock classes themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import torch
from PIL import Image

from engine.messages import ControlLayer
from tests.tiny_models import save_network, write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    from numpy.typing import NDArray

    from engine.messages import ModelSpec
    from tests.tiny_models import Kind

WIDTH, HEIGHT = 96, 64


def write_steered_model(folder: Path, kind: Kind = "epsilon", autoencoder: Literal["tiny", "kl"] = "tiny") -> ModelSpec:
    """A tiny model whose U-Net has its attention where Stable Diffusion has it, so that every adapter fits."""
    spec = write_tiny_model(folder, kind, autoencoder=autoencoder)
    unet = {**_BLOCKS, "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"), "out_channels": 4}
    save_network(folder / "unet", "UNet2DConditionModel", unet, torch.Generator().manual_seed(5))
    return msgspec.structs.replace(spec, size_multiple=16)


def write_controlnet(folder: Path, seed: int = 1, /, **changes: object) -> Path:
    """A ControlNet for that model."""
    return _write(folder, "ControlNetModel", {**_BLOCKS, **_HINT, **changes}, seed)


def write_union(folder: Path, seed: int = 2) -> Path:
    """A ControlNet-Union for that model, with the types of the published one."""
    union: dict[str, object] = {
        "num_trans_channel": 8, "num_trans_head": 2, "num_trans_layer": 1, "num_proj_channel": 8,
        "addition_time_embed_dim": 8, "num_control_type": 6,
    }  # fmt: skip
    return _write(folder, "ControlNetUnionModel", {**_BLOCKS, **_HINT, **union}, seed)


def write_t2i(folder: Path, seed: int = 3, /, **changes: object) -> Path:
    """A T2I-Adapter for that model."""
    config: dict[str, object] = {"channels": (8, 16, 16), "num_res_blocks": 1, "downscale_factor": 16}
    return _write(folder, "T2IAdapter", {**config, **changes}, seed)


def _write(folder: Path, class_name: str, config: dict[str, object], seed: int) -> Path:
    save_network(folder, class_name, config, torch.Generator().manual_seed(seed))
    return folder


def make_map(seed: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A coarse random colour map, (height, width, 3) uint8."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def map_layer(folder: Path, adapter: Path, seed: int = 11, /, **fields: object) -> ControlLayer:
    """A layer with such a map as its picture, written beside the adapters."""
    file = folder / f"map-{seed}.png"
    Image.fromarray(make_map(seed)).save(file)
    given: dict[str, object] = {
        "kind": "canny",
        "picture": str(file),
        "adapter": str(adapter),
        "is_map": True,
        **fields,
    }
    return ControlLayer(**given)  # pyright: ignore[reportArgumentType] - checked at construction


_BLOCKS: dict[str, object] = {
    "in_channels": 4, "layers_per_block": 1, "block_out_channels": (8, 16, 16),
    "down_block_types": ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    "norm_num_groups": 4, "cross_attention_dim": 32, "attention_head_dim": 8,
}  # fmt: skip
_HINT: dict[str, object] = {"conditioning_embedding_out_channels": (4, 4, 8, 8, 8)}
