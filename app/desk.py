"""How the artist has the window: workspaces, the command palette, keys. Connects their actions and the switch.

Owns no work: what is made, and what the other actions do, is in `controls`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.actions import key_text
from app.commands import commands_of
from app.keymap import Keymap
from app.widgets.workspace_switch import WorkspaceSwitch
from app.workspaces import Workspace, Workspaces

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.actions import Actions
    from app.main_window import MainWindow
    from app.settings import WindowSettings
    from app.theme import Theme
    from app.widgets.command_palette import CommandPalette

# What the menu bar has above and below a title.
BAR_EDGES_PX = 6


class Desk(QObject):
    """Made when the menus are filled: they are the list of what there is to find and to give keys to."""

    def __init__(
        self, window: MainWindow, actions: Actions, settings: WindowSettings, theme: Theme, generate: QWidget
    ) -> None:
        super().__init__(window)
        self._generate = generate
        self._window, self._theme, self._actions = window, theme, actions
        self.keymap = Keymap(settings, self)
        self.keymap.manage(command.action for command in commands_of(window.menuBar()))
        self.workspaces = Workspaces(window, settings, self)
        self.switch = WorkspaceSwitch(actions.workspaces, window.menuBar().height() - BAR_EDGES_PX)
        window.furnish_corner(self.switch)
        self.palette: CommandPalette | None = None
        """Built when it is first opened."""
        for workspace, action in zip(Workspace, actions.workspaces, strict=True):
            action.triggered.connect(partial(self._choose, workspace))
        actions.reset_workspace.triggered.connect(self._reset)
        actions.palette.triggered.connect(self.open_palette)
        actions.shortcuts.triggered.connect(self.edit_shortcuts)
        self.workspaces.changed.connect(self._show_workspace)
        self.keymap.changed.connect(self._show_keys)
        self._show_keys()
        self._show_workspace(self.workspaces.current)

    def keep(self) -> None:
        """Remember the layout of the present workspace."""
        self.workspaces.keep()

    def open_palette(self) -> None:
        """Show every command, or take the palette away."""
        if self.palette is None:
            # Loaded only now: the window opens without it.
            from app.widgets.command_palette import CommandPalette  # noqa: PLC0415

            self.palette = CommandPalette(self._window, self._theme)
        self.palette.open()

    def edit_shortcuts(self) -> None:
        """Show the keys of all commands, to be changed."""
        from app.widgets.shortcut_editor import ShortcutEditor  # noqa: PLC0415

        ShortcutEditor(commands_of(self._window.menuBar()), self.keymap, self._window).show()

    def _choose(self, workspace: Workspace) -> None:
        self.workspaces.choose(workspace)

    def _reset(self) -> None:
        self.workspaces.reset()

    def _show_keys(self) -> None:
        # A button of its own, not one of the action's.
        self._generate.setToolTip(key_text(self._actions.generate.shortcuts()[:1]))

    def _show_workspace(self, current: Workspace) -> None:
        for workspace, action in zip(Workspace, self._actions.workspaces, strict=True):
            action.setChecked(workspace is current)
        self._actions.hide_panels.setChecked(self._window.panels_are_hidden)
