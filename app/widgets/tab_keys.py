"""Tab in fields on the canvas: there it goes on to the next field, though on the canvas it hides the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget


class TabKeys(QObject):
    """Claims Tab for the fields it guards, so that the window's action does not get it."""

    def guard(self, field: QWidget) -> None:
        """From now on Tab moves the focus on from `field`."""
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's signature
        is_tab = event.type() is QEvent.Type.ShortcutOverride and cast("QKeyEvent", event).key() == Qt.Key.Key_Tab
        if is_tab:
            event.accept()
        return is_tab
