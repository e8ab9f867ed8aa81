"""The canvas of a picture that is being edited: the brush's tools at the left, the picture, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.canvas.painting.edit_view import EditView
from app.canvas.strips import action_button
from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

    from app.canvas.painting.board import MaskBoard
    from app.canvas.painting.brush import BrushChoice
    from app.icons import Icons
    from app.theme import Theme


class EditPage(QWidget):
    """Tools and view. What `tools` do is the business of whoever has them; the brush is the page's."""

    file_wanted = Signal()
    """The picture cannot be shown; another is to be chosen."""

    def __init__(
        self,
        board: MaskBoard,
        choice: BrushChoice,
        *,
        theme: Theme,
        icons: Icons,
        tools: Sequence[QAction],
        view: EditView | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`view` shows the board in a way of its own."""
        super().__init__(parent)
        self._choice = choice
        self.view = view or EditView(board, choice, theme)
        self.problem = EmptyState("", self.tr("Choose a picture…"))
        self.problem.pressed.connect(self.file_wanted)
        self.paint, self.erase = QToolButton(), QToolButton()
        group = QButtonGroup(self)
        for button, icon, name in (
            (self.paint, "brush", self.tr("Paint  (X)")),
            (self.erase, "eraser", self.tr("Erase  (X)")),
        ):
            icons.dress(button, icon)
            button.setCheckable(True)
            button.setAccessibleName(name.partition("  ")[0])
            button.setToolTip(name)
            button.clicked.connect(self._choose)
            group.addButton(button)
        self.tools = QFrame()
        self.tools.setObjectName("strip")
        column = QVBoxLayout(self.tools)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(2)
        self.buttons: list[QWidget] = [self.paint, self.erase, *map(action_button, tools)]
        for place, button in enumerate(self.buttons):
            if place in (2, 4):
                column.addSpacing(8)
            column.addWidget(button)
        column.addStretch(1)
        self._pages = QStackedWidget()
        # Room for the ring of the focus, which lies outside of what has it.
        self._pages.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.problem)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.tools)
        row.addWidget(self._pages, 1)
        self.setFocusProxy(self.view)
        choice.changed.connect(self._show_brush)
        self._show_brush()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [*self.buttons, self.view, self.problem.button]

    def show_picture(self) -> None:
        """Show the picture."""
        self._pages.setCurrentWidget(self.view)

    def show_words(self, words: str, *, asks: bool) -> None:
        """Say why there is no picture; `asks` offers to choose one."""
        self.problem.sentence.setText(words)
        self.problem.button.setVisible(asks)
        self._pages.setCurrentWidget(self.problem)

    def _choose(self) -> None:
        self._choice.choose(erases=self.erase.isChecked())

    def _show_brush(self) -> None:
        with QSignalBlocker(self.paint), QSignalBlocker(self.erase):
            (self.erase if self._choice.brush.erases else self.paint).setChecked(True)
