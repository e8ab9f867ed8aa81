"""Writes what is kept of one thing, the newest of it, in the order in which it was asked for: behind, or at once."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import KEPT_WITHIN_S, Newest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Background

    Write = Callable[[], object]
    """Raises OSError when it cannot be done."""


class Keeper(QObject):
    """Needs a `Background` of a single thread, which may do other things as well."""

    kept = Signal()
    """All that was asked for with `soon` is on the disk."""
    failed = Signal(str)
    """The newest cannot be written, and why."""

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._newest = Newest(background)
        self._answered = Event()
        self._answered.set()

    def soon(self, write: Write) -> None:
        """Write in the thread, in place of what still waits."""
        self._newest.ask(write, self._take)

    def now(self, write: Write) -> None:
        """Write in place of what still waits, after what is being written, and tell here how it went.

        Raises:
            OSError: It cannot be written, or the disk has not answered within KEPT_WITHIN_S.
        """
        # What is being written is older: how it ends is nobody's business any more.
        self._newest.forget()
        problems: list[Exception] = []
        answered = Event()

        def work() -> None:
            try:
                write()
            except Exception as error:  # noqa: BLE001 - raised below
                problems.append(error)
            finally:
                answered.set()

        # One wait is enough: while the disk has not come back from the last one, this one would end as that did.
        if self._answered.is_set():
            self._answered = answered
            self._background.run(work, lambda _: None)
            answered.wait(KEPT_WITHIN_S)
        if not answered.is_set():
            raise TimeoutError("the disk of the home folder does not answer; look after it, then try again")
        if problems:
            raise problems[0]

    def _take(self, result: object) -> None:
        if isinstance(result, Exception):
            self.failed.emit(str(result))
        else:
            self.kept.emit()
