"""Live mode in the window: built when it is first switched on; joins `live` with canvas, actions and engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Qt

from app.reports import Reach
from app.verbs import call
from app.widgets.notice_bar import SHORT_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.actions import Actions
    from app.canvas.live_pane import LivePane
    from app.controls import Controlled
    from app.edit_wing import EditWing
    from app.engine_link import EngineLink
    from app.live import Live
    from app.live_link import LiveClient
    from app.theme import Theme


class LiveWing(QObject):
    """Connects on construction; loads live mode when the artist switches it on."""

    def __init__(
        self,
        parts: Controlled,
        editing: EditWing,
        actions: Actions,
        theme: Theme,
        *,
        link: EngineLink,
        connect: Callable[[], LiveClient],
    ) -> None:
        super().__init__(parts.window)
        self._of, self._editing, self._actions, self._theme = parts, editing, actions, theme
        self._connect, self._engine = connect, link
        self.live: Live | None = None
        self.pane: LivePane | None = None
        actions.auto.triggered.connect(self._switch)
        actions.keep_live.triggered.connect(self._keep)
        editing.desk_opened.connect(self._follow_masks)
        editing.map_desk_opened.connect(self._follow_maps)
        parts.project.edit_changed.connect(self._show)
        for signal in (parts.studio.generated, parts.gallery.picture_chosen, parts.queue.job_chosen):
            # The artist has turned to something else.
            signal.connect(partial(call, self.stop))
        self._show()

    def stop(self) -> None:
        """End live mode, if it is on."""
        if self.live is not None:
            self.live.stop()

    def close(self) -> None:
        """End live mode and its thread."""
        if self.live is not None:
            self.live.close()

    def _switch(self, wanted: bool) -> None:
        if not wanted:
            self.stop()
            return
        if self._engine.connection.reach is Reach.LOST:
            self._actions.auto.setChecked(False)
            self._of.studio.say(self.tr("The engine is not reachable; Auto needs it."), icon="warn", tint="warn")
            return
        self._open().start()

    def _open(self) -> Live:
        if self.live is None:
            # Loaded only now: a window that never goes live does without.
            from app.canvas.live_pane import LivePane  # noqa: PLC0415
            from app.live import Live  # noqa: PLC0415

            live = self.live = Live(self._of.project, self._connect, self)
            pane = self.pane = LivePane(self._theme)
            self._of.stage.adopt_live(pane)
            pane.keep_pressed.connect(live.keep)
            pane.stop_pressed.connect(live.stop)
            live.pictured.connect(pane.show_picture)
            live.pictured.connect(self._show)
            live.told.connect(self._tell)
            live.kept.connect(self._tell_kept)
            live.keep_failed.connect(self._tell_not_kept)
            live.switched.connect(self._show_switched)
            self._follow_masks()
            self._follow_maps()
        return self.live

    def _follow_masks(self) -> None:
        desk = self._editing.desk
        if self.live is not None and desk is not None:
            self.live.save_with(desk.board.save_stroke)
            desk.board.changed.connect(self.live.touch, Qt.ConnectionType.UniqueConnection)

    def _follow_maps(self) -> None:
        desk = self._editing.map_desk
        if self.live is not None and desk is not None:
            self.live.save_with(desk.board.save_stroke)
            desk.board.changed.connect(self.live.touch, Qt.ConnectionType.UniqueConnection)

    def _keep(self) -> None:
        if self.live is not None:
            self.live.keep()

    def _show(self, *_changed: object) -> None:
        is_video = self._of.project.video.is_active
        self._actions.auto.setEnabled(not is_video)
        self._actions.keep_live.setEnabled(self.live is not None and self.live.shown is not None)

    def _show_switched(self, is_on: bool) -> None:
        with QSignalBlocker(self._actions.auto):
            self._actions.auto.setChecked(is_on)
        self._actions.auto.changed.emit()
        if self.pane is not None:
            self.pane.clear()
            self.pane.setVisible(is_on)
        self._of.stage.show_live(is_on)
        self._show()

    def _tell(self, words: str, is_error: bool) -> None:
        if self.pane is not None:
            self.pane.say(words, is_error=is_error)

    def _tell_kept(self, _job: str) -> None:
        self._of.studio.say(self.tr("Kept in the gallery."), icon="check", tint="good", for_ms=SHORT_MS)

    def _tell_not_kept(self, why: str) -> None:
        self._of.studio.say(self.tr("The picture is not kept: {why}").format(why=why), icon="error", tint="bad")
