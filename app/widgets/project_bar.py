"""What the artist must know about the project as long as it is so: lines above the canvas, with what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from app.icons import Icons


class Say(NamedTuple):
    """One line: what is so, and what its button, if it has one, does. `close` is called when the artist closes it."""

    text: str
    button: str = ""
    press: Callable[[], None] | None = None
    close: Callable[[], None] | None = None
    icon: str = "info"
    tint: str = "quiet"
    tip: str = ""


class ProjectBar(QWidget):
    """Lines by name, the latest below; without any it takes no room."""

    keyboard_left = Signal()
    """The line that the keyboard was in has gone. Left to itself, Qt gives it to whatever field comes next."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._lines: dict[str, ProjectLine] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._column = column
        self.hide()

    def line(self, name: str) -> ProjectLine | None:
        """The line of this name, if it is shown."""
        return self._lines.get(name)

    def say(self, name: str, said: Say | None) -> None:
        """Show a line in place of the last one of this name; None takes it away."""
        old = self._lines.pop(name, None)
        was_closing = old is not None and old.closed.hasFocus()
        had_keyboard = was_closing or (old is not None and old.pressed.hasFocus())
        if old is not None:
            old.hide()
            self._column.removeWidget(old)
            old.deleteLater()
        if said is not None:
            line = self._lines[name] = ProjectLine(said, self._icons)
            line.closed.clicked.connect(lambda: self._close(name, said))
            if said.press is not None:
                line.pressed.clicked.connect(said.press)
            self._column.addWidget(line)
            line.show()
        self.setVisible(bool(self._lines))
        line = self._lines.get(name)
        if had_keyboard and line is not None:
            (line.closed if was_closing or not line.said.button else line.pressed).setFocus()
        elif had_keyboard:
            self.keyboard_left.emit()

    def _close(self, name: str, said: Say) -> None:
        self.say(name, None)
        if said.close is not None:
            said.close()


class ProjectLine(QFrame):
    """Icon, sentence, button, and a cross to close it."""

    def __init__(self, said: Say, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("line")
        self.text = said.text
        self.said, self._icons = said, icons
        self._icon = QLabel()
        words = QLabel(said.text)
        words.setWordWrap(True)
        # Names of files are no markup, whatever they look like.
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setToolTip(Qt.convertFromPlainText(said.tip) if said.tip else "")
        self.pressed = QPushButton(said.button)
        self.pressed.setAccessibleDescription(said.text)
        self.closed = QToolButton()
        self.closed.setAccessibleName(self.tr("Close this line"))
        self.closed.setToolTip(self.tr("Close"))
        icons.dress(self.closed, "cancel", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 5)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(words, 1)
        row.addWidget(self.pressed)
        self.pressed.setVisible(bool(said.button))
        row.addWidget(self.closed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._icon.setPixmap(self._icons.pixmap(self.said.icon, self.said.tint, self.devicePixelRatioF()))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
