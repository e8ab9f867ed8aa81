"""The seed: a whole number up to 2^63 - 1, a lock that keeps it, and dice that roll a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from engine.messages import MAX_SEED, draw_seed

if TYPE_CHECKING:
    from app.icons import Icons


class SeedField(QWidget):
    """Unlocked, every Generate draws a new seed, which is shown; typing a seed locks it."""

    changed = Signal(dict)
    """Fields of the project that the artist changed."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self.number = QLineEdit()
        self.number.setAccessibleName(self.tr("Seed"))
        self.number.setToolTip(self.tr("The same seed and settings make the same picture"))
        self.number.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{1,19}"), self))
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setAccessibleName(self.tr("Lock seed"))
        self.dice = QToolButton()
        self.dice.setAccessibleName(self.tr("Roll a new seed"))
        icons.dress(self.dice, "dice")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.number, 1)
        row.addWidget(self.lock)
        row.addWidget(self.dice)
        self.setFocusProxy(self.number)
        self.number.textEdited.connect(self._type)
        self.number.editingFinished.connect(self._show_held)
        self.lock.clicked.connect(self._lock)
        self.dice.clicked.connect(self.roll)
        self._held = 0
        self.show_seed(0, locked=False)

    def show_seed(self, seed: int, *, locked: bool) -> None:
        """Show the project's seed."""
        self._held = seed
        if not (self.number.hasFocus() and self.number.text() == ""):
            self._show_held()
        self.lock.setChecked(locked)
        self._icons.dress(self.lock, "lock" if locked else "unlock", "accent_text" if locked else "text")
        self.lock.setToolTip(
            self.tr("Locked: Generate makes the same pictures again")
            if locked
            else self.tr("Unlocked: every Generate draws a new seed")
        )
        self.dice.setEnabled(locked)
        self.dice.setToolTip(
            self.tr("Roll a new seed")
            if locked
            else self.tr("Every Generate rolls a new seed; lock it to roll by hand")
        )

    def roll(self) -> None:
        """Draw a new seed now."""
        self.changed.emit({"seed": draw_seed(), "seed_locked": True})

    def _lock(self, locked: bool) -> None:
        self.changed.emit({"seed_locked": locked})

    def _type(self, text: str) -> None:
        if text:
            self.changed.emit({"seed": min(int(text), MAX_SEED), "seed_locked": True})

    def _show_held(self) -> None:
        if self.number.text() != str(self._held):
            self.number.setText(str(self._held))
