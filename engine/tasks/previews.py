"""Small pictures of a take in the making, as many as a person can look at and no more.

Owns the rate and the encoding. What was too much is dropped at once and never sent late.
"""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

SIDE = 128
PER_SECOND = 15.0
"""Over all ranks of a take."""
BURST_S = 1.0


class PreviewBudget:
    """How many previews a rank may send now: tokens that flow at an even rate and do not pile up."""

    def __init__(self, world_size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = PER_SECOND / world_size
        self._clock = clock
        self._tokens = max(1.0, self._rate * BURST_S)
        self._last = clock()

    def take(self, most: int) -> int:
        """Spend up to `most` previews; how many may be sent."""
        now = self._clock()
        self._tokens = min(self._tokens + (now - self._last) * self._rate, max(1.0, self._rate * BURST_S))
        self._last = now
        granted = min(most, int(self._tokens))
        self._tokens -= granted
        return granted


def spread_evenly(count: int, among: int, turn: int) -> Sequence[int]:
    """`count` of `among` indices, evenly apart; each `turn` others, so that all are seen in time."""
    if count >= among:
        return range(among)
    shift = turn * 0.618  # the golden ratio's turns fill a circle most evenly
    return sorted({int((index + shift) * among / count) % among for index in range(count)})


def encode_preview(pixels: NDArray[np.uint8]) -> bytes:
    """A JPEG of (H, W, 3) uint8 RGB, its longer side at most SIDE."""
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()
