"""What a control layer has beyond kind and weight: when it acts, what gives way to it, where, how its map is made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

from app.control_words import mode_titles, resize_titles
from app.widgets.detector_fields import DetectorFields
from app.widgets.elided_combo import ElidedCombo
from app.widgets.file_line import FileLine
from app.widgets.place_fields import PlaceFields
from app.widgets.project_keys import ProjectKeys
from app.widgets.wheel_guard import WheelGuard
from engine.messages.control import MAX_FRAME_INDEX

if TYPE_CHECKING:
    from app.control_edit import ControlEdit
    from app.icons import Icons
    from engine.messages.detectors import OptionValue

LABEL_PX, PERCENT_PX = 64, 64
NO_FRAME = -1


class ControlDetails(QWidget):
    """Fields of one layer. It shows the layer and reports wishes."""

    edited = Signal(dict, str)
    """Fields of ControlEdit, and what joins their changes to one step of undo; empty for nothing."""
    option_edited = Signal(str, object)
    picture_pressed = Signal()
    mask_pressed = Signal()
    adapter_pressed = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = FileLine(icons, "")
        self.frame, self.start, self.end = QSpinBox(), QSpinBox(), QSpinBox()
        self.mode, self.resize_mode = ElidedCombo(), ElidedCombo()
        self.region = FileLine(icons, self.tr("everywhere"))
        self.is_map = QCheckBox(self.tr("The picture is a map already"))
        self.adapter = FileLine(icons, self.tr("from the catalogue"))
        self.options, self.place = DetectorFields(LABEL_PX), PlaceFields(LABEL_PX)
        for box, titles in ((self.mode, mode_titles()), (self.resize_mode, resize_titles())):
            for name, title in titles.items():
                box.addItem(title, name)
        self._lay_out()
        self._bind()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        fields: list[QWidget] = [self.picture.choose, self.frame, self.start, self.end, self.mode, self.resize_mode]
        return [
            *fields,
            *self.region.in_tab_order,
            *self.adapter.in_tab_order,
            self.is_map,
            *self.options.in_tab_order,
            *self.place.in_tab_order,
        ]

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, LABEL_PX)
        grid.setColumnStretch(1, 1)
        span = QHBoxLayout()
        span.setSpacing(8)
        until = QLabel(self.tr("to"))
        until.setObjectName("quiet")
        for widget, stretch in ((self.start, 1), (until, 0), (self.end, 1)):
            span.addWidget(widget, stretch)
        rows: list[tuple[str, QWidget | QHBoxLayout]] = [
            (self.tr("Picture"), self.picture),
            (self.tr("Frame"), self.frame),
            (self.tr("Steps"), span),
            (self.tr("Mode"), self.mode),
            (self.tr("Resize"), self.resize_mode),
            (self.tr("Region"), self.region),
            (self.tr("Adapter"), self.adapter),
        ]
        for row, (text, field) in enumerate(rows):
            label = QLabel(text)
            label.setObjectName("quiet")
            grid.addWidget(label, row, 0)
            if isinstance(field, QWidget):
                label.setBuddy(field)
                grid.addWidget(field, row, 1)
            else:
                label.setBuddy(self.start)
                grid.addLayout(field, row, 1)
        grid.addWidget(self.is_map, len(rows), 0, 1, 2)
        grid.addWidget(self.options, len(rows) + 1, 0, 1, 2)
        grid.addWidget(self.place, len(rows) + 2, 0, 1, 2)

    def _bind(self) -> None:
        keys, guard = ProjectKeys(self), WheelGuard(self)
        self.frame.setRange(NO_FRAME, MAX_FRAME_INDEX)
        self.frame.setSpecialValueText(self.tr("by itself"))
        for spin in (self.start, self.end):
            spin.setRange(0, 100)
            spin.setSingleStep(5)
            spin.setSuffix(self.tr(" %"))
            spin.setMinimumWidth(PERCENT_PX)
        for spin in (self.frame, self.start, self.end):
            spin.lineEdit().setAcceptDrops(False)
            keys.guard(spin.lineEdit())
            guard.guard(spin)
        for box in (self.mode, self.resize_mode):
            guard.guard(box)
        self.frame.valueChanged.connect(self._change_frame)
        self.start.valueChanged.connect(self._change_start)
        self.end.valueChanged.connect(self._change_end)
        self.mode.activated.connect(self._choose_mode)
        self.resize_mode.activated.connect(self._choose_resize)
        self.is_map.clicked.connect(self._set_is_map)
        self.picture.choose_pressed.connect(self.picture_pressed)
        self.region.choose_pressed.connect(self.mask_pressed)
        self.region.clear_pressed.connect(partial(self.edited.emit, {"mask": None}, ""))
        self.adapter.choose_pressed.connect(self.adapter_pressed)
        self.adapter.clear_pressed.connect(partial(self.edited.emit, {"adapter": ""}, ""))
        self.options.changed.connect(self._change_option)
        self.place.changed.connect(self._change_place)

    def show_layer(self, control: ControlEdit, layer: str, *, can_act: bool, no_modes: str, no_steps: str) -> None:
        """Show a layer.

        Args:
            control: The layer.
            layer: What it is called.
            can_act: Whether the model can follow it.
            no_modes: Why the model knows no modes; empty where it does.
            no_steps: Why it follows in all steps; empty where it can be told which.
        """
        self.picture.show_file(control.picture)
        self.region.show_file(control.mask or "")
        self.adapter.show_file(control.adapter)
        with QSignalBlocker(self.frame), QSignalBlocker(self.start), QSignalBlocker(self.end):
            self.frame.setValue(NO_FRAME if control.frame is None else control.frame)
            self.start.setValue(round(control.start * 100))
            self.end.setValue(round(control.end * 100))
        self.mode.setCurrentIndex(self.mode.findData(control.mode))
        self.resize_mode.setCurrentIndex(self.resize_mode.findData(control.resize))
        self.is_map.setChecked(control.is_map)
        is_made = control.is_map or bool(control.painted)
        self.options.show_options(None if is_made else control.detector, control.options)
        self.place.show_place(control.place, has_mask=bool(control.mask))
        self.region.setEnabled(can_act)
        for field, reason in ((self.start, no_steps), (self.end, no_steps), (self.mode, no_modes)):
            field.setEnabled(can_act and not reason)
        self._name(layer)
        self.mode.setToolTip(no_modes)
        for field in (self.start, self.end) if no_steps else ():
            field.setToolTip(no_steps)

    def _name(self, layer: str) -> None:
        self.picture.name(self.tr("{layer}: choose its picture").format(layer=layer), "")
        pairs = {
            self.region: (self.tr("{layer}: choose its region"), self.tr("{layer}: let it act everywhere")),
            self.adapter: (
                self.tr("{layer}: choose the folder of an adapter"),
                self.tr("{layer}: adapter from the catalogue"),
            ),
        }
        for line, (choose, clear) in pairs.items():
            line.name(choose.format(layer=layer), clear.format(layer=layer))
        self.region.choose.setToolTip(self.tr("Choose a picture that is white where the layer acts"))
        names = {
            self.frame: self.tr("{layer}: frame of its animation"),
            self.start: self.tr("{layer}: acts from"),
            self.end: self.tr("{layer}: acts to"),
            self.mode: self.tr("{layer}: mode"),
            self.mode.view(): self.tr("{layer}: modes"),
            self.resize_mode: self.tr("{layer}: resize"),
            self.resize_mode.view(): self.tr("{layer}: ways to resize"),
            self.is_map: self.tr("{layer}: the picture is a map already"),
        }
        for widget, words in names.items():
            widget.setAccessibleName(words.format(layer=layer))
        self.frame.setToolTip(self.tr("Which frame of an animation, from 0; by itself, a take's frames have one each"))
        self.start.setToolTip(self.tr("Share of the steps before it acts"))
        self.end.setToolTip(self.tr("Share of the steps after which it no longer acts"))
        self.options.name(layer)
        self.place.name(layer)

    def _change_frame(self, frame: int) -> None:
        self.edited.emit({"frame": None if frame == NO_FRAME else frame}, "frame")

    def _change_start(self, percent: int) -> None:
        fields = {"start": percent / 100}
        if percent > self.end.value():
            fields["end"] = percent / 100
        self.edited.emit(fields, "start")

    def _change_end(self, percent: int) -> None:
        fields = {"end": percent / 100}
        if percent < self.start.value():
            fields["start"] = percent / 100
        self.edited.emit(fields, "end")

    def _choose_mode(self) -> None:
        self.edited.emit({"mode": self.mode.currentData(Qt.ItemDataRole.UserRole)}, "")

    def _choose_resize(self) -> None:
        self.edited.emit({"resize": self.resize_mode.currentData(Qt.ItemDataRole.UserRole)}, "")

    def _set_is_map(self, is_map: bool) -> None:
        self.edited.emit({"is_map": is_map}, "")

    def _change_place(self, place: object, merge: str) -> None:
        self.edited.emit({"place": place}, merge)

    def _change_option(self, name: str, value: OptionValue) -> None:
        self.option_edited.emit(name, value)
