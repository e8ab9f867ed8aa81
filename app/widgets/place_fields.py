"""Where a control's map lies, in numbers: how far it is moved, how large it is, how it is turned."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QPushButton, QWidget

from app.widgets.project_keys import ProjectKeys
from app.widgets.wheel_guard import WheelGuard
from engine.messages import MapPlace
from engine.messages.map_place import MAX_ANGLE, MAX_SCALE, MAX_SHIFT, MIN_SCALE

PERCENT, NUMBER_PX = 100.0, 72


class PlaceFields(QWidget):
    """Shares of the result's frame in percent, and degrees. It shows a place and reports wishes."""

    changed = Signal(object, str)
    """A MapPlace, and what joins its changes to one step of undo; empty for nothing."""

    def __init__(self, label_px: int, parent: QWidget | None = None) -> None:
        """`label_px` is the width of the labels, so that the fields stand under others."""
        super().__init__(parent)
        self._place = MapPlace()
        self.fields = {name: QDoubleSpinBox() for name in ("x", "y", "scale_x", "scale_y", "angle")}
        self.with_mask = QCheckBox(self.tr("Its region goes along"))
        self.reset = QPushButton(self.tr("Reset"))
        keys, guard = ProjectKeys(self), WheelGuard(self)
        for name, field in self.fields.items():
            field.setDecimals(1)
            # Qt would leave room for the longest number there is, and the panel is narrow.
            field.setMinimumWidth(NUMBER_PX)
            field.setKeyboardTracking(False)
            field.lineEdit().setAcceptDrops(False)
            field.valueChanged.connect(partial(self._change, name))
            keys.guard(field.lineEdit())
            guard.guard(field)
        for name, low, high in (
            ("x", -MAX_SHIFT, MAX_SHIFT),
            ("y", -MAX_SHIFT, MAX_SHIFT),
            ("scale_x", MIN_SCALE, MAX_SCALE),
            ("scale_y", MIN_SCALE, MAX_SCALE),
        ):
            self.fields[name].setRange(low * PERCENT, high * PERCENT)
            self.fields[name].setSuffix(self.tr(" %"))
        angle = self.fields["angle"]
        angle.setRange(-MAX_ANGLE, MAX_ANGLE)
        angle.setWrapping(True)
        angle.setSuffix("°")
        self.with_mask.clicked.connect(self._take_mask)
        self.reset.clicked.connect(self._reset)
        self._lay_out(label_px)

    def _lay_out(self, label_px: int) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, label_px)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        rows = (
            (self.tr("Moved"), ("x", "y")),
            (self.tr("Scaled"), ("scale_x", "scale_y")),
            (self.tr("Turned"), ("angle",)),
        )
        for row, (text, names) in enumerate(rows):
            label = QLabel(text)
            label.setObjectName("quiet")
            label.setBuddy(self.fields[names[0]])
            grid.addWidget(label, row, 0)
            for column, name in enumerate(names, 1):
                grid.addWidget(self.fields[name], row, column)
        grid.addWidget(self.reset, 2, 2)
        grid.addWidget(self.with_mask, 3, 0, 1, 3)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [*self.fields.values(), self.reset, self.with_mask]

    def name(self, layer: str) -> None:
        """Say whose map it is."""
        words = {
            "x": self.tr("{layer}: map moved to the right"),
            "y": self.tr("{layer}: map moved down"),
            "scale_x": self.tr("{layer}: width of its map"),
            "scale_y": self.tr("{layer}: height of its map"),
            "angle": self.tr("{layer}: map turned clockwise"),
        }
        for name, field in self.fields.items():
            field.setAccessibleName(words[name].format(layer=layer))
            field.setToolTip(words[name].format(layer=layer))
        self.reset.setAccessibleName(self.tr("{layer}: reset the place of its map").format(layer=layer))
        self.reset.setToolTip(self.tr("Put the map back where it came from"))
        self.with_mask.setAccessibleName(self.tr("{layer}: its region goes along with the map").format(layer=layer))

    def show_place(self, place: MapPlace, *, has_mask: bool) -> None:
        """Show a place; the region counts only where there is one."""
        self._place = place
        for name, field in self.fields.items():
            with QSignalBlocker(field):
                field.setValue(float(getattr(place, name)) * (1.0 if name == "angle" else PERCENT))
        self.with_mask.setChecked(place.with_mask)
        self.with_mask.setVisible(has_mask)
        self.reset.setEnabled(not place.is_plain)

    def _change(self, name: str, value: float) -> None:
        share = value if name == "angle" else value / PERCENT
        # Rounded: what is typed is what a request says.
        self.changed.emit(replace(self._place, **{name: round(share, 4)}), f"place {name}")

    def _take_mask(self, with_mask: bool) -> None:
        self.changed.emit(replace(self._place, with_mask=with_mask), "")

    def _reset(self) -> None:
        self.changed.emit(MapPlace(with_mask=self._place.with_mask), "")
