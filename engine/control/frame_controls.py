"""Controls of a run of frames: each frame has its own hints, a few frames share a run of the network.

Owns the cutting into chunks and the joining of what they add. What a control adds is engine.control.unet_adapters'.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.control.unet_adapters import make_controls
from engine.models.denoiser import Residuals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torch import Tensor

    from engine.control.adapter_loading import Adapter
    from engine.control.hints import Hint
    from engine.control.unet_adapters import Control
    from engine.models.denoiser import Conditioning, StepContext

CHUNK = 16
"""Frames that share a run: bounds what a network needs beside its input and output."""


@dataclass(frozen=True)
class Chunk:
    """Frames in a row that the same controls act on: places in the run, from `start` up to `stop`."""

    start: int
    stop: int
    controls: Sequence[Control]


class FrameControls:
    """All controls of one rank's frames; implements Control for latents of frames."""

    only_positive = False
    """Each control inside looks for itself."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        """`chunks` are those of the run, in order, without gaps."""
        self._chunks = chunks

    def add_to(self, conditioning: Conditioning, noisy: Tensor, step: StepContext) -> Conditioning:
        """As Control, for `noisy` of (1, C, T, h, w) and prompts of (T, tokens, channels)."""
        images = noisy[0].transpose(0, 1)
        added = [_of_chunk(chunk, conditioning, images, step) for chunk in self._chunks]
        some = next((residuals for residuals in added if residuals is not None), None)
        if some is None:
            return conditioning
        down = tuple(
            self._joined([None if residuals is None else residuals.down[index] for residuals in added])
            for index in range(len(some.down))
        )
        middle = self._joined([None if residuals is None else residuals.middle for residuals in added])
        return replace(conditioning, residuals=Residuals(down, middle))

    def _joined(self, parts: Sequence[Tensor | None]) -> Tensor:
        """What the chunks add in one place, in a row; nothing where no control acts."""
        found = [part for part in parts if part is not None]
        # A pooled residual is one number a channel: beside one that has a form it is that number everywhere.
        shape = max(tuple(part.shape[1:]) for part in found)
        return torch.cat(
            [
                found[0].new_zeros(chunk.stop - chunk.start, *shape) if part is None else part.expand(-1, *shape)
                for chunk, part in zip(self._chunks, parts, strict=True)
            ]
        )


def _of_chunk(chunk: Chunk, conditioning: Conditioning, images: Tensor, step: StepContext) -> Residuals | None:
    """What the controls of a chunk add; None in steps where none of them acts."""
    chosen = slice(chunk.start, chunk.stop)
    part = replace(conditioning, hidden_states=conditioning.hidden_states[chosen], residuals=None)
    for control in chunk.controls:
        if not (control.only_positive and conditioning.is_negative):
            part = control.add_to(part, images[chosen], step)
    return part.residuals


def make_frame_controls(
    adapters: Sequence[Adapter],
    frames: Iterable[Sequence[Hint | None]],
    latent_size: tuple[int, int],
    device: torch.device,
    dtype: torch.dtype,
) -> FrameControls:
    """The controls of some frames.

    Args:
        adapters: That of each layer.
        frames: For each frame, its hint of each layer, None where that does not act; made as they are asked for, a
            chunk of them in memory.
        latent_size: Height and width of the latents.
        device: Where the model computes.
        dtype: In which format.

    Raises:
        BadInputError: The size or a kind does not suit an adapter.
        BadModelError: An adapter is made for other latents.
    """
    chunks: list[Chunk] = []
    for hints in _chunks(frames):
        acting = [index for index, hint in enumerate(hints[0]) if hint is not None]
        stacked = [_stacked([hint for own in hints if (hint := own[index]) is not None]) for index in acting]
        pairs = [(adapters[index], hint) for index, hint in zip(acting, stacked, strict=True)]
        start = chunks[-1].stop if chunks else 0
        chunks.append(Chunk(start, start + len(hints), make_controls(pairs, latent_size, device, dtype)))
    return FrameControls(chunks)


def _chunks(frames: Iterable[Sequence[Hint | None]]) -> Iterator[list[Sequence[Hint | None]]]:
    """The hints of at most CHUNK frames in a row that the same layers act on."""
    for _, alike in groupby(frames, lambda hints: [hint is not None for hint in hints]):
        held: list[Sequence[Hint | None]] = []
        for hints in alike:
            held.append(hints)
            if len(held) == CHUNK:
                yield held
                held = []
        if held:
            yield held


def _stacked(hints: Sequence[Hint]) -> Hint:
    """One layer's hints of several frames as one, (T, H, W, 3) and (T, H, W)."""
    masks = [hint.mask for hint in hints if hint.mask is not None]
    return replace(
        hints[0],
        pixels=np.stack([hint.pixels for hint in hints]),
        mask=np.stack(masks) if masks else None,
    )
