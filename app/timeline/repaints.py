"""Which part of the timeline is painted again when something has changed: while a take is made, as little as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect

from app.timeline.scene import HEAD_REACH_PX, TILE_REACH_PX

if TYPE_CHECKING:
    from app.pictures import PictureCache
    from app.playhead import Playhead
    from app.take import Take
    from app.theme import Theme
    from app.timeline.scale import Lane
    from app.timeline.view import TimelineView


class Repaints(QObject):
    """Follows time, take and pictures for a view. Edits and lengths move everything; those the view follows itself."""

    def __init__(self, view: TimelineView, take: Take, playhead: Playhead, cache: PictureCache, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._playhead = view, playhead
        self._shown_frame, self._shown_span = playhead.frame, (playhead.first, playhead.end)
        playhead.moved.connect(self._move_playhead)
        playhead.changed.connect(self._take_span)
        take.frames_changed.connect(self.frames)
        cache.loaded.connect(self._take_thumbnails)
        theme.changed.connect(view.viewport().update)

    def frames(self, first: int, stop: int) -> None:
        """Frames look otherwise: all of their lane does, since what one shows depends on its neighbours."""
        if not self._view.column(first, stop, TILE_REACH_PX).isEmpty():
            self._spoil(self._view.lanes.frames)

    def _move_playhead(self, frame: int) -> None:
        before, self._shown_frame = self._shown_frame, frame
        for place in (before, frame):
            self._view.viewport().update(self._view.column(place, place + 1, HEAD_REACH_PX))

    def _take_span(self) -> None:
        # Playing and standing still are told as well, and are not seen here.
        span = self._playhead.first, self._playhead.end
        if span != self._shown_span:
            self._shown_span = span
            self._spoil(self._view.lanes.ruler)

    def _take_thumbnails(self) -> None:
        if self._view.scene.clips():
            self._spoil(self._view.lanes.controls)

    def _spoil(self, lane: Lane) -> None:
        self._view.ground.spoil(QRect(0, lane.top, self._view.viewport().width(), lane.height))
