"""The forms in which frames leave the program: their names, file endings, sizes, speeds and qualities.

Owns what a request may ask of a format. How one is written is engine.media's.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, TypeAlias, overload

from engine.errors import BadInputError
from engine.messages.checks import check_choice
from engine.messages.timeline import MAX_FRAMES

Codec: TypeAlias = Literal["h264", "h265", "av1", "vp9", "prores", "dnxhr", "ffv1", "gif", "webp", "png", "exr"]
Quality: TypeAlias = Literal["small", "balanced", "best"]
CODECS: tuple[Codec, ...] = ("h264", "h265", "av1", "vp9", "prores", "dnxhr", "ffv1", "gif", "webp", "png", "exr")
QUALITIES: tuple[Quality, ...] = ("small", "balanced", "best")
SUFFIX_OF_CODEC: dict[str, str] = {
    "h264": ".mp4",
    "h265": ".mp4",
    "av1": ".mp4",
    "vp9": ".webm",
    "prores": ".mov",
    "dnxhr": ".mov",
    "ffv1": ".mkv",
    "gif": ".gif",
    "webp": ".webp",
    "png": "",
    "exr": "",
}
"""How the name of a result ends; a picture sequence is a folder."""
WITH_QUALITY: frozenset[str] = frozenset({"h264", "h265", "av1", "vp9", "gif", "webp"})
"""The others have one quality: what editing programs exchange, or everything."""
EVEN_SIDED: frozenset[str] = frozenset({"h264", "h265", "av1", "vp9", "prores", "dnxhr"})
"""Neighbouring pixels share their colour in these."""
LEAST_DNXHR = (256, 120)
"""Width and height; from FFmpeg's encoder, which refuses smaller pictures."""
MAX_GIF_FPS = 50.0
MIN_EXPORT_SIDE, MAX_EXPORT_SIDE = 16, 8192
_BYTES_PER_PIXEL: dict[str, tuple[float, float, float]] = {
    "h264": (0.027, 0.057, 0.108),
    "h265": (0.028, 0.060, 0.126),
    "av1": (0.018, 0.037, 0.128),
    "vp9": (0.017, 0.033, 0.069),
    "prores": (0.75, 0.75, 0.75),
    "dnxhr": (0.44, 0.44, 0.44),
    "ffv1": (0.97, 0.97, 0.97),
    "gif": (0.11, 0.19, 0.32),
    "webp": (0.10, 0.14, 0.25),
    "png": (1.5, 1.5, 1.5),
    "exr": (3.3, 3.3, 3.3),
}


def check_codec(codec: str, width: int, height: int) -> None:
    """Raise BadInputError unless `codec` is known and can hold pictures of this size, in pixels."""
    check_choice("codec", codec, CODECS)
    if codec in EVEN_SIDED and (width % 2 or height % 2):
        raise BadInputError(
            f"size {width}x{height} does not suit {codec}, whose sides are even; use "
            f"{width + width % 2}x{height + height % 2}, or write a GIF, WebP or a folder of pictures"
        )
    if codec == "dnxhr" and (width < LEAST_DNXHR[0] or height < LEAST_DNXHR[1]):
        raise BadInputError(
            f"size {width}x{height} does not suit dnxhr, which begins at {LEAST_DNXHR[0]}x{LEAST_DNXHR[1]}; "
            "write it larger, or as prores"
        )


def check_rate(codec: str, fps: float) -> None:
    """Raise BadInputError where viewers do not show so many frames a second. Requests that are stored may hold it."""
    if codec == "gif" and fps > MAX_GIF_FPS:
        raise BadInputError(f"a GIF shows at most {MAX_GIF_FPS:g} frames a second, not {fps:g}; use a lower fps")


def check_quality(codec: str, quality: str) -> None:
    """Raise BadInputError unless `quality` is a word for how `codec` is written."""
    check_choice("quality", quality, QUALITIES)
    if quality != "best" and codec not in WITH_QUALITY:
        raise BadInputError(f"{codec} has one quality, not {quality}; leave the quality out, or write an MP4")


def fit_size(codec: str, width: int, height: int, wanted_width: int) -> tuple[int, int]:
    """Width and height near `wanted_width` in the shape of `width` by `height`, with sides that the codec can have."""
    step = 2 if codec in EVEN_SIDED else 1
    sides = (wanted_width, Fraction(wanted_width * height, width))
    fitted = [max(step, step * int(Fraction(side) / step + Fraction(1, 2))) for side in sides]
    return fitted[0], fitted[1]


def frame_rate(fps: float) -> Fraction:
    """Frames a second as a fraction; 23.976, 29.97 and 59.94 mean the broadcast rates 24000/1001 and so on."""
    nominal = round(fps * 1001 / 1000)
    broadcast = Fraction(nominal * 1000, 1001)
    if nominal in (24, 30, 48, 60, 120) and abs(float(broadcast) - fps) < 0.005:
        return broadcast
    return Fraction(fps).limit_denominator(1000)


def retimed_length(frames: int, fps_before: float, fps: float) -> int:
    """How many frames last as long at `fps` as `frames` do at `fps_before`; at least one.

    Raises:
        BadInputError: More than a take can have.
    """
    count = max(1, int(frames * frame_rate(fps) / frame_rate(fps_before) + Fraction(1, 2)))
    if count > MAX_FRAMES:
        raise BadInputError(f"at {fps:g} frames a second these would be {count:,} frames; use a lower fps")
    return count


class Retimed(Sequence[int]):
    """The frames to show, one after the other, so that `frames` last as long at `fps` as they did before.

    Frame numbers alone are worked with, and nothing is blended: shown at the time t is the frame that was shown at t
    before. A higher rate repeats frames, a lower one leaves some out; the first one always stays. Computed when asked
    for, so that a long take costs no memory.
    """

    def __init__(self, frames: range, fps_before: float, fps: float) -> None:
        """Raise BadInputError if they would be more than a take can have."""
        self._frames = frames
        self._speed = frame_rate(fps_before) / frame_rate(fps)
        self._shown = range(retimed_length(len(frames), fps_before, fps))

    def __len__(self) -> int:
        return len(self._shown)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[each] for each in range(len(self))[index]]
        return self._frames[min(int(self._shown[index] * self._speed), len(self._frames) - 1)]


def estimate_bytes(codec: str, quality: str, width: int, height: int, frames: int) -> int:
    """About how large a file of `frames` pictures becomes, within a factor of three for most takes.

    From takes of Papercut at 256x256, encoded by every codec at every quality; grain costs more, mist less.
    """
    return round(_BYTES_PER_PIXEL[codec][QUALITIES.index(quality)] * width * height * frames)
