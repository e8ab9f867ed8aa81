"""What every writer of movies is told, and how it proves its file. Writers do not know each other. No torch here."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import JobFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from engine.media.clip import Clip


class Movie(NamedTuple):
    """What a format's writer is told.

    Attributes:
        clip: Where the frames are; all of `frames` were whole a moment ago.
        frames: Global frame ids, in order.
        codec: One of engine.messages' codecs.
        fps: Frames a second.
        texts: What the file says about itself, by key: "comment", "description", ...
        after_frame: Told how many frames are encoded; may raise to stop.
    """

    clip: Clip
    frames: range
    codec: str
    fps: float
    texts: Mapping[str, str]
    after_frame: Callable[[int], None]


def frame_rate(fps: float) -> Fraction:
    """Frames a second as a fraction; 23.976, 29.97 and 59.94 mean the broadcast rates 24000/1001 and so on."""
    nominal = round(fps * 1001 / 1000)
    broadcast = Fraction(nominal * 1000, 1001)
    if nominal in (24, 30, 48, 60, 120) and abs(float(broadcast) - fps) < 0.005:
        return broadcast
    return Fraction(fps).limit_denominator(1000)


def texts_as_ascii(texts: Mapping[str, str]) -> str:
    """The texts as one line of JSON in ASCII, for formats that have a single comment of undefined encoding."""
    return json.dumps(dict(texts), ensure_ascii=True)


def check_same(path: Path, what: str, found: object, wanted: object) -> None:
    """Raise JobFailedError unless what was read back from a movie is what was written."""
    if found != wanted:
        shown = f" ({found!r}, not {wanted!r})" if isinstance(wanted, int) else ""
        raise JobFailedError(f"{path} reads back with a different {what}{shown}; check that disk")
