"""The colours that a control map is painted with, as small buttons: its kind's own, or those of its labels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.canvas.painting.brush import BrushChoice
    from app.theme import Theme

SIDE_PX = 22


class Swatches(QWidget):
    """The chosen colour is always among them: one that was picked in the map comes first."""

    def __init__(self, choice: BrushChoice, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice, self._theme = choice, theme
        self._colours: tuple[int, ...] = ()
        self.buttons: list[Swatch] = []
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        choice.changed.connect(self._show)

    def offer(self, colours: Sequence[int]) -> None:
        """Offer these colours, ARGB."""
        self._colours = tuple(colours)
        self._show()

    def _show(self) -> None:
        chosen = self._choice.brush.colour
        wanted = self._colours if chosen in self._colours else (chosen, *self._colours)
        if wanted != tuple(button.colour for button in self.buttons):
            for button in self.buttons:
                self._row.removeWidget(button)
                button.hide()
                button.deleteLater()
            self.buttons = [self._make(colour) for colour in wanted]
        for button in self.buttons:
            button.setChecked(button.colour == chosen)

    def _make(self, colour: int) -> Swatch:
        button = Swatch(colour, self._theme)
        name = QColor.fromRgb(colour).name()
        button.setAccessibleName(self.tr("Paint with {colour}").format(colour=name))
        button.setToolTip(self.tr("Paint with {colour}; Alt and a click pick a colour of the map").format(colour=name))
        button.clicked.connect(partial(self._choose, colour))
        self._group.addButton(button)
        self._row.addWidget(button)
        return button

    def _choose(self, colour: int, *_: object) -> None:
        self._choice.choose(colour=colour, erases=False)


class Swatch(QAbstractButton):
    """One colour."""

    def __init__(self, colour: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour, self._theme = colour, theme
        self.setCheckable(True)
        self.setFixedSize(SIDE_PX, SIDE_PX)

    def sizeHint(self) -> QSize:
        return QSize(SIDE_PX, SIDE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, room = self._theme.tokens, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        is_marked = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(tokens.color("accent" if is_marked else "edge"), 2 if is_marked else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(room, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor.fromRgb(self.colour))
        painter.drawRoundedRect(room.adjusted(2, 2, -2, -2), 2, 2)
