"""Controls of a run of frames: each frame has its own hint, a few frames share a run of the network.

Owns the cutting into chunks and the joining of what they add. What a control adds is engine.control.unet_adapters'.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
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


class FrameControls:
    """All controls of one rank's frames; implements Control for latents of frames."""

    only_positive = False
    """Each control inside looks for itself."""

    def __init__(self, controls: Sequence[Sequence[Control]]) -> None:
        """`controls` are those of each chunk of frames, in order, the same ones in each."""
        self._controls = controls

    def add_to(self, conditioning: Conditioning, noisy: Tensor, step: StepContext) -> Conditioning:
        """As Control, for `noisy` of (1, C, T, h, w) and prompts of (T, tokens, channels)."""
        added = list(self._of_chunks(conditioning, noisy[0].transpose(0, 1), step))
        if not added:
            return conditioning
        skips = zip(*(residuals.down for residuals in added), strict=True)
        down = tuple(torch.cat(parts) for parts in skips)
        return replace(conditioning, residuals=Residuals(down, torch.cat([residuals.middle for residuals in added])))

    def _of_chunks(self, conditioning: Conditioning, images: Tensor, step: StepContext) -> Iterator[Residuals]:
        """What each chunk adds; nothing at all in steps where no control acts."""
        for index, controls in enumerate(self._controls):
            chosen = slice(index * CHUNK, (index + 1) * CHUNK)
            part = replace(conditioning, hidden_states=conditioning.hidden_states[chosen], residuals=None)
            for control in controls:
                if not (control.only_positive and conditioning.is_negative):
                    part = control.add_to(part, images[chosen], step)
            if part.residuals is not None:
                yield part.residuals


def make_frame_controls(
    adapters: Sequence[Adapter],
    frames: Iterable[Sequence[Hint]],
    latent_size: tuple[int, int],
    device: torch.device,
    dtype: torch.dtype,
) -> FrameControls:
    """The controls of some frames.

    Args:
        adapters: That of each layer.
        frames: For each frame, its hint of each layer; made as they are asked for, a chunk of them in memory.
        latent_size: Height and width of the latents.
        device: Where the model computes.
        dtype: In which format.

    Raises:
        BadInputError: The size or a kind does not suit an adapter.
        BadModelError: An adapter is made for other latents.
    """
    made = iter(frames)
    chunks = iter(lambda: list(islice(made, CHUNK)), [])
    return FrameControls(
        [
            make_controls(
                [(adapter, _stacked(hints)) for adapter, hints in zip(adapters, zip(*chunk, strict=True), strict=True)],
                latent_size,
                device,
                dtype,
            )
            for chunk in chunks
        ]
    )


def _stacked(hints: Sequence[Hint]) -> Hint:
    """One layer's hints of several frames as one, (T, H, W, 3) and (T, H, W)."""
    masks = [hint.mask for hint in hints if hint.mask is not None]
    return replace(
        hints[0],
        pixels=np.stack([hint.pixels for hint in hints]),
        mask=np.stack(masks) if masks else None,
    )
