"""Small movies for tests, each frame of a colour of its own."""
# pyright: reportUnknownMemberType=false
# As engine.media.av_writer: PyAV leaves the keywords of its methods without types.

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.stream import VideoStream

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

NTSC = Fraction(24000, 1001)
_FORMATS = {
    ".mp4": ("libx264", "yuv444p"),
    ".mov": ("prores_ks", "yuv422p10le"),
    ".webm": ("libvpx-vp9", "yuv420p"),
    ".mkv": ("ffv1", "yuv444p"),
    ".avi": ("mpeg4", "yuv420p"),
}


def shade(index: int) -> int:
    """The grey of a movie's frame, far from its neighbours'."""
    return 20 + index * 61 % 200


def write_movie(
    file: Path,
    frames: int,
    *,
    size: tuple[int, int] = (64, 48),
    rate: Fraction = NTSC,
    rotation: float = 0.0,
    uneven: bool = False,
) -> Path:
    """A movie whose frame i is `shade(i)`, its upper left quarter white; uneven ones change their rate."""
    width, height = size

    def picture(index: int) -> NDArray[np.uint8]:
        pixels = np.full((height, width, 3), shade(index), np.uint8)
        pixels[: height // 2, : width // 2] = 255
        return pixels

    times = [index * (index + 1) // 2 if uneven else index for index in range(frames)]
    return write_pictures(file, (picture(index) for index in range(frames)), rate=rate, rotation=rotation, times=times)


def write_pictures(
    file: Path,
    pictures: Iterable[NDArray[np.uint8]],
    *,
    rate: Fraction = NTSC,
    rotation: float = 0.0,
    times: list[int] | None = None,
) -> Path:
    """A movie of some pictures, (H, W, 3) uint8 each, in the format of the file's suffix; MKV is lossless but for YUV.

    Args:
        file: To write.
        pictures: Of one size.
        rate: Frames a second.
        rotation: Degrees counter-clockwise by which players turn it.
        times: When each picture is shown, in frames.
    """
    codec, pixel_format = _FORMATS[file.suffix]
    with av.open(str(file), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, VideoStream)
        if rotation:
            stream.set_display_rotation(rotation)
        for index, pixels in enumerate(pictures):
            if not index:
                stream.height, stream.width = pixels.shape[:2]
                stream.pix_fmt = pixel_format
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = (times[index] if times else index), 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file
