"""One layer in the control panel: whether it is on, what it is, how strong; all else unfolds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.control_words import fixed_settings, kind_title, why_idle
from app.widgets.control_details import ControlDetails
from app.widgets.elided_combo import ElidedCombo
from app.widgets.layer_thumb import LayerThumb
from app.widgets.weight_field import WeightField
from app.widgets.wheel_guard import WheelGuard
from engine.messages.detectors import DETECTORS

if TYPE_CHECKING:
    from app.control_edit import ControlEdit
    from app.icons import Icons
    from app.pictures import PictureCache
    from app.theme import Theme
    from engine.messages import ModelSpec


class ControlRow(QFrame):
    """Shows one layer. What is changed goes out as a whole layer; files are asked for by signals."""

    changed = Signal(object, str)
    """A ControlEdit, and what joins its changes to one step of undo; empty for nothing."""
    remove_pressed = Signal()
    map_pressed = Signal()
    edit_map_pressed = Signal()
    region_pressed = Signal()
    picture_pressed = Signal()
    mask_pressed = Signal()
    adapter_pressed = Signal()
    dragged = Signal()
    folded = Signal()

    def __init__(
        self, control: ControlEdit, cache: PictureCache, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.control = control
        self._icons = icons
        self.on, self.kind, self.weight = QCheckBox(), ElidedCombo(), WeightField()
        self.thumb = LayerThumb(cache, theme, icons)
        self.fold, self.remove, self.map = QToolButton(), QToolButton(), QToolButton()
        self.edit_map, self.region = QToolButton(), QToolButton()
        self.reason = QLabel()
        self.reason.setObjectName("warn")
        self.reason.setWordWrap(True)
        self.details = ControlDetails(icons)
        self.details.hide()
        icons.dress(self.remove, "cancel", "quiet")
        icons.dress(self.map, "map")
        icons.dress(self.edit_map, "edit")
        icons.dress(self.region, "brush")
        WheelGuard(self).guard(self.kind)
        self._lay_out()
        self._bind()
        self.unfold(is_open=False)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        head: list[QWidget] = [self.on, self.thumb, self.kind, self.region, self.fold, self.remove]
        return [*head, *self.weight.in_tab_order, self.map, self.edit_map, *self.details.in_tab_order]

    @property
    def is_unfolded(self) -> bool:
        return not self.details.isHidden()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(0)
        first.addWidget(self.kind, 1)
        first.addSpacing(4)
        first.addWidget(self.region)
        first.addWidget(self.fold)
        first.addWidget(self.remove)
        second.setSpacing(0)
        second.addWidget(self.weight, 1)
        second.addSpacing(4)
        for button in (self.map, self.edit_map):
            second.addWidget(button)
        right = QVBoxLayout()
        right.setSpacing(2)
        right.addLayout(first)
        right.addLayout(second)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.on)
        head.addSpacing(4)
        head.addWidget(self.thumb)
        head.addSpacing(8)
        head.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.reason)
        column.addWidget(self.details)

    def _bind(self) -> None:
        self.on.clicked.connect(self._switch)
        self.kind.activated.connect(self._choose_kind)
        self.weight.changed.connect(self._weigh)
        self.fold.clicked.connect(self._toggle)
        self.remove.clicked.connect(self.remove_pressed)
        self.map.clicked.connect(self.map_pressed)
        self.edit_map.clicked.connect(self.edit_map_pressed)
        self.region.clicked.connect(self.region_pressed)
        self.thumb.clicked.connect(self.picture_pressed)
        self.thumb.dragged.connect(self.dragged)
        details = self.details
        details.edited.connect(self._edit)
        details.option_edited.connect(self._set_option)
        details.picture_pressed.connect(self.picture_pressed)
        details.mask_pressed.connect(self.mask_pressed)
        details.adapter_pressed.connect(self.adapter_pressed)

    def show_layer(self, control: ControlEdit, number: int, spec: ModelSpec | None, *, for_video: bool) -> None:
        """Show a layer, the `number`-th from 1, and whether the model can follow it."""
        self.control = control
        can_act = control.is_able(spec, for_video=for_video)
        self._show_kinds(control, spec)
        self.on.setChecked(control.enabled)
        self.thumb.show_layer(control, dimmed=not (control.enabled and can_act))
        self.weight.show_weight(control.weight)
        self.weight.setEnabled(can_act)
        self.reason.setText(why_idle(control, spec, for_video=for_video))
        self.reason.setToolTip(self.tr("Choose another model, or give the layer the folder of an adapter made for it"))
        self.reason.setVisible(control.enabled and not can_act)
        self.map.setEnabled(not control.is_map)
        self.map.setToolTip(self.tr("It is a map already") if control.is_map else self.tr("Show its map"))
        is_still = not control.is_moving
        for button in (self.edit_map, self.region):
            button.setEnabled(is_still)
        each = self.tr("It has a picture for each frame")
        self.edit_map.setToolTip(self.tr("Paint in its map, or move, scale and turn it") if is_still else each)
        self.region.setToolTip(self.tr("Paint where it acts") if is_still else each)
        layer = self.tr("Layer {number}").format(number=number)
        no_modes, no_steps = fixed_settings(spec, for_video=for_video)
        # What is fixed shows how the layer will act; the artist's own choice waits for a model that takes it.
        shown = control if for_video else control.within(spec)
        self.details.show_layer(shown, layer, can_act=can_act, no_modes=no_modes, no_steps=no_steps)
        self._name(layer, control)

    def unfold(self, *, is_open: bool) -> None:
        """Show all settings of the layer, or the head alone."""
        self.details.setVisible(is_open)
        self._icons.dress(self.fold, "fold" if is_open else "unfold", "quiet")
        self.fold.setToolTip(self.tr("Fewer settings") if is_open else self.tr("More settings"))

    def _show_kinds(self, control: ControlEdit, spec: ModelSpec | None) -> None:
        kinds = [detector.kind for detector in DETECTORS]
        if control.is_map:
            # A ready map may be of a kind that no detector makes.
            kinds += [kind for kind in (spec.controls if spec else ()) if kind not in kinds]
        kinds += [control.kind] if control.kind not in kinds else []
        if kinds != [self.kind.itemData(row) for row in range(self.kind.count())]:
            self.kind.clear()
            for kind in kinds:
                self.kind.addItem(kind_title(kind), kind)
        self.kind.setCurrentIndex(kinds.index(control.kind))
        self.kind.setToolTip(kind_title(control.kind))

    def _name(self, layer: str, control: ControlEdit) -> None:
        self.setAccessibleName(f"{layer}: {kind_title(control.kind)}, {control.name}")
        names: dict[QWidget, str] = {
            self.on: self.tr("{layer}: on"),
            self.thumb: self.tr("{layer}: its picture"),
            self.kind: self.tr("{layer}: kind"),
            self.kind.view(): self.tr("{layer}: kinds"),
            self.fold: self.tr("{layer}: more settings"),
            self.remove: self.tr("{layer}: remove"),
            self.map: self.tr("{layer}: show its map"),
            self.edit_map: self.tr("{layer}: paint and place its map"),
            self.region: self.tr("{layer}: paint its region"),
        }
        for widget, words in names.items():
            widget.setAccessibleName(words.format(layer=layer))
        self.on.setToolTip(self.tr("Switch this layer off") if control.enabled else self.tr("Switch this layer on"))
        self.remove.setToolTip(self.tr("Remove this layer"))
        self.weight.name(layer)

    def _toggle(self) -> None:
        self.unfold(is_open=not self.is_unfolded)
        self.folded.emit()

    def _edit(self, fields: dict[str, object], merge: str) -> None:
        self.changed.emit(replace(self.control, **fields), merge)

    def _switch(self, on: bool) -> None:
        self.changed.emit(replace(self.control, enabled=on), "")

    def _weigh(self, weight: float, merge: str) -> None:
        self.changed.emit(replace(self.control, weight=weight), merge)

    def _choose_kind(self) -> None:
        self.changed.emit(self.control.with_kind(str(self.kind.currentData())), "")

    def _set_option(self, name: str, value: bool | float) -> None:
        self.changed.emit(self.control.with_option(name, value), f"option {name}")
