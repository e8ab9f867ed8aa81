"""The four workspaces at the right end of the menu bar, as buttons of which one is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction


class WorkspaceSwitch(QWidget):
    """One button per action, under the action's short name.

    Args:
        height_px: Room in the bar: a higher corner would make the bar grow, and everything below it move.
    """

    def __init__(self, actions: Sequence[QAction], height_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(height_px)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(0)
        self.buttons: list[QToolButton] = []
        for action in actions:
            button = QToolButton()
            button.setObjectName("workspace")
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
            self.buttons.append(button)
