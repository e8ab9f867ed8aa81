"""Autoencoders that know single frames (KL or tiny), for video models without an autoencoder of their own for time.

Owns the decoding of many frames in flat memory, and a cheap look at latents. Does not own how its files are checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch.nn.functional import adaptive_avg_pool2d

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor, nn

FRAMES_AT_ONCE = 4
"""On a GPU. On a CPU one frame at a time is faster: its activations stay in the caches longer."""
_RIDGE = 1e-3


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
        self._to_rgb: Tensor | None = None

    def decode(self, latents: Tensor) -> Iterator[Tensor]:
        """Clean latents (T, C, h, w) to pictures (n, 3, H, W) fp32, about [-1, 1], a few frames at a time."""
        for chunk in torch.split(latents, 1 if latents.device.type == "cpu" else FRAMES_AT_ONCE):
            yield self._decode(chunk)

    def preview(self, clean: Tensor) -> Tensor:
        """A look at clean latents (n, C, h, w): a tiny decoder's pictures, else a linear map's (n, 3, h, w).

        The map is fitted to the first picture that is asked for, decoded once per loaded model: its own latents
        give a closer guess than a table made for other ones.
        """
        if self._is_tiny:
            return torch.cat(list(self.decode(clean)))
        if self._to_rgb is None:
            self._to_rgb = fit_linear_map(clean[0], self._decode(clean[:1])[0])
        return apply_linear_map(clean, self._to_rgb)

    def _decode(self, latents: Tensor) -> Tensor:
        decode = cast("Callable[..., tuple[Tensor]]", self.vae.decode)
        weight = next(self.vae.parameters())
        scaled = (latents / self._scaling_factor).to(weight.device, weight.dtype)
        return decode(scaled, return_dict=False)[0].float()


def fit_linear_map(latents: Tensor, picture: Tensor) -> Tensor:
    """The linear map from latents to colour that suits a picture best, by ridge regression over its cells.

    Args:
        latents: Of one picture, (C, h, w).
        picture: It, (3, H, W).

    Returns:
        (C + 1, 3) fp32 on the CPU; the last row is added to all.
    """
    cells = _with_one(latents[None])[0].flatten(1).T.double()
    height, width = latents.shape[-2:]
    colours = adaptive_avg_pool2d(picture, (height, width)).flatten(1).T.double().cpu()
    normal = cells.T @ cells + _RIDGE * len(cells) * torch.eye(cells.shape[1], dtype=cells.dtype)
    # The ridge makes the matrix positive definite.
    factor = cast("Tensor", torch.linalg.cholesky(normal))  # pyright: ignore[reportUnknownMemberType]
    return torch.cholesky_solve(cells.T @ colours, factor).float()


def apply_linear_map(latents: Tensor, to_rgb: Tensor) -> Tensor:
    """(n, C, h, w) to (n, 3, h, w), by the map of `fit_linear_map`, on the CPU."""
    return torch.einsum("nchw,cd->ndhw", _with_one(latents), to_rgb)


def _with_one(latents: Tensor) -> Tensor:
    latents = latents.float().cpu()
    return torch.cat([latents, torch.ones_like(latents[:, :1])], dim=1)
