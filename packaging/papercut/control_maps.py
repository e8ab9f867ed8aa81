"""Owns the control maps of training rows: what a detector, or a person with a pen, would make of a rendered scene.

Each is drawn with the looseness of its kind: thresholds of edges, scales of depth, a hand's wobble.
"""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
from numpy.typing import NDArray

from papercut.stage import CLASSES, ID

Bytes = NDArray[np.uint8]

KINDS = ("canny", "scribble", "depth", "segment")
UNSEEN_KINDS = ("lineart_standard", "normal")
"""Kinds that no network of ours is trained on before it is asked for them (papercut.control_trial)."""
_SPECKS = [ID[name] for name in ("stars", "fog")]
"""Classes that nobody outlines."""
_SHORTEST = 40
"""Pixels of the shortest outline that is drawn; flowers and tufts have shorter ones."""
CANNY = (100, 200)
"""The usual thresholds, those of controlnet-aux."""


def class_colours() -> Bytes:
    """A colour for each class of segmentation maps, (22, 3): hues apart, in three steps of lightness."""
    rows = [colorsys.hls_to_rgb(0.042 * k, (0.3, 0.5, 0.7)[k % 3], 0.8) for k in range(len(CLASSES))]
    return np.rint(255 * np.array(rows)).astype(np.uint8)


def draw_map(kind: str, picture: Bytes, depth: Bytes, segmentation: Bytes, rng: np.random.Generator | None) -> Bytes:
    """The control map of one kind.

    Args:
        kind: One of KINDS or UNSEEN_KINDS.
        picture: (H, W, 3).
        depth: 255 near, 0 far, (H, W); without snow and rain, as one would draw it.
        segmentation: Class ids, (H, W), without snow and rain too.
        rng: Draws the looseness; None for the plain map.

    Returns:
        uint8 (H, W, 3).
    """
    if kind == "segment":
        return class_colours()[segmentation]
    if kind == "normal":
        return _normals(depth)
    if kind == "canny":
        low, high = CANNY if rng is None else (int(rng.integers(60, 140)), int(rng.integers(140, 260)))
        grey = np.asarray(cv2.Canny(picture, low, high), np.uint8)
    elif kind == "depth":
        grey = depth if rng is None else _other_scale(depth, rng)
    elif kind == "scribble":
        grey = _scribble(depth, segmentation, rng)
    elif kind == "lineart_standard":
        grey = _lineart(picture)
    else:
        raise ValueError(f"{kind} is no kind of map; use one of {', '.join(KINDS)}")
    return np.repeat(grey[..., None], 3, axis=2)


def _other_scale(depth: Bytes, rng: np.random.Generator) -> Bytes:
    """As an estimator might see it, which knows depth only up to scale, and no fine edges."""
    scaled = (depth / 255.0) ** rng.uniform(0.7, 1.4)
    scaled = np.clip(rng.uniform(0.8, 1.1) * scaled + rng.uniform(-0.05, 0.1), 0, 1)
    blurred = cv2.GaussianBlur(scaled.astype(np.float32), (0, 0), rng.uniform(0.3, 1.5))
    return np.rint(255 * blurred).astype(np.uint8)


def _normals(depth: Bytes) -> Bytes:
    """Which way the surface looks, as colours: right is red, up is green, towards the viewer is blue."""
    smooth = cv2.GaussianBlur(depth.astype(np.float32), (0, 0), 1.5)
    down, right = np.gradient(smooth)
    ways = np.stack([-right, down, np.full_like(right, 4.0)], axis=2)
    ways /= np.linalg.norm(ways, axis=2, keepdims=True)
    return np.rint(127.5 * (ways + 1)).astype(np.uint8)


def _lineart(picture: Bytes) -> Bytes:
    """What is darker than its surroundings, white on black, as the standard detector of line art sees it."""
    seen = picture.astype(np.float32)
    darker = np.min(np.asarray(cv2.GaussianBlur(seen, (0, 0), 6.0)) - seen, axis=2).clip(0, 255)
    lines = darker[darker > 8]
    strength = max(16.0, float(np.median(lines))) if lines.size else 16.0
    return np.rint((127 * darker / strength).clip(0, 255)).astype(np.uint8)


def _scribble(depth: Bytes, segmentation: Bytes, rng: np.random.Generator | None) -> Bytes:
    """White strokes along the outlines of things and sheets."""
    solid = segmentation.copy()
    solid[np.isin(solid, _SPECKS)] = ID["sky"]
    far = depth.astype(np.int16)
    outline = np.zeros(depth.shape, np.uint8)
    for axis in (0, 1):
        borders = (np.diff(solid, axis=axis) != 0) | (np.abs(np.diff(far, axis=axis)) > 12)
        place = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        outline[place] |= borders.astype(np.uint8)
    outline = _long_ones(outline)
    if rng is not None:
        outline = _by_hand(outline, rng)
    width = 3 if rng is None else int(rng.integers(2, 6))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    return np.asarray(255 * cv2.dilate(outline, brush), np.uint8)


def _long_ones(outline: Bytes) -> Bytes:
    _, found, stats, _ = cv2.connectedComponentsWithStats(outline, connectivity=8)
    labels, areas = np.asarray(found, np.int64), np.asarray(stats, np.int64)[:, cv2.CC_STAT_AREA]
    areas[0] = 0
    return (areas >= _SHORTEST)[labels].astype(np.uint8)


def _by_hand(outline: Bytes, rng: np.random.Generator) -> Bytes:
    """Strokes that wander a few pixels off, smoothly."""
    height, width = outline.shape
    wobble = rng.normal(0, 1.2, (2, 9, 9)).astype(np.float32)
    size, smooth = (width, height), cv2.INTER_CUBIC
    across = np.asarray(cv2.resize(wobble[0], size, interpolation=smooth), np.float32)
    down = np.asarray(cv2.resize(wobble[1], size, interpolation=smooth), np.float32)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(255 * outline, columns + across, rows + down, cv2.INTER_LINEAR)
    return (np.asarray(moved) > 60).astype(np.uint8)
