"""A file as a field: its name, a button to choose another one and, where there may be none, one to take it away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.widgets.elided_label import ElidedLabel
from app.widgets.plain_tip import set_plain_tip

if TYPE_CHECKING:
    from app.icons import Icons


class FileLine(QWidget):
    """Asks for a file by signal: the dialog is the window's."""

    choose_pressed = Signal()
    clear_pressed = Signal()

    def __init__(self, icons: Icons, vacancy: str, parent: QWidget | None = None) -> None:
        """`vacancy` is what it means that there is no file; empty where there always is one."""
        super().__init__(parent)
        self._vacancy = vacancy
        self.file, self.choose, self.clear = ElidedLabel(), QToolButton(), QToolButton()
        icons.dress(self.choose, "folder")
        icons.dress(self.clear, "cancel", "quiet")
        if not vacancy:
            self.clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.file, 1)
        row.addWidget(self.choose)
        row.addWidget(self.clear)
        self.choose.clicked.connect(self.choose_pressed)
        self.clear.clicked.connect(self.clear_pressed)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.choose, self.clear]

    def name(self, choose: str, clear: str) -> None:
        """Say what the buttons do."""
        for button, words in ((self.choose, choose), (self.clear, clear)):
            button.setAccessibleName(words)
            button.setToolTip(words)

    def show_file(self, file: str) -> None:
        """Show a path or a name of the catalogue; empty for none."""
        self.file.setText((Path(file).name if file else "") or self._vacancy)
        set_plain_tip(self.file, file)
        self.clear.setVisible(bool(file) and bool(self._vacancy))
