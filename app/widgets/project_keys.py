"""Undo belongs to the project: fields hand Ctrl+Z on instead of keeping a history of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_UNDO_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class ProjectKeys(QObject):
    """Keeps the fields it guards from claiming the keys of undo and redo, so that the window's actions get them."""

    def guard(self, field: QWidget) -> None:
        """From now on `field` leaves undo and redo to the window."""
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's signature
        if event.type() is not QEvent.Type.ShortcutOverride:
            return False
        key_event = cast("QKeyEvent", event)
        if not any(key_event.matches(key) for key in _UNDO_KEYS):
            return False
        event.ignore()
        return True
