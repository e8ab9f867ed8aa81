"""A watchdog of the interface thread: the longest that it was busy between two turns of the event loop."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer


@dataclass
class Turns:
    """What the interface thread worked in one go, in seconds of its own processor time: other programs do not count.

    Several slots may share a turn, so the longest turn is at least as long as the longest slot.
    """

    cpu_s: list[float] = field(default_factory=list[float])

    @property
    def worst_ms(self) -> float:
        return 1000 * max(self.cpu_s, default=0.0)

    def over(self, bar_ms: float) -> int:
        """Turns that were longer."""
        return sum(1 for turn in self.cpu_s if 1000 * turn > bar_ms)

    def __str__(self) -> str:
        worst = ", ".join(f"{1000 * turn:.1f}" for turn in sorted(self.cpu_s, reverse=True)[:5])
        return f"{len(self.cpu_s)} turns, {self.over(16)} over 16 ms, the longest {worst} ms"


class LoopWatch(QObject):
    """Counts turns between `start` and `stop`; a timer that is always due ends each of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.turns = Turns()
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._end_turn)

    def start(self) -> None:
        """Begin with the next turn."""
        self._last = time.thread_time()
        self._timer.start()

    def stop(self) -> Turns:
        """The turns since `start`."""
        self._timer.stop()
        return self.turns

    def _end_turn(self) -> None:
        now = time.thread_time()
        self.turns.cpu_s.append(now - self._last)
        self._last = now
