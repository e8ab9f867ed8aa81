"""The part of the window that is built when it is first wanted: take, playhead, player, timeline and their verbs.

A window that only makes pictures never loads it, and the first frame never waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from app.background import Background

if TYPE_CHECKING:
    from app.actions import Actions
    from app.canvas.player import PlayerPage
    from app.icons import Icons
    from app.jobs import JobModel
    from app.main_window import MainWindow
    from app.media_lengths import MediaLengths
    from app.panels.timeline import TimelinePanel
    from app.pictures import PictureCache
    from app.playhead import Playhead
    from app.project import Project
    from app.take import Take
    from app.theme import Theme
    from engine.paths import Paths


class VideoParts(NamedTuple):
    """What the wing consists of."""

    take: Take
    playhead: Playhead
    player: PlayerPage
    panel: TimelinePanel
    lengths: MediaLengths


class VideoWing(QObject):
    """Call `open` wherever a part of it is needed; it is built once."""

    opened = Signal(object)
    """A `VideoParts`; sent once."""

    def __init__(
        self,
        *,
        window: MainWindow,
        project: Project,
        jobs: JobModel,
        theme: Theme,
        icons: Icons,
        actions: Actions,
        cache: PictureCache,
        paths: Paths,
    ) -> None:
        super().__init__(window)
        self._window, self._project, self._jobs = window, project, jobs
        self._theme, self._icons, self._actions = theme, icons, actions
        self._takes, self._cache = paths.takes, cache
        self._background: Background | None = None
        self._parts: VideoParts | None = None

    @property
    def parts(self) -> VideoParts | None:
        """The parts, if they have been wanted yet."""
        return self._parts

    def open(self) -> VideoParts:
        """The parts, built now if they are not there."""
        if self._parts is None:
            self._parts = self._build()
            self._window.furnish_timeline(self._parts.panel)
            self.opened.emit(self._parts)
        return self._parts

    def player(self) -> PlayerPage:
        """The canvas page for takes."""
        return self.open().player

    def close(self) -> None:
        """Stand still, and wait for what is being read."""
        if self._parts is not None:
            self._parts.player.close_player()
        if self._background is not None:
            self._background.close()

    def _build(self) -> VideoParts:
        # Loaded only now, as the whole wing is.
        from app.canvas.player import PlayerPage  # noqa: PLC0415
        from app.media_lengths import MediaLengths  # noqa: PLC0415
        from app.panels.timeline import TimelinePanel  # noqa: PLC0415
        from app.pictures import load_decoders  # noqa: PLC0415
        from app.playhead import Playhead  # noqa: PLC0415
        from app.take import Take  # noqa: PLC0415
        from app.take_frames import FrameCache  # noqa: PLC0415

        self._background = Background(self)
        self._background.run(load_decoders, lambda _: None)
        cache = FrameCache(self._background, self._takes, self)
        take = Take(self._jobs, cache, self._background, self._takes, self)
        playhead, lengths = Playhead(self), MediaLengths(self._background, self)
        other = Take(self._jobs, cache, self._background, self._takes, self)
        player = PlayerPage(
            take=take,
            other=other,
            playhead=playhead,
            theme=self._theme,
            icons=self._icons,
            actions=self._actions,
        )
        panel = TimelinePanel(
            project=self._project,
            take=take,
            playhead=playhead,
            theme=self._theme,
            icons=self._icons,
            actions=self._actions,
            cache=self._cache,
            lengths=lengths,
            head=self._window.timeline_head,
        )
        return VideoParts(take, playhead, player, panel, lengths)
