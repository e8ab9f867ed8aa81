"""Drops on the timeline: pictures, movies and folders become control clips where they are let go.

Owns the marks while something is dragged. What becomes of a drop is the window's business (`layer_controls`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject

from app.clip_edits import still_frames
from app.control_edit import MOVIES, PICTURES
from app.place_looks import is_folder

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QDragMoveEvent, QDropEvent

    from app.media_lengths import MediaLengths
    from app.project import Project
    from app.timeline.view import TimelineView


class ClipDrops(QObject):
    """Watches the viewport of a timeline. What is no picture is left to the window, which opens it."""

    def __init__(self, view: TimelineView, project: Project, lengths: MediaLengths) -> None:
        super().__init__(view)
        self._view, self._project, self._lengths = view, project, lengths

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        match event.type():
            case QEvent.Type.DragEnter | QEvent.Type.DragMove:
                return self._mark(cast("QDragMoveEvent", event))
            case QEvent.Type.DragLeave:
                self._view.show_drop(None)
            case QEvent.Type.Drop:
                return self._drop(cast("QDropEvent", event))
            case _:
                pass
        return super().eventFilter(watched, event)

    def _mark(self, event: QDragMoveEvent) -> bool:
        mime = event.mimeData()
        if not is_footage(mime):
            event.ignore()
            return True
        first = self._view.frame_at(event.position().x())
        path = mime.urls()[0].toLocalFile() if mime.hasUrls() else ""
        held = (self._lengths.of(path) if path else 1) or 1
        self._view.show_drop(range(first, first + (held if held > 1 else still_frames(self._project.video, first))))
        event.acceptProposedAction()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self._view.show_drop(None)
        if not is_footage(event.mimeData()):
            event.ignore()
            return True
        event.acceptProposedAction()
        self._view.dropped.emit(event.mimeData(), self._view.frame_at(event.position().x()))
        return True


def is_footage(mime: QMimeData) -> bool:
    """Whether a drag brings something that frames can follow."""
    paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    if not paths:
        return mime.hasImage()
    return any(path.lower().endswith(PICTURES + MOVIES) or is_folder(path) for path in paths)
