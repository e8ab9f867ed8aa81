"""The anatomy that diffusers' video U-Nets share: blocks in order, their layers by name, the size of their images.

Owns: where layers sit. Does not own: which of them cross frames (engine.models.families) or what they are made of
(adoption.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from torch import Tensor, nn


def blocks_of(unet: nn.Module) -> list[nn.Module]:
    """The down blocks, the middle block if there is one, the up blocks."""
    down, up = (cast("Iterable[nn.Module]", getattr(unet, name)) for name in ("down_blocks", "up_blocks"))
    middle = cast("nn.Module | None", getattr(unet, "mid_block", None))
    return [*down, *([] if middle is None else [middle]), *up]


def layers_of(block: nn.Module, name: str) -> list[nn.Module]:
    """The layers of a kind in a block, which may have none: its attribute is missing, None or empty."""
    return list(cast("Iterable[nn.Module] | None", getattr(block, name, None)) or [])


def pixels_of(unet: nn.Module, latent_height: int, latent_width: int) -> list[int]:
    """Pixels of the images in each block, in the order of `blocks_of`."""
    height, width = latent_height, latent_width
    down: list[int] = []
    for block in cast("Iterable[nn.Module]", unet.down_blocks):
        down.append(height * width)
        if layers_of(block, "downsamplers"):
            height, width = -(-height // 2), -(-width // 2)
    middle = [] if getattr(unet, "mid_block", None) is None else [height * width]
    return [*down, *middle, *reversed(down)]


def no_frames(out_channels: int, output: Callable[[Tensor], object]) -> Callable[..., object]:
    """The forward of a rank without frames: nobody waits for it, so it does nothing.

    Args:
        out_channels: Of the model.
        output: Makes the model's output object of a sample.
    """

    def forward(sample: Tensor, *_: object, return_dict: bool = True, **__: object) -> object:
        nothing = sample.new_empty((sample.shape[0], out_channels, *sample.shape[2:]))
        return output(nothing) if return_dict else (nothing,)

    return forward
