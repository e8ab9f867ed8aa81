"""The worker's heartbeat: a thread that tells the service that this process is alive, whatever the compute thread does.

Owns the beat. What silence means is the service's to decide.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.protocol import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.protocol import WorkerMessage

PERIOD_S = 1.0


class Heart:
    """Beats once a second until the pipe to the service breaks or `stop` is called."""

    def __init__(self, send: Callable[[WorkerMessage], None], period_s: float = PERIOD_S) -> None:
        self._send = send
        self._period_s = period_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)

    def start(self) -> None:
        """Beat at once, and from then on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop beating and join the thread."""
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            self._send(Heartbeat())
            while not self._stopped.wait(self._period_s):
                self._send(Heartbeat())
        except OSError:
            return  # The service is gone; the inbox ends the process.
