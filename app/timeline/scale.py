"""Where a frame lies on the screen: scale, lanes and the marks of the ruler. Numbers only."""

from __future__ import annotations

import math
from typing import NamedTuple

from app.words import clock, timecode

LEAST_PX, MOST_PX = 0.002, 48.0
"""Of a frame."""
LABEL_PX = 76
LEAST_FRAMES_PX = 40
NICE_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 72000)


class TimeScale(NamedTuple):
    """Pixels of a frame, and how far the view is scrolled; `left_px` is the width of the lanes' names."""

    frame_px: float
    scrolled_px: int
    left_px: int

    def x(self, frame: float) -> float:
        """Where a frame begins."""
        return self.left_px + frame * self.frame_px - self.scrolled_px

    def frame(self, x: float) -> float:
        """The time under a point, in frames; negative left of the beginning."""
        return (x - self.left_px + self.scrolled_px) / self.frame_px


class Lane(NamedTuple):
    """A horizontal strip of the view."""

    top: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def holds(self, y: float) -> bool:
        """Whether a point is in it."""
        return self.top <= y < self.bottom


class Lanes(NamedTuple):
    """Ruler, prompts, controls and frames, from the top; the controls are in `rows`, so that none lies on another."""

    ruler: Lane
    prompts: Lane
    controls: Lane
    frames: Lane
    rows: int = 1

    @staticmethod
    def fit(height: int, line_px: int, rows: int = 1) -> Lanes:
        """Share a height: the frames get what the others leave, within what suits a thumbnail."""
        ruler = Lane(0, line_px + 10)
        prompts = Lane(ruler.bottom + 4, 2 * line_px + 16)
        line = line_px + 8
        room = height - prompts.bottom - 6 - 6 - LEAST_FRAMES_PX - 8
        controls = Lane(prompts.bottom + 6, max(line, min(rows * line, room)))
        top = controls.bottom + 6
        return Lanes(ruler, prompts, controls, Lane(top, min(max(height - top - 8, LEAST_FRAMES_PX), 120)), rows)

    def row(self, row: int) -> Lane:
        """One row of the controls; many of them share the height."""
        top, bottom = (self.controls.top + self.controls.height * place // self.rows for place in (row, row + 1))
        return Lane(top, bottom - top)


class Tick(NamedTuple):
    """A mark of the ruler; short ones have no label."""

    frame: int
    label: str


def ticks(scale: TimeScale, fps: float, first: float, last: float) -> list[Tick]:
    """The marks between two times, labelled as far apart as their words need."""
    step = _labelled_step(scale.frame_px, fps)
    short = max(1, _short_step(step, fps))
    if short * scale.frame_px < 5:
        short = step
    begin = max(0, math.floor(first / step)) * step
    marks: list[Tick] = []
    frame = begin
    while frame <= last:
        is_labelled = frame % step == 0
        label = clock(frame / fps) if step >= fps else timecode(frame, fps)
        marks.append(Tick(frame, label if is_labelled else ""))
        frame += short if (frame % step) + short <= step else step - frame % step
    return marks


def _labelled_step(frame_px: float, fps: float) -> int:
    for frames in (1, 2, 4):
        if frames * frame_px >= LABEL_PX and frames < fps:
            return frames
    for seconds in NICE_S:
        if seconds * fps * frame_px >= LABEL_PX:
            return max(1, round(seconds * fps))
    return round(NICE_S[-1] * fps * 10)


def _short_step(step: int, fps: float) -> int:
    if step <= 4:
        return 1
    per_second = max(1, round(fps))
    return max(1, step // per_second // 5 * per_second or (1 if step <= 2 * per_second else per_second))
