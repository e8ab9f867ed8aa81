"""A field for frames a second: whole rates without a point, and 23.976 as it is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QWidget

DECIMALS = 3


class RateField(QDoubleSpinBox):
    """Frames a second, to a thousandth."""

    def __init__(self, least: float, most: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        self.setDecimals(DECIMALS)
        self.setSuffix(self.tr(" fps"))
        self.setAccessibleName(self.tr("Frames a second"))

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text
