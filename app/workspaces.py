"""Workspaces: four arrangements of the panels, for pictures, control, video and review, each kept as it was left.

A workspace is a layout, not a mode: what Generate makes is not its business. Owns the switch between layouts; where
they are kept is `settings`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDockWidget

    from app.main_window import MainWindow
    from app.settings import WindowSettings


class Workspace(StrEnum):
    """In the order of their menu."""

    IMAGE = "image"
    CONTROL = "control"
    VIDEO = "video"
    REVIEW = "review"


class Plan(NamedTuple):
    """How a workspace looks before the artist changes it: widths and heights in pixels, 0 for a panel that is away."""

    prompt: int = 0
    side: int = 0
    queue: int = 0
    gallery: int = 0
    timeline: int = 0
    settings: int = 640
    """Height of the prompt panel, which has the width `prompt`."""
    control: int = 0


PLANS = {
    Workspace.IMAGE: Plan(prompt=320, side=280, queue=240, gallery=480, control=200),
    Workspace.CONTROL: Plan(prompt=420, settings=430, control=470),
    Workspace.VIDEO: Plan(prompt=320, side=280, queue=240, gallery=300, timeline=400, control=200),
    Workspace.REVIEW: Plan(side=460, gallery=800),
}


class Workspaces(QObject):
    """Switches the window between layouts."""

    changed = Signal(object)
    """The `Workspace` that the window has now."""

    def __init__(self, window: MainWindow, settings: WindowSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._window = window
        kept = settings.workspace
        self.current = Workspace(kept) if kept in list(Workspace) else Workspace.IMAGE

    def choose(self, workspace: Workspace) -> None:
        """Keep the present layout and go to another; the one that is here already stays as it is."""
        self._window.show_panels()
        focus = QApplication.focusWidget()
        if workspace is not self.current:
            self.keep()
            self.current = workspace
            layout = self.settings.layout_of(workspace)
            if layout is None or not self._window.restore_layout(layout):
                self._lay_out(workspace)
            # A window that is killed comes back in this one, too.
            self.keep()
            self.settings.keep(self._window)
        if focus is not None and focus.isVisible():
            # A panel that is put elsewhere loses the keyboard on the way.
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit(self.current)

    def reset(self) -> None:
        """Arrange the present workspace as it was at first."""
        self._window.show_panels()
        self._lay_out(self.current)
        self.keep()
        self.changed.emit(self.current)

    def keep(self) -> None:
        """Remember the present workspace and its layout."""
        self.settings.workspace = self.current
        self.settings.keep_layout(self.current, QByteArray(self._window.layout_state()))

    def _lay_out(self, workspace: Workspace) -> None:
        plan = PLANS[workspace]
        prompt, queue, gallery, timeline, control = self._window.docks
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        # First all to their places: the artist may have moved one, or taken it out of the window.
        for dock, area in ((prompt, left), (control, left), (queue, right), (gallery, right), (timeline, bottom)):
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
        self._window.splitDockWidget(queue, gallery, Qt.Orientation.Vertical)
        self._window.splitDockWidget(prompt, control, Qt.Orientation.Vertical)
        sizes = (plan.prompt, plan.queue, plan.gallery, plan.timeline, plan.control)
        for dock, size in zip(self._window.docks, sizes, strict=True):
            dock.setVisible(size > 0)
        self._resize((prompt, queue, gallery), (plan.prompt, plan.side, plan.side), Qt.Orientation.Horizontal)
        self._resize((queue, gallery), (plan.queue, plan.gallery), Qt.Orientation.Vertical)
        self._resize((prompt, control), (plan.settings, plan.control), Qt.Orientation.Vertical)
        self._resize((timeline,), (plan.timeline,), Qt.Orientation.Vertical)

    def _resize(self, docks: tuple[QDockWidget, ...], sizes: tuple[int, ...], orientation: Qt.Orientation) -> None:
        shown = [(dock, size) for dock, size in zip(docks, sizes, strict=True) if not dock.isHidden() and size]
        if shown:
            self._window.resizeDocks([dock for dock, _ in shown], [size for _, size in shown], orientation)
