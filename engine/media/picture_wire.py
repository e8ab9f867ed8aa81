"""What the decoding child answers, before the pixels. Shared by engine.media.reading and engine.media.decoder.

An answer is one line of JSON; after a `Decoded` follow width x height x 3 bytes of RGB and, with alpha, width x height
bytes of it. The child is not trusted: its answer is decoded strictly and its length is checked.
"""

from __future__ import annotations

import msgspec

MAX_HEADER_BYTES = 64 * 2**10


class PictureSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a file holds.

    Attributes:
        format: "PNG", "JPEG" and so on, from the content.
        mode: Pillow's name of the pixel format, e.g. "CMYK" or "I;16".
        width: In pixels, upright: after the turn that its EXIF asks for.
        height: Likewise.
        frames: Pictures in the file; 1 unless it is animated or has pages.
    """

    format: str
    mode: str
    width: int
    height: int
    frames: int


class Decoded(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="decoded"):
    """The picture was read; with `width` 0 it was only looked at, and no pixels follow.

    `notes` says for people what was done to it, e.g. "turned as its EXIF says".
    """

    source: PictureSource
    width: int = 0
    height: int = 0
    has_alpha: bool = False
    notes: tuple[str, ...] = ()


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="refused"):
    """The picture cannot be read; `reason` goes on from the file's name: "is no picture ..."."""

    reason: str


ChildAnswer = Decoded | Refused
