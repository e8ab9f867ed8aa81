"""How far a take has come, over all its attempts: what tells a job that gets on from one that kills its workers.

Owns: the furthest step and the frames of each job, as its ranks announce them. Does not own: what a lost worker means
for the job (scheduler). Nothing here is stored: deaths count anew when a new service takes over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.messages import FramesReady, Progress

if TYPE_CHECKING:
    from engine.protocol import WorkerEvent


@dataclass
class _Reached:
    step: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """Frames that are in the Clip: disjoint runs [start, stop), in order."""
    has_gained: bool = False


class Headway:
    """What the attempts of each unfinished job have reached."""

    def __init__(self) -> None:
        self._reached: dict[str, _Reached] = {}

    def note(self, job: str, message: WorkerEvent) -> None:
        """Take in what a rank says of its work."""
        reached = self._reached.setdefault(job, _Reached())
        match message.event:
            case Progress(step=step):
                reached.has_gained |= step > reached.step
                reached.step = max(reached.step, step)
            case FramesReady(start=start, stop=stop):
                reached.has_gained |= _add_run(reached.runs, start, stop)
            case _:
                pass

    def take_gain(self, job: str) -> bool:
        """Whether the job got further than ever since this was last asked."""
        reached = self._reached.get(job)
        if reached is None:
            return False
        gained, reached.has_gained = reached.has_gained, False
        return gained

    def forget(self, job: str) -> None:
        """The job has ended."""
        self._reached.pop(job, None)


def _add_run(runs: list[tuple[int, int]], start: int, stop: int) -> bool:
    """Add [start, stop) to disjoint runs in order; whether it held anything new."""
    if start >= stop or any(low <= start and stop <= high for low, high in runs):
        return False
    apart = [(low, high) for low, high in runs if high < start or low > stop]
    touching = [(low, high) for low, high in runs if not (high < start or low > stop)]
    low, high = min([start, *(low for low, _ in touching)]), max([stop, *(high for _, high in touching)])
    runs[:] = sorted([*apart, (low, high)])
    return True
