"""A label of one line that shortens its text instead of widening the window."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import bidirectional

# Parts of the first frame: `Qt` and QPainter are loaded when a line is shortened (see `app.opening`).
from PySide6 import QtCore, QtGui
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_LEFTWARD = ("R", "AL", "RLE", "RLO", "RLI")
"""Unicode's classes of letters and marks that run from right to left: QLabel puts such a line at the right."""


class ElidedLabel(QLabel):
    """Keeps the whole text for tooltips and screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("textFormat", "PlainText")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QtCore.QSize:
        return QtCore.QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        line = " ".join(self.text().splitlines())
        width = self.contentsRect().width()
        # QLabel has tab stops; here a tab is a space like any other.
        if line == self.text() and "\t" not in line and self._fits(line, width):
            super().paintEvent(event)
            return
        painter = QtGui.QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(line, QtCore.Qt.TextElideMode.ElideRight, width)
        painter.drawText(self.contentsRect(), int(self.alignment() | QtCore.Qt.AlignmentFlag.AlignVCenter), shown)

    def _fits(self, line: str, width: int) -> bool:
        """Whether QLabel paints the line just as it is painted here."""
        # Not with QFontMetrics, which rounds: a line that is wider by less than half a pixel is shortened.
        if QtGui.QFontMetricsF(self.font()).horizontalAdvance(line) > width:
            return False
        return line.isascii() or not any(bidirectional(letter) in _LEFTWARD for letter in line)
