"""A picture with edges, gradients and texture, for detectors to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def scene(width: int = 300, height: int = 200) -> NDArray[np.uint8]:
    """(H, W, 3): a bright disc and a dark post before a graded sky."""
    y, x = np.mgrid[:height, :width]
    picture = np.stack([x * 200 / width + 40, y * 200 / height + 40, np.full_like(x, 120, float)], axis=-1)
    picture[np.hypot(x - width * 0.3, y - height * 0.5) < height * 0.25] = (250, 240, 180)
    picture[height // 4 :, int(width * 0.7) : int(width * 0.75)] = (15, 10, 5)
    return picture.astype(np.uint8)
