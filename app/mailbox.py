"""The letter box between the engine's thread and the window: everything arrives in order, stale previews do not.

It owns no thread and knows no Qt, so the dropping of previews can be proved without a window.
"""

from __future__ import annotations

from threading import Lock

from engine.messages import Preview
from engine.protocol import EventMessage


class Mailbox:
    """An ordered, thread-safe box. A waiting, unfinished preview is replaced by a newer one of the same picture."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._letters: dict[int, object] = {}
        self._previews: dict[tuple[str, int], int] = {}
        self._next = 0

    def put(self, letter: object) -> bool:
        """Add a letter; True when the box was empty, that is, when its owner must be told to come and look."""
        with self._lock:
            was_empty = not self._letters
            if isinstance(letter, EventMessage) and isinstance(letter.event, Preview):
                picture = (letter.event.job, letter.event.index)
                stale = self._previews.pop(picture, None)
                if stale is not None:
                    self._letters.pop(stale, None)
                if not letter.event.final:
                    self._previews[picture] = self._next
            self._letters[self._next] = letter
            self._next += 1
            return was_empty

    def take_all(self) -> list[object]:
        """Empty the box, oldest letter first."""
        with self._lock:
            letters = list(self._letters.values())
            self._letters.clear()
            self._previews.clear()
            return letters
