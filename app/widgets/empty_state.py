"""What a panel shows when it has nothing: one sentence and one button, and at most one more thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class EmptyState(QWidget):
    """All centred; `other` is the second button, quieter than the first."""

    pressed = Signal()

    def __init__(self, sentence: str, button: str, other: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = QLabel(sentence)
        self.sentence.setObjectName("quiet")
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton(button)
        self.button.clicked.connect(self.pressed)
        self.other = QPushButton(other)
        self.other.setObjectName("link")
        if not other:
            self.other.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.other.hide()
        column = QVBoxLayout(self)
        # Little above and below: centred it is anyway, and in a low panel no line may be cut.
        column.setContentsMargins(16, 4, 16, 4)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self.sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
