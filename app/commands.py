"""Every action of the window as a command: what it is called and in which menu it is. The menu bar is the list.

Owns the walk through the menus. What a command does is its action's business; how it is found is the palette's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QMenu

from app.actions import plain_text

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenuBar


class Command(NamedTuple):
    """An action, and the menus that lead to it, as one reads them."""

    action: QAction
    place: str

    @property
    def text(self) -> str:
        """What the artist calls it."""
        return plain_text(self.action)


def commands_of(bar: QMenuBar) -> list[Command]:
    """Every action in the menus that is to be seen, in their order, each once."""
    found: dict[QAction, Command] = {}
    for title in bar.actions():
        menu = title.menu()
        if isinstance(menu, QMenu):
            _collect(menu, plain_text(title), found)
    return list(found.values())


def _collect(menu: QMenu, place: str, found: dict[QAction, Command]) -> None:
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            _collect(inner, f"{place}, {plain_text(action)}", found)
        elif not action.isSeparator() and action.isVisible():
            found.setdefault(action, Command(action, place))
