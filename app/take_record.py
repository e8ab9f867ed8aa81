"""What is known of a take while its ranks make it: which frames are there, and who makes which. No Qt, no pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.messages import FramesReady, Preview, Progress


class TakeRecord:
    """Collects the events of all ranks. `ready` holds the global frame ids that are in the Clip."""

    def __init__(self) -> None:
        self.ready: set[int] = set()
        self.makers: dict[int, str] = {}
        """The device that works on a frame, or made it, as far as it has said so."""
        self.ranks: dict[str, tuple[int, int]] = {}
        """Step and steps of each device."""

    def take_progress(self, event: Progress) -> None:
        """A device is one step on."""
        self.ranks[event.device] = (event.step, event.steps)

    def take_preview(self, event: Preview) -> None:
        """A device has shown a frame."""
        if event.device:
            self.makers[event.index] = event.device

    def take_frames(self, event: FramesReady) -> None:
        """Frames are in the Clip."""
        frames = range(event.start, event.stop)
        self.ready.update(frames)
        if event.device:
            self.makers.update(dict.fromkeys(frames, event.device))

    def slowest(self, devices: int) -> tuple[int, int]:
        """Step and steps of the rank that is least far; 0 as long as one of `devices` has not begun."""
        steps = max((steps for _, steps in self.ranks.values()), default=0)
        if len(self.ranks) < devices:
            return 0, steps
        return min((step for step, _ in self.ranks.values()), default=0), steps

    def share(self, devices: int) -> float:
        """How much of all work is done, 0 to 1."""
        shares = [step / steps for step, steps in self.ranks.values() if steps]
        return sum(shares) / max(len(shares), devices, 1)
