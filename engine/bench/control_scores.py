"""How well a picture keeps to a control, as numbers: F1 of edges, RMSE of depth, mIoU of segments, MS-SSIM of lines.

Owns the arithmetic over maps of one size. What is seen in a picture is engine.bench.control_looks'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Bytes: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float64]

# Wang, Simoncelli and Bovik, Multi-scale structural similarity, 2003: weights of the scales, the finest first.
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_WINDOW, _WINDOW_SIGMA = 11, 1.5
_LUMINANCE, _CONTRAST = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def f1_score(reference: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall of the pixels that are set, 0 to 1; 1 where neither map has any."""
    _check_shapes(reference, found)
    together = int(reference.sum()) + int(found.sum())
    return 2.0 * int((reference & found).sum()) / together if together else 1.0


def root_mean_square(reference: Bytes, found: Bytes) -> float:
    """Root of the mean squared difference, in levels of 255."""
    _check_shapes(reference, found)
    return float(np.sqrt(np.mean((reference.astype(np.float64) - found.astype(np.float64)) ** 2)))


def mean_iou(reference: NDArray[np.integer], found: NDArray[np.integer]) -> float:
    """Mean over the classes that either map has of intersection over union, 0 to 1."""
    _check_shapes(reference, found)
    shares: list[float] = []
    for label in np.union1d(reference, found):
        first, second = reference == label, found == label
        shares.append(int((first & second).sum()) / int((first | second).sum()))
    return float(np.mean(shares))


def ms_ssim(reference: Bytes, found: Bytes) -> float:
    """Multi-scale structural similarity of two grey maps (H, W), about 0 to 1.

    Five scales, or as many as leave the window of 11 pixels inside; their weights then sum to 1 again. Negative
    similarity of a scale counts as 0.
    """
    _check_shapes(reference, found)
    first, second = reference.astype(np.float64), found.astype(np.float64)
    count = 1
    while count < len(_SCALE_WEIGHTS) and min(first.shape) >> count >= _WINDOW:
        count += 1
    weights = np.array(_SCALE_WEIGHTS[:count]) / sum(_SCALE_WEIGHTS[:count])
    product = 1.0
    for scale, weight in enumerate(weights):
        luminance, contrast = _similarity(first, second)
        here = luminance * contrast if scale == count - 1 else contrast
        product *= max(float(here.mean()), 0.0) ** float(weight)
        first, second = _halved(first), _halved(second)
    return product


def bootstrap_interval(differences: Sequence[float], draws: int = 2000, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of the mean of paired differences, by resampling them."""
    values = np.asarray(differences, np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(values), (draws, len(values)))
    low, high = np.percentile(values[chosen].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)


def _similarity(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Luminance, and contrast with structure, of each window."""
    mean_a, mean_b = _windowed(first), _windowed(second)
    spread_a = _windowed(first * first) - mean_a**2
    spread_b = _windowed(second * second) - mean_b**2
    together = _windowed(first * second) - mean_a * mean_b
    luminance = (2 * mean_a * mean_b + _LUMINANCE) / (mean_a**2 + mean_b**2 + _LUMINANCE)
    return luminance, (2 * together + _CONTRAST) / (spread_a + spread_b + _CONTRAST)


def _windowed(plane: Floats) -> Floats:
    """Weighted means over the windows that lie inside."""
    blurred = cast("Floats", cv2.GaussianBlur(plane, (_WINDOW, _WINDOW), _WINDOW_SIGMA))
    edge = min(_WINDOW // 2, (min(plane.shape) - 1) // 2)
    return blurred[edge : plane.shape[0] - edge, edge : plane.shape[1] - edge]


def _halved(plane: Floats) -> Floats:
    height, width = (side // 2 * 2 for side in plane.shape)
    even = plane[:height, :width]
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4.0


def _check_shapes(reference: NDArray[np.generic], found: NDArray[np.generic]) -> None:
    if reference.shape != found.shape:
        raise ValueError(f"maps of {reference.shape} and {found.shape} cannot be compared; make them one size")
