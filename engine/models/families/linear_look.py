"""A cheap look at latents, through the linear map to colour that suits the model's own pictures best."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch.nn.functional import adaptive_avg_pool2d

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

_RIDGE = 1e-3


class LinearLook:
    """Shows clean latents as small pictures.

    The map is fitted to the first latents that are looked at, decoded once per loaded model: its own latents give a
    closer guess than a table made for other ones.

    Args:
        decode: Clean latents of one picture, (1, C, h, w), to it, (3, H, W), about [-1, 1].
    """

    def __init__(self, decode: Callable[[Tensor], Tensor]) -> None:
        self._decode = decode
        self._to_rgb: Tensor | None = None

    def at(self, clean: Tensor) -> Tensor:
        """Clean latents (n, C, h, w) as pictures (n, 3, h, w) on the CPU, about [-1, 1]."""
        if self._to_rgb is None:
            self._to_rgb = fit_linear_map(clean[0], self._decode(clean[:1]))
        return apply_linear_map(clean, self._to_rgb)


def alone(decode: Callable[[Tensor, int, int], Iterator[Tensor]]) -> Callable[[Tensor], Tensor]:
    """A decoder of takes (VideoModel.decode), as what decodes one latent frame: it becomes one picture."""
    return lambda clean: next(decode(clean.transpose(0, 1)[None], 0, 1))[0]


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
