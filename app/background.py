"""Small pieces of slow work (decoding, reading and copying files) off the interface thread.

Work for the engine goes through `engine_link` instead.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
Problem = OSError | EngineError


class Background(QObject):
    """A pool of threads of its own, so that closing can wait for all of them."""

    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None, *, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._closed = False
        self._finished.connect(self._hand_over)

    def run(self, work: Callable[[], Result], then: Callable[[Result | Problem], None]) -> None:
        """Call `work` in the pool and `then`, with its result or its error, in the thread that owns this object."""

        def task() -> None:
            try:
                result: Result | Problem = work()
            except (OSError, EngineError) as error:
                result = error
            except Exception as error:  # noqa: BLE001 - a mistake of ours, but whoever waits must hear of it
                traceback.print_exception(error)
                result = EngineError(f"{type(error).__name__}: {error}; this is a mistake in Onetake, report it")
            if not self._closed:
                self._finished.emit(then, result)

        if not self._closed:
            self._pool.start(task)

    def close(self) -> None:
        """Forget what has not begun, and wait for what has."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone()

    @Slot(object, object)
    def _hand_over(self, then: object, result: object) -> None:
        if not self._closed:
            cast("Callable[[object], None]", then)(result)
