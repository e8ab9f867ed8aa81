"""Finds what a test of the window left running. Imported only where Qt is loaded already."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken


def qt_leftovers() -> list[str]:
    """Running QThreads, active QTimers and visible windows."""
    found = [type(widget).__name__ for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    for thing in gc.get_objects():
        # By type: asking the object for its class wakes the deprecated wrappers that torch keeps around.
        if not issubclass(type(thing), QThread | QTimer) or not Shiboken.isValid(thing):
            continue
        is_running = thing.isRunning() if isinstance(thing, QThread) else thing.isActive()
        if is_running and not _is_main_thread(thing):
            found.append(f"{type(thing).__name__} {thing.objectName()!r}")
    return found


def _is_main_thread(thing: QObject) -> bool:
    app = QApplication.instance()
    return app is not None and thing is app.thread()
