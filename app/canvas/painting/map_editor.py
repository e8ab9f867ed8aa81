"""The canvas of a control map that is touched up: what can be done with it above, brushes at the left, the map.

Owns the page. Where maps come from, and what becomes of a change, is `map_desk`'s.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.canvas.painting.edit_page import EditPage
from app.canvas.painting.map_view import MapView
from app.canvas.painting.swatches import Swatches
from app.verbs import add_action
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.canvas.painting.brush import BrushChoice
    from app.canvas.painting.map_board import MapBoard
    from app.icons import Icons
    from app.theme import Theme


class MapEditor(QWidget):
    """Asks by signals; it knows no layer."""

    reset_map_pressed = Signal()
    reset_place_pressed = Signal()
    region_pressed = Signal()
    leave_pressed = Signal()

    def __init__(
        self, board: MapBoard, choice: BrushChoice, *, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._choice, self._is_ready = choice, False
        self.view = MapView(board, choice, theme)
        self.soft = add_action(
            self, self.tr("Soft brush"), "Shift+X", "soft", self._set_soft, icons=icons, checkable=True
        )
        self.beneath = add_action(
            self, self.tr("Show picture beneath"), "M", "picture", self._set_beneath, icons=icons, checkable=True
        )
        for keys, verb in (
            ("[", partial(choice.grow, -1)),
            ("]", partial(choice.grow, 1)),
            ("X", choice.swap),
            ("V", self._swap_tool),
        ):
            add_action(self, "", keys, "", verb, icons=icons)
        self.page = EditPage(board, choice, theme=theme, icons=icons, tools=(self.soft, self.beneath), view=self.view)
        self.page.problem.button.hide()
        self.title, self.told = ElidedLabel(), ElidedLabel()
        self.told.setObjectName("quiet")
        self.swatches = Swatches(choice, theme)
        self.paint, self.place = self._mode(self.tr("Paint")), self._mode(self.tr("Place"))
        self.paint.setToolTip(self.tr("Paint and erase in the map  (V)"))
        self.place.setToolTip(self.tr("Move, scale and turn the map: Shift keeps the ratio, or turns by 15°  (V)"))
        self.paint.setChecked(True)
        self.reset_map, self.reset_place = QPushButton(self.tr("Reset map")), QPushButton(self.tr("Reset place"))
        self.reset_map.setToolTip(self.tr("Take back all that was painted into the map"))
        self.reset_place.setToolTip(self.tr("Put the map back where it came from"))
        self.region, self.leave = QPushButton(self.tr("Region…")), QPushButton(self.tr("Leave"))
        self.region.setToolTip(self.tr("Paint where the control acts"))
        self.leave.setToolTip(self.tr("Back to the pictures; the map is kept  (Esc)"))
        self._lay_out()
        self._bind()
        self.setFocusProxy(self.view)
        self._show_tools()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        buttons = [self.paint, self.place, self.reset_map, self.reset_place, self.region, self.leave]
        return [*buttons, *self.page.in_tab_order]

    def show_state(self, title: str, told: str, *, is_painted: bool, is_placed: bool) -> None:
        """Name the map, say what is going on with it, and what can be reset."""
        self.title.setText(title)
        self.told.setText(told)
        self.told.setToolTip(told)
        self.title.setToolTip(title)
        self.told.setVisible(bool(told))
        self.reset_map.setEnabled(is_painted)
        self.reset_place.setEnabled(is_placed)

    def show_map(self) -> None:
        """There is a map to look at."""
        self._is_ready = True
        self.page.show_picture()
        self._show_tools()

    def show_words(self, words: str) -> None:
        """There is none; say why."""
        self._is_ready = False
        self.page.show_words(words, asks=False)
        self._show_tools()

    def _lay_out(self) -> None:
        bar = QFrame()
        bar.setObjectName("strip")
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.title, 3)
        first.addWidget(self.told, 2)
        first.addWidget(self.region)
        first.addWidget(self.leave)
        second.setSpacing(0)
        second.addWidget(self.paint)
        second.addWidget(self.place)
        second.addSpacing(16)
        second.addWidget(self.swatches)
        second.addStretch(1)
        second.addWidget(self.reset_map)
        second.addSpacing(8)
        second.addWidget(self.reset_place)
        inside = QVBoxLayout(bar)
        inside.setContentsMargins(12, 6, 12, 6)
        inside.setSpacing(6)
        inside.addLayout(first)
        inside.addLayout(second)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.page, 1)

    def _bind(self) -> None:
        group = QButtonGroup(self)
        for button in (self.paint, self.place):
            group.addButton(button)
            button.toggled.connect(self._show_tools)
        self.reset_map.clicked.connect(self.reset_map_pressed)
        self.reset_place.clicked.connect(self.reset_place_pressed)
        self.region.clicked.connect(self.region_pressed)
        self.leave.clicked.connect(self.leave_pressed)

    def _mode(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("mode")
        button.setText(name)
        button.setAccessibleName(name)
        button.setCheckable(True)
        return button

    def _set_soft(self) -> None:
        self._choice.choose(is_soft=self.soft.isChecked())

    def _set_beneath(self) -> None:
        self.view.show_picture(self.beneath.isChecked())

    def _swap_tool(self) -> None:
        (self.paint if self.place.isChecked() else self.place).setChecked(True)

    def _show_tools(self) -> None:
        paints = self.paint.isChecked() and self._is_ready
        self.view.set_placing(not self.paint.isChecked())
        for widget in (self.swatches, self.page.paint, self.page.erase):
            widget.setEnabled(paints)
        self.soft.setEnabled(paints)
