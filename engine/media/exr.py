"""One frame as OpenEXR: half floats, scene-linear, by FFmpeg's encoder through PyAV. Never imports torch.

Owns the conversion. The bytes of a take are sRGB; each becomes linear light by the curve of IEC 61966-2-1, with 255 as
1.0 and the primaries of BT.709, which is what OpenEXR assumes of a file that names none. Nothing is brighter than 1.0,
and the way back gives the same bytes: half floats have at least ten bits at every brightness that a byte can say.
Compressed without loss (ZIP, sixteen lines at a time).
Source: IEC 61966-2-1:1999, section 5.2; OpenEXR, Technical Introduction, "RGB Color".
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# PyAV 18.1 leaves packets and some methods of codec contexts without types; what leaves this module is typed.

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

if TYPE_CHECKING:
    from av.video.plane import VideoPlane
    from numpy.typing import NDArray

_OPTIONS = {"format": "half", "compression": "zip16"}


def encode_exr(pixels: NDArray[np.uint8]) -> bytes:
    """An OpenEXR file of (H, W, 3) uint8 sRGB."""
    context = av.CodecContext.create("exr", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = pixels.shape[1], pixels.shape[0]
    context.pix_fmt = "gbrpf32le"
    context.options = _OPTIONS
    frame = av.VideoFrame.from_ndarray(_to_linear()[pixels], format="gbrpf32le")
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def read_exr(document: bytes) -> NDArray[np.float16]:
    """The picture in an OpenEXR file of ours, (H, W, 3) linear light.

    Raises:
        ValueError: It is damaged, or no OpenEXR file of ours.
    """
    with av.open(io.BytesIO(document), "r", format="exr_pipe") as container:
        frame = next(container.decode(video=0), None)
    if frame is None or frame.format.name != "gbrpf16le":
        raise ValueError("no picture in half floats")
    # Not by FFmpeg's conversion, which loses a bit.
    green, blue, red = (_plane(plane) for plane in frame.planes)
    return np.stack([red, green, blue], -1)


def _plane(plane: VideoPlane) -> NDArray[np.float16]:
    return np.frombuffer(bytes(plane), "<f2").reshape(plane.height, -1)[:, : plane.width]


def _to_linear() -> NDArray[np.float32]:
    """The linear light of each byte, (256,)."""
    encoded = np.arange(256) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4).astype(np.float32)
