"""What keeps the border of an edit unseen: soft masks, colours in holes, and the autoencoder's shift taken back.

Owns that arithmetic on pixels. Pictures are (H, W, 3), masks (H, W) float32, 1 where the picture is made anew. Never
imports torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float32]"

_RING = 48
"""Pixels around a mask without soft border whose colours are compared."""
_TONE_SIGMA = 6.0
"""Differences finer than this, in pixels, are another drawing and no other tone."""


def feather(mask: Floats, width: int) -> Floats:
    """`mask` with a soft border of `width` pixels outside of it, falling to 0; inside it stays as it is."""
    if width == 0 or not mask.any():
        return mask
    fall = np.clip(1.0 - _distance(mask == 0.0) / (width + 1.0), 0.0, 1.0)
    return np.maximum(mask, fall * fall * (3.0 - 2.0 * fall)).astype(np.float32)


def fill_hole(picture: NDArray[np.uint8], mask: Floats) -> NDArray[np.uint8]:
    """`picture` with what is masked replaced by the nearest colours around it, the softer the farther away.

    Without anything around it, the picture stays as it is.
    """
    hole = mask > 0.0
    if hole.all() or not hole.any():
        return picture
    distance, labels = cast(
        "tuple[Floats, NDArray[np.int32]]",
        cv2.distanceTransformWithLabels(
            hole.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        ),
    )
    colours = np.zeros((int(labels.max()) + 1, 3), np.float32)
    colours[labels[~hole]] = picture[~hole]
    filled = colours[labels]
    depth = float(distance.max())
    for sigma in (max(depth * share, 0.5) for share in (1 / 16, 1 / 8, 1 / 4)):
        nearness = np.clip(distance / np.float32(4.0 * sigma), 0.0, 1.0)[..., None]
        filled = (filled + (_blurred(filled, sigma) - filled) * nearness).astype(np.float32)
    return np.where(hole[..., None], np.rint(filled), picture).astype(np.uint8)


def overlap(mask: Floats, share: Floats) -> NDArray[np.bool_]:
    """Where picture and model both say what is there: the soft border, or without one the kept pixels near the mask.

    Args:
        mask: What is made anew.
        share: The same with its soft border.
    """
    border = (mask == 0.0) & (share > 0.0)
    if border.any():
        return border
    kept = share == 0.0
    return kept & (_distance(kept) <= _RING) if kept.any() and not kept.all() else kept


def match_tone(made: Floats, before: Floats, known: NDArray[np.bool_]) -> Floats:
    """`made` with the soft difference that it has from `before` where both are known, spread over the rest.

    A model and its autoencoder miss a picture's colours by a little, and people see that as an edge. What they miss
    around the mask tells what they miss inside; things painted inside keep their contrast.

    Args:
        made: What the model made, levels of 0 to 255.
        before: The picture, likewise.
        known: Where the two are compared, by `overlap`; nothing is done where that is nowhere.

    Source: the membrane of Pérez et al., Poisson image editing, 2003, by the pyramids of Burt & Adelson, 1983.
    """
    if not known.any():
        return made
    weight = known.astype(np.float32)[..., None]
    soft, there = _blurred((before - made) * weight, _TONE_SIGMA), _blurred(weight, _TONE_SIGMA)
    return made + _spread((soft / np.maximum(there, 1e-6) * weight).astype(np.float32), weight)


def _spread(values: Floats, weight: Floats) -> Floats:
    """A smooth surface through weighted values, (H, W, 3); each place follows the finest level that knows of it."""
    height, width = weight.shape[:2]
    if min(height, width) <= 2:
        mean = values.sum((0, 1)) / np.maximum(weight.sum((0, 1)), 1e-6)
        return np.broadcast_to(mean, values.shape).astype(np.float32)
    soft, known = _blurred(values, 2.0), _blurred(weight, 2.0)
    half = (-(-width // 2), -(-height // 2))
    below = _resized(
        _spread(_resized(soft, half, cv2.INTER_AREA), _resized(known, half, cv2.INTER_AREA)),
        (width, height),
        cv2.INTER_LINEAR,
    )
    own = soft / np.maximum(known, 1e-6)
    return (below + (own - below) * np.clip(known, 0.0, 1.0)).astype(np.float32)


def _distance(inside: NDArray[np.bool_]) -> Floats:
    """Of each place of `inside` to the nearest outside it, in pixels."""
    return cast("Floats", cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def _blurred(plane: Floats, sigma: float) -> Floats:
    soft = cast("Floats", cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
    return soft.reshape(plane.shape)


def _resized(plane: Floats, size: tuple[int, int], interpolation: int) -> Floats:
    small = cast("Floats", cv2.resize(plane, size, interpolation=interpolation))
    return small.reshape((size[1], size[0], plane.shape[2]))
