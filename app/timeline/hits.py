"""What lies under a point of the timeline: a segment or a control clip, one of its edges, the ruler, a frame."""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF

    from app.timeline.scale import Lanes, TimeScale
    from app.video_edit import VideoEdit

EDGE_PX, HANDLE_PX = 6, 7


class Part(Enum):
    """What can be taken hold of."""

    NOTHING = "nothing"
    RULER = "ruler"
    FRAMES = "frames"
    BODY = "body"
    END = "end"
    """The segment's last frame: dragging changes its length, and what follows moves."""
    BORDER = "border"
    """The segment's first frame: dragging moves the border to the one before, and nothing else."""
    TRANSITION = "transition"
    CLIP = "clip"
    CLIP_START = "clip start"
    CLIP_END = "clip end"


class Hit(NamedTuple):
    """A part, the segment or the clip that it belongs to or -1, and the time under the point, in frames."""

    part: Part
    segment: int
    frame: float
    clip: int = -1


class ClipPlace(NamedTuple):
    """Where a control clip lies: its frames, and its row in the lane."""

    span: range
    row: int


def segment_at(edit: VideoEdit, frame: float) -> int:
    """The segment that a time lies in, or -1."""
    ends = list(accumulate(segment.frames for segment in edit.segments))
    return bisect_right(ends, frame) if ends and 0 <= frame < ends[-1] else -1


def clip_hit(clips: Sequence[ClipPlace], lanes: Lanes, scale: TimeScale, x: float, y: float) -> Hit:
    """What lies under a point of the lane of the controls."""
    frame = scale.frame(x)
    for index, clip in enumerate(clips):
        left, right = scale.x(clip.span.start), scale.x(clip.span.stop)
        if x < scale.left_px or not (lanes.row(clip.row).holds(y) and left <= x <= right):
            continue
        reach = min(EDGE_PX, (right - left) / 4)
        if right - x <= reach:
            return Hit(Part.CLIP_END, -1, frame, index)
        return Hit(Part.CLIP_START if x - left <= reach else Part.CLIP, -1, frame, index)
    return Hit(Part.NOTHING, -1, frame)


def hit_at(edit: VideoEdit, lanes: Lanes, scale: TimeScale, point: QPointF, clips: Sequence[ClipPlace] = ()) -> Hit:
    """What lies under a point."""
    x, y = point.x(), point.y()
    frame = scale.frame(x)
    if lanes.controls.holds(y):
        return clip_hit(clips, lanes, scale, x, y)
    if x < scale.left_px:
        return Hit(Part.NOTHING, -1, frame)
    if lanes.ruler.holds(y):
        return Hit(Part.RULER, -1, frame)
    if lanes.frames.holds(y):
        return Hit(Part.FRAMES, -1, frame)
    if not lanes.prompts.holds(y) or not edit.segments:
        return Hit(Part.NOTHING, -1, frame)
    return _prompt_hit(edit, lanes, scale, x, y)


def _prompt_hit(edit: VideoEdit, lanes: Lanes, scale: TimeScale, x: float, y: float) -> Hit:
    frame = scale.frame(x)
    spans = edit.spans()
    if 0 <= x - scale.x(edit.length) <= EDGE_PX:
        return Hit(Part.END, len(spans) - 1, frame)
    index = segment_at(edit, frame)
    if index < 0:
        return Hit(Part.NOTHING, -1, frame)
    span, segment = spans[index], edit.segments[index]
    left, right = scale.x(span.start), scale.x(span.stop)
    # Where a segment is hardly wider than its edges, it can still be taken as a whole.
    reach = min(EDGE_PX, (right - left) / 4)
    handle = scale.x(span.start + segment.transition)
    is_low = y > lanes.prompts.bottom - lanes.prompts.height * 0.45
    if index and segment.transition and is_low and abs(x - handle) <= min(HANDLE_PX, (right - left) / 3):
        return Hit(Part.TRANSITION, index, frame)
    if right - x <= reach:
        return Hit(Part.END, index, frame)
    if index and x - left <= reach:
        return Hit(Part.BORDER, index, frame)
    return Hit(Part.BODY, index, frame)
