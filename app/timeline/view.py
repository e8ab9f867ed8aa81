"""The timeline: ruler, prompts and frames in one painted viewport, with a playhead through all of them.

It shows the project's plan and the take, and turns mouse and keys into edits of the plan. What a drag does is in
`gestures`, how things look in `painting` and `filmstrip`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app import timeline_edits as edits
from app.edit_change import DRAG
from app.timeline import filmstrip, painting
from app.timeline.area import NAMES_PX, TimeArea
from app.timeline.gestures import Carry, Gesture, Roll, Scrub, Stretch, Trim
from app.timeline.hits import Hit, Part, hit_at, segment_at
from app.vocabulary import unknown_words, vocabulary_of
from app.words import frames_text, length_text, timecode

if TYPE_CHECKING:
    from app.playhead import Playhead
    from app.project import Project
    from app.take import Take
    from app.theme import Theme
    from app.timeline.scale import Lanes

HEAD_REACH_PX = 12
CURSORS = {
    Part.END: Qt.CursorShape.SplitHCursor,
    Part.BORDER: Qt.CursorShape.SizeHorCursor,
    Part.TRANSITION: Qt.CursorShape.PointingHandCursor,
}


class TimelineView(TimeArea):
    """Edges, knobs and segments are dragged; a click in the ruler or the frames moves the playhead."""

    prompt_wanted = Signal()
    """A double click: the artist wants to write."""

    def __init__(
        self, project: Project, take: Take, playhead: Playhead, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._project, self._take, self._playhead, self._theme = project, take, playhead, theme
        self._gesture: Gesture | None = None
        self._pressed: tuple[QPointF, Hit] | None = None
        self._shown_frame = playhead.frame
        self._drags = itertools.count(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setMinimumHeight(150)
        self.setAccessibleName(self.tr("Timeline"))
        project.edit_changed.connect(self._take_edit)
        project.models_changed.connect(self.viewport().update)
        playhead.moved.connect(self._move_playhead)
        playhead.changed.connect(self.viewport().update)
        take.changed.connect(self._take_change)
        take.frames_changed.connect(self._update_frames)
        theme.changed.connect(self.viewport().update)
        self._describe()

    @property
    def anchor(self) -> int:
        return self._playhead.frame

    @property
    def length(self) -> int:
        """Frames of the plan or of the take, whichever is longer."""
        return max(self._project.video.length, self._take.length)

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        tokens, lanes, scale, strip = self._theme.tokens, self.lanes, self.scale, event.rect()
        painter.fillRect(strip, tokens.color("panel"))
        reach = QRect(strip).intersected(QRect(NAMES_PX, 0, self.viewport().width(), self.viewport().height()))
        if not reach.isEmpty():
            painter.setClipRect(reach)
            first, last = scale.frame(reach.left() - HEAD_REACH_PX), scale.frame(reach.right() + HEAD_REACH_PX)
            metrics = QFontMetrics(self.font())
            on = painting.Canvas(painter, tokens, metrics, lanes, scale, first, last)
            span = self._playhead.span if (self._playhead.first, self._playhead.end) != (None, None) else None
            painting.paint_ruler(on, self._project.video.fps, span)
            if self._project.video.segments:
                painting.paint_prompts(on, self._project.video, self._has_unknown_words)
            else:
                painting.paint_no_plan(on)
            if self._take.length:
                filmstrip.paint_take(on, self._take)
            else:
                filmstrip.paint_vacancy(on, self.viewport().width())
            if isinstance(self._gesture, Carry) and self._gesture.place is not None:
                starts = [*(span.start for span in self._project.video.spans()), self._project.video.length]
                painting.paint_place(on, starts[self._gesture.place])
            painting.paint_playhead(on, self._playhead.frame, self.viewport().height())
        if strip.left() < NAMES_PX:
            painter.setClipping(False)
            self._paint_names(painter, lanes)

    def _paint_names(self, painter: QPainter, lanes: Lanes) -> None:
        painter.fillRect(0, 0, NAMES_PX, self.viewport().height(), self._theme.tokens.color("panel"))
        painter.setPen(self._theme.tokens.color("quiet"))
        for lane, name in ((lanes.prompts, self.tr("Prompt")), (lanes.frames, self.tr("Take"))):
            place = QRect(12, lane.top, NAMES_PX - 12, lane.height)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _has_unknown_words(self, prompt: str) -> bool:
        return bool(unknown_words(prompt, vocabulary_of(self._project.spec)))

    def _move_playhead(self, frame: int) -> None:
        before, self._shown_frame = self._shown_frame, frame
        for place in (before, frame):
            self._update_span(place, place + 1, HEAD_REACH_PX)
        if self._playhead.is_playing or not self.hasFocus():
            self._keep_in_sight(frame)

    def _keep_in_sight(self, frame: int) -> None:
        x = self.scale.x(frame)
        if not NAMES_PX <= x <= self.viewport().width() - 24:
            self.horizontalScrollBar().setValue(round(frame * self.scale.frame_px - 80))

    def _update_frames(self, first: int, stop: int) -> None:
        # A tile begins left of its frames and is as wide as a thumbnail.
        self._update_span(first, stop, 240)

    def _update_span(self, first: int, stop: int, margin: int) -> None:
        left, right = self.scale.x(first) - margin, self.scale.x(stop) + margin
        left, right = max(left, 0), min(right, self.viewport().width())
        if right > left:
            self.viewport().update(QRect(int(left), 0, int(right - left) + 1, self.viewport().height()))

    def _take_edit(self, changed: set[str]) -> None:
        if changed & {"video", "model"}:
            self._take_change()
            self._describe()

    def _take_change(self) -> None:
        request = self._take.request
        self._playhead.set_range(self.length, request.fps if request is not None else self._project.video.fps)
        self.settle(may_fit=self._gesture is None)

    def _describe(self) -> None:
        edit = self._project.video
        words = self.tr("{count} segments, {frames}, {length}. Segment {number}: {prompt}").format(
            count=len(edit.segments),
            frames=frames_text(edit.length),
            length=length_text(edit.length, edit.fps),
            number=edit.current + 1,
            prompt=self._project.prompt,
        )
        self.setAccessibleDescription(words)

    # Mouse and keys.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._take_change()

    def _hit(self, point: QPointF) -> Hit:
        return hit_at(self._project.video, self.lanes, self.scale, point.x(), point.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        if event.button() is Qt.MouseButton.RightButton and hit.segment not in (-1, *self._project.video.selected):
            # The menu that follows is about the segment under the mouse.
            self._select(hit.segment, Qt.KeyboardModifier.NoModifier)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed = (event.position(), hit)
        if hit.part in (Part.RULER, Part.FRAMES, Part.NOTHING):
            self._gesture = Scrub(self._playhead)
            self._gesture.move(hit.frame)
        elif hit.part is Part.BODY:
            self._select(hit.segment, event.modifiers())
        else:
            self._select(hit.segment, Qt.KeyboardModifier.NoModifier)

    def _select(self, index: int, keys: Qt.KeyboardModifier) -> None:
        edit = self._project.video
        if keys & Qt.KeyboardModifier.ShiftModifier:
            low, high = sorted((edit.current, index))
            after = edits.select(edit, edit.current, range(low, high + 1))
        elif keys & Qt.KeyboardModifier.ControlModifier:
            others = set(edit.selected) ^ {index}
            after = edits.select(edit, index if index in others or not others else min(others), others)
        elif index in edit.selected:
            after = edits.select(edit, index, edit.selected)
        else:
            after = edits.select(edit, index)
        self._project.show_video(after)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is None:
            self.viewport().setCursor(CURSORS.get(self._hit(point).part, Qt.CursorShape.ArrowCursor))
            return
        start, hit = self._pressed
        if self._gesture is None and (point - start).manhattanLength() >= 4:
            self._gesture = self._begin(hit)
        if self._gesture is not None:
            self._gesture.move(self.scale.frame(point.x()))
            self.viewport().update()

    def _begin(self, hit: Hit) -> Gesture:
        if hit.part is Part.BODY:
            return Carry(self._project)
        kind = {Part.END: Trim, Part.BORDER: Roll, Part.TRANSITION: Stretch}[hit.part]
        merge = f"{DRAG}{next(self._drags)}"
        return kind(self._project, hit, merge, self._marks(), self.scale.frame_px)

    def _marks(self) -> list[float]:
        """What edges snap to: the playhead, and whole seconds around what is seen."""
        fps = self._project.video.fps
        first, last = self.scale.frame(NAMES_PX) / fps, self.scale.frame(self.viewport().width()) / fps
        seconds = range(max(0, int(first)), min(int(last) + 2, int(first) + 400))
        return [float(self._playhead.frame), *(second * fps for second in seconds)]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        pressed, self._pressed = self._pressed, None
        if gesture is not None:
            gesture.finish()
        elif pressed is not None and pressed[1].part is Part.BODY and not event.modifiers():
            # A click without a drag means this one segment, whatever was selected with it.
            self._project.show_video(edits.select(self._project.video, pressed[1].segment))
        self._take_change()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._hit(event.position()).part is Part.BODY:
            self.prompt_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        edit = self._project.video
        steps = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if steps is not None and edit.segments:
            index = min(max(edit.current + steps, 0), len(edit.segments) - 1)
            keep = edit.selected if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else ()
            self._project.show_video(edits.select(edit, index, keep))
            self._playhead.seek(edit.spans()[index].start)
            self._keep_in_sight(self._playhead.frame)
        elif event.key() == Qt.Key.Key_Home:
            self._playhead.seek(0)
        elif event.key() == Qt.Key.Key_End:
            self._playhead.seek(self._playhead.length - 1)
        else:
            super().keyPressEvent(event)

    def segment_at_playhead(self) -> int:
        """The segment that the playhead is in, or -1."""
        return segment_at(self._project.video, self._playhead.frame)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip:
            help_event = cast("QHelpEvent", event)
            QToolTip.showText(help_event.globalPos(), self.tip_at(QPointF(help_event.pos())), self)
            return True
        return super().viewportEvent(event)

    def tip_at(self, point: QPointF) -> str:
        """What to say about a point."""
        hit, edit = self._hit(point), self._project.video
        match hit.part:
            case Part.END:
                return self.tr("Drag to change the length; what follows moves")
            case Part.BORDER:
                return self.tr("Drag to move the border; the length of the take stays")
            case Part.TRANSITION:
                frames = frames_text(edit.segments[hit.segment].transition)
                return self.tr("Comes over within {frames}; drag to change").format(frames=frames)
            case Part.BODY:
                return edit.segments[hit.segment].prompt
            case Part.FRAMES if 0 <= hit.frame < self._take.length:
                frame = int(hit.frame)
                words = [self.tr("Frame {number}, {time}").format(number=frame + 1, time=timecode(frame, edit.fps))]
                return "  ·  ".join([*words, *filter(None, [self._take.maker(frame)])])
            case _:
                return ""
