"""The table of the shortcut editor: every command, where it is in the menus, and its keys."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from app.actions import key_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.commands import Command
    from app.jobs import AnyIndex
    from app.keymap import Keymap


class KeyColumn(IntEnum):
    """From left to right."""

    NAME = 0
    MENU = 1
    KEYS = 2


class KeysTable(QAbstractTableModel):
    """One row per command of the keymap; keys that the artist chose are bold."""

    def __init__(self, commands: Sequence[Command], keymap: Keymap, parent: QObject | None = None) -> None:
        super().__init__(parent)
        known = set(keymap.actions)
        self.commands = [command for command in commands if command.action in known]
        self._keymap = keymap
        keymap.changed.connect(self._show_keys)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.commands)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(KeyColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (self.tr("Command"), self.tr("Menu"), self.tr("Keys"))[section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        command, column = self.commands[index.row()], index.column()
        is_own = self._keymap.is_own(command.action)
        if role == Qt.ItemDataRole.FontRole and column == KeyColumn.KEYS and not is_own:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole and column == KeyColumn.KEYS and not is_own:
            return self.tr("You chose this key")
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return (command.text, command.place, key_text(command.action.shortcuts()))[column]

    def _show_keys(self) -> None:
        self.dataChanged.emit(self.index(0, KeyColumn.KEYS), self.index(len(self.commands) - 1, KeyColumn.KEYS))
