"""The letter box between the engine's thread and the window: everything arrives in order, stale previews do not.

It owns no thread and knows no Qt, so the dropping of previews can be proved without a window.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from engine.messages import Preview
from engine.protocol import EventMessage


class Mailbox:
    """An ordered, thread-safe box. A waiting, unfinished preview is replaced by a newer one of the same picture."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._letters: OrderedDict[int, object] = OrderedDict()
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

    def take(self) -> object | None:
        """The oldest letter; None when the box is empty."""
        with self._lock:
            if not self._letters:
                return None
            number, letter = self._letters.popitem(last=False)
            if isinstance(letter, EventMessage) and isinstance(letter.event, Preview):
                picture = (letter.event.job, letter.event.index)
                if self._previews.get(picture) == number:
                    del self._previews[picture]
            return letter
