"""engine.tasks.pace: a rank's own time counts, and nobody else's."""

from __future__ import annotations

from engine.tasks.pace import Pacemeter


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.waited = 3.0

    def pass_by(self, seconds: float, waiting: float = 0.0) -> None:
        self.now += seconds + waiting
        self.waited += waiting


def test_waiting_for_others_is_not_counted() -> None:
    """Twelve frames in steps of two seconds are six a second, however long the rank waits and a step drags on."""
    clock = _Clock()
    meter = Pacemeter(12, lambda: clock.waited, lambda: clock.now)
    meter.step_done()
    for seconds, waiting in ((2.0, 5.0), (9.0, 0.0), (2.0, 0.5)):
        clock.pass_by(seconds, waiting)
        meter.step_done()
    assert meter.frames_per_s == 6.0


def test_without_frames_or_steps_there_is_no_pace() -> None:
    """A rank without frames, and one that only decoded, say nothing of their devices."""
    clock = _Clock()
    idle = Pacemeter(0, lambda: clock.waited, lambda: clock.now)
    idle.step_done()
    clock.pass_by(1.0)
    idle.step_done()
    begun = Pacemeter(4, lambda: clock.waited, lambda: clock.now)
    begun.step_done()
    assert idle.frames_per_s == begun.frames_per_s == 0.0
