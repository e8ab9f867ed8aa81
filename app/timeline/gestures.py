"""Drags in the timeline: each turns the mouse's way into edits of the plan, all of one drag in one step of undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication

from app import timeline_edits as edits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.playhead import Playhead
    from app.project import Project
    from app.timeline.hits import Hit

SNAP_PX = 8


class Gesture(Protocol):
    """Begun when the mouse is pressed."""

    def move(self, frame: float) -> None:
        """The mouse is over this time now."""
        ...

    def finish(self) -> None:
        """The mouse was let go."""
        ...


def snapped(frame: float, marks: Iterable[float], frame_px: float) -> int:
    """The nearest frame, or the mark that lies within SNAP_PX of it."""
    near = min(marks, key=lambda mark: abs(mark - frame), default=frame)
    return round(near if abs(near - frame) * frame_px <= SNAP_PX else frame)


class Scrub:
    """The playhead follows the mouse."""

    def __init__(self, playhead: Playhead) -> None:
        self._playhead = playhead
        playhead.pause()

    def move(self, frame: float) -> None:
        self._playhead.seek(int(frame))

    def finish(self) -> None:
        """Nothing is left to do."""


class _Edit:
    """What the drags of a segment share: the plan as it was when the mouse was pressed, and where edges snap to."""

    def __init__(self, project: Project, hit: Hit, merge: str, marks: list[float], frame_px: float) -> None:
        self._project = project
        self._before = project.video
        self._index = hit.segment
        self._merge = merge
        self._marks = marks
        self._frame_px = frame_px
        self._span = self._before.spans()[hit.segment]

    def _snap(self, frame: float) -> int:
        return snapped(frame, self._marks, self._frame_px)

    def finish(self) -> None:
        """Every move has already been an edit."""


class Trim(_Edit):
    """The segment's end follows the mouse; what is behind moves along."""

    def move(self, frame: float) -> None:
        fit = edits.fit_of(self._project.spec)
        after = edits.trim(self._before, self._index, max(1, self._snap(frame) - self._span.start), fit)
        self._project.change_video(QCoreApplication.translate("edits", "change length"), after, merge=self._merge)


class Roll(_Edit):
    """The border to the segment before follows the mouse."""

    def move(self, frame: float) -> None:
        before = self._before.spans()[self._index - 1]
        fit = edits.fit_of(self._project.spec)
        after = edits.roll(self._before, self._index, self._snap(frame) - before.start, fit)
        self._project.change_video(QCoreApplication.translate("edits", "move border"), after, merge=self._merge)


class Stretch(_Edit):
    """The end of the transition follows the mouse."""

    def move(self, frame: float) -> None:
        after = edits.set_transition(self._before, self._index, self._snap(frame) - self._span.start)
        self._project.change_video(QCoreApplication.translate("edits", "change transition"), after, merge=self._merge)


class Carry:
    """The selected segments are dropped at another place; until then only a mark moves."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.place: int | None = None
        """Before which segment they would land, or None while that changes nothing."""

    def move(self, frame: float) -> None:
        edit = self._project.video
        place = sum(1 for span in edit.spans() if frame > (span.start + span.stop) / 2)
        selected = edit.selected
        is_block = list(selected) == list(range(selected[0], selected[-1] + 1))
        stays = is_block and selected[0] <= place <= selected[-1] + 1
        self.place = None if stays else place

    def finish(self) -> None:
        """Drop them."""
        if self.place is not None:
            edit = self._project.video
            text = QCoreApplication.translate("edits", "move segments")
            self._project.change_video(text, edits.move(edit, edit.selected, self.place))
