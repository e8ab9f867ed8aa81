"""How control clips are painted: what each follows, how strongly, and why it does nothing where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.clip_edits import rows_of
from app.control_words import kind_title, why_idle, why_no_controls
from app.timeline.hits import ClipPlace

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from app.control_edit import ControlEdit
    from app.project import Project
    from app.timeline.painting import Canvas

RADIUS, PAD, LEAST_WORDS_PX, LEAST_THUMB_PX = 4, 7, 24, 18


class Clip(NamedTuple):
    """A control clip as it is seen."""

    control: ControlEdit
    place: ClipPlace
    is_selected: bool
    idle: str
    """Why it does nothing; empty if it acts."""


def clips_of(project: Project) -> list[Clip]:
    """The clips of the project's plan, in the order of its layers."""
    edit, spec = project.edit, project.spec
    length = edit.video.length
    places = zip(edit.controls, rows_of(edit.controls, length), strict=True)
    return [
        Clip(
            control,
            ClipPlace(control.span(length), row),
            index in edit.video.clips,
            _why_not(control, length) or why_idle(control, spec, for_video=True),
        )
        for index, (control, row) in enumerate(places)
    ]


def _why_not(control: ControlEdit, length: int) -> str:
    if not control.enabled:
        return QCoreApplication.translate("Timeline", "Switched off")
    if control.first >= length:
        return QCoreApplication.translate("Timeline", "Not used: it begins behind the end of the take")
    return ""


def paint_clips(on: Canvas, clips: list[Clip], thumbnail: Callable[[ControlEdit], QImage | None]) -> None:
    """All clips that lie in the painted strip; `thumbnail` gives a small picture, or None while there is none."""
    for clip in clips:
        span = clip.place.span
        if span.start <= on.last and span.stop >= on.first:
            _paint_clip(on, clip, thumbnail)


def paint_no_clips(on: Canvas, project: Project) -> None:
    """What the lane says while it is empty: what it is for, or why nothing can be controlled."""
    words = why_no_controls(project.spec, for_video=True)
    hint = QCoreApplication.translate("Timeline", "Drop a picture or a movie here: these frames follow it.")
    lane = on.lanes.controls
    on.painter.setPen(on.tokens.color("quiet"))
    left = on.scale.left_px + PAD
    place = QRectF(left, lane.top, max(on.scale.x(on.last) - left - 20, 0), lane.height)
    told = on.metrics.elidedText(words or hint, Qt.TextElideMode.ElideRight, int(place.width()))
    on.painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, told)


def tip_of_clip(clip: Clip) -> str:
    """What to say about a clip under the mouse, or to who cannot see it."""
    control, span = clip.control, clip.place.span
    words = QCoreApplication.translate("Timeline", "{kind}: {name}, frames {first} to {last}, weight {weight}")
    told = words.format(
        kind=kind_title(control.kind),
        name=control.name,
        first=span.start + 1,
        last=span.stop,
        weight=f"{control.weight:g}",
    )
    return f"{told}  ·  {clip.idle}" if clip.idle else told


def _paint_clip(on: Canvas, clip: Clip, thumbnail: Callable[[ControlEdit], QImage | None]) -> None:
    painter, tokens, span = on.painter, on.tokens, clip.place.span
    lane = on.lanes.row(clip.place.row)
    left, right = on.scale.x(span.start), on.scale.x(span.stop)
    box = QRectF(left + 0.5, lane.top + 1.5, max(right - left - 2, 2), max(lane.height - 3, 3))
    if clip.is_selected:
        box.adjust(0.5, 0.5, -0.5, -0.5)
    fill = tokens.color("panel") if clip.idle else tokens.color("raised")
    pen = QPen(tokens.color("accent" if clip.is_selected else "edge"), 2 if clip.is_selected else 1)
    if clip.idle and not clip.is_selected:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(fill)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    if clip.is_selected:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("accent", 0.16))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    # Picture and words stay in sight while their clip is partly scrolled out.
    inside = QRectF(box)
    inside.setLeft(max(box.left(), on.scale.left_px) + 3)
    inside.setRight(box.right() - PAD)
    inside.setLeft(_paint_thumbnail(on, clip, inside, thumbnail(clip.control)))
    if inside.width() >= LEAST_WORDS_PX and inside.height() >= on.metrics.height() - 2:
        painter.setPen(tokens.color("quiet" if clip.idle else "text"))
        words = on.metrics.elidedText(_words(clip), Qt.TextElideMode.ElideRight, int(inside.width()))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, words)


def _words(clip: Clip) -> str:
    control = clip.control
    parts = [kind_title(control.kind), control.name]
    if control.weight != 1.0:
        parts.append(f"{control.weight:g}")
    return "  ·  ".join([*parts, *filter(None, [clip.idle])])


def _paint_thumbnail(on: Canvas, clip: Clip, inside: QRectF, image: QImage | None) -> float:
    """Paint the picture at the left of the clip; returns where the words may begin."""
    height = inside.height() - 4
    if image is None or image.isNull() or height < 8:
        return inside.left() + 4
    width = min(image.width() * height / image.height(), 2 * height)
    if inside.width() < width + LEAST_THUMB_PX:
        return inside.left() + 4
    on.painter.save()
    if clip.idle:
        on.painter.setOpacity(0.45)
    place = QRectF(inside.left(), inside.top() + 2, width, height)
    source = QRectF(0, 0, image.height() * width / height, image.height())
    source.moveCenter(QRectF(image.rect()).center())
    on.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    on.painter.drawImage(place, image, source)
    on.painter.restore()
    return place.right() + 6


def paint_drop(on: Canvas, frame: int, frames: int) -> None:
    """Where a clip that is dragged over the lane would land."""
    lane, painter = on.lanes.controls, on.painter
    left, right = on.scale.x(frame), on.scale.x(frame + max(frames, 1))
    painter.setPen(QPen(on.tokens.color("accent"), 2))
    painter.setBrush(on.tokens.color("accent", 0.12))
    painter.drawRoundedRect(QRectF(left + 1, lane.top + 2, max(right - left - 2, 3), lane.height - 4), RADIUS, RADIUS)
    painter.drawLine(QPointF(left, lane.top - 3), QPointF(left, lane.bottom + 3))
