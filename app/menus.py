"""The menu bar, made of the window's actions, and the list of keys in the Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.theme import Appearance, Theme

if TYPE_CHECKING:
    from app.actions import Actions
    from app.main_window import MenuTitles

MenuItems = tuple[QAction | None, ...]


def fill_menus(titles: MenuTitles, actions: Actions, panels: list[QAction], appearance: QActionGroup) -> None:
    """Put the actions under their titles. None is a separator."""
    pictures = (actions.grid, actions.fit, actions.actual, actions.double, actions.previous, actions.next)
    places = (actions.full_screen, actions.hide_panels, actions.next_panel)
    copies = (actions.copy_picture, actions.copy_settings, actions.reuse, actions.star)
    menus: list[tuple[QMenu, MenuItems]] = [
        (titles.file, (actions.open_settings, None, actions.save_as, actions.reveal, None, actions.quit)),
        (titles.edit, (actions.undo, actions.redo, None, *copies)),
        (titles.view, (*pictures, None, *places, None, *panels, None, *appearance.actions())),
        (titles.generate, (actions.generate, None, actions.go_to_prompt, actions.lock_seed, actions.roll_seed)),
        (titles.queue, (actions.pause, actions.cancel, actions.retry, actions.clear, None, actions.reconnect)),
        (titles.help, (actions.shortcuts, None, actions.about)),
    ]
    for menu, items in menus:
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
