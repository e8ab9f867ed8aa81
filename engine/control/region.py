"""Region masks: where a control acts, at whatever resolution a block asks.

Owns the scaling. A block's mask is the share of each of its pixels that the region covers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class RegionMask:
    """A mask at every resolution, each computed once."""

    def __init__(self, mask: NDArray[np.uint8], device: torch.device, dtype: torch.dtype) -> None:
        """`mask` is (H, W) uint8, 255 where the control acts wholly, or (T, H, W): one for each image of the batch."""
        # A copy: what reading gives may be read-only memory.
        planes = torch.from_numpy(mask.copy()).to(device)  # pyright: ignore[reportUnknownMemberType]
        self._mask = planes.reshape(-1, 1, *planes.shape[-2:]).float() / 255.0
        self._dtype = dtype
        self._scaled: dict[tuple[int, int], Tensor] = {}

    def at(self, height: int, width: int) -> Tensor:
        """The mask in latents or features of that size, (1 or T, 1, height, width) in [0, 1]."""
        found = self._scaled.get((height, width))
        if found is None:
            found = functional.interpolate(self._mask, (height, width), mode="area").to(self._dtype)
            self._scaled[height, width] = found
        return found
