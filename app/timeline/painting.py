"""How ruler and prompts are painted: only what lies in the painted strip, from the plan and the theme's tokens."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.timeline.scale import ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFontMetrics

    from app.theme import Tokens
    from app.timeline.scale import Lanes, TimeScale
    from app.video_edit import SegmentEdit, VideoEdit

RADIUS, PAD = 4, 8
LEAST_WORDS_PX = 28
# Narrower segments have no box of their own.
NARROW_PX = 6


class Canvas(NamedTuple):
    """Where and with what to paint; `first` and `last` are the times at the ends of the painted strip, in frames."""

    painter: QPainter
    tokens: Tokens
    metrics: QFontMetrics
    lanes: Lanes
    scale: TimeScale
    first: float
    last: float


def paint_ruler(on: Canvas, fps: float, span: range | None) -> None:
    """Time in marks and words; the span between in and out point is lit."""
    painter, lane, tokens = on.painter, on.lanes.ruler, on.tokens
    if span is not None:
        left, right = on.scale.x(span.start), on.scale.x(span.stop)
        painter.fillRect(QRectF(left, lane.top, right - left, lane.height), tokens.color("accent", 0.22))
    for frame, label in ticks(on.scale, fps, on.first - 200 / on.scale.frame_px, on.last):
        x = round(on.scale.x(frame)) + 0.5
        painter.setPen(QPen(tokens.color("edge" if label else "line"), 1))
        painter.drawLine(QPointF(x, lane.bottom - (9 if label else 4)), QPointF(x, lane.bottom))
        if label:
            painter.setPen(tokens.color("quiet"))
            painter.drawText(QPointF(x + 5, lane.bottom - 7), label)
    painter.setPen(QPen(tokens.color("line"), 1))
    painter.drawLine(QPointF(0, lane.bottom + 0.5), QPointF(on.scale.x(on.last), lane.bottom + 0.5))


def paint_prompts(on: Canvas, edit: VideoEdit, ignored: Callable[[str], bool]) -> None:
    """Segments, transitions and cuts.

    Args:
        on: Where to paint.
        edit: The plan.
        ignored: Whether the model ignores a word of this prompt.
    """
    ends = list(accumulate(segment.frames for segment in edit.segments))
    index = bisect_right(ends, max(on.first, 0))
    _paint_ground(on, edit, ends, index)
    while index < len(ends):
        start = ends[index] - edit.segments[index].frames
        if start > on.last + 12 / on.scale.frame_px:
            break
        _paint_segment(on, edit, index, start, ignored)
        index += 1


def paint_no_plan(on: Canvas) -> None:
    """What the lane of the prompts says while one prompt fills the whole take."""
    lane = on.lanes.prompts
    words = QCoreApplication.translate("Timeline", "One prompt for the whole take: + adds segments.")
    on.painter.setPen(on.tokens.color("quiet"))
    place = QRectF(on.scale.left_px, lane.top, 2000, lane.height)
    on.painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)


def _paint_ground(on: Canvas, edit: VideoEdit, ends: list[int], index: int) -> None:
    """What segments too narrow for a box of their own are seen by: one box for all, and lines where there is room."""
    lane = on.lanes.prompts
    left = on.scale.x(max(on.first, 0))
    right = on.scale.x(min(on.last, ends[-1] if ends else 0))
    on.painter.fillRect(QRectF(left, lane.top, right - left, lane.height), on.tokens.color("raised"))
    on.painter.setPen(QPen(on.tokens.color("edge"), 1))
    line_at = left
    while index < len(ends) and ends[index] <= on.last:
        x = on.scale.x(ends[index])
        if edit.segments[index].frames * on.scale.frame_px < NARROW_PX and x - line_at >= 3:
            on.painter.drawLine(QPointF(x, lane.top), QPointF(x, lane.bottom))
            line_at = x
        index += 1


def _paint_segment(on: Canvas, edit: VideoEdit, index: int, start: int, ignored: Callable[[str], bool]) -> None:
    painter, tokens, lane = on.painter, on.tokens, on.lanes.prompts
    segment = edit.segments[index]
    left, right = on.scale.x(start), on.scale.x(start + segment.frames)
    is_selected = index in edit.selected
    if right - left < NARROW_PX:
        if is_selected:
            painter.fillRect(QRectF(left, lane.top, max(right - left, 1.5), lane.height), tokens.color("accent"))
        return
    painter.fillRect(QRectF(left, lane.top, right - left, lane.height), tokens.color("panel"))
    box = QRectF(left + 0.5, lane.top + 0.5, right - left - 2, lane.height - 1)
    painter.setBrush(tokens.color("raised"))
    painter.setPen(QPen(tokens.color("accent" if is_selected else "edge"), 2 if index == edit.current else 1))
    if is_selected:
        box.adjust(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    if is_selected:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("accent", 0.16))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    if index and segment.transition:
        _paint_transition(on, segment, start, box)
    _paint_words(on, segment, box, warns=ignored(segment.prompt))
    if index and segment.cut:
        _paint_cut(on, left)


def _paint_transition(on: Canvas, segment: SegmentEdit, start: int, box: QRectF) -> None:
    """A ramp: what comes over from the segment before fades out along it. The knob at its end can be dragged."""
    painter, tokens = on.painter, on.tokens
    end = min(on.scale.x(start + segment.transition), box.right())
    ramp = QPolygonF([box.topLeft(), box.bottomLeft(), QPointF(end, box.bottom())])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color("accent", 0.30))
    painter.drawPolygon(ramp)
    painter.setPen(QPen(tokens.color("accent"), 1.5))
    painter.drawLine(box.topLeft(), QPointF(end, box.bottom()))
    painter.setPen(QPen(tokens.color("accent"), 1.5))
    painter.setBrush(tokens.color("panel"))
    painter.drawEllipse(QPointF(end, box.bottom() - 5), 3.5, 3.5)


def _paint_words(on: Canvas, segment: SegmentEdit, box: QRectF, *, warns: bool) -> None:
    painter, tokens = on.painter, on.tokens
    # Words stay in sight while their segment is partly scrolled out.
    left = max(box.left(), on.scale.left_px) + PAD
    width = int(box.right() - PAD - left)
    if width < LEAST_WORDS_PX:
        return
    words = " ".join(segment.prompt.split())
    painter.setPen(tokens.color("text" if words else "bad"))
    top = box.top() + 4
    line = on.metrics.height()
    # Clear of the ramp, which is a third of its width where the words stand.
    ramp = max(0.0, on.scale.frame_px * segment.transition - (left - PAD - box.left()))
    left, width = left + ramp / 3, width - int(ramp / 3)
    shown = words or QCoreApplication.translate("Timeline", "no prompt yet")
    place = QRectF(left, top, width, line)
    painter.drawText(
        place, Qt.AlignmentFlag.AlignVCenter, on.metrics.elidedText(shown, Qt.TextElideMode.ElideRight, width)
    )
    facts = QCoreApplication.translate("Timeline", "{frames} f").format(frames=segment.frames)
    if segment.seed is not None:
        facts += "   " + QCoreApplication.translate("Timeline", "seed {seed}").format(seed=segment.seed)
    if warns:
        facts += "   " + QCoreApplication.translate("Timeline", "words ignored")
    painter.setPen(tokens.color("warn" if warns else "quiet"))
    place.translate(0, line + 3)
    indent = min(ramp * 2 / 3 if ramp else 0.0, width)
    place.setLeft(place.left() + indent)
    if place.width() > LEAST_WORDS_PX:
        painter.drawText(
            place,
            Qt.AlignmentFlag.AlignVCenter,
            on.metrics.elidedText(facts, Qt.TextElideMode.ElideRight, int(place.width())),
        )


def _paint_cut(on: Canvas, x: float) -> None:
    """A bar from the ruler down to the frames, with a flag that says what it is."""
    painter, tokens, lanes = on.painter, on.tokens, on.lanes
    top, bottom = lanes.prompts.top - 3, lanes.frames.bottom
    painter.setPen(QPen(tokens.color("warn"), 2))
    painter.drawLine(QPointF(x - 0.5, top), QPointF(x - 0.5, bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color("warn"))
    painter.drawPolygon(QPolygonF([QPointF(x - 5, top - 1), QPointF(x + 4, top - 1), QPointF(x - 0.5, top + 6)]))


def paint_playhead(on: Canvas, frame: int, height: int) -> None:
    """The line through all lanes, with its head in the ruler; as wide as its frame where frames are wide."""
    painter, tokens, lane = on.painter, on.tokens, on.lanes.ruler
    x = round(on.scale.x(frame)) + 0.5
    if on.scale.frame_px >= 4:
        painter.fillRect(QRectF(x, lane.bottom, on.scale.frame_px, height - lane.bottom), tokens.color("text", 0.08))
    painter.setPen(QPen(tokens.color("text"), 1))
    painter.drawLine(QPointF(x, lane.top + 6), QPointF(x, height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color("text"))
    top, bottom = lane.bottom - 13, lane.bottom - 1
    head = [(-5, top), (5, top), (5, bottom - 5), (0, bottom), (-5, bottom - 5)]
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y) for dx, y in head]))


def paint_place(on: Canvas, frame: int) -> None:
    """Where dragged segments would land."""
    x = on.scale.x(frame)
    lane = on.lanes.prompts
    on.painter.setPen(Qt.PenStyle.NoPen)
    on.painter.setBrush(on.tokens.color("accent"))
    on.painter.drawRoundedRect(QRectF(x - 2, lane.top - 4, 4, lane.height + 8), 2, 2)
