"""The model that is measured: as it is, or with random motion where its adapter is missing.

Speed and memory do not depend on what the weights say. Owns the adapter of random weights and the copy it lies in.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

import msgspec
import torch

from engine.errors import BadModelError
from engine.messages import VideoSpec
from engine.models.folder import read_config
from engine.models.stock import stock_class

if TYPE_CHECKING:
    from collections.abc import Generator

    from torch import nn

    from engine.messages import ModelSpec

Weights = Literal["trained", "random"]
ADAPTER = "motion_adapter"
"""Where a folder has its adapter unless its spec says otherwise."""
POSITIONS = 32
HEADS = (6, 8, 4, 2, 1)
"""Papercut's motion has six; the first that divides all widths is taken."""


class _Savable(Protocol):
    def save_pretrained(self, folder: str) -> None: ...


@contextmanager
def model_to_measure(spec: ModelSpec, folder: Path) -> Generator[tuple[ModelSpec, Weights]]:
    """The spec of a model that makes videos, and whether its motion was trained.

    Args:
        spec: A picture model of the SD kind, with or without its adapter, or a folder that holds all of it.
        folder: Empty; a copy of the model with a random adapter is put there if need be, and removed at the end.

    Raises:
        BadModelError: It is no such model.
    """
    video = spec.video or VideoSpec(family="motion_unet", adapter=ADAPTER, noise="independent")
    source = Path(spec.folder)
    unet_file = source / "unet" / "config.json"
    unet = read_config(unet_file) if unet_file.is_file() else {}
    if video.family != "motion_unet" or unet.get("_class_name") != "UNet2DConditionModel":
        raise BadModelError(
            f"{spec.name} is no picture model with a motion adapter beside it, which diffusers' FreeNoise needs; "
            "measure papercut"
        )
    adapter = video.adapter or ADAPTER
    if (source / adapter / "config.json").is_file():
        yield msgspec.structs.replace(spec, video=video), "trained"
        return
    copy = folder / "model"
    shutil.copytree(source, copy)
    _write_random_adapter(copy / adapter, unet)
    try:
        yield (
            msgspec.structs.replace(
                spec, folder=str(copy), video=video, max_steps=max(spec.max_steps, video.default_steps)
            ),
            "random",
        )
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _write_random_adapter(folder: Path, unet: dict[str, object]) -> None:
    """A MotionAdapter for the U-Net, in the shape of Papercut's."""
    widths = cast("list[int]", unet["block_out_channels"])
    config: dict[str, object] = {
        "block_out_channels": widths,
        "motion_layers_per_block": unet["layers_per_block"],
        "motion_mid_block_layers_per_block": 1,
        "motion_num_attention_heads": next(heads for heads in HEADS if not any(width % heads for width in widths)),
        "motion_norm_num_groups": unet["norm_num_groups"],
        "motion_max_seq_length": POSITIONS,
        "use_motion_mid_block": True,
    }
    network = cast("nn.Module", stock_class("MotionAdapter")(**config))
    generator = torch.Generator().manual_seed(0)
    for name, weight in network.named_parameters():
        if weight.dim() > 1:
            weight.data.normal_(0.0, weight[0].numel() ** -0.5, generator=generator)
        elif name.endswith("bias"):
            weight.data.zero_()
    cast("_Savable", network).save_pretrained(str(folder))
