"""The dialog of an X/Y grid: two settings, the values for each, and how many pictures that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.grid_axes import Axis, example_of, read_axis, read_name
from app.grid_words import grid_error
from app.words import size_text
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_PX = 460


class GridDialog(QDialog):
    """Stays open until a grid is made or it is cancelled; what was typed is there the next time."""

    wanted = Signal(object, object)
    """The axes, x and y; y is None for a single row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Make a grid"))
        self.setMinimumWidth(LEAST_PX)
        self.names, self.values, self._hints = (
            (QComboBox(), QComboBox()),
            (QLineEdit(), QLineEdit()),
            (_hint(), _hint()),
        )
        titles = (self.tr("Across"), self.tr("Down"))
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(4)
        fields.setColumnStretch(2, 1)
        for row, (title, name, field, hint) in enumerate(
            zip(titles, self.names, self.values, self._hints, strict=True)
        ):
            name.setAccessibleName(self.tr("{side}: setting").format(side=title))
            field.setAccessibleName(self.tr("{side}: values").format(side=title))
            label = QLabel(title)
            label.setBuddy(name)
            for column, widget in enumerate((label, name, field)):
                fields.addWidget(widget, 2 * row, column)
            fields.addWidget(hint, 2 * row + 1, 2)
            name.currentIndexChanged.connect(self._show)
            field.textChanged.connect(self._show)
        self.count, self.error = QLabel(), QLabel()
        self.count.setObjectName("quiet")
        self.error.setObjectName("bad")
        self.error.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.make = buttons.addButton(self.tr("Make grid"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.make.setObjectName("primary")
        self.make.setDefault(True)
        buttons.accepted.connect(self._want)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(fields)
        column.addWidget(self.count)
        column.addWidget(self.error)
        column.addWidget(buttons)

    def offer(self, parameters: Mapping[str, str], examples: Mapping[str, str]) -> None:
        """Take over what can be varied now.

        Args:
            parameters: What it is called in the window, by the names of `grid_axes`.
            examples: Values to begin with, by the same names; `grid_axes` has some for the others.
        """
        self._examples = dict(examples)
        for side, box in enumerate(self.names):
            before = str(box.currentData() or "")
            with QSignalBlocker(box):
                box.clear()
                if side:
                    box.addItem(self.tr("Nothing"), "")
                for name, words in parameters.items():
                    box.addItem(words, name)
                box.setCurrentIndex(max(0, box.findData(before)))
        self._show()

    def show_error(self, message: str) -> None:
        """Say why no grid is made; empty takes the message away."""
        self.error.setText(message)
        self.error.setVisible(bool(message))
        self.adjustSize()

    def axes(self) -> Sequence[Axis]:
        """The axes as they are typed, x first.

        Raises:
            BadInputError: One has no values, or some that are none.
        """
        chosen = [
            (str(name.currentData() or ""), field.text()) for name, field in zip(self.names, self.values, strict=True)
        ]
        return [read_axis(name, typed) for name, typed in chosen if name]

    def _show(self) -> None:
        for name, field, hint in zip(self.names, self.values, self._hints, strict=True):
            chosen = str(name.currentData() or "")
            field.setEnabled(bool(chosen))
            example = self._examples.get(chosen) or (example_of(read_name(chosen).parameter) if chosen else "")
            field.setPlaceholderText(example)
            words = self.tr("First the words to replace, then others for them") if chosen == "prompt" else ""
            hint.setText(words or (self.tr("For example {values}").format(values=example) if example else ""))
        try:
            axes = self.axes()
        except BadInputError as error:
            self.make.setEnabled(False)
            self.count.setText(grid_error(error) if any(field.text() for field in self.values) else "")
        else:
            self.make.setEnabled(True)
            width, height = len(axes[0].values), len(axes[1].values) if len(axes) > 1 else 1
            words = self.tr("{size}: %n pictures", "", width * height)
            self.count.setText(words.format(size=size_text(width, height)))
        self.show_error("")

    def _want(self) -> None:
        axes = self.axes()
        self.wanted.emit(axes[0], axes[1] if len(axes) > 1 else None)


def _hint() -> QLabel:
    label = QLabel()
    label.setObjectName("quiet")
    label.setWordWrap(True)
    return label
