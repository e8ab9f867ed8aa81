"""The settings below the prompt: what to keep out, how large, how many or how long, from which seed, with which model.

It edits the project and shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.widgets.project_keys import ProjectKeys
from app.widgets.prompt_edit import PromptEdit
from app.widgets.seed_field import SeedField
from app.widgets.size_field import SizeField
from app.widgets.video_fields import DevicesField, LengthField, SpeedField
from engine.messages import MAX_COUNT, MAX_GUIDANCE, ModelSpec

if TYPE_CHECKING:
    from app.icons import Icons
    from app.project import Project
    from app.theme import Theme

NEGATIVE_ROWS = 2
NUMBER_PX, SPEED_PX = 64, 76


class SettingsForm(QWidget):
    """Fields bound to the project both ways."""

    def __init__(self, project: Project, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.negative = PromptEdit(theme)
        self.negative.set_rows(1)
        self.negative.setAccessibleName(self.tr("Negative prompt"))
        self.size_field = SizeField(icons)
        self.count, self.steps, self.guidance = QSpinBox(), QSpinBox(), QDoubleSpinBox()
        self.count.setRange(1, MAX_COUNT)
        self.count.setAccessibleName(self.tr("Number of pictures"))
        self.steps.setAccessibleName(self.tr("Steps"))
        self.guidance.setRange(0.0, MAX_GUIDANCE)
        self.guidance.setSingleStep(0.5)
        self.guidance.setDecimals(1)
        self.guidance.setAccessibleName(self.tr("Guidance"))
        self.length, self.speed, self.devices = LengthField(project), SpeedField(project), DevicesField(project)
        for field in (self.count, self.steps, self.guidance, self.length.frames):
            # By themselves they ask for room for their largest number; languages with long labels have none.
            field.setMinimumWidth(NUMBER_PX)
        self.speed.setMinimumWidth(SPEED_PX)
        self._of_pictures: list[QWidget] = []
        self._of_takes: list[QWidget] = []
        self.seed = SeedField(icons)
        self.model = QComboBox()
        self.model.setAccessibleName(self.tr("Model"))
        self.model.view().setAccessibleName(self.tr("Models"))
        self._lay_out()
        self._bind()
        self._show_models()
        self._show(set(project.edit.__struct_fields__))

    @property
    def in_tab_order(self) -> list[QWidget]:
        """The fields as the keyboard visits them."""
        size, seed = self.size_field, self.seed
        fields: list[QWidget] = [self.negative, size.shape, size.width_px, size.height_px, size.swap, self.count]
        fields[-1:-1] = [self.length.frames]
        return [
            *fields,
            self.speed,
            self.steps,
            seed.number,
            seed.lock,
            seed.dice,
            self.guidance,
            self.model,
            self.devices,
        ]

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._label(self.tr("Negative prompt"), self.negative))
        column.addWidget(self.negative)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        rows: list[list[tuple[str, QWidget]]] = [
            [(self.tr("Size"), self.size_field)],
            [(self.tr("Length"), self.length)],
            [(self.tr("Count"), self.count), (self.tr("Steps"), self.steps)],
            [(self.tr("Seed"), self.seed)],
            [(self.tr("Guidance"), self.guidance)],
            [(self.tr("Model"), self.model)],
            [(self.tr("Devices"), self.devices)],
        ]
        for row, fields in enumerate(rows):
            for place, (text, field) in enumerate(fields):
                top = Qt.AlignmentFlag.AlignTop if field is self.size_field else Qt.AlignmentFlag.AlignVCenter
                label = self._label(text, field)
                grid.addWidget(label, row, 2 * place, top)
                span = 3 if len(fields) == 1 and field is not self.guidance else 1
                grid.addWidget(field, row, 2 * place + 1, 1, span)
                if field in (self.length, self.devices):
                    self._of_takes += [label, field]
                elif field is self.count:
                    self._of_pictures += [label, field]
                    # A take has its speed where pictures have their number.
                    label = self._label(self.tr("Speed"), self.speed)
                    grid.addWidget(label, row, 0, top)
                    grid.addWidget(self.speed, row, 1)
                    self._of_takes += [label, self.speed]
        column.addSpacing(4)
        column.addLayout(grid)

    def _label(self, text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text)
        label.setObjectName("quiet")
        label.setBuddy(buddy)
        if buddy is self.size_field:
            label.setFixedHeight(self.count.sizeHint().height())
        return label

    def _bind(self) -> None:
        self.negative.edited.connect(self._type_negative)
        self.size_field.changed.connect(self._change_fields)
        self.seed.changed.connect(self._change_fields)
        self.count.valueChanged.connect(self._change_count)
        self.steps.valueChanged.connect(self._change_steps)
        self.guidance.valueChanged.connect(self._change_guidance)
        self.model.activated.connect(self._choose_model)
        self._project.edit_changed.connect(self._show)
        self._project.models_changed.connect(self._show_models)
        keys = ProjectKeys(self)
        spins: list[QAbstractSpinBox] = [
            self.count,
            self.steps,
            self.guidance,
            self.size_field.width_px,
            self.size_field.height_px,
        ]
        spins += [self.length.frames, self.speed]
        for field in (self.negative, self.seed.number, *(spin.lineEdit() for spin in spins)):
            keys.guard(field)

    def _type_negative(self, text: str) -> None:
        self._project.change(self.tr("typing"), negative_prompt=text)

    def _change_fields(self, fields: dict[str, object]) -> None:
        self._project.change(self.tr("settings"), **fields)

    def _change_count(self, count: int) -> None:
        self._project.change(self.tr("settings"), count=count)

    def _change_steps(self, steps: int) -> None:
        if self._project.video.is_active:
            after = replace(self._project.video, steps=steps)
            self._project.change_video(self.tr("settings"), after, merge="steps")
        elif self._project.edit.is_editing:
            after = replace(self._project.canvas, steps=steps)
            self._project.change_canvas(self.tr("settings"), after, merge="steps")
        else:
            self._project.change(self.tr("settings"), steps=steps)

    def set_devices(self, names: dict[str, str]) -> None:
        """Offer these devices for takes: names as the engine knows them, and what people call them."""
        self.devices.set_devices(names)

    def _change_guidance(self, scale: float) -> None:
        self._project.change(self.tr("settings"), guidance_scale=scale)

    def _choose_model(self) -> None:
        self._project.choose_model(str(self.model.currentData()))

    def _show(self, changed: set[str]) -> None:
        edit = self._project.edit
        self.seed.show_seed(edit.seed, locked=edit.seed_locked)
        if changed and changed <= {"seed", "seed_locked"}:
            return  # every Generate draws one: nothing else is shown, and painted, anew
        self.negative.show_text(edit.negative_prompt)
        if changed & {"width", "height"}:
            self.size_field.show_size(edit.width, edit.height)
        self._show_kind()
        steps = edit.video.steps if edit.video.is_active else edit.steps
        if edit.is_editing:
            steps = edit.canvas.steps_for(self._project.spec)
        for field, value in ((self.count, edit.count), (self.steps, steps)):
            with QSignalBlocker(field):
                field.setMaximum(max(field.maximum(), value))
                field.setValue(value)
        with QSignalBlocker(self.guidance):
            self.guidance.setValue(edit.guidance_scale)
        if "model" in changed:
            self._show_model()

    def _show_kind(self) -> None:
        """Fields of pictures or of takes."""
        is_video = self._project.video.is_active
        is_editing = self._project.edit.is_editing
        self.size_field.setEnabled(not is_editing)
        self.size_field.setToolTip(self.tr("The size follows the picture that is edited") if is_editing else "")
        for field in self._of_pictures:
            field.setVisible(not is_video)
        for field in self._of_takes:
            field.setVisible(is_video)
        if is_video:
            self.length.show_length()
            self.speed.show_speed()
            self.devices.show_devices()

    def _show_models(self) -> None:
        self.model.clear()
        for spec in self._project.models:
            self.model.addItem(spec.title, spec.name)
            self.model.setItemData(self.model.count() - 1, spec.description, Qt.ItemDataRole.ToolTipRole)
        self._show_model()
        self._show(set())

    def _show_model(self) -> None:
        name, spec = self._project.edit.model, self._project.spec
        row = self.model.findData(name)
        if row < 0:
            # Not listed (yet): still say which one the request names.
            self.model.addItem(name.rsplit("/", 1)[-1].capitalize(), name)
            row = self.model.count() - 1
        self.model.setCurrentIndex(row)
        self._show_abilities(spec or ModelSpec(name=name, title=name.capitalize(), family="", folder="", licence=""))

    def _show_abilities(self, spec: ModelSpec) -> None:
        edit = self._project.edit
        self.model.setToolTip(spec.description)
        self.size_field.set_model(spec)
        self.size_field.show_size(edit.width, edit.height)
        with QSignalBlocker(self.steps):
            self.steps.setRange(1, max(spec.max_steps, edit.steps, edit.video.steps))
        self.negative.setEnabled(spec.takes_negative)
        self.negative.set_rows(NEGATIVE_ROWS if spec.takes_negative else 1)
        self.guidance.setEnabled(spec.takes_guidance)
        no_negative = self.tr("{model} takes no negative prompt").format(model=spec.title)
        no_guidance = self.tr("{model} takes no guidance").format(model=spec.title)
        self.negative.setPlaceholderText(self.tr("What to keep out") if spec.takes_negative else no_negative)
        self.negative.setToolTip("" if spec.takes_negative else no_negative)
        self.guidance.setToolTip(self.tr("How closely to follow the prompt") if spec.takes_guidance else no_guidance)
