"""The timeline: ruler, prompts and frames in one painted viewport, with a playhead through all of them.

It turns mouse and keys into edits of the plan. What a drag does is in `gestures`, how things look in `scene`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app import timeline_edits as edits
from app.edit_change import DRAG
from app.timeline.area import NAMES_PX, TimeArea
from app.timeline.clip_drops import ClipDrops
from app.timeline.clip_gestures import Around, MoveClips, TrimClipEnd, TrimClipStart
from app.timeline.gestures import Carry, Gesture, Roll, Scrub, Stretch, Trim, snapped
from app.timeline.ground import Ground
from app.timeline.hits import Hit, Part, hit_at, segment_at
from app.timeline.repaints import Repaints
from app.timeline.scale import Lanes
from app.timeline.scene import Marks, Scene

if TYPE_CHECKING:
    from app.media_lengths import MediaLengths
    from app.pictures import PictureCache
    from app.playhead import Playhead
    from app.project import Project
    from app.take import Take
    from app.theme import Theme
    from engine.messages import VideoRequest

CURSORS = {
    Part.CLIP_START: Qt.CursorShape.SizeHorCursor,
    Part.CLIP_END: Qt.CursorShape.SizeHorCursor,
    Part.END: Qt.CursorShape.SplitHCursor,
    Part.BORDER: Qt.CursorShape.SizeHorCursor,
    Part.TRANSITION: Qt.CursorShape.PointingHandCursor,
}


class TimelineView(TimeArea):
    """Edges, knobs and segments are dragged; a click in the ruler or the frames moves the playhead."""

    prompt_wanted = Signal()
    """A double click: the artist wants to write."""
    dropped = Signal(object, int)
    """A QMimeData that is to control frames from this one on."""

    def __init__(
        self,
        project: Project,
        take: Take,
        playhead: Playhead,
        theme: Theme,
        *,
        cache: PictureCache,
        lengths: MediaLengths,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._project, self._take, self._playhead, self._theme = project, take, playhead, theme
        self._lengths, self.scene = lengths, Scene(project, take, playhead, theme, cache)
        self.drop_range: range | None = None
        """The frames that what is dragged over the view would control."""
        self._gesture: Gesture | None = None
        self._pressed: tuple[QPointF, Hit] | None = None
        self.ground = Ground(self)
        self._repaints = Repaints(self, take, playhead, cache, theme)
        self._shown_take: tuple[VideoRequest | None, int] = (None, 0)
        self._drags = itertools.count(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setMinimumHeight(182)
        self.viewport().installEventFilter(ClipDrops(self, project, lengths))
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Timeline"))
        project.edit_changed.connect(self._take_edit)
        playhead.moved.connect(self._follow_playhead)
        take.changed.connect(self._take_progress)
        project.models_changed.connect(self.viewport().update)
        self._describe()

    @property
    def anchor(self) -> int:
        return self._playhead.frame

    @property
    def length(self) -> int:
        """Frames of the plan or of the take, whichever is longer."""
        return max(self._project.video.length, self._take.length)

    @property
    def lanes(self) -> Lanes:
        rows = 1 + max((clip.place.row for clip in self.scene.clips()), default=0)
        return Lanes.fit(self.viewport().height(), self.fontMetrics().height(), rows)

    def paintEvent(self, event: QPaintEvent) -> None:
        place = self._gesture.place if isinstance(self._gesture, Carry) else None
        ground = self.ground.painted(event.region(), self.scene, Marks(place, self.drop_range))
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, ground)
        self.scene.paint_playhead(painter, self)

    def _follow_playhead(self, frame: int) -> None:
        if self._playhead.is_playing or not self.hasFocus():
            self._keep_in_sight(frame)

    def _keep_in_sight(self, frame: int) -> None:
        x = self.scale.x(frame)
        if not NAMES_PX <= x <= self.viewport().width() - 24:
            self.horizontalScrollBar().setValue(round(frame * self.scale.frame_px - 80))

    def _take_edit(self, changed: set[str]) -> None:
        if changed & {"video", "model", "controls"}:
            self._take_change()
            self._describe()

    def _take_progress(self) -> None:
        request, length = self._shown_take
        if self.length != length:
            self._take_change()
        else:
            if self._take.request != request:
                self._show_range()
            self._repaints.frames(0, self.length)

    def _take_change(self) -> None:
        self._show_range()
        self.settle(may_fit=self._gesture is None)

    def _show_range(self) -> None:
        request = self._take.request
        self._shown_take = (request, self.length)
        self._playhead.set_range(self.length, request.fps if request is not None else self._project.video.fps)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.scene.description())

    # Mouse and keys.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._take_change()

    def _hit(self, point: QPointF) -> Hit:
        places = [clip.place for clip in self.scene.clips()]
        return hit_at(self._project.video, self.lanes, self.scale, point, places)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        if event.button() is Qt.MouseButton.RightButton and hit.clip not in (-1, *self._project.video.clips):
            self._select_clip(hit.clip, Qt.KeyboardModifier.NoModifier)
        elif event.button() is Qt.MouseButton.RightButton and hit.segment not in (-1, *self._project.video.selected):
            # The menu that follows is about the segment under the mouse.
            self._select(hit.segment, Qt.KeyboardModifier.NoModifier)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed = (event.position(), hit)
        if hit.clip >= 0:
            self._select_clip(hit.clip, event.modifiers())
        elif hit.part in (Part.RULER, Part.FRAMES, Part.NOTHING):
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
            after = edits.select(edit, edit.current, range(low, high + 1), edit.clips)
        elif keys & Qt.KeyboardModifier.ControlModifier:
            others = set(edit.selected) ^ {index}
            current = index if index in others or not others else min(others)
            after = edits.select(edit, current, others, edit.clips)
        elif index in edit.selected:
            after = edits.select(edit, index, edit.selected, edit.clips)
        else:
            after = edits.select(edit, index)
        self._project.show_video(after)

    def _select_clip(self, index: int, keys: Qt.KeyboardModifier) -> None:
        edit = self._project.video
        if keys & Qt.KeyboardModifier.ControlModifier:
            after = edits.select_clips(edit, set(edit.clips) ^ {index}, edit.selected)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            after = edits.select_clips(edit, {*edit.clips, index}, edit.selected)
        elif index in edit.clips:
            return
        else:
            after = edits.select_clips(edit, [index])
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
        merge = f"{DRAG}{next(self._drags)}"
        if hit.part is Part.BODY:
            return Carry(self._project)
        if hit.clip >= 0:
            around = Around(self._project, merge, self._marks(), self.scale.frame_px, self._lengths)
            if hit.part is Part.CLIP:
                return MoveClips(around, hit.clip, hit.frame)
            return (TrimClipStart if hit.part is Part.CLIP_START else TrimClipEnd)(around, hit.clip)
        kind = {Part.END: Trim, Part.BORDER: Roll, Part.TRANSITION: Stretch}[hit.part]
        return kind(self._project, hit, merge, self._marks(), self.scale.frame_px)

    def _marks(self) -> list[float]:
        """What edges snap to: playhead, borders of segments, edges of clips, and whole seconds around what is seen."""
        fps = self._project.video.fps
        first, last = self.scale.frame(NAMES_PX) / fps, self.scale.frame(self.viewport().width()) / fps
        seconds = range(max(0, int(first)), min(int(last) + 2, int(first) + 400))
        borders = [span.start for span in self._project.video.spans()]
        edges = [edge for clip in self.scene.clips() for edge in (clip.place.span.start, clip.place.span.stop)]
        others = {0, self._project.video.length, self._playhead.frame, *borders, *edges}
        return [*map(float, others), *(second * fps for second in seconds)]

    def frame_at(self, x: float) -> int:
        """The frame that something would begin with which is dropped at `x`: near a mark, that mark."""
        return max(snapped(self.scale.frame(x), self._marks(), self.scale.frame_px), 0)

    def show_drop(self, frames: range | None) -> None:
        """Mark the frames that a drop here would control, or none any more."""
        self.drop_range = frames
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, pressed, self._gesture, self._pressed = self._gesture, self._pressed, None, None
        if gesture is not None:
            gesture.finish()
        elif pressed is not None and pressed[1].clip >= 0 and not event.modifiers():
            self._project.show_video(edits.select_clips(self._project.video, [pressed[1].clip]))
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
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._choose_clip(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Home:
            self._playhead.seek(0)
        elif event.key() == Qt.Key.Key_End:
            self._playhead.seek(self._playhead.length - 1)
        else:
            super().keyPressEvent(event)

    def _choose_clip(self, by: int) -> None:
        """Down goes from the segments to the first clip and on through the clips, Up the same way back."""
        edit, count = self._project.video, len(self._project.edit.controls)
        place = (edit.clips[0] if edit.clips else -1) + by
        if place < count:
            self._project.show_video(edits.select_clips(edit, [place] if place >= 0 else []))
            if place >= 0:
                self._playhead.seek(self._project.edit.controls[place].first)

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
        return self.scene.tip(self._hit(point))
