"""The rows of the control layers, in order, each keeping its widgets while the layers change around it."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.control_row import ControlRow
from app.widgets.drop_mark import LINE_PX, DropMark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.control_edit import ControlEdit
    from app.icons import Icons
    from app.pictures import PictureCache
    from app.theme import Theme
    from engine.messages import ModelSpec

GAP_PX = 8


class LayerList(QWidget):
    """Signals carry the number of the layer, from 0, and what `ControlRow` says."""

    changed = Signal(int, object, str)
    removed = Signal(int)
    pressed = Signal(str, int)
    """What is wanted of a layer: "picture", "mask", "adapter", "map", "edit map" or "region"."""
    reordered = Signal()
    """Other rows, or in another order, or folded otherwise: the keyboard's way has changed."""

    def __init__(self, cache: PictureCache, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._cache, self._theme, self._icons = cache, theme, icons
        self.rows: list[ControlRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 4, 12, 12)
        self._column.setSpacing(GAP_PX)
        self._column.addStretch(1)
        self._mark = DropMark(theme, self)

    def show_layers(self, controls: Sequence[ControlEdit], spec: ModelSpec | None, *, for_video: bool) -> None:
        """Show these layers. A layer that was there keeps its row, wherever it went."""
        rows = self._rows_for(controls)
        if rows != self.rows:
            for row in set(self.rows) - set(rows):
                self._column.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = rows
            for place, row in enumerate(rows):
                self._column.removeWidget(row)
                self._column.insertWidget(place, row)
                row.show()
        for number, (row, control) in enumerate(zip(rows, controls, strict=True), 1):
            row.show_layer(control, number, spec, for_video=for_video)
        for first, second in pairwise([field for row in rows for field in row.in_tab_order]):
            QWidget.setTabOrder(first, second)
        self.reordered.emit()

    def place_at(self, y: int) -> int:
        """Before which layer something lands that is dropped at this height; their number for behind all."""
        return sum(1 for row in self.rows if y > row.geometry().center().y())

    def mark(self, place: int) -> None:
        """Show where a drag would land."""
        last = self.rows[-1].geometry().bottom() + 1
        top = self.rows[place].y() - GAP_PX if place < len(self.rows) else last
        self._mark.show_at(QRect(12, max(0, top + (GAP_PX - LINE_PX) // 2), self.width() - 24, LINE_PX))

    def unmark(self) -> None:
        """The drag has gone."""
        self._mark.hide()

    def _rows_for(self, controls: Sequence[ControlEdit]) -> list[ControlRow]:
        """Each layer's row: that which showed it, else one whose layer is no more, else a new one."""
        left = list(self.rows)
        found: dict[int, ControlRow] = {}
        for place, control in enumerate(controls):
            row = next((row for row in left if row.control == control), None)
            if row is not None:
                left.remove(row)
                found[place] = row
        # What has changed is still in its place when nothing was added or removed.
        is_same_length = len(controls) == len(self.rows)
        return [
            found.get(place) or (left.pop(0) if left and is_same_length else self._make(control))
            for place, control in enumerate(controls)
        ]

    def _make(self, control: ControlEdit) -> ControlRow:
        row = ControlRow(control, self._cache, self._theme, self._icons, self)
        row.changed.connect(partial(self._change, row))
        row.remove_pressed.connect(partial(self._remove, row))
        for what, signal in (
            ("picture", row.picture_pressed),
            ("mask", row.mask_pressed),
            ("adapter", row.adapter_pressed),
            ("map", row.map_pressed),
            ("edit map", row.edit_map_pressed),
            ("region", row.region_pressed),
        ):
            signal.connect(partial(self._press, row, what))
        row.dragged.connect(partial(self._drag, row))
        row.folded.connect(self.reordered)
        return row

    def _change(self, row: ControlRow, control: ControlEdit, merge: str) -> None:
        # A drag is one step by itself; other changes join those of the same row.
        self.changed.emit(self.rows.index(row), control, merge and f"{merge} of {id(row)}")

    def _remove(self, row: ControlRow) -> None:
        self.removed.emit(self.rows.index(row))

    def _press(self, row: ControlRow, what: str) -> None:
        self.pressed.emit(what, self.rows.index(row))

    def _drag(self, row: ControlRow) -> None:
        index = self.rows.index(row)
        row.thumb.drag(index)
