"""Maps and region masks that the artist has moved, scaled or turned: resampled once, about the middle of the frame.

Owns the resampling. What the numbers mean is engine.messages.map_place's.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.messages.map_place import MapPlace


def place_pixels(
    pixels: NDArray[np.uint8], place: MapPlace, background: tuple[int, int, int] | int, *, categorical: bool
) -> NDArray[np.uint8]:
    """A map or a mask where `place` puts it, in the same frame.

    Args:
        pixels: (H, W, 3) or (H, W) uint8.
        place: Where it goes; one that is plain changes nothing.
        background: What shows where it does not reach.
        categorical: Its colours are labels, which must not be mixed.

    Returns:
        An array of the same shape, its own memory.
    """
    if place.is_plain:
        return pixels.copy()
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    if not categorical:
        # What gets smaller is averaged first: the transform below looks at a few neighbours only.
        shrunk = (max(1, round(width * min(place.scale_x, 1.0))), max(1, round(height * min(place.scale_y, 1.0))))
        if shrunk != image.size:
            image = image.resize(shrunk, Image.Resampling.LANCZOS)
    sampling = Image.Resampling.NEAREST if categorical else Image.Resampling.BICUBIC
    placed = image.transform(
        (width, height),
        Image.Transform.AFFINE,
        _back(place, (width, height), (image.width / width, image.height / height)),
        sampling,
        fillcolor=background,
    )
    return np.array(placed)


def _back(
    place: MapPlace, frame: tuple[int, int], shrunk: tuple[float, float]
) -> tuple[float, float, float, float, float, float]:
    """From a point of the result to the point of the map that is seen there: rows (a, b, c) and (d, e, f)."""
    width, height = frame
    turn = math.radians(place.angle)
    cos, sin = math.cos(turn), math.sin(turn)
    along, down = shrunk[0] / place.scale_x, shrunk[1] / place.scale_y
    a, b = cos * along, sin * along
    d, e = -sin * down, cos * down
    # The middle of the map lies here.
    x, y = width / 2 + place.x * width, height / 2 + place.y * height
    return a, b, width / 2 * shrunk[0] - a * x - b * y, d, e, height / 2 * shrunk[1] - d * x - e * y
