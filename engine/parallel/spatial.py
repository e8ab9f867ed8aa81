"""Images in chunks: which of a rank's frames meet the spatial layers when.

Owns: the order, those that other ranks wait for first, and the cutting of what goes with images. Does not own: the
layers, which see one image at a time and need nothing of other frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from engine.parallel.exchange import Entrance

MAX_IMAGES = 16
"""Images of a chunk: bounds what spatial layers need beside what they read and make for all images."""


@dataclass(frozen=True)
class Images:
    """Some of a rank's images: indices in (batch * frames, ...), batch outermost, ascending."""

    indices: Sequence[int]

    @cached_property
    def _is_run(self) -> bool:
        return self.indices[-1] - self.indices[0] + 1 == len(self.indices)

    def of(self, tensor: Tensor) -> Tensor:
        """Their rows of `tensor`, a view where they follow each other."""
        if self._is_run:
            return tensor.narrow(0, self.indices[0], len(self.indices))
        return tensor.index_select(0, torch.tensor(self.indices, device=tensor.device))

    def put(self, tensor: Tensor, rows: Tensor) -> None:
        """Write their rows of `tensor`."""
        if self._is_run:
            tensor.narrow(0, self.indices[0], len(self.indices)).copy_(rows)
        else:
            tensor.index_copy_(0, torch.tensor(self.indices, device=tensor.device), rows)


def in_chunks(total: int, entrance: Entrance | None = None) -> tuple[list[Images], list[Images]]:
    """All images in chunks of at most MAX_IMAGES: those that other ranks wait for, and the others.

    Args:
        total: How many there are.
        entrance: Of the temporal layer that gets what the chunks make. Without one nobody waits; all are in the first
            list where making some of them first saves nothing.
    """
    if entrance is None or total <= MAX_IMAGES:
        return _chunks(range(total)), []
    frames = entrance.num_frames
    urgent = [start + frame for start in range(0, total, frames) for frame in entrance.exported]
    return _chunks(urgent), _chunks(sorted(set(range(total)).difference(urgent)))


def _chunks(images: Sequence[int]) -> list[Images]:
    return [Images(images[start : start + MAX_IMAGES]) for start in range(0, len(images), MAX_IMAGES)]
