"""What the decoding child says of a movie. Shared by engine.media.movie_reading and engine.media.movie_decoder.

Each answer is one line of JSON: first `Opened`, then for each frame in the order of showing `Passed` or `Shown`, behind
which follow width x height x 3 bytes of RGB, and at last `Ended`. `Refused` may come in the place of any of them. The
child is not trusted: its answers are decoded strictly and their lengths are checked.
"""

from __future__ import annotations

import msgspec

from engine.media.picture_wire import Refused


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="opened"):
    """The file is a movie.

    Attributes:
        format: FFmpeg's name of the container, e.g. "matroska,webm".
        codec: FFmpeg's name of the decoder, e.g. "h264".
        fps: Frames a second on average; 0 where the file does not say.
        frames: Pictures in it, by its packets; 0 unless it was only looked at.
    """

    format: str
    codec: str
    fps: float = 0.0
    frames: int = 0


class Passed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="passed"):
    """A frame before the first wanted one was decoded."""


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="shown"):
    """A frame, upright; its pixels follow."""

    width: int
    height: int


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="ended"):
    """There are no more than `frames` frames."""

    frames: int


MovieAnswer = Opened | Passed | Shown | Ended | Refused
