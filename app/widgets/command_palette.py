"""The command palette: type a few letters of any action, see its key, run it with Return.

Owns the field and its list, which float over the window and go when the keyboard goes elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from app.commands import Command, commands_of
from app.widgets.command_list import CommandDelegate, CommandRole, CommandRows

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QKeyEvent
    from PySide6.QtWidgets import QMainWindow

    from app.theme import Theme

WIDEST_PX, EDGE_PX, MOST_ROWS, MOST_RECENT = 560, 40, 12, 5
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -MOST_ROWS, Qt.Key.Key_PageDown: MOST_ROWS}


class CommandPalette(QFrame):
    """Hidden until `open`. What ran lately comes first while nothing is typed."""

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window, self._theme = window, theme
        self._recent: list[QAction] = []
        self._came_from: QWidget | None = None
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Command"))
        self.field.setPlaceholderText(self.tr("Type a few letters of what you want to do"))
        self.rows = CommandRows(self)
        self.list = QListView()
        self.list.setObjectName("commands")
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setModel(self.rows)
        self.list.setItemDelegate(CommandDelegate(theme, self.list))
        self.none = QLabel(self.tr("No command fits; try fewer letters."))
        self.none.setObjectName("quiet")
        self.none.setContentsMargins(12, 4, 12, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for widget in (self.field, self.list, self.none):
            column.addWidget(widget)
        self.field.installEventFilter(self)
        window.installEventFilter(self)
        self.field.textChanged.connect(self._filter)
        self.list.clicked.connect(self._run)
        self.list.selectionModel().currentChanged.connect(self._describe)
        self.hide()

    def open(self) -> None:
        """Show every command, with the keyboard in the field."""
        if self.isVisible():
            self.close_palette()
            return
        self._came_from = QApplication.focusWidget()
        commands = commands_of(self._window.menuBar())
        recent = [command for action in self._recent for command in commands if command.action is action]
        self.rows.set_commands([*recent, *(command for command in commands if command not in recent)])
        self.field.clear()
        self._filter("")
        self.show()
        self._place()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Go, and give the keyboard back to where it was."""
        had_focus = self.field.hasFocus()
        came_from, self._came_from = self._came_from, None
        self.hide()
        if had_focus and came_from is not None and came_from.isVisible():
            came_from.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._window:
            if event.type() is QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        match event.type():
            case QEvent.Type.ShortcutOverride:
                # While one types a command no key is a shortcut, not even Escape.
                event.accept()
                return True
            case QEvent.Type.KeyPress:
                return self._take_key(cast("QKeyEvent", event))
            case QEvent.Type.FocusOut if QApplication.activePopupWidget() is None:
                self.close_palette()
            case _:
                pass
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
        elif key in _MOVES:
            self._choose(self.list.currentIndex().row() + _MOVES[key])
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    def _filter(self, typed: str) -> None:
        self.rows.show_fitting(typed)
        count = self.rows.rowCount()
        self.list.setVisible(count > 0)
        self.none.setVisible(count == 0)
        self.list.setFixedHeight(min(max(count, 1), MOST_ROWS) * self._theme.row_px + 2)
        self._choose(0)
        self._place()

    def _choose(self, row: int) -> None:
        last = self.rows.usable - 1
        if last >= 0:
            self.list.setCurrentIndex(self.rows.index(min(max(row, 0), last)))

    def _describe(self, index: QModelIndex) -> None:
        # The keyboard stays in the field: a screen reader is told there what Return would run.
        self.field.setAccessibleDescription(str(index.data(Qt.ItemDataRole.AccessibleTextRole) or ""))

    def _run(self, index: QModelIndex) -> None:
        command = cast("Command | None", index.data(CommandRole.COMMAND))
        if command is None or not command.action.isEnabled():
            return
        action = command.action
        self._recent = [action, *(other for other in self._recent if other is not action)][:MOST_RECENT]
        # First the keyboard back to where it was: some actions ask where it is.
        self.close_palette()
        action.trigger()

    def _place(self) -> None:
        width = min(WIDEST_PX, self._window.width() - 2 * EDGE_PX)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        top = self._window.menuBar().height() + EDGE_PX
        self.setGeometry((self._window.width() - width) // 2, top, width, self.sizeHint().height())
