"""Autoencoders that know single frames (KL or tiny), for video models without an autoencoder of their own for time.

Owns the decoding of many frames in flat memory. Does not own how its files are checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch

from engine.models.families.linear_look import LinearLook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor, nn

FRAMES_AT_ONCE = 4
"""On a GPU. On a CPU one frame at a time is faster: its activations stay in the caches longer."""


class FrameAutoencoder:
    """A loaded AutoencoderKL or AutoencoderTiny."""

    def __init__(
        self, vae: nn.Module, *, latent_channels: int, pixels_per_latent: int, scaling_factor: float, is_tiny: bool
    ) -> None:
        self.vae = vae
        self.latent_channels = latent_channels
        self.pixels_per_latent = pixels_per_latent
        self._scaling_factor = scaling_factor
        self._is_tiny = is_tiny
        self._look = LinearLook(lambda clean: self._decode(clean)[0])

    def decode(self, latents: Tensor) -> Iterator[Tensor]:
        """Clean latents (T, C, h, w) to pictures (n, 3, H, W) fp32, about [-1, 1], a few frames at a time."""
        for chunk in torch.split(latents, 1 if latents.device.type == "cpu" else FRAMES_AT_ONCE):
            yield self._decode(chunk)

    def preview(self, clean: Tensor) -> Tensor:
        """A look at clean latents (n, C, h, w): a tiny decoder's pictures, else a linear map's (n, 3, h, w)."""
        return torch.cat(list(self.decode(clean))) if self._is_tiny else self._look.at(clean)

    def _decode(self, latents: Tensor) -> Tensor:
        decode = cast("Callable[..., tuple[Tensor]]", self.vae.decode)
        weight = next(self.vae.parameters())
        scaled = (latents / self._scaling_factor).to(weight.device, weight.dtype)
        return decode(scaled, return_dict=False)[0].float()
