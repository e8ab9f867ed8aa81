"""The menu bar, made of the window's actions, and the list of keys in the Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from app.theme import Appearance, Theme

if TYPE_CHECKING:
    from app.actions import Actions

MenuItems = tuple[QAction | None, ...]


def build_menus(window: QMainWindow, actions: Actions, panels: list[QAction], appearance: QActionGroup) -> None:
    """Fill the window's menu bar. None is a separator."""
    tr = window.tr
    pictures = (actions.grid, actions.fit, actions.actual, actions.double, actions.previous, actions.next)
    places = (actions.full_screen, actions.hide_panels, actions.next_panel)
    menus: list[tuple[str, MenuItems]] = [
        (
            tr("&File"),
            (actions.open_settings, None, actions.save_as, actions.reveal, None, actions.quit),
        ),
        (
            tr("&Edit"),
            (
                actions.undo,
                actions.redo,
                None,
                actions.copy_picture,
                actions.copy_settings,
                actions.reuse,
                actions.star,
            ),
        ),
        (
            tr("&View"),
            (*pictures, None, *places, None, *panels, None, *appearance.actions()),
        ),
        (
            tr("&Generate"),
            (actions.generate, None, actions.go_to_prompt, actions.lock_seed, actions.roll_seed),
        ),
        (
            tr("&Queue"),
            (actions.pause, actions.cancel, actions.retry, actions.clear, None, actions.reconnect),
        ),
        (tr("&Help"), (actions.shortcuts, None, actions.about)),
    ]
    for title, items in menus:
        menu = window.menuBar().addMenu(title)
        for item in items:
            if item is None:
                menu.addSeparator()
            else:
                menu.addAction(item)


def appearance_actions(theme: Theme, parent: QObject) -> QActionGroup:
    """One of these is checked: as the system, dark, light."""
    group = QActionGroup(parent)
    names = {
        Appearance.SYSTEM: parent.tr("Colours of the system"),
        Appearance.DARK: parent.tr("Dark"),
        Appearance.LIGHT: parent.tr("Light"),
    }
    for appearance, name in names.items():
        action = group.addAction(name)
        action.setCheckable(True)
        action.setChecked(theme.appearance is appearance)
        action.setData(str(appearance))
    return group


class ShortcutsDialog(QDialog):
    """Every action that has a key, with its key."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(16, 16, 16, 16)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        rows = [action for action in actions.findChildren(QAction) if action.shortcuts()]
        for row, action in enumerate(rows):
            grid.addWidget(QLabel(action.text()), row, 0)
            key = QLabel(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            key.setObjectName("quiet")
            grid.addWidget(key, row, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(self.tr("Keyboard shortcuts"))
        scroll.setWidget(table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self.resize(420, 560)
