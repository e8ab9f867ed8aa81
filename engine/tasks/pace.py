"""How fast a rank denoises: what a take over unequal devices is shared out by.

Owns the clock of steps. Time that a rank waits for others is not its own, and so is left out.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pacemeter:
    """Measures the steps of one rank."""

    def __init__(self, frames: int, waited_s: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            frames: Latent frames of the rank.
            waited_s: How long it has waited for others so far.
            clock: In seconds.
        """
        self._frames = frames
        self._waited_s = waited_s
        self._clock = clock
        self._last: float | None = None
        self._steps: list[float] = []

    def step_done(self) -> None:
        """A step has ended, or, when called first, the first one begins."""
        now = self._clock() - self._waited_s()
        if self._last is not None:
            self._steps.append(now - self._last)
        self._last = now

    @property
    def frames_per_s(self) -> float:
        """Latent frames through one step in a second, the median of the steps; 0 without a frame or a step."""
        if not self._frames or not self._steps:
            return 0.0
        return self._frames / max(statistics.median(self._steps), 1e-9)
