"""A bounded first-in-first-out box between two threads that sheds stale messages first.

Owns: order, limits, replacing and dropping of stale messages. Does not own: threads, or what is done when it is full.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from engine.messages import Preview, Progress

if TYPE_CHECKING:
    from collections.abc import Hashable

    from engine.messages import Event

T = TypeVar("T")


def staleness_key(event: Event) -> Hashable | None:
    """What a newer event of the same key makes worthless; None for events that must all arrive."""
    match event:
        case Preview():
            return ("preview", event.job, event.index)
        case Progress():
            return ("progress", event.job, event.device)
        case _:
            return None


class MailboxClosedError(Exception):
    """The box is closed and nothing is left in it."""


class Mailbox(Generic[T]):
    """Messages from many threads to one.

    A message with a key replaces the waiting message of that key, and keyed messages are dropped, oldest first,
    when the box is full. Messages without a key are never dropped: `put` answers False when they no longer fit.
    """

    def __init__(self, max_items: int | None = None, max_bytes: int | None = None) -> None:
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._items: OrderedDict[int, tuple[T, int, Hashable | None]] = OrderedDict()
        self._ticket_of_key: dict[Hashable, int] = {}
        self._tickets = 0
        self._bytes = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: T, *, size_bytes: int = 0, key: Hashable | None = None) -> bool:
        """Add a message; False when it was not taken, because the box is closed or full beyond shedding."""
        with self._changed:
            if self._closed:
                return False
            if key is not None and key in self._ticket_of_key:
                self._remove(self._ticket_of_key[key])
            while self._is_full(size_bytes):
                if not self._ticket_of_key:
                    return key is not None
                self._remove(next(iter(self._ticket_of_key.values())))
            self._tickets += 1
            self._items[self._tickets] = (item, size_bytes, key)
            self._bytes += size_bytes
            if key is not None:
                self._ticket_of_key[key] = self._tickets
            self._changed.notify()
            return True

    def get(self, timeout_s: float | None = None) -> T | None:
        """Take the oldest message; None when none came within `timeout_s` (None waits for ever).

        Raises:
            MailboxClosedError: The box is closed and empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            if not self._items:
                if self._closed:
                    raise MailboxClosedError
                return None
            return self._remove(next(iter(self._items)))

    def close(self) -> None:
        """Take no more messages; those waiting can still be taken. Idempotent."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _is_full(self, more_bytes: int) -> bool:
        too_many = self._max_items is not None and len(self._items) >= self._max_items
        too_much = self._max_bytes is not None and bool(self._items) and self._bytes + more_bytes > self._max_bytes
        return too_many or too_much

    def _remove(self, ticket: int) -> T:
        item, size_bytes, key = self._items.pop(ticket)
        self._bytes -= size_bytes
        if key is not None:
            del self._ticket_of_key[key]
        return item
