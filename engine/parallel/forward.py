"""One forward of a U-Net over a rank's frames, with little more memory than the skips.

Owns: when spatial layers run, in whose memory their output lies, and the skips. Does not own: the layers and their
order (engine.models.families), what crosses frames (transformer.py, convolution.py).

Spatial layers are put off until a layer over time, or a skip, needs what they make of all frames; then all of them
run on one chunk of images after the other. Nothing between them is ever there for all frames, and what they make
takes the memory of what they have used up: of the frames so far, or of a skip. So the most that a rank keeps of a
frame is, at the bottom of the U, all skips and the frame itself there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.parallel.exchange import Entrance
from engine.parallel.spatial import Images, in_chunks

SpatialLayer = Callable[[Tensor, Images], Tensor]
"""What a layer makes of some images, which it is told to cut what goes with them (time and prompt embeddings)."""


class TemporalLayer(Protocol):
    """A layer over time: the frames of (batch * frames, C, H, W), overwritten."""

    @property
    def entrance(self) -> Entrance: ...

    def __call__(self, hidden: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class _Made:
    """What `layers` make of `tensor`, which may be used up."""

    tensor: Tensor
    layers: tuple[SpatialLayer, ...] = ()
    is_free: bool = False

    def of(self, images: Images) -> Tensor:
        hidden = images.of(self.tensor)
        for layer in self.layers:
            hidden = layer(hidden, images)
        return hidden


class Forward:
    """The frames of a rank on their way through a U-Net."""

    def __init__(self, images: Tensor) -> None:
        """Begin with (batch * frames, C, H, W), batch outermost, at least one; they are not written to."""
        self._now = _Made(images)
        self._skips: list[_Made] = []
        self._used_up: list[Tensor] = []

    def apply(self, *layers: SpatialLayer) -> None:
        """Send all frames through layers within them."""
        self._now = _Made(self._now.tensor, (*self._now.layers, *layers), self._now.is_free)

    def cross(self, layer: TemporalLayer) -> None:
        """Send all frames through a layer over time."""
        self._make(layer.entrance)
        frames = self._now.tensor if self._now.is_free else self._now.tensor.clone()
        self._now = _Made(layer(frames), is_free=True)

    def keep(self, *, made_again: bool = False) -> None:
        """Put the frames by as a skip.

        Args:
            made_again: Keep only what the frames were made of by the layers since then, and make them once more when
                they are joined: for a cheap layer on frames that are there anyway.
        """
        if not made_again:
            self._make()
        self._now = _Made(self._now.tensor, self._now.layers)
        self._skips.append(self._now)

    @property
    def skips(self) -> int:
        """How many there are."""
        return len(self._skips)

    @property
    def skip_size(self) -> torch.Size:
        """Height and width of the newest skip."""
        return self._skips[-1].tensor.shape[2:]

    def join(self, added: Tensor | None = None) -> None:
        """Append the newest skip to the channels of the frames; `added` to it is what a control gives."""
        skip = self._skips.pop()
        if not skip.layers and all(skip.tensor is not each.tensor for each in (self._now, *self._skips)):
            self._used_up.append(skip.tensor)

        def append(hidden: Tensor, images: Images) -> Tensor:
            rows = skip.of(images)
            return torch.cat([hidden, rows if added is None else rows + images.of(added)], dim=1)

        self.apply(append)

    def finish(self) -> Tensor:
        """The frames as they are now, (batch * frames, C, H, W)."""
        self._make()
        return self._now.tensor

    def _make(self, entrance: Entrance | None = None) -> None:
        """Run the layers that were put off. `entrance` is that of a layer over time which gets what they make."""
        now, total = self._now, self._now.tensor.shape[0]
        if not now.layers:
            return
        used_up = [now.tensor, *self._used_up] if now.is_free else self._used_up
        made: Tensor | None = None
        urgent, others = in_chunks(total, entrance)
        for images in urgent:
            made = _put(made, now.of(images), images, total, used_up)
        if entrance is not None and made is not None and others:
            entrance.begin(made)
        for images in others:
            made = _put(made, now.of(images), images, total, used_up)
        assert made is not None, "a rank without frames runs no layers"
        self._now, self._used_up = _Made(made, is_free=True), []


def _put(made: Tensor | None, rows: Tensor, images: Images, total: int, used_up: Sequence[Tensor]) -> Tensor:
    """Write the rows of some images to `made`: at first, to memory that is used up if any fits, else to new memory."""
    if made is None:
        if len(images.indices) == total:
            return rows
        shape = (total, *rows.shape[1:])
        fitting = (each for each in used_up if each.shape == shape and each.dtype == rows.dtype)
        made = next(fitting, None)
        if made is None:
            made = rows.new_empty(shape)
    images.put(made, rows)
    return made
