"""How ruler and prompts are painted: only what lies in the painted strip, from the plan and the theme's tokens."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

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
CUT_REACH_PX = 6
# What is painted of a lane reaches so far over its edges.
OVER_PX = 5


class Canvas(NamedTuple):
    """Where and with what to paint; `first` and `last` are the times at the ends of the painted strip, in frames."""

    painter: QPainter
    tokens: Tokens
    metrics: QFontMetrics
    lanes: Lanes
    scale: TimeScale
    first: float
    last: float


def paint_ruler(on: Canvas, fps: float, span: range | None, width: int) -> None:
    """Time in marks and words, as far as they are not cut off at `width`; the span of in and out point is lit."""
    painter, lane, tokens = on.painter, on.lanes.ruler, on.tokens
    if span is not None:
        left, right = on.scale.x(span.start), on.scale.x(span.stop)
        painter.fillRect(QRectF(left, lane.top, right - left, lane.height), tokens.color("accent", 0.22))
    # All marks of a kind in one go, since each call costs.
    short, long, labels = list[QLineF](), list[QLineF](), list[tuple[float, str]]()
    for frame, label in ticks(on.scale, fps, on.first - 200 / on.scale.frame_px, on.last):
        x = round(on.scale.x(frame)) + 0.5
        (long if label else short).append(QLineF(x, lane.bottom - (9 if label else 4), x, lane.bottom))
        if label and x + 5 + on.metrics.horizontalAdvance(label) <= width:
            labels.append((x + 5, label))
    short.append(QLineF(0, lane.bottom + 0.5, on.scale.x(on.last), lane.bottom + 0.5))
    for name, lines in (("edge", long), ("line", short)):
        painter.setPen(QPen(tokens.color(name), 1))
        painter.drawLines(lines)
    painter.setPen(tokens.color("quiet"))
    for left, label in labels:
        painter.drawText(QPointF(left, lane.bottom - 7), label)


def paint_prompts(on: Canvas, edit: VideoEdit, notes: Callable[[int], list[str]]) -> None:
    """Segments and transitions.

    Args:
        on: Where to paint.
        edit: The plan.
        notes: What is to be said of a segment, by its place; asked only where there is room for words.
    """
    ends = list(accumulate(segment.frames for segment in edit.segments))
    first = bisect_right(ends, max(on.first, 0))
    stop = bisect_right(ends, on.last + 12 / on.scale.frame_px) + 1
    _paint_ground(on, edit, ends, first)
    narrow, chosen = NARROW_PX / on.scale.frame_px, set(edit.selected)
    boxes: list[tuple[int, int, QRectF]] = []
    # Hundreds of narrow segments are in sight at once, and are seen by the ground alone.
    for index, segment in enumerate(edit.segments[first:stop], first):
        start = ends[index] - segment.frames
        if segment.frames >= narrow:
            boxes.append((index, start, _paint_box(on, edit, index, start, is_selected=index in chosen)))
        elif index in chosen:
            _paint_chosen(on, start, segment.frames)
    _paint_ramps(on, edit, boxes)
    for index, start, box in boxes:
        segment = edit.segments[index]
        if index and segment.transition:
            _paint_knob(on, segment, start, box)
        _paint_words(on, segment, box, partial(notes, index))


def paint_cuts(on: Canvas, edit: VideoEdit) -> None:
    """A bar through prompts, controls and frames wherever a shot begins."""
    narrow, start = NARROW_PX / on.scale.frame_px, 0
    reach = CUT_REACH_PX / on.scale.frame_px
    for index, segment in enumerate(edit.segments):
        if start > on.last + reach:
            break
        if index and segment.cut and segment.frames >= narrow and start >= on.first - reach:
            _paint_cut(on, on.scale.x(start))
        start += segment.frames


def paint_no_plan(on: Canvas) -> None:
    """What the lane of the prompts says while one prompt fills the whole take."""
    lane = on.lanes.prompts
    words = QCoreApplication.translate("Timeline", "One prompt for the whole take: + adds segments.")
    on.painter.setPen(on.tokens.color("quiet"))
    place = QRectF(on.scale.left_px + PAD, lane.top, 2000, lane.height)
    on.painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)


def _paint_ground(on: Canvas, edit: VideoEdit, ends: list[int], index: int) -> None:
    """What segments too narrow for a box of their own are seen by: one box for all, and lines where there is room."""
    lane = on.lanes.prompts
    left = on.scale.x(max(on.first, 0))
    right = on.scale.x(min(on.last, ends[-1] if ends else 0))
    on.painter.fillRect(QRectF(left, lane.top, right - left, lane.height), on.tokens.color("raised"))
    on.painter.setPen(QPen(on.tokens.color("edge"), 1))
    narrow, apart, line_at = NARROW_PX / on.scale.frame_px, 3 / on.scale.frame_px, max(on.first, 0)
    lines: list[QLineF] = []
    for end, segment in zip(ends[index:], edit.segments[index:], strict=True):
        if end > on.last:
            break
        if segment.frames < narrow and end - line_at >= apart:
            x, line_at = on.scale.x(end), end
            lines.append(QLineF(x, lane.top, x, lane.bottom))
    on.painter.drawLines(lines)


def _paint_chosen(on: Canvas, start: int, frames: int) -> None:
    """A selected segment that has no box of its own."""
    lane = on.lanes.prompts
    width = max(frames * on.scale.frame_px, 1.5)
    on.painter.fillRect(QRectF(on.scale.x(start), lane.top, width, lane.height), on.tokens.color("accent"))


def _paint_box(on: Canvas, edit: VideoEdit, index: int, start: int, *, is_selected: bool) -> QRectF:
    painter, tokens, lane = on.painter, on.tokens, on.lanes.prompts
    left, right = on.scale.x(start), on.scale.x(start + edit.segments[index].frames)
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
    return box


def _paint_ramps(on: Canvas, edit: VideoEdit, boxes: list[tuple[int, int, QRectF]]) -> None:
    """What comes over from the segment before fades out along a ramp; all of them in one go, since each costs."""
    ramps, slopes = QPainterPath(), list[QLineF]()
    for index, start, box in boxes:
        transition = edit.segments[index].transition
        if index and transition:
            foot = QPointF(_ramp_end(on, start + transition, box), box.bottom())
            ramps.addPolygon(QPolygonF([box.topLeft(), box.bottomLeft(), foot]))
            slopes.append(QLineF(box.topLeft(), foot))
    on.painter.fillPath(ramps, on.tokens.color("accent", 0.30))
    on.painter.setPen(QPen(on.tokens.color("accent"), 1.5))
    on.painter.drawLines(slopes)


def _ramp_end(on: Canvas, frame: int, box: QRectF) -> float:
    return min(on.scale.x(frame), box.right())


def _paint_knob(on: Canvas, segment: SegmentEdit, start: int, box: QRectF) -> None:
    """At the end of the ramp; it can be dragged."""
    end = _ramp_end(on, start + segment.transition, box)
    on.painter.setPen(QPen(on.tokens.color("accent"), 1.5))
    on.painter.setBrush(on.tokens.color("panel"))
    on.painter.drawEllipse(QPointF(end, box.bottom() - 5), 3.5, 3.5)


def _paint_words(on: Canvas, segment: SegmentEdit, box: QRectF, ask: Callable[[], list[str]]) -> None:
    painter, tokens = on.painter, on.tokens
    # Words stay in sight while their segment is partly scrolled out.
    left = max(box.left(), on.scale.left_px) + PAD
    width = int(box.right() - PAD - left)
    if width < LEAST_WORDS_PX:
        return
    words, notes = " ".join(segment.prompt.split()), ask()
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
    facts = "   ".join([facts, *notes])
    painter.setPen(tokens.color("warn" if notes else "quiet"))
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
