"""Finds what a test of the window left running. Imported only where Qt is loaded already."""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken

from tests.patience import WAIT_MS


def qt_leftovers() -> list[str]:
    """Running QThreads, active QTimers and visible windows. A thread that was told to end is given time to."""
    # What another deletion, or a thread's end, has asked to be deleted.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = [_describe(widget) for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    for thing in gc.get_objects():
        # By type: asking the object for its class wakes the deprecated wrappers that torch keeps around.
        if not issubclass(type(thing), QThread | QTimer) or not Shiboken.isValid(thing) or _is_main_thread(thing):
            continue
        is_left = thing.isRunning() and not thing.wait(WAIT_MS) if isinstance(thing, QThread) else thing.isActive()
        if is_left:
            found.append(_describe(thing))
    return found


def _describe(thing: QObject) -> str:
    return f"{type(thing).__name__} {thing.objectName()!r} of {thing.parent()!r}"


def _is_main_thread(thing: QObject) -> bool:
    app = QApplication.instance()
    return app is not None and thing is app.thread()
