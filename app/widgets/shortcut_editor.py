"""The shortcut editor: find a command, press its new key, see whose key that is already.

Owns the dialog. Which keys there are and who keeps them is `keymap`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.actions import key_text, plain_text
from app.fuzzy import fit
from app.widgets.keys_table import KeyColumn, KeysTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.commands import Command
    from app.jobs import AnyIndex
    from app.keymap import Keymap

WIDTH_PX, HEIGHT_PX, NAME_PX, MENU_PX = 640, 620, 260, 190


class ShortcutEditor(QDialog):
    """Changes take effect at once, and are kept."""

    def __init__(self, commands: Sequence[Command], keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._keymap = keymap
        self._commands = KeysTable(commands, keymap, self)
        self._rows = _Fitting(self._commands)
        self.search = QLineEdit()
        self.search.setAccessibleName(self.tr("Search commands and keys"))
        self.search.setPlaceholderText(self.tr("Search commands and keys"))
        self.table = self._make_table()
        self.subject, self.message = QLabel(), QLabel()
        self.subject.setObjectName("quiet")
        self.message.setWordWrap(True)
        self.capture = QKeySequenceEdit()
        # One chord: a key that begins another key would make Qt wait for the rest.
        self.capture.setMaximumSequenceLength(1)
        self.capture.setAccessibleName(self.tr("New key"))
        self.assign, self.remove = QPushButton(self.tr("Set key")), QPushButton(self.tr("Remove key"))
        self.reset, self.reset_all = QPushButton(self.tr("Reset")), QPushButton(self.tr("Reset all"))
        self.assign.setObjectName("primary")
        for button in (self.assign, self.remove, self.reset, self.reset_all):
            # Return belongs to the table and the field, never to a button that happens to be the default.
            button.setAutoDefault(False)
        self._lay_out()
        self.search.textChanged.connect(self._search)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.activated.connect(self._go_to_capture)
        self.capture.keySequenceChanged.connect(self._show_conflict)
        self.assign.clicked.connect(self._assign)
        self.remove.clicked.connect(self._remove)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        keymap.changed.connect(self._show)
        self.table.setCurrentIndex(self._rows.index(0, 0))
        self._show()
        self.resize(WIDTH_PX, HEIGHT_PX)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def action(self) -> QAction | None:
        """The command whose key is being chosen."""
        index = self._rows.mapToSource(self.table.currentIndex())
        return self._commands.commands[index.row()].action if index.isValid() else None

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._rows)
        table.setAccessibleName(self.tr("Commands and their keys"))
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(KeyColumn.KEYS, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(KeyColumn.NAME, NAME_PX)
        table.setColumnWidth(KeyColumn.MENU, MENU_PX)
        return table

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.subject)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.capture, 1)
        for button in (self.assign, self.remove, self.reset):
            row.addWidget(button)
        column.addLayout(row)
        foot = QHBoxLayout()
        foot.addWidget(self.message, 1)
        foot.addWidget(self.reset_all, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(foot)

    def _search(self, typed: str) -> None:
        self._rows.show_fitting(typed)
        if not self.table.currentIndex().isValid() and self._rows.rowCount():
            self.table.setCurrentIndex(self._rows.index(0, 0))
        self._show()

    def _choose(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self.capture.clear()
        self._show()

    def _go_to_capture(self) -> None:
        self.capture.setFocus(Qt.FocusReason.OtherFocusReason)

    def _assign(self) -> None:
        action, key = self.action(), self.capture.keySequence()
        if action is None or key.isEmpty():
            return
        owner = self._keymap.owner_of(key, other_than=action)
        self._keymap.choose(action, key)
        self.capture.clear()
        told = self.tr("{key} now means “{name}”.").format(key=key_text([key]), name=plain_text(action))
        if owner is not None:
            told += " " + self.tr("“{name}” no longer has it.").format(name=plain_text(owner))
        self._say(told)

    def _remove(self) -> None:
        action = self.action()
        if action is not None:
            self._keymap.choose(action, QKeySequence())
            self._say(self.tr("“{name}” has no key now.").format(name=plain_text(action)))

    def _reset(self) -> None:
        action = self.action()
        if action is not None:
            self._keymap.reset(action)
            self._say(self.tr("“{name}” has its own key again.").format(name=plain_text(action)))

    def _reset_all(self) -> None:
        self._keymap.reset_all()
        self._say(self.tr("Every command has its own key again."))

    def _show(self) -> None:
        action = self.action()
        for widget in (self.capture, self.assign, self.remove, self.reset):
            widget.setEnabled(action is not None)
        words = self.tr("Press a new key for “{name}”:")
        self.subject.setText(words.format(name=plain_text(action)) if action else self.tr("No command fits."))
        if action is not None:
            self.remove.setEnabled(bool(action.shortcuts()))
            self.reset.setEnabled(not self._keymap.is_own(action))
        self.reset_all.setEnabled(not all(map(self._keymap.is_own, self._keymap.actions)))
        self._show_conflict()

    def _show_conflict(self) -> None:
        action, key = self.action(), self.capture.keySequence()
        owner = self._keymap.owner_of(key, other_than=action)
        self.assign.setEnabled(action is not None and not key.isEmpty() and key not in action.shortcuts())
        self.assign.setText(self.tr("Take over") if owner is not None else self.tr("Set key"))
        words = self.tr("{key} belongs to “{name}”; taking it over leaves that without it.")
        self._say(words.format(key=key_text([key]), name=plain_text(owner)) if owner else "", is_warning=True)

    def _say(self, text: str, *, is_warning: bool = False) -> None:
        self.message.setObjectName("warn" if is_warning else "quiet")
        # A style by name is looked up again only when the widget is polished again.
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.message.setText(text)


class _Fitting(QSortFilterProxyModel):
    """The rows whose name, menu or key fit what is typed."""

    def __init__(self, source: KeysTable) -> None:
        super().__init__(source)
        self._typed = ""
        self.setSourceModel(source)

    def show_fitting(self, typed: str) -> None:
        self._typed = typed
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:  # noqa: ARG002, N802 - Qt's signature
        source = self.sourceModel()
        name, menu, keys = (str(source.index(source_row, column).data()) for column in KeyColumn)
        return fit(self._typed, f"{menu} {name}") is not None or self._typed.strip().casefold() in keys.casefold()
