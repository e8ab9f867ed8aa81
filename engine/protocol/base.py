"""The base of every message, and the version that both ends must share."""

from __future__ import annotations

import msgspec

PROTOCOL_VERSION = 7
MAX_MESSAGE_BYTES = 64 * 2**20


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every message."""
