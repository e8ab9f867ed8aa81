"""Telling the artist something outside the window: through the desktop's portal where there is one.

Owns the message on the bus. What is worth telling is `notifications`. QSystemTrayIcon alone would reach no desktop
without a tray (GNOME), and PySide cannot write the unsigned number that org.freedesktop.Notifications asks for.
Source: XDG Desktop Portal, org.freedesktop.portal.Notification, version 1.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtDBus import QDBusPendingCallWatcher

SERVICE, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
INTERFACE, METHOD = "org.freedesktop.portal.Notification", "AddNotification"
ANSWER_WITHIN_MS = 5000


class DesktopPortal(QObject):
    """Sends and does not wait: a blocking call would hold Python's lock, and the interface with it."""

    def tell(self, name: str, title: str, body: str, then: Callable[[bool], None]) -> None:
        """Show a notification; `then` is called with whether the desktop took it, now or when it has answered.

        Args:
            name: A later notification of the same name takes the place of this one.
            title: One line.
            body: One or two lines.
            then: Gets False where there is no portal.
        """
        is_told = False
        # Without an address the library would look for a bus to start, which is not ours to start.
        if not sys.platform.startswith("linux") or "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
            then(is_told)
            return
        # Few windows ever notify.
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher  # noqa: PLC0415

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            then(is_told)
            return
        message = QDBusMessage.createMethodCall(SERVICE, PATH, INTERFACE, METHOD)
        message.setArguments([name, {"title": title, "body": body, "priority": "normal"}])
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message, ANSWER_WITHIN_MS), self)
        watcher.finished.connect(partial(_answer, watcher, then))


def _answer(watcher: QDBusPendingCallWatcher, then: Callable[[bool], None]) -> None:
    watcher.deleteLater()
    then(not watcher.isError())
