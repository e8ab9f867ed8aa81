"""The settings of one detector, made from its specification: a box for each switch, a number for all else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from app.detector_words import detector_word
from app.widgets.project_keys import ProjectKeys
from app.widgets.wheel_guard import WheelGuard
from app.words import sentence

if TYPE_CHECKING:
    from engine.messages.detectors import DetectorOption, DetectorSpec, OptionValue

Field = QCheckBox | QSpinBox | QDoubleSpinBox


class DetectorFields(QWidget):
    """Empty until `show_options`; made anew when the detector is another one."""

    changed = Signal(str, object)
    """The name of a setting, and its value."""

    def __init__(self, label_px: int, parent: QWidget | None = None) -> None:
        """`label_px` is the width of the labels, so that the fields stand under others."""
        super().__init__(parent)
        self._label_px = label_px
        self._kind = ""
        self._layer = ""
        self.fields: dict[str, Field] = {}
        self._keys, self._guard = ProjectKeys(self), WheelGuard(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, label_px)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return list(self.fields.values())

    def name(self, layer: str) -> None:
        """Say whose settings they are."""
        self._layer = layer
        for option, field in self.fields.items():
            field.setAccessibleName(f"{layer}: {option}")

    def show_options(self, spec: DetectorSpec | None, given: tuple[tuple[str, OptionValue], ...]) -> None:
        """Show the settings of a detector; none where there is no detector."""
        kind = spec.kind if spec else ""
        if kind != self._kind:
            self._kind = kind
            self._build(spec)
        self.setVisible(bool(self.fields))
        settings = spec.settings(given) if spec else {}
        for option, field in self.fields.items():
            with QSignalBlocker(field):
                _show_value(field, settings[option])

    def _build(self, spec: DetectorSpec | None) -> None:
        while (item := self._grid.takeAt(0)) is not None:  # pyright: ignore[reportUnnecessaryComparison]
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.fields = {option.name: self._field(option) for option in spec.options} if spec else {}
        for row, option in enumerate(spec.options if spec else ()):
            field = self.fields[option.name]
            if isinstance(field, QCheckBox):
                field.setText(detector_word(sentence(option.name)))
            else:
                label = QLabel(detector_word(sentence(option.name)))
                label.setObjectName("quiet")
                label.setBuddy(field)
                label.setToolTip(detector_word(sentence(option.summary)))
                self._grid.addWidget(label, row, 0)
            self._grid.addWidget(field, row, 1)
        self.name(self._layer)

    def _field(self, option: DetectorOption) -> Field:
        if isinstance(option.default, bool):
            field: Field = QCheckBox()
            field.clicked.connect(partial(self.changed.emit, option.name))
        else:
            field = QSpinBox() if isinstance(option.default, int) else QDoubleSpinBox()
            if isinstance(field, QSpinBox):
                field.setRange(round(option.low), round(option.high))
            else:
                field.setRange(option.low, option.high)
                field.setSingleStep((option.high - option.low) / 20)
            field.lineEdit().setAcceptDrops(False)
            field.valueChanged.connect(partial(self.changed.emit, option.name))
            self._keys.guard(field.lineEdit())
            self._guard.guard(field)
        field.setToolTip(detector_word(sentence(option.summary)))
        return field


def _show_value(field: Field, value: OptionValue) -> None:
    if isinstance(field, QCheckBox):
        field.setChecked(bool(value))
    elif isinstance(field, QSpinBox):
        field.setValue(int(value))
    else:
        field.setValue(float(value))
