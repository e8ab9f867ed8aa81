"""How many pictures the files of control clips hold, counted in the background and remembered while they are unchanged.

A still holds 1. What cannot be read holds 0: the request that needs it says why.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.control_edit import MOVIES, PICTURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Background, Problem


class MediaLengths(QObject):
    """Asked while painting and dragging; a file that has not been counted yet has no length."""

    counted = Signal(str)
    """The length of this file or folder is known now."""

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._held: dict[str, int] = {}
        self._waiting: dict[str, list[Callable[[int], None]]] = {}

    def of(self, path: str) -> int | None:
        """How many pictures a file or folder holds; None while that is not known, which is then found out."""
        if path not in self._held:
            self._count(path)
        return self._held.get(path)

    def ask(self, path: str, then: Callable[[int], None]) -> None:
        """Call `then` with the length of a file as it is now, from the event loop."""
        self._held.pop(path, None)
        self._count(path)
        self._waiting[path].append(then)

    def _count(self, path: str) -> None:
        if path not in self._waiting:
            self._waiting[path] = []
            self._background.run(partial(_pictures_in, Path(path)), partial(self._take, path))

    def _take(self, path: str, result: int | Problem) -> None:
        self._held[path] = held = result if isinstance(result, int) else 0
        for then in self._waiting.pop(path, []):
            then(held)
        self.counted.emit(path)


def _pictures_in(place: Path) -> int:
    # Imported here: each look at a file that is not ours starts a process, and most windows look at none.
    from engine.media.movie_reading import inspect_movie  # noqa: PLC0415
    from engine.media.reading import inspect_picture  # noqa: PLC0415

    if place.is_dir():
        return sum(1 for file in place.iterdir() if file.suffix.lower() in PICTURES and not file.name.startswith("."))
    return inspect_movie(place).frames if place.suffix.lower() in MOVIES else inspect_picture(place).frames
