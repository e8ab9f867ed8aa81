"""Tells `onetake bench start` when the window was seen, when complete, and how large it is; then closes it."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import psutil
from PySide6.QtCore import QObject, QTimer

from app.reports import Connection, Reach

if TYPE_CHECKING:
    from app.application import Application

LONGEST_WAIT_MS = 5_000


class StartReport(QObject):
    """Made when everything is built; reports once the engine is connected, or has not been for too long.

    Args:
        application: The complete window.
        visible_at: When its frame was painted, in Unix seconds.
    """

    def __init__(self, application: Application, visible_at: float) -> None:
        super().__init__(application.window)
        self._visible_at = visible_at
        self._complete_at = time.time()
        self._window = application.window
        self._link = application.link
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self._report)
        self._link.connection_changed.connect(self._take)
        self._wait.start(LONGEST_WAIT_MS)

    def _take(self, connection: Connection) -> None:
        if connection.reach is Reach.RUNNING:
            # Not in the middle of what the connection brings: its jobs and pictures count as well.
            self._wait.start(0)

    def _report(self) -> None:
        self._link.connection_changed.disconnect(self._take)
        document = {
            "visible_at": self._visible_at,
            "complete_at": self._complete_at,
            "rss_bytes": psutil.Process().memory_info().rss,
            "torch_loaded": "torch" in sys.modules,
        }
        sys.stdout.write(json.dumps(document) + "\n")
        sys.stdout.flush()
        self._window.close()
