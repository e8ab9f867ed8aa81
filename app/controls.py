"""What the window's actions, keys and panel buttons do: each is connected to its verb here, and only here."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app.branching import Branching
from app.comparing import Comparing
from app.file_dialogs import FileDialogs
from app.languages import Language
from app.menus import appearance_actions, fill_menus, language_actions
from app.prompt_weighing import FINE_STEP, STEP
from app.queue_controls import QueueControls
from app.theme import Appearance, Theme
from app.verbs import call
from app.widgets.mode_switch import set_mode, why_no_video

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.actions import Actions
    from app.canvas.stage import Stage
    from app.exchange import Exchange
    from app.jobs import JobModel
    from app.main_window import MainWindow
    from app.panels.control import ControlPanel
    from app.panels.gallery import GalleryPanel
    from app.panels.prompt import PromptPanel
    from app.panels.queue import QueuePanel
    from app.project import Project
    from app.settings import WindowSettings
    from app.stars import Stars
    from app.studio import Studio
    from app.trash import Trashed
    from app.video_wing import VideoParts, VideoWing
    from app.widgets.mode_switch import ModeSwitch
    from app.widgets.settings_form import SettingsForm


class Controlled(NamedTuple):
    """The parts that controls act on."""

    window: MainWindow
    project: Project
    jobs: JobModel
    stars: Stars
    studio: Studio
    exchange: Exchange
    wing: VideoWing
    stage: Stage
    mode: ModeSwitch
    prompt: PromptPanel
    form: SettingsForm
    queue: QueuePanel
    gallery: GalleryPanel
    control: ControlPanel
    trashed: Trashed


class Controls(QObject):
    """Connects on construction; from then on the window answers."""

    appearance_chosen = Signal(object)

    def __init__(self, parts: Controlled, actions: Actions, theme: Theme, settings: WindowSettings) -> None:
        super().__init__(parts.window)
        self._of = parts
        self._actions, self._theme = actions, theme
        self._was_video = False
        self._dialogs = FileDialogs(parts.window, parts.project, parts.stage, parts.exchange)
        appearance = appearance_actions(theme, self)
        appearance.triggered.connect(self._choose_appearance)
        panels = [dock.toggleViewAction() for dock in parts.window.docks]
        self._settings = settings
        self.languages = language_actions(settings.language, self)
        self.languages.triggered.connect(self._choose_language)
        fill_menus(parts.window.menus, actions, panels, appearance, self.languages)
        self._connect_panels()
        self._connect_actions()
        QueueControls(parts.queue, parts.prompt, jobs=parts.jobs, studio=parts.studio, actions=actions)
        self._set_tab_order()
        self._show_lock()
        self._show_mode()
        self._show_busy()
        # The timeline may be in sight from the last session.
        self._open_wing(not parts.window.timeline_dock.isHidden())

    def _connect_panels(self) -> None:
        of, studio = self._of, self._of.studio
        of.prompt.generate_pressed.connect(studio.generate)
        studio.refused.connect(of.prompt.show_error)
        of.queue.generate_pressed.connect(studio.generate)
        of.queue.cancel_pressed.connect(studio.cancel)
        of.queue.retry_pressed.connect(studio.retry)
        of.queue.job_chosen.connect(studio.show_job)
        of.queue.pause_toggled.connect(studio.set_paused)
        of.queue.clear_pressed.connect(of.jobs.clear_ended)
        of.gallery.picture_chosen.connect(studio.show_picture)
        of.gallery.open_pressed.connect(self._dialogs.open_settings)
        of.stage.retry_pressed.connect(studio.retry)
        of.stage.map.again_pressed.connect(studio.repeat)
        of.stage.map.copy_pressed.connect(of.exchange.copy_control)
        of.stage.map.source_pressed.connect(of.exchange.open_source)
        of.stage.picture_changed.connect(of.gallery.show_picture)
        of.jobs.job_changed.connect(self._show_busy)
        of.jobs.rowsInserted.connect(self._show_busy)
        of.jobs.paused_changed.connect(self._actions.pause.setChecked)
        of.project.edit_changed.connect(self._show_lock)
        of.project.edit_changed.connect(self._show_mode)
        of.project.models_changed.connect(self._show_mode)
        of.window.timeline_dock.visibilityChanged.connect(self._open_wing)
        of.wing.opened.connect(self._connect_video)
        Branching(of.project, of.jobs, studio, of.gallery, of.wing, self._actions)
        Comparing(of, self._actions)

    def _connect_actions(self) -> None:
        actions, stage, studio, exchange = self._actions, self._of.stage, self._of.studio, self._of.exchange
        for action in actions.findChildren(QAction):
            self._of.window.addAction(action)
        # These keys mean something else in fields and lists: on the canvas or in the timeline alone they are ours.
        elsewhere = (*actions.of_segments, *actions.of_waiting, *actions.of_words)
        for action in (*actions.of_time, *elsewhere, actions.play, actions.hide_panels):
            self._of.window.removeAction(action)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for action in (actions.previous, actions.next, actions.hide_panels):
            stage.addAction(action)
        for action in actions.of_words:
            self._of.prompt.prompt.addAction(action)
            self._of.form.negative.addAction(action)
        # What the video wing answers for is greyed out until it is there.
        for action in (*actions.of_time[2:], *actions.of_segments, actions.play, actions.reroll, actions.export):
            action.setEnabled(False)
        verbs: dict[QAction, Callable[[], None]] = {
            actions.open_settings: self._dialogs.open_settings,
            actions.save_as: self._dialogs.save_result,
            actions.reveal: exchange.reveal,
            actions.open_timeline: self._dialogs.open_timeline,
            actions.save_timeline: self._dialogs.save_timeline,
            actions.quit: self._quit,
            actions.copy_picture: exchange.copy_picture,
            actions.copy_settings: exchange.copy_settings,
            actions.reuse: exchange.reuse,
            actions.star: self._star,
            actions.grid: stage.open_grid,
            actions.fit: partial(stage.set_zoom, 0.0),
            actions.actual: partial(stage.set_zoom, 1.0),
            actions.double: partial(stage.set_zoom, 2.0),
            actions.previous: partial(stage.step, -1),
            actions.next: partial(stage.step, 1),
            actions.full_screen: self._toggle_full_screen,
            actions.hide_panels: self._toggle_panels,
            actions.next_panel: self._focus_next_panel,
            actions.generate: studio.generate,
            actions.roll_seed: self._of.form.seed.roll,
            actions.go_to_prompt: self._go_to_prompt,
            actions.cancel: self._escape,
            actions.retry: self._retry,
            actions.clear: self._of.jobs.clear_ended,
            actions.about: self._about,
            actions.weight_up: partial(self._weigh, STEP),
            actions.weight_down: partial(self._weigh, -STEP),
            actions.weight_up_finely: partial(self._weigh, FINE_STEP),
            actions.weight_down_finely: partial(self._weigh, -FINE_STEP),
        }
        for action, verb in verbs.items():
            action.triggered.connect(partial(call, verb))
        actions.pause.triggered.connect(studio.set_paused)
        actions.lock_seed.triggered.connect(self._lock_seed)
        actions.video_mode.triggered.connect(self._choose_mode)

    def _weigh(self, by: float) -> None:
        negative = self._of.form.negative
        (negative if negative.hasFocus() else self._of.prompt.prompt).weigh(by)

    def _set_tab_order(self) -> None:
        of, stage = self._of, self._of.stage
        chain: list[QWidget] = [
            of.mode.picture,
            of.mode.video,
            of.prompt.prompt,
            of.prompt.styles,
            *of.form.in_tab_order,
            of.prompt.stop_editing,
            of.prompt.generate,
            *of.control.in_tab_order,
        ]
        chain += [stage.empty.button, stage.empty.other, stage.grid, stage.large, *stage.map.in_tab_order]
        chain += [stage.outcome.fold, stage.outcome.retry]
        chain += [*stage.foot.buttons, *of.queue.in_tab_order, *of.gallery.in_tab_order]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    def _quit(self) -> None:
        self._of.window.close()

    def _star(self) -> None:
        self._of.stars.toggle(self._of.stage.current_path())

    def _go_to_prompt(self) -> None:
        self._of.prompt.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _lock_seed(self, locked: bool) -> None:
        self._of.project.change(self.tr("settings"), seed_locked=locked)

    def _show_lock(self) -> None:
        self._actions.lock_seed.setChecked(self._of.project.edit.seed_locked)

    def _choose_mode(self, is_active: bool) -> None:
        set_mode(self._of.project, is_active=is_active)

    def _show_mode(self) -> None:
        project = self._of.project
        is_active = project.video.is_active
        self._actions.video_mode.setEnabled(is_active or not why_no_video(project))
        self._actions.video_mode.setChecked(is_active)
        self._actions.save_timeline.setEnabled(is_active)
        if is_active != self._was_video:
            self._was_video = is_active
            if is_active:
                self._of.wing.open()
            self._of.window.show_timeline(is_active)

    def _open_wing(self, is_visible: bool) -> None:
        if is_visible:
            self._of.wing.open()

    def _connect_video(self, parts: VideoParts) -> None:
        # Loaded with the wing, not with the window.
        from app.export_controls import ExportControls  # noqa: PLC0415
        from app.video_controls import VideoControls  # noqa: PLC0415

        of = self._of
        of.stage.stack.adopt_player(parts.player)
        VideoControls(
            parts,
            project=of.project,
            studio=of.studio,
            actions=self._actions,
            prompt=of.prompt.prompt,
            stage=of.stage,
        )
        ExportControls(
            parts,
            jobs=of.jobs,
            studio=of.studio,
            exchange=of.exchange,
            actions=self._actions,
            theme=self._theme,
            window=of.window,
        )
        chain: list[QWidget] = [*of.stage.foot.buttons, parts.player.view, *parts.player.transport.buttons]
        chain += [*parts.panel.in_tab_order, *of.queue.in_tab_order]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    def _choose_appearance(self, action: QAction) -> None:
        self.appearance_chosen.emit(Appearance(str(action.data())))

    def _choose_language(self, action: QAction) -> None:
        self._settings.language = Language(str(action.data()))
        # Every panel has its words already.
        words = self.tr("From the next start of the window on: {language}.")
        self._of.studio.say(words.format(language=action.text()))

    def _show_busy(self) -> None:
        self._of.prompt.set_busy(busy=bool(self._of.jobs.unfinished()))

    def _focused_key(self) -> str | None:
        return self._of.queue.selected_key() if self._of.queue.list.hasFocus() else None

    def _escape(self) -> None:
        if self._of.window.isFullScreen():
            self._toggle_full_screen()
            return
        if self._of.stage.shows_editor or self._of.stage.bench is not None:
            self._of.stage.leave_pressed.emit()
            return
        key, studio = self._focused_key(), self._of.studio
        cancelled = studio.cancel(key) if key else studio.cancel_newest()
        if not cancelled and self._of.stage.is_large:
            self._of.stage.open_grid()

    def _retry(self) -> None:
        record = self._of.jobs.record(self._focused_key() or "") or self._of.stage.record
        if record is not None and record.state.is_final:
            self._of.studio.retry(record.info.job)

    def _toggle_full_screen(self) -> None:
        window = self._of.window
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._actions.full_screen.setChecked(window.isFullScreen())

    def _toggle_panels(self) -> None:
        self._of.window.toggle_panels()
        if self._of.window.panels_are_hidden:
            self._of.stage.page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._actions.hide_panels.setChecked(self._of.window.panels_are_hidden)

    def _focus_next_panel(self) -> None:
        of = self._of
        timeline = [of.wing.parts.panel.page] if of.wing.parts is not None else []
        stops = [of.prompt.prompt, of.control.stop, of.stage.page, *timeline, of.queue.list, of.gallery.list]
        stops = [stop for stop in stops if stop.isVisible()]
        focus = QApplication.focusWidget()
        here = next((i for i, stop in enumerate(stops) if focus and (stop is focus or stop.isAncestorOf(focus))), -1)
        stops[(here + 1) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)

    def _about(self) -> None:
        QMessageBox.about(
            self._of.window,
            self.tr("About Onetake"),
            self.tr("Onetake: a desktop studio for generative images and long video. Licence: Apache-2.0."),
        )
