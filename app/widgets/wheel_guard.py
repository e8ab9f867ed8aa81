"""Keeps the wheel for the panel that scrolls: a field takes it only while it has the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class WheelGuard(QObject):
    """Scrolling over a field that was not meant would change it."""

    def guard(self, field: QWidget) -> None:
        """From now on `field` lets the wheel pass on while it has no focus, and does not take the focus by it."""
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is not QEvent.Type.Wheel or not watched.isWidgetType():
            return False
        if watched.property("focus"):
            return False
        event.ignore()
        return True
