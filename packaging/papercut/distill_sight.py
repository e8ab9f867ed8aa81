"""Owns in what the methods of the comparison see likeness: features of latents, and pictures with their detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from papercut.autoencoder import fold_encoder
from papercut.layout import CELL
from papercut.training import as_tensor
from papercut.unet import predict

if TYPE_CHECKING:
    from collections.abc import Callable

    from papercut.distill import Material


class Sight:
    """Features of latents: what the frozen teacher's way down sees in them at 8x8.

    A denoiser's own features tell pictures apart as well as a classifier's do (Xiang et al., arXiv:2303.09769), and
    the judge's must not be trained on.
    """

    def __init__(self, material: Material) -> None:
        self._unet = material.start
        with torch.no_grad():
            self._empty = material.shipped.read([""]).to(material.device)
            rows = material.examples.draw(8, np.random.default_rng(0))
            self._size = float(self._seen_in(material.examples.latents(rows)).std())

    def places(self, latents: Tensor) -> Tensor:
        """One map of each channel, of unit deviation over all, (B, 192, 8, 8) for latents (B, 24, 16, 16)."""
        return self._seen_in(latents) / self._size

    def spread(self, latents: Tensor) -> Tensor:
        """Mean and deviation of each channel, (B, 384)."""
        places = self.places(latents)
        return torch.cat([places.mean((2, 3)), places.std((2, 3))], 1)

    def _seen_in(self, latents: Tensor) -> Tensor:
        seen: list[Tensor] = []

        def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            seen.append(output)

        handle = self._unet.get_submodule("down_blocks.1.resnets.0").register_forward_hook(keep)
        try:
            predict(self._unet, latents, 20.0, self._empty.expand(len(latents), -1, -1))
        finally:
            handle.remove()
        return seen[0]


def linear_decoder(material: Material) -> Callable[[Tensor], Tensor]:
    """The linear inverse of the encoder, up to a constant: good enough to ask for detail in, and fast.

    Turns latents (B, 24, H/16, W/16) into pictures (B, 3, H, W).
    """
    weight = fold_encoder(material.shipped.autoencoder).weight
    inverse = np.linalg.pinv(weight.flatten(1).numpy()).T.reshape(weight.shape)
    kernel = as_tensor(np.ascontiguousarray(inverse)).to(material.device) / material.shipped.scale
    return lambda latents: nn.functional.conv_transpose2d(latents, kernel, stride=CELL)
