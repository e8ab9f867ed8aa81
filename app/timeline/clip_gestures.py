"""Drags of control clips: each turns the mouse's way into edits of the layers, all of one drag in one step of undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from app import clip_edits
from app.timeline.gestures import snapped

if TYPE_CHECKING:
    from app.media_lengths import MediaLengths
    from app.project import Project


class Around(NamedTuple):
    """What a drag of a clip needs: the project, the name of its step of undo, where edges snap to, how wide a frame is,
    and how long files are."""

    project: Project
    merge: str
    marks: list[float]
    frame_px: float
    lengths: MediaLengths


class _ClipDrag:
    """What the drags share: the layers as they were when the mouse was pressed."""

    def __init__(self, around: Around, index: int) -> None:
        self._of, self._index = around, index
        self._before = around.project.edit.controls
        self._length = around.project.video.length
        self._span = self._before[index].span(self._length)
        self._held = around.lengths.of(self._before[index].picture)

    def _snap(self, frame: float) -> int:
        return snapped(frame, self._of.marks, self._of.frame_px)

    def _change(self, text: str, after: clip_edits.Layers) -> None:
        self._of.project.change_controls(text, after, merge=self._of.merge)

    def finish(self) -> None:
        """Every move has already been an edit."""


class MoveClips(_ClipDrag):
    """The selected clips follow the mouse; that edge of the one under it snaps which is nearer to a mark."""

    def __init__(self, around: Around, index: int, start: float) -> None:
        """The mouse was pressed at the time `start`."""
        super().__init__(around, index)
        self._start = start

    def move(self, frame: float) -> None:
        by = frame - self._start
        ways = [self._snap(edge + by) - edge for edge in (self._span.start, self._span.stop)]
        # Where neither edge snaps both say the same.
        way = min(ways, key=lambda own: (own == round(by), abs(own - by)))
        clips = [index for index in self._of.project.video.clips if index < len(self._before)] or [self._index]
        words = QCoreApplication.translate("edits", "move controls")
        self._change(words, clip_edits.move(self._before, clips, way, self._length))


class TrimClipStart(_ClipDrag):
    """The clip's first frame follows the mouse."""

    def move(self, frame: float) -> None:
        after = clip_edits.trim_start(self._before, self._index, self._snap(frame), self._held, self._length)
        self._change(QCoreApplication.translate("edits", "trim control"), after)


class TrimClipEnd(_ClipDrag):
    """The clip's end follows the mouse."""

    def move(self, frame: float) -> None:
        after = clip_edits.trim_end(self._before, self._index, self._snap(frame), self._held, self._length)
        self._change(QCoreApplication.translate("edits", "trim control"), after)
