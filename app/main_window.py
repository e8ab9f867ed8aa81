"""The window: panels around the canvas, menus, keys, drops. It arranges and connects; the verbs are in `studio`."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from app.menus import ShortcutsDialog, appearance_actions, build_menus
from app.panels.queue import QueuePanel
from app.picture_file import file_name
from app.theme import Appearance, Theme
from app.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.actions import Actions
    from app.canvas.stage import Stage
    from app.jobs import JobModel
    from app.panels.gallery import GalleryPanel
    from app.panels.prompt import PromptPanel
    from app.project import Project
    from app.stars import Stars
    from app.status_bar import StatusBar
    from app.studio import Studio
    from app.widgets.notice_bar import NoticeBar

PROMPT_PX, SIDE_PX = 320, 280
LEAST_PROMPT_PX, LEAST_SIDE_PX = 300, 220
SMALLEST_PX = (960, 600)


class MainWindow(QMainWindow):
    """Arranges ready-made parts. Closing it stops no job."""

    closing = Signal()
    appearance_chosen = Signal(object)

    def __init__(
        self,
        *,
        project: Project,
        jobs: JobModel,
        stars: Stars,
        studio: Studio,
        theme: Theme,
        actions: Actions,
        stage: Stage,
        notices: NoticeBar,
        prompt: PromptPanel,
        queue: QueuePanel,
        gallery: GalleryPanel,
        status: StatusBar,
    ) -> None:
        super().__init__()
        self._project, self._jobs, self._stars, self._studio = project, jobs, stars, studio
        self._actions, self._stage = actions, stage
        self.prompt, self.queue, self.gallery, self.status = prompt, queue, gallery, status
        self.setWindowTitle("Onetake")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST_PX)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(stage, 1)
        notices.float_over(stage.stack)
        self.setCentralWidget(middle)
        self.setStatusBar(status)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self._docks = [
            self._dock("prompt", self.tr("Prompt"), prompt, left, LEAST_PROMPT_PX),
            self._dock("queue", self.tr("Queue"), queue, right, LEAST_SIDE_PX),
            self._dock("gallery", self.tr("Gallery"), gallery, right, LEAST_SIDE_PX),
        ]
        self._hidden: QByteArray | None = None
        self._appearance = appearance_actions(theme, self)
        build_menus(self, actions, [dock.toggleViewAction() for dock in self._docks], self._appearance)
        self._focus_ring = FocusRing(self, theme)
        self._connect()
        self._set_tab_order()

    def arrange(self) -> None:
        """The first arrangement of the panels."""
        self.resize(1440, 900)
        prompt, queue, gallery = self._docks
        self.resizeDocks([prompt, queue], [PROMPT_PX, SIDE_PX], Qt.Orientation.Horizontal)
        self.resizeDocks([queue, gallery], [240, 480], Qt.Orientation.Vertical)

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea, least_width: int) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        head = panel.head if isinstance(panel, QueuePanel) else QLabel(title)
        if isinstance(head, QLabel):
            head.setObjectName("dock_title")
        dock.setTitleBarWidget(head)
        panel.setMinimumWidth(least_width)
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        actions, studio, stage = self._actions, self._studio, self._stage
        for action in actions.findChildren(QAction):
            self.addAction(action)
        # These keys mean something else in fields and lists: on the canvas alone they are ours.
        for action in (actions.previous, actions.next, actions.hide_panels):
            self.removeAction(action)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            stage.addAction(action)
        self.prompt.generate_pressed.connect(studio.generate)
        studio.refused.connect(self.prompt.show_error)
        self.queue.cancel_pressed.connect(studio.cancel)
        self.queue.retry_pressed.connect(studio.retry)
        self.queue.job_chosen.connect(studio.show_job)
        self.queue.pause_toggled.connect(studio.set_paused)
        self.queue.clear_pressed.connect(self._jobs.dismiss_ended)
        self.gallery.picture_chosen.connect(studio.show_picture)
        stage.retry_pressed.connect(studio.retry)
        stage.picture_changed.connect(self.gallery.show_picture)
        self._jobs.job_changed.connect(self._show_busy)
        self._jobs.rowsInserted.connect(self._show_busy)
        self._jobs.paused_changed.connect(actions.pause.setChecked)
        self._project.edit_changed.connect(self._show_lock)
        self._show_lock()
        self._appearance.triggered.connect(self._choose_appearance)
        verbs: dict[QAction, Callable[[], None]] = {
            actions.open_settings: self._open,
            actions.save_as: self._save,
            actions.reveal: studio.reveal,
            actions.quit: self._quit,
            actions.copy_picture: studio.copy_picture,
            actions.copy_settings: studio.copy_settings,
            actions.reuse: studio.reuse,
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
            actions.roll_seed: self.prompt.seed.roll,
            actions.go_to_prompt: self._go_to_prompt,
            actions.cancel: self._escape,
            actions.retry: self._retry,
            actions.clear: self._jobs.dismiss_ended,
            actions.shortcuts: self._show_shortcuts,
            actions.about: self._about,
        }
        for action, verb in verbs.items():
            action.triggered.connect(partial(_call, verb))
        actions.pause.triggered.connect(studio.set_paused)
        actions.lock_seed.triggered.connect(self._lock_seed)

    def _set_tab_order(self) -> None:
        prompt, stage = self.prompt, self._stage
        chain: list[QWidget] = [prompt.prompt, prompt.negative, prompt.size_field.shape, prompt.size_field.width_px]
        chain += [prompt.size_field.height_px, prompt.size_field.swap, prompt.count, prompt.steps, prompt.seed.number]
        chain += [prompt.seed.lock, prompt.seed.dice, prompt.guidance, prompt.model, prompt.generate]
        chain += [stage.empty.button, stage.grid, stage.large, stage.outcome.fold, stage.outcome.retry]
        chain += [*stage.foot.buttons, self.queue.pause, self.queue.clear, self.queue.list, self.gallery.list]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)
        prompt.prompt.setFocus(Qt.FocusReason.OtherFocusReason)

    def _quit(self) -> None:
        self.close()

    def _star(self) -> None:
        self._stars.toggle(self._stage.current_path())

    def _go_to_prompt(self) -> None:
        self.prompt.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self._actions, self).show()

    def _lock_seed(self, locked: bool) -> None:
        self._project.change(self.tr("settings"), seed_locked=locked)

    def _show_lock(self) -> None:
        self._actions.lock_seed.setChecked(self._project.edit.seed_locked)

    def _choose_appearance(self, action: QAction) -> None:
        self.appearance_chosen.emit(Appearance(str(action.data())))

    def _show_busy(self) -> None:
        self.prompt.set_busy(busy=bool(self._jobs.unfinished()))

    def _focused_key(self) -> str | None:
        return self.queue.selected_key() if self.queue.list.hasFocus() else None

    def _escape(self) -> None:
        if self.isFullScreen():
            self._toggle_full_screen()
            return
        key = self._focused_key()
        cancelled = self._studio.cancel(key) if key else self._studio.cancel_newest()
        if not cancelled and self._stage.is_large:
            self._stage.open_grid()

    def _retry(self) -> None:
        record = self._jobs.record(self._focused_key() or "") or self._stage.record
        if record is not None and record.state.is_final:
            self._studio.retry(record.info.job)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._actions.full_screen.setChecked(self.isFullScreen())

    def _toggle_panels(self) -> None:
        if self._hidden is None:
            self._hidden = self.saveState()
            for dock in self._docks:
                dock.hide()
            self._stage.page.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.restoreState(self._hidden)
            self._hidden = None
        self._actions.hide_panels.setChecked(self._hidden is not None)

    def _focus_next_panel(self) -> None:
        stops = [self.prompt.prompt, self._stage.page, self.queue.list, self.gallery.list]
        stops = [stop for stop in stops if stop.isVisible()]
        focus = QApplication.focusWidget()
        here = next((i for i, stop in enumerate(stops) if focus and (stop is focus or stop.isAncestorOf(focus))), -1)
        stops[(here + 1) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)

    def _open(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, self.tr("Open settings of a picture"), "", self.tr("PNG (*.png)"))
        if file:
            self._studio.open_files([Path(file)])

    def _save(self) -> None:
        record, index = self._stage.record, self._stage.current_index()
        if record is None or index < 0:
            return
        name = file_name(record.request.prompt, record.request.seed + index)
        file, _ = QFileDialog.getSaveFileName(self, self.tr("Save picture as"), name, self.tr("PNG (*.png)"))
        if file:
            self._studio.save(Path(file))

    def _about(self) -> None:
        QMessageBox.about(
            self,
            self.tr("About Onetake"),
            self.tr("Onetake: a desktop studio for generative images and long video. Licence: Apache-2.0."),
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # The source is None when the drag comes from another program, whatever its type says.
        if event.source() is None and event.mimeData().hasUrls():  # pyright: ignore[reportUnnecessaryComparison]
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self._studio.open_files(files)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_busy()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._hidden is not None:
            self._toggle_panels()
        self.closing.emit()
        super().closeEvent(event)


def _call(verb: Callable[[], None], *_arguments: object) -> None:
    """A verb for a signal whose arguments it does not want."""
    verb()
