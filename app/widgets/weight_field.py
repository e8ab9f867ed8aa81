"""How strongly a control layer steers, 0 to 2: a slider to feel and a number to know."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from app.edit_change import DRAG
from app.widgets.project_keys import ProjectKeys
from app.widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST, STEP, PARTS = 2.0, 0.05, 100
SLIDER_PX, NUMBER_PX = 24, 64


class WeightField(QWidget):
    """Both show the same weight; a whole drag of the slider is one step of undo."""

    changed = Signal(float, str)
    """The weight, and what joins its changes to one step of undo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider, self.number = QSlider(Qt.Orientation.Horizontal), QDoubleSpinBox()
        self.slider.setRange(0, round(MOST * PARTS))
        self.slider.setSingleStep(round(STEP * PARTS))
        self.slider.setMinimumWidth(SLIDER_PX)
        self.slider.setPageStep(round(5 * STEP * PARTS))
        self.number.setRange(0.0, MOST)
        self.number.setSingleStep(STEP)
        self.number.setDecimals(2)
        self.number.setFixedWidth(NUMBER_PX)
        self.number.lineEdit().setAcceptDrops(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self._drags: Iterator[int] = count()
        self._drag = ""
        ProjectKeys(self).guard(self.number.lineEdit())
        guard = WheelGuard(self)
        guard.guard(self.slider)
        guard.guard(self.number)
        self.slider.sliderPressed.connect(self._press)
        self.slider.sliderReleased.connect(self._release)
        self.slider.valueChanged.connect(self._slide)
        self.number.valueChanged.connect(self._type)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.slider, self.number]

    def name(self, layer: str) -> None:
        """Say whose weight it is."""
        self.slider.setAccessibleName(self.tr("{layer}: weight").format(layer=layer))
        self.number.setAccessibleName(self.tr("{layer}: weight as a number").format(layer=layer))

    def show_weight(self, weight: float) -> None:
        """Show the layer's weight."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(round(weight * PARTS))
            self.number.setValue(weight)

    def _press(self) -> None:
        self._drag = f"{DRAG}weight {id(self)} {next(self._drags)}"

    def _release(self) -> None:
        self._drag = ""

    def _slide(self, value: int) -> None:
        self.changed.emit(value / PARTS, self._drag or "weight")

    def _type(self, weight: float) -> None:
        self.changed.emit(weight, "weight")
