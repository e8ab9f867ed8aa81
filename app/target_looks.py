"""Looks at the place where a file is to go, in a thread: its disk may be one that does not answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Background, Newest
from app.export_choice import Target, look_at

if TYPE_CHECKING:
    from app.background import Problem


class TargetLooks(QObject):
    """One look at a time, the newest."""

    answered = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, threads=1)
        self._newest = Newest(self._background)
        self._wanted: tuple[str, str] = ("", "")
        self.is_known = False
        """Whether the newest look has been answered."""
        self.target = Target()
        """What the last answer was; until the newest is there, of another place."""

    def is_of(self, text: str, suffix: str) -> bool:
        """Whether the newest look is one at this place."""
        return self._wanted == (text, suffix)

    def look(self, text: str, suffix: str) -> None:
        """Look there, anew if need be; `answered` tells when it is known."""
        self._wanted, self.is_known = (text, suffix), False
        self._newest.ask(partial(look_at, text, suffix), self._take)

    def close(self) -> None:
        """Look no more."""
        self._background.close()

    def _take(self, result: Target | Problem) -> None:
        self.is_known = True
        self.target = result if isinstance(result, Target) else Target(str(result))
        self.answered.emit()
