"""Where the artist is in time: the frame that player and timeline show, playing, loop, in and out points.

It owns the clock. Which frames can be shown, and their pixels, is in `take`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

FASTEST = 8


class Playhead(QObject):
    """A frame between 0 and `length`. While playing, frames that cannot be shown yet are passed over.

    Playing never waits for the disk in the interface's thread: when the next frame is still being read, the one
    before it stays for another beat.
    """

    moved = Signal(int)
    changed = Signal()
    """Length, speed of frames, playing, loop, or the in and out points."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frame = 0
        self.length = 1
        self.fps = 8.0
        self.speed = 0
        """Frames a beat: 0 stands still, negative runs backwards."""
        self.loops = True
        self.first: int | None = None
        self.end: int | None = None
        """In and out point; `end` is the frame behind the last one."""
        self._is_there: Callable[[int], bool] = lambda _: True
        self._is_read: Callable[[int], bool] = lambda _: True
        self._due_s = 0.0
        """When the next beat is to come: beats of 41.67 ms come on time on average, though a timer knows whole ones."""
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._beat)

    def follow(self, is_there: Callable[[int], bool], is_read: Callable[[int], bool]) -> None:
        """Ask these, while playing, whether a frame can be shown at all, and whether it can be shown at once."""
        self._is_there, self._is_read = is_there, is_read

    def set_range(self, length: int, fps: float) -> None:
        """The frames there are now; points behind the end are dropped."""
        if (length, fps) == (self.length, self.fps):
            return
        self.length, self.fps = max(length, 1), fps
        if self.first is not None and self.first >= self.length:
            self.first = None
        if self.end is not None and self.end > self.length:
            self.end = None
        self.changed.emit()
        self.seek(self.frame)

    @property
    def span(self) -> range:
        """The frames between the in and the out point."""
        return range(self.first or 0, self.length if self.end is None else self.end)

    @property
    def is_playing(self) -> bool:
        return self.speed != 0

    def seek(self, frame: int) -> None:
        """Go to a frame; the nearest there is."""
        frame = min(max(frame, 0), self.length - 1)
        if frame != self.frame:
            self.frame = frame
            self.moved.emit(frame)

    def step(self, by: int) -> None:
        """Stand still, exactly `by` frames further."""
        self.pause()
        self.seek(self.frame + by)

    def toggle(self) -> None:
        """Play, or stand still."""
        if self.speed:
            self.pause()
        else:
            self.play(1)

    def play(self, speed: int) -> None:
        """Run; from the last frame, begin anew."""
        if speed > 0 and self.frame >= self.span.stop - 1 and not self.loops:
            self.seek(self.span.start)
        self.speed = speed
        self._due_s = time.monotonic()
        self._wind()
        self.changed.emit()

    def shuttle(self, direction: int) -> None:
        """J and L: run that way, twice as fast with every press."""
        runs_there = self.speed * direction > 0
        self.play(direction * min(2 * abs(self.speed), FASTEST) if runs_there else direction)

    def pause(self) -> None:
        """Stand still."""
        self._clock.stop()
        if self.speed:
            self.speed = 0
            self.changed.emit()

    def set_loops(self, loops: bool) -> None:
        """Whether playing begins anew at the end."""
        if loops != self.loops:
            self.loops = loops
            self.changed.emit()

    def mark_in(self) -> None:
        """The span begins at this frame; pressed there again, at the first one."""
        self.first = None if self.first == self.frame else self.frame
        if self.first is not None and self.end is not None and self.end <= self.first:
            self.end = None
        self.changed.emit()

    def mark_out(self) -> None:
        """The span ends with this frame; pressed there again, with the last one."""
        self.end = None if self.end == self.frame + 1 else self.frame + 1
        if self.end is not None and self.first is not None and self.first >= self.end:
            self.first = None
        self.changed.emit()

    def set_span(self, span: range) -> None:
        """Put the in and out points around these frames; none where they are the first and the last."""
        first = span.start if span.start > 0 else None
        end = span.stop if span.stop < self.length else None
        if (first, end) != (self.first, self.end):
            self.first, self.end = first, end
            self.changed.emit()

    def _wind(self) -> None:
        """Set the clock to the next beat. One that came late is made up for; what was missed altogether is not."""
        beat_s, now = 1 / self.fps / max(1, min(abs(self.speed), FASTEST)), time.monotonic()
        self._due_s = max(self._due_s + beat_s, now)
        self._clock.start(round(1000 * (self._due_s - now)))

    def _beat(self) -> None:
        self._wind()
        target = self._next()
        if target is None:
            self.pause()
        elif self._is_read(target):
            self.seek(target)

    def _next(self) -> int | None:
        """The next frame that can be shown; None at the end, or when there is none at all."""
        span, direction = self.span, 1 if self.speed > 0 else -1
        ahead = range(self.frame + direction, span.stop if direction > 0 else span.start - 1, direction)
        for frame in ahead:
            if self._is_there(frame):
                return frame
        if not self.loops:
            return None
        around = span if direction > 0 else reversed(span)
        # Alone it is its own next one: a running take may bring more at any time.
        return next((frame for frame in around if self._is_there(frame)), self.frame)
