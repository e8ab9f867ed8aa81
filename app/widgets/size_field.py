"""The size of the pictures: a few shapes that suit the model, and width and height for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QToolButton, QVBoxLayout, QWidget

from app.words import size_text
from engine.messages import MIN_SIDE, ModelSpec

if TYPE_CHECKING:
    from app.icons import Icons


WIDE = 1.6
"""Width over height from which a shape is called wide, and height over width from which it is called tall."""


def presets(spec: ModelSpec) -> list[tuple[str, int, int]]:
    """Shapes to offer, as (name, width, height).

    Those that the model was trained at, or else such as it can draw with about the number of pixels of its default; and
    a large one.
    """
    width, height = spec.default_width, spec.default_height
    longer = spec.nearest_side(round(width * 1.5))
    widest = spec.nearest_side(width * 2)
    usual = ((width, height), (longer, height), (height, longer), (widest, height))
    shapes = (*(spec.trained_sizes or usual), (widest, widest))
    return [(_shape_name(spec, *shape), *shape) for shape in dict.fromkeys(shapes)]


def _shape_name(spec: ModelSpec, width: int, height: int) -> str:
    if width == height:
        return "Square" if width <= spec.default_width else "Large square"
    if width > height:
        return "Wide" if width >= WIDE * height else "Landscape"
    return "Tall" if height >= WIDE * width else "Portrait"


class SizeField(QWidget):
    """A chooser of shapes; "Custom" opens width and height."""

    changed = Signal(dict)
    """Fields of the project that the artist changed."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shape = QComboBox()
        self.shape.setAccessibleName(self.tr("Size"))
        self.shape.view().setAccessibleName(self.tr("Sizes"))
        self.width_px, self.height_px = QSpinBox(), QSpinBox()
        self.width_px.setAccessibleName(self.tr("Width in pixels"))
        self.height_px.setAccessibleName(self.tr("Height in pixels"))
        self.swap = QToolButton()
        self.swap.setAccessibleName(self.tr("Swap width and height"))
        self.swap.setToolTip(self.tr("Swap width and height"))
        icons.dress(self.swap, "swap")
        self._custom = QWidget()
        sides = QHBoxLayout(self._custom)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(4)
        times = QLabel("\N{MULTIPLICATION SIGN}")
        times.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget, stretch in ((self.width_px, 1), (times, 0), (self.height_px, 1), (self.swap, 0)):
            sides.addWidget(widget, stretch)
        self.hint = QLabel()
        self.hint.setObjectName("quiet")
        self.hint.setWordWrap(True)
        self.hint.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.shape)
        column.addWidget(self._custom)
        column.addWidget(self.hint)
        self.setFocusProxy(self.shape)
        self._shapes: list[tuple[int, int]] = []
        self._spec: ModelSpec | None = None
        self.shape.activated.connect(self._choose)
        for field in (self.width_px, self.height_px):
            field.setKeyboardTracking(False)
            field.valueChanged.connect(self._report)
        self.swap.clicked.connect(self._swap)
        # Set by choosing "Custom": width and height then stay open, whatever they say.
        self._wants_custom = False
        self._custom.hide()

    def set_model(self, spec: ModelSpec) -> None:
        """Offer the shapes of this model."""
        names = {
            "Square": self.tr("Square"),
            "Landscape": self.tr("Landscape"),
            "Portrait": self.tr("Portrait"),
            "Wide": self.tr("Wide"),
            "Tall": self.tr("Tall"),
            "Large square": self.tr("Large square"),
        }
        self._spec = spec
        self.shape.clear()
        self._shapes.clear()
        for name, width, height in presets(spec):
            self.shape.addItem(f"{names[name]}  {size_text(width, height)}")
            self._shapes.append((width, height))
        self.shape.addItem(self.tr("Custom…"))
        for field in (self.width_px, self.height_px):
            with QSignalBlocker(field):
                field.setRange(spec.nearest_side(MIN_SIDE), spec.max_side)
            field.setSingleStep(spec.size_multiple)
            field.setToolTip(
                self.tr("A multiple of {multiple}, at most {most}").format(
                    multiple=spec.size_multiple, most=spec.max_side
                )
            )

    def show_size(self, width: int, height: int) -> None:
        """Show the project's size."""
        for field, value in ((self.width_px, width), (self.height_px, height)):
            with QSignalBlocker(field):
                field.setMaximum(max(field.maximum(), value))
                field.setValue(value)
        is_custom = self._wants_custom or (width, height) not in self._shapes
        row = self.shape.count() - 1 if is_custom else self._shapes.index((width, height))
        self.shape.setCurrentIndex(row)
        self._custom.setVisible(is_custom and row >= 0)
        hint = self._hint_of(width, height)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def _hint_of(self, width: int, height: int) -> str:
        """What a model of a few sizes makes of this one; empty for its best, and for models of any size."""
        spec = self._spec
        if spec is None or not spec.trained_sizes:
            return ""
        best, drawn = (spec.default_width, spec.default_height), spec.drawn_size(width, height)
        if drawn != (width, height):
            words, size = self.tr("{model} draws this at {size} and enlarges it: larger, not finer."), drawn
        elif drawn != best:
            words, size = self.tr("{model} draws best at {size}. At other sizes things blur and may come twice."), best
        else:
            return ""
        return words.format(model=spec.title, size=size_text(*size).replace(" ", "\N{NO-BREAK SPACE}"))

    def _choose(self, row: int) -> None:
        is_custom = row == len(self._shapes)
        self._wants_custom = is_custom
        self._custom.setVisible(is_custom)
        if not is_custom:
            width, height = self._shapes[row]
            self.changed.emit({"width": width, "height": height})

    def _report(self) -> None:
        self.changed.emit({"width": self.width_px.value(), "height": self.height_px.value()})

    def _swap(self) -> None:
        self.changed.emit({"width": self.height_px.value(), "height": self.width_px.value()})
