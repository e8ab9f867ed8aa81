"""What the timeline shows, painted and told: ruler, prompts, control clips, frames and playhead. Mouse and keys are the
view's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.control_edit import MOVIES
from app.pictures import SIDES
from app.timeline import clips, filmstrip, painting
from app.timeline.area import NAMES_PX, TimeArea
from app.timeline.hits import Hit, Part
from app.vocabulary import unknown_words, vocabulary_of
from app.words import frames_text, length_text, timecode

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.control_edit import ControlEdit
    from app.image_edit import ImageEdit
    from app.pictures import Picture, PictureCache
    from app.playhead import Playhead
    from app.project import Project
    from app.take import Take
    from app.theme import Theme
    from app.timeline.clips import Clip
    from app.timeline.scale import Lane, Lanes
    from engine.messages import ModelSpec

HEAD_REACH_PX = 12
# A tile begins left of what is seen of it, with the frame that it shows.
TILE_REACH_PX = 240
MOST_PROMPTS = 2000


class Marks(NamedTuple):
    """What is painted while something is dragged: before which segment it would land, or which frames it would take."""

    segment: int | None = None
    drop: range | None = None


class Scene:
    """Reads the project, the take and the playhead each time it is painted; owns nothing but pictures' keys."""

    def __init__(self, project: Project, take: Take, playhead: Playhead, theme: Theme, cache: PictureCache) -> None:
        self._project, self._take, self._playhead, self._theme = project, take, playhead, theme
        self._cache = cache
        self._pictures: dict[tuple[str, int], Picture | None] = {}
        """What lies there; None while that is being looked up."""
        self._read_for: ModelSpec | None = None
        self._has_unknown: dict[str, bool] = {}
        self._seen: tuple[ImageEdit, ModelSpec | None, list[Clip]] | None = None

    def clips(self) -> list[Clip]:
        """The control clips, in the order of the layers."""
        edit, spec = self._project.edit, self._project.spec
        if self._seen is None or self._seen[0] is not edit or self._seen[1] is not spec:
            self._seen = (edit, spec, clips.clips_of(self._project))
        return self._seen[2]

    def paint(self, painter: QPainter, strip: QRect, area: TimeArea, marks: Marks) -> None:
        """Paint the part `strip` of an area, all but the playhead."""
        lanes, scale, size = area.lanes, area.scale, area.viewport().rect()
        video = self._project.video
        painter.fillRect(strip, self._theme.tokens.color("panel"))
        reach = strip.intersected(QRect(NAMES_PX, 0, size.width(), size.height()))
        if not reach.isEmpty():
            painter.setClipRect(reach)
            first, last = scale.frame(reach.left() - HEAD_REACH_PX), scale.frame(reach.right() + HEAD_REACH_PX)
            on = self._canvas(painter, area, first, last)
            self._paint_lanes(on, reach, size.width())
            if marks.segment is not None:
                painting.paint_place(on, [*(span.start for span in video.spans()), video.length][marks.segment])
            if marks.drop is not None:
                clips.paint_drop(on, marks.drop.start, len(marks.drop))
        if strip.left() < NAMES_PX:
            painter.setClipping(False)
            self._paint_names(painter, lanes, size)

    def paint_playhead(self, painter: QPainter, area: TimeArea) -> None:
        """Paint what moves while the take plays, over all the rest."""
        size = area.viewport().rect()
        painter.setClipRect(QRect(NAMES_PX, 0, size.width(), size.height()))
        painting.paint_playhead(self._canvas(painter, area, 0.0, 0.0), self._playhead.frame, size.height())

    def _canvas(self, painter: QPainter, area: TimeArea, first: float, last: float) -> painting.Canvas:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        metrics = QFontMetrics(painter.font())
        return painting.Canvas(painter, self._theme.tokens, metrics, area.lanes, area.scale, first, last)

    def _paint_lanes(self, on: painting.Canvas, strip: QRect, width: int) -> None:
        """Those that the strip meets: while a take is made, only its own lane is painted again and again."""
        lanes, video = on.lanes, self._project.video
        if _meets(strip, lanes.ruler):
            span = self._playhead.span if (self._playhead.first, self._playhead.end) != (None, None) else None
            painting.paint_ruler(on, video.fps, span, width)
        if _meets(strip, lanes.prompts):
            if video.segments:
                painting.paint_prompts(on, video, partial(self._notes, self._wrong_shots()))
            else:
                painting.paint_no_plan(on)
        painting.paint_cuts(on, video)
        if _meets(strip, lanes.controls):
            self._paint_clips(on)
        if _meets(strip, lanes.frames):
            if self._take.length:
                filmstrip.paint_take(on, self._take)
            else:
                filmstrip.paint_vacancy(on, width)

    def _paint_clips(self, on: painting.Canvas) -> None:
        found = self.clips()
        if found:
            clips.paint_clips(on, found, self._thumbnail)
        else:
            clips.paint_no_clips(on, self._project)

    def _thumbnail(self, control: ControlEdit) -> QImage | None:
        if control.is_moving and not control.picture.lower().endswith(MOVIES):
            return None  # a folder of pictures: its name says more than any one of them
        place = (control.picture, control.frame or control.skip)
        # Looked up once, and not here: a look at the file's age on a disk that does not answer never ends.
        if place not in self._pictures:
            self._pictures[place] = None
            self._cache.look(*place, partial(self._take_picture, place))
        picture = self._pictures[place]
        return self._cache.get(picture, SIDES[0]) if picture is not None else None

    def _take_picture(self, place: tuple[str, int], picture: Picture) -> None:
        self._pictures[place] = picture
        if self._cache.get(picture, SIDES[0]) is not None:
            self._cache.loaded.emit()  # others had it read; else the cache says so when it is

    def _paint_names(self, painter: QPainter, lanes: Lanes, size: QRect) -> None:
        painter.fillRect(0, 0, NAMES_PX, size.height(), self._theme.tokens.color("panel"))
        painter.setPen(self._theme.tokens.color("quiet"))
        translate = QCoreApplication.translate
        names = {
            lanes.prompts: translate("Timeline", "Prompt"),
            lanes.controls: translate("Timeline", "Control"),
            lanes.frames: translate("Timeline", "Take"),
        }
        for lane, name in names.items():
            place = QRect(12, lane.top, NAMES_PX - 12, lane.height)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _notes(self, wrong: dict[int, int], index: int) -> list[str]:
        """What is to be said of a segment."""
        prompt, spec, translate = (
            self._project.video.segments[index].prompt,
            self._project.spec,
            QCoreApplication.translate,
        )
        if self._read_for is not spec:
            self._read_for, self._has_unknown = spec, {}
        if prompt not in self._has_unknown:
            if len(self._has_unknown) > MOST_PROMPTS:
                self._has_unknown.clear()
            self._has_unknown[prompt] = bool(unknown_words(prompt, vocabulary_of(spec)))
        notes = [translate("Timeline", "words ignored")] if self._has_unknown[prompt] else []
        if index in wrong:
            notes.append(translate("Timeline", "the model makes shots of {frames} f").format(frames=wrong[index]))
        return notes

    def _wrong_shots(self) -> dict[int, int]:
        """The first segments of shots that the model cannot make, and the nearest lengths that it can."""
        spec, video = self._project.spec, self._project.video
        if spec is None or spec.video is None or spec.video.frame_multiple == 1:
            return {}
        starts = [index for index, segment in enumerate(video.segments) if segment.cut or not index]
        found: dict[int, int] = {}
        for first, stop in zip(starts, [*starts[1:], len(video.segments)], strict=True):
            frames = sum(segment.frames for segment in video.segments[first:stop])
            nearest = spec.video.nearest_frames(frames)
            if nearest != frames:
                found[first] = nearest
        return found

    def tip(self, hit: Hit) -> str:
        """What to say about a point."""
        edit, translate = self._project.video, QCoreApplication.translate
        told = ""
        match hit.part:
            case Part.END:
                told = translate("Timeline", "Drag to change the length; what follows moves")
            case Part.BORDER:
                told = translate("Timeline", "Drag to move the border; the length of the take stays")
            case Part.TRANSITION:
                frames = frames_text(edit.segments[hit.segment].transition)
                told = translate("Timeline", "Comes over within {frames}; drag to change").format(frames=frames)
            case Part.BODY:
                told = edit.segments[hit.segment].prompt
            case Part.CLIP | Part.CLIP_START | Part.CLIP_END:
                told = clips.tip_of_clip(self.clips()[hit.clip])
            case Part.FRAMES if 0 <= hit.frame < self._take.length:
                frame = int(hit.frame)
                words = translate("Timeline", "Frame {number}, {time}")
                told = words.format(number=frame + 1, time=timecode(frame, edit.fps))
                told = "  ·  ".join([told, *filter(None, [self._take.maker(frame)])])
            case _:
                pass
        return told

    def description(self) -> str:
        """The plan in words, for who cannot see it."""
        edit, translate = self._project.video, QCoreApplication.translate
        words = translate("Timeline", "{count} segments, {frames}, {length}. Segment {number}: {prompt}").format(
            count=len(edit.segments),
            frames=frames_text(edit.length),
            length=length_text(edit.length, edit.fps),
            number=edit.current + 1,
            prompt=self._project.prompt,
        )
        chosen = [clips.tip_of_clip(clip) for clip in self.clips() if clip.is_selected]
        return ". ".join([words, *chosen])


def _meets(strip: QRect, lane: Lane) -> bool:
    return strip.top() < lane.bottom + painting.OVER_PX and strip.bottom() >= lane.top - painting.OVER_PX
