"""The numbers of an edit, as they concern its method; what does not is away. Bound to the project both ways."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QWidget

from app.canvas.painting.brush import LARGEST_PX, SMALLEST_PX
from app.widgets.flow_layout import FlowLayout
from app.widgets.project_keys import ProjectKeys
from app.widgets.wheel_guard import WheelGuard
from engine.messages import MASKED_CONTENTS, Margins
from engine.messages.edit import MAX_FEATHER, MAX_MARGIN, MAX_PADDING, MIN_STRENGTH, EditArea

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.canvas.painting.brush import BrushChoice
    from app.picture_edit import CanvasEdit
    from app.project import Project

# Frame, padding and arrows of a field for numbers.
SPIN_EDGES_PX, SOURCE_PX = 34, 260
AREAS: tuple[EditArea, ...] = get_args(EditArea)


class EditFields(QWidget):
    """Brush, strength, masked content, context, border and margins, in as many lines as it takes."""

    lines_changed = Signal()
    """Others are shown, which may take more lines or fewer."""

    def __init__(self, project: Project, choice: BrushChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project, self._choice = project, choice
        flow = FlowLayout(self, gap_px=12)
        flow.setContentsMargins(0, 0, 0, 0)
        self.brush = _spin(SMALLEST_PX, LARGEST_PX)
        self.strength = QDoubleSpinBox()
        self.strength.setRange(MIN_STRENGTH, 1.0)
        self.strength.setSingleStep(0.05)
        self.content, self.area = QComboBox(), QComboBox()
        self.source = QLineEdit()
        self.source.setMinimumWidth(SOURCE_PX)
        self.source.setPlaceholderText(self.tr("What the picture shows now"))
        self.padding, self.feather = _spin(0, MAX_PADDING, 8), _spin(0, MAX_FEATHER, 4)
        self.margins = {side: _spin(0, MAX_MARGIN) for side in Margins.__struct_fields__}
        contents = (self.tr("Colours around it"), self.tr("What is there"), self.tr("Noise"), self.tr("Nothing"))
        for content, name in zip(MASKED_CONTENTS, contents, strict=True):
            self.content.addItem(name, content)
        for area, name in zip(AREAS, (self.tr("Whole picture"), self.tr("Around the mask")), strict=True):
            self.area.addItem(name, area)
        sides = (self.tr("Left"), self.tr("Top"), self.tr("Right"), self.tr("Bottom"))
        self._of_mask: list[QWidget] = []
        self._of_frame = [
            self._add(flow, name, field, self.tr("Pixels to add at this side; or drag the frame's edge"))
            for name, field in zip(sides, self.margins.values(), strict=True)
        ]
        self._source = self._add(
            flow,
            self.tr("It shows"),
            self.source,
            self.tr("What the picture shows; the prompt says what it is to show"),
        )
        self._add(
            flow, self.tr("Strength"), self.strength, self.tr("How far from the picture the result may go; 1 is freely")
        )
        self._of_mask += [
            self._add(flow, self.tr("Start from"), self.content, self.tr("What the masked part holds at the start")),
            self._add(flow, self.tr("Context"), self.area, self.tr("What of the picture the model sees")),
        ]
        self._padding = self._add(
            flow, self.tr("Padding"), self.padding, self.tr("How much around the mask the model sees")
        )
        self._of_mask.append(
            self._add(flow, self.tr("Border"), self.feather, self.tr("Width of the soft border around the mask"))
        )
        self._brush = self._add(flow, self.tr("Brush"), self.brush, self.tr("Diameter of the brush  ([ and ])"))
        self._bind()
        self._show()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """The fields as the keyboard visits them."""
        masked = (self.source, self.strength, self.content, self.area, self.padding, self.feather, self.brush)
        return [*self.margins.values(), *masked]

    def _add(self, flow: FlowLayout, name: str, field: QWidget, tip: str) -> QWidget:
        """A label and its field, which stay together."""
        pair, label = QWidget(), QLabel(name)
        label.setObjectName("quiet")
        label.setBuddy(field)
        field.setAccessibleName(name)
        field.setToolTip(tip)
        if isinstance(field, QComboBox):
            field.view().setAccessibleName(name)
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(field)
        flow.addWidget(pair)
        return pair

    def _bind(self) -> None:
        self.strength.valueChanged.connect(self._set_strength)
        self.source.textEdited.connect(partial(self._set, "source_prompt"))
        self.content.activated.connect(partial(self._choose, self.content, "content"))
        self.area.activated.connect(partial(self._choose, self.area, "area"))
        self.padding.valueChanged.connect(partial(self._set, "padding"))
        self.feather.valueChanged.connect(partial(self._set, "feather"))
        for side, field in self.margins.items():
            field.valueChanged.connect(partial(self._set_margin, side))
        self.brush.valueChanged.connect(self._set_brush)
        self._choice.changed.connect(self._show_brush)
        self._project.edit_changed.connect(self._show)
        self._project.models_changed.connect(self._show)
        guard = WheelGuard(self)
        for field in self.in_tab_order:
            if field is not self.source:
                guard.guard(field)
        keys = ProjectKeys(self)
        for field in (self.strength, self.padding, self.feather, self.brush, *self.margins.values()):
            keys.guard(field.lineEdit())
        keys.guard(self.source)

    def _change(self, name: str, after: CanvasEdit) -> None:
        self._project.change_canvas(self.tr("edit settings"), after, merge=f"edit {name}")

    def _set_strength(self, strength: float) -> None:
        self._change("strength", self._project.canvas.with_strength(round(strength, 2)))

    def _set(self, name: str, value: int | str) -> None:
        self._change(name, replace(self._project.canvas, **{name: value}))

    def _choose(self, field: QComboBox, name: str, *_: object) -> None:
        self._change(name, self._project.canvas.resized(**{name: field.currentData()}))

    def _set_margin(self, side: str, value: int) -> None:
        canvas = self._project.canvas
        self._change(f"margin {side}", canvas.resized(margins=replace(canvas.margins, **{side: value})))

    def _set_brush(self, size: int) -> None:
        self._choice.choose(size=size)

    def _show_brush(self) -> None:
        with QSignalBlocker(self.brush):
            self.brush.setValue(self._choice.brush.size)

    def _show(self) -> None:
        canvas, spec = self._project.canvas, self._project.spec
        numbers: list[tuple[QSpinBox, int]] = [(self.padding, canvas.padding), (self.feather, canvas.feather)]
        numbers += [(field, int(getattr(canvas.margins, side))) for side, field in self.margins.items()]
        for field, value in numbers:
            _quietly(field, partial(field.setValue, value))
        if self.source.text() != canvas.source_prompt:
            self.source.setText(canvas.source_prompt)
        _quietly(self.strength, partial(self.strength.setValue, canvas.strength))
        self.content.setCurrentIndex(self.content.findData(canvas.content))
        self.area.setCurrentIndex(self.area.findData(canvas.area))
        self._show_brush()
        for field in self.margins.values():
            field.setSingleStep(spec.size_multiple if spec else 1)
        self._source.setVisible(canvas.method == "cycle")
        for pair in self._of_frame:
            pair.setVisible(canvas.method == "outpaint")
        for pair in (*self._of_mask, self._brush):
            pair.setVisible(canvas.takes_mask)
        self._padding.setVisible(canvas.takes_mask and canvas.area == "masked")
        self.lines_changed.emit()


def _spin(low: int, high: int, step: int = 1) -> QSpinBox:
    field = QSpinBox()
    field.setRange(low, high)
    field.setSingleStep(step)
    field.setSuffix(" px")
    # Four digits: Qt leaves room for more.
    field.setMaximumWidth(field.fontMetrics().horizontalAdvance("0000 px") + SPIN_EDGES_PX)
    field.setKeyboardTracking(False)
    return field


def _quietly(field: QWidget, change: Callable[[], object]) -> None:
    """Change a field without hearing of it."""
    with QSignalBlocker(field):
        change()
