"""Messages as length-capped JSON, and how they follow each other on a pipe."""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

from engine.protocol.base import MAX_MESSAGE_BYTES, Message


def encode(message: Message) -> bytes:
    """The message as JSON bytes.

    Raises:
        ValueError: It is longer than MAX_MESSAGE_BYTES.
    """
    payload = msgspec.json.encode(message)
    if len(payload) > MAX_MESSAGE_BYTES:
        raise ValueError(f"message of {len(payload):,} bytes exceeds {MAX_MESSAGE_BYTES:,}")
    return payload


_LENGTH = struct.Struct("!I")


def write_frame(stream: BinaryIO, message: Message) -> None:
    """Write one message to a pipe, as a 4-byte big-endian length and the JSON."""
    payload = encode(message)
    stream.write(_LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one message's JSON from a pipe; None at the end of the stream.

    Raises:
        ValueError: The announced length exceeds MAX_MESSAGE_BYTES, or the stream ends inside a message.
    """
    header = stream.read(_LENGTH.size)
    if not header:
        return None
    if len(header) < _LENGTH.size:
        raise ValueError("the stream ended inside a message")
    (length,) = _LENGTH.unpack(header)
    if length > MAX_MESSAGE_BYTES:
        raise ValueError(f"message of {length:,} bytes exceeds {MAX_MESSAGE_BYTES:,}")
    payload = stream.read(length)
    if len(payload) < length:
        raise ValueError("the stream ended inside a message")
    return payload
