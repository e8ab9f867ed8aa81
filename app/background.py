"""Small pieces of slow work (decoding, reading, writing and copying files) off the interface thread.

Work for the engine goes through `engine_link` instead.
"""

from __future__ import annotations

import threading
import traceback
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
Problem = OSError | EngineError

IDLE_S = 5.0
"""A thread without work ends after this long."""
KEPT_WITHIN_S = 2.0
"""For as long a window that closes waits for what must not be lost with it, unless told otherwise."""
SAVED_WITHIN_S = 30.0
"""The same for files that the artist asked for, which may be large."""


class _Task(NamedTuple):
    work: Callable[[], object]
    then: Callable[[object], None]
    keeps: bool


class Background(QObject):
    """Threads of its own; with a single one everything is done in the order in which it was asked for.

    Not Qt's pool, which waits for its threads when it is destroyed, however long a disk that does not answer takes.
    These are daemons: what hangs in one holds up neither the closing window nor the end of the process.
    """

    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None, *, threads: int = 2, kept_within_s: float | None = None) -> None:
        """Start nothing yet; KEPT_WITHIN_S unless told how long closing waits."""
        super().__init__(parent)
        self._finished.connect(self._hand_over)
        self._threads = _Threads(threads, self._finished.emit)
        self._kept_within_s = kept_within_s

    def run(self, work: Callable[[], Result], then: Callable[[Result | Problem], None], *, keeps: bool = False) -> None:
        """Call `work` in a thread and `then`, with its result or its error, in the thread that owns this object.

        Args:
            work: Touches nothing that other threads do.
            then: Never called once this is closed.
            keeps: Whether `work` writes what must not be lost with the window, so that closing waits for it a while.
        """
        self._threads.take(_Task(work, cast("Callable[[object], None]", then), keeps))

    def close(self) -> None:
        """Forget what has not begun, and wait a while for what keeps something, begun or not; never for the rest."""
        self._threads.close(KEPT_WITHIN_S if self._kept_within_s is None else self._kept_within_s)

    @Slot(object, object)
    def _hand_over(self, then: object, result: object) -> None:
        if self._threads.is_open:
            cast("Callable[[object], None]", then)(result)


class Newest:
    """One piece of work at a time in a `Background`: of what is asked for meanwhile only the newest is done, and told.

    A disk that does not answer holds one thread up so, not all.
    """

    def __init__(self, background: Background) -> None:
        self._background = background
        self._asked: tuple[Callable[[], object], Callable[[object], None]] | None = None
        self._is_busy = False

    def ask(self, work: Callable[[], Result], then: Callable[[Result | Problem], None]) -> None:
        """Do `work` in place of what still waits, and tell `then` unless something newer is asked for by then."""
        self._asked = work, cast("Callable[[object], None]", then)
        if not self._is_busy:
            self._begin()

    def forget(self) -> None:
        """Neither do what waits nor tell how what is being done ends."""
        self._asked = None

    def _begin(self) -> None:
        asked = self._asked
        if asked is not None:
            self._is_busy = True
            self._background.run(asked[0], partial(self._take, asked))

    def _take(self, asked: tuple[Callable[[], object], Callable[[object], None]], result: object) -> None:
        self._is_busy = False
        if asked is self._asked:
            self._asked = None
            asked[1](result)
        else:
            self._begin()


class _Threads:
    """What the threads hold on to: never the object of Qt, which may be gone before a call that hangs."""

    def __init__(self, most: int, tell: Callable[[object, object], None]) -> None:
        self._most, self._running, self._idle, self._unkept = most, 0, 0, 0
        self._waiting: deque[_Task] = deque()
        self._tell: Callable[[object, object], None] | None = tell
        self._turn = threading.Condition()
        """Guards what is above, and tells of changes to it."""

    @property
    def is_open(self) -> bool:
        return self._tell is not None

    def take(self, task: _Task) -> None:
        with self._turn:
            if self._tell is None:
                return
            self._waiting.append(task)
            self._unkept += task.keeps
            is_thread_wanted = len(self._waiting) > self._idle and self._running < self._most
            self._running += is_thread_wanted
            self._turn.notify_all()
        if is_thread_wanted:
            threading.Thread(target=self._work, name="background", daemon=True).start()

    def close(self, within_s: float) -> None:
        with self._turn:
            self._tell = None
            self._waiting = deque(task for task in self._waiting if task.keeps)
            self._turn.notify_all()
            self._turn.wait_for(lambda: not self._unkept, within_s)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            self._do(task)
            # While the thread idles it holds on to nothing.
            del task

    def _do(self, task: _Task) -> None:
        try:
            result = task.work()
        except (OSError, EngineError) as error:
            result = error
        except Exception as error:  # noqa: BLE001 - a mistake of ours, but whoever waits must hear of it
            traceback.print_exception(error)
            result = EngineError(f"{type(error).__name__}: {error}; this is a mistake in Onetake, report it")
        with self._turn:
            self._unkept -= task.keeps
            self._turn.notify_all()
            # Under the lock: whoever closes may destroy what is told at once.
            if self._tell is not None:
                self._tell(task.then, result)

    def _next(self) -> _Task | None:
        """None when the thread is to end."""
        with self._turn:
            self._idle += 1
            self._turn.wait_for(lambda: self._waiting or self._tell is None, IDLE_S)
            self._idle -= 1
            if self._waiting:
                return self._waiting.popleft()
            self._running -= 1
            return None
