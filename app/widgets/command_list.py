"""The rows of the command palette: which commands fit what is typed, and how one looks.

Owns ranking and painting. Typing and running are the palette's.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.actions import key_text
from app.fuzzy import Fit, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.commands import Command
    from app.jobs import AnyIndex
    from app.theme import Theme

PAD_PX, GAP_PX, TICK_PX = 12, 16, 20


class CommandRole(IntEnum):
    """What the palette asks of a row beside its text."""

    COMMAND = Qt.ItemDataRole.UserRole + 1
    LETTERS = Qt.ItemDataRole.UserRole + 2
    """Places in the text that what is typed hits."""


class CommandRows(QAbstractListModel):
    """The commands that fit, best first; those that cannot be used now come last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: list[Command] = []
        self._rows: list[tuple[Command, Fit]] = []

    def set_commands(self, commands: Sequence[Command]) -> None:
        """Offer these, in this order while nothing is typed."""
        self._commands = list(commands)
        self.show_fitting("")

    def show_fitting(self, typed: str) -> None:
        """Show the commands that `typed` fits."""
        found = [(command, hit) for command in self._commands if (hit := _fit(typed, command)) is not None]
        if typed.strip():
            found.sort(key=lambda row: row[1].score, reverse=True)
        found.sort(key=lambda row: not row[0].action.isEnabled())
        self.beginResetModel()
        self._rows = found
        self.endResetModel()

    @property
    def usable(self) -> int:
        """How many rows, from above, can be used now."""
        return sum(command.action.isEnabled() for command, _ in self._rows)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        command, hit = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return command.text
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = (command.text, command.place, key_text(command.action.shortcuts()))
                return ", ".join(part for part in parts if part)
            case CommandRole.COMMAND:
                return command
            case CommandRole.LETTERS:
                return hit.letters
            case _:
                return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable
        is_usable = self._rows[index.row()][0].action.isEnabled()
        return flags | Qt.ItemFlag.ItemIsEnabled if is_usable else flags


def _fit(typed: str, command: Command) -> Fit | None:
    """By the name, else by menu and name; letters are places in the name."""
    hit = fit(typed, command.text)
    if hit is not None:
        return hit
    whole = f"{command.place} {command.text}"
    hit = fit(typed, whole)
    if hit is None:
        return None
    before = len(command.place) + 1
    return Fit(hit.score - 200, tuple(at - before for at in hit.letters if at >= before))


class CommandDelegate(QStyledItemDelegate):
    """Paints a tick, the name with the letters that were hit, the menu, and the key at the right."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        return QSize(200, self._theme.row_px)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        command = cast("Command", index.data(CommandRole.COMMAND))
        letters = cast("tuple[int, ...]", index.data(CommandRole.LETTERS))
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        is_usable = command.action.isEnabled()
        metrics = option.fontMetrics
        painter.save()
        if is_chosen:
            painter.fillRect(option.rect, tokens.color("accent_fill"))
        strong = tokens.color("on_accent" if is_chosen else "text" if is_usable else "faint")
        quiet = tokens.color("on_accent" if is_chosen else "quiet" if is_usable else "faint")
        row = option.rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
        if command.action.isCheckable():
            painter.setPen(strong)
            tick = "✓" if command.action.isChecked() else ""
            painter.drawText(QRect(row.left(), row.top(), TICK_PX, row.height()), Qt.AlignmentFlag.AlignVCenter, tick)
        row.setLeft(row.left() + TICK_PX)
        key = key_text(command.action.shortcuts()[:1])
        painter.setPen(quiet)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, key)
        row.setRight(row.right() - metrics.horizontalAdvance(key) - GAP_PX)
        painter.setPen(strong)
        used = _paint_name(painter, option.font, row, command.text, letters)
        row.setLeft(row.left() + used + GAP_PX)
        painter.setPen(quiet)
        place = metrics.elidedText(command.place, Qt.TextElideMode.ElideRight, max(0, row.width()))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, place)
        painter.restore()


def _paint_name(painter: QPainter, font: QFont, row: QRect, name: str, letters: tuple[int, ...]) -> int:
    """Write a name with some letters bold and underlined; returns its width in pixels."""
    bold = QFont(font)
    bold.setBold(True)
    bold.setUnderline(True)
    left = row.left()
    for run, is_hit in _runs(name, frozenset(letters)):
        width = QFontMetrics(bold if is_hit else font).horizontalAdvance(run)
        painter.setFont(bold if is_hit else font)
        place = QRect(left, row.top(), min(width, max(0, row.right() - left)), row.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, run)
        left += width
    painter.setFont(font)
    return left - row.left()


def _runs(name: str, letters: frozenset[int]) -> list[tuple[str, bool]]:
    """The name in stretches of hit and other letters: kerning and ligatures need neighbours to stay together."""
    runs: list[tuple[str, bool]] = []
    for at, letter in enumerate(name):
        is_hit = at in letters
        if runs and runs[-1][1] is is_hit:
            runs[-1] = (runs[-1][0] + letter, is_hit)
        else:
            runs.append((letter, is_hit))
    return runs
