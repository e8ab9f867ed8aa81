"""The one place where pictures change between float in [-1, 1] inside and uint8 RGB outside. Imports torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_signal(pixels: NDArray[np.uint8]) -> torch.Tensor:
    """A picture (H, W, 3) in bytes as the networks see it: (3, H, W) fp32 in [-1, 1], on the CPU."""
    return torch.tensor(pixels.astype(np.float32)).permute(2, 0, 1).div(127.5).sub_(1.0)


def to_uint8(pictures: torch.Tensor) -> torch.Tensor:
    """Float pictures to bytes: nearest of 256 levels, values beyond [-1, 1] clipped.

    Args:
        pictures: (B, 3, H, W) float on any device; must be finite.

    Returns:
        (B, H, W, 3) uint8 on the CPU, contiguous.
    """
    scaled = pictures.float().mul(127.5).add_(127.5).round_().clamp_(0.0, 255.0)
    return scaled.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu()
