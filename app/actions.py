"""Everything the artist can do, as actions with words, keys and icons; menus, buttons and keys all use these.

What an action does is connected elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QUndoStack

if TYPE_CHECKING:
    from app.icons import Icons

Keys = str | QKeySequence.StandardKey | Sequence[str]


class Actions(QObject):
    """One attribute per action."""

    def __init__(self, icons: Icons, undo_stack: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icons
        standard = QKeySequence.StandardKey
        tr = self.tr
        self.open_settings = self._make(tr("Open settings of a picture…"), standard.Open)
        self.save_as = self._make(tr("Save picture as…"), "Ctrl+S", "save")
        self.reveal = self._make(tr("Show in folder"), "Ctrl+Shift+R", "folder")
        self.quit = self._make(tr("Quit"), standard.Quit)
        self.undo = undo_stack.createUndoAction(self, tr("Undo"))
        self.undo.setShortcuts(QKeySequence.keyBindings(standard.Undo))
        self.redo = undo_stack.createRedoAction(self, tr("Redo"))
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.copy_picture = self._make(tr("Copy picture"), standard.Copy, "copy")
        self.copy_settings = self._make(tr("Copy settings"), "Ctrl+Shift+C", "settings")
        self.reuse = self._make(tr("Use these settings"), "Ctrl+U", "retry")
        self.star = self._make(tr("Star"), "*", "star")
        self.grid = self._make(tr("All pictures"), "G", "grid", checkable=True)
        self.fit = self._make(tr("Fit"), "1", "fit", checkable=True)
        self.actual = self._make(tr("100 %"), "2", checkable=True)
        self.double = self._make(tr("200 %"), "3", checkable=True)
        self.previous = self._make(tr("Previous picture"), "Left", "previous")
        self.next = self._make(tr("Next picture"), "Right", "next")
        self.full_screen = self._make(tr("Full screen"), ["F", "F11"], checkable=True)
        self.hide_panels = self._make(tr("Hide panels"), "Tab", checkable=True)
        self.next_panel = self._make(tr("Go to next panel"), "F6")
        self.generate = self._make(tr("Generate"), ["Ctrl+Return", "Ctrl+Enter"])
        self.roll_seed = self._make(tr("Roll a new seed"), "Ctrl+R", "dice")
        self.lock_seed = self._make(tr("Lock seed"), "Ctrl+L", checkable=True)
        self.go_to_prompt = self._make(tr("Go to prompt"), "Ctrl+P")
        self.pause = self._make(tr("Pause the queue"), "Ctrl+Shift+Space", checkable=True)
        self.cancel = self._make(tr("Cancel"), "Escape", "cancel")
        self.retry = self._make(tr("Try again"), "Ctrl+Shift+T", "retry")
        self.clear = self._make(tr("Clear ended jobs"), "", "clear")
        self.reconnect = self._make(tr("Reach the engine again"), "F5")
        self.shortcuts = self._make(tr("Keyboard shortcuts"), "F1")
        self.about = self._make(tr("About Onetake"), "")

    def _make(self, text: str, keys: Keys, icon: str = "", *, checkable: bool = False) -> QAction:
        action = QAction(text, self)
        if isinstance(keys, QKeySequence.StandardKey):
            action.setShortcuts(QKeySequence.keyBindings(keys))
        else:
            action.setShortcuts([QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys) if key])
        if icon:
            self._icons.dress(action, icon)
        action.setCheckable(checkable)
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text}  ({key})" if key else text)
        return action
