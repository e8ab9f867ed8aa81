"""A local connection whose reader and writer can be woken from any thread, and the handshake that opens it.

Owns: length-capped byte messages, waking, the mutual proof of the key within a time limit.
Does not own: what the messages mean (engine.protocol), or who answers at an address (discovery).
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Pipe, answer_challenge, deliver_challenge, wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection as AnyConnection
    else:
        from multiprocessing.connection import Connection as AnyConnection


class ChannelClosedError(Exception):
    """The other side is gone, or this side severed the channel."""


class MessageTooLongError(Exception):
    """The other side announced a message longer than the cap; nothing more can be read."""


class HandshakeError(Exception):
    """The other side was silent, gone or spoke nonsense during the handshake."""


class WrongKeyError(HandshakeError):
    """The two sides do not share the key."""


class Channel:
    """One connection with one reading thread and any number of sending threads.

    `sever` may be called from anywhere and ends a blocked `receive` or `send`; `close` frees the handles and is
    called once nothing uses the channel any more.
    """

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection
        self._wake_reader, self._wake_writer = Pipe(duplex=False)
        self._sending = threading.Lock()
        self._ending = threading.Lock()

    def send(self, payload: bytes) -> None:
        """Send one message whole.

        Raises:
            ChannelClosedError: The other side is gone.
        """
        try:
            with self._sending:
                self._connection.send_bytes(payload)
        except OSError as error:
            raise ChannelClosedError(str(error)) from error

    def receive(self, max_bytes: int) -> bytes:
        """Wait for the next message.

        Raises:
            ChannelClosedError: The other side is gone, or the channel was severed.
            MessageTooLongError: The message is longer than `max_bytes`.
        """
        try:
            if self._wake_reader in wait([self._connection, self._wake_reader]):
                raise ChannelClosedError("severed")
            return self._connection.recv_bytes(max_bytes)
        except (EOFError, OSError) as error:
            # An over-long message and a lost peer are both an OSError; only the first bars further reading.
            if not self._connection.closed and not self._connection.readable:
                raise MessageTooLongError(f"a message exceeds {max_bytes:,} bytes") from error
            raise ChannelClosedError(str(error)) from error

    def prove(self, key: bytes, limit_s: float, *, first: bool) -> None:
        """Prove to the other side that we know the key and have it prove the same, within `limit_s` seconds.

        Args:
            key: The shared secret.
            limit_s: Longest time both proofs together may take.
            first: Whether this side asks first; the service does.

        Raises:
            WrongKeyError: The two sides do not share the key.
            HandshakeError: The other side is silent or gone, or speaks nonsense.
        """
        try:
            with self.time_limit(limit_s):
                for asking in (first, not first):
                    (deliver_challenge if asking else answer_challenge)(self._connection, key)
        except AuthenticationError as error:
            raise WrongKeyError(str(error)) from error
        except (AssertionError, EOFError, OSError, ValueError) as error:
            # answer_challenge asserts on a malformed challenge in Python 3.11.
            raise HandshakeError(str(error)) from error

    @contextlib.contextmanager
    def time_limit(self, limit_s: float) -> Generator[None]:
        """Sever the channel if the block takes longer than `limit_s` seconds."""
        timer = threading.Timer(limit_s, self.sever)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def sever(self) -> None:
        """End the conversation from any thread: whoever reads or sends gets ChannelClosedError. Idempotent."""
        with self._ending:
            self._wake_writer.close()
            if sys.platform != "win32" and not self._connection.closed:
                # The wake-up pipe ends a wait; only a shutdown ends a read or write already inside the kernel.
                with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self._connection.fileno())) as twin:
                    twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the handles. Idempotent; no other thread may still use the channel."""
        self.sever()
        with self._ending:
            self._connection.close()
            self._wake_reader.close()
