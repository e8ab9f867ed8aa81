"""Animated WebP, written frame by frame: each frame is what has changed since the last one, as a WebP of its own.

Owns the container; the pictures are Pillow's. libwebp's own animation encoder is not used because it keeps all frames
in memory and joins equal ones. Never imports torch.
Format: RFC 9649, sections 2.6 and 2.7.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.errors import BadInputError
from engine.media.encoding import check_same, texts_as_ascii
from engine.messages import frame_rate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from engine.media.encoding import Movie

_QUALITY = {"small": 60, "balanced": 80, "best": 92}
_MAX_RIFF_BYTES = 2**32 - 2**20
_ANIMATED, _WITH_EXIF = 0x02, 0x08
_NO_BLENDING = 0x02
_IMAGE_DESCRIPTION = 0x010E


def write_webp(movie: Movie, path: Path, finishing: Path) -> None:
    """Write the movie to `path`, by way of `finishing`, looping for ever, and check it.

    Raises:
        BadInputError: It would pass the 4 GiB that a WebP can hold.
        OSError: The disk is full or the place cannot be written.
        JobFailedError: What was read back differs.
    """
    with finishing.open("wb") as stream:
        _write(movie, stream)
    _check_written(movie, finishing)
    finishing.replace(path)


def read_webp_description(path: Path) -> str:
    """A WebP's description; empty if it has none.

    Raises:
        OSError: It cannot be read.
    """
    with Image.open(path, formats=("WEBP",)) as image:
        return str(image.getexif().get(_IMAGE_DESCRIPTION, ""))


def _write(movie: Movie, stream: BinaryIO) -> None:
    width, height = movie.size
    stream.write(b"RIFF\0\0\0\0WEBP")
    size = _u24(width - 1) + _u24(height - 1)
    stream.write(_chunk(b"VP8X", struct.pack("<I", _ANIMATED | _WITH_EXIF) + size))
    stream.write(_chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, 0)))
    rate = frame_rate(movie.fps)
    last: NDArray[np.uint8] | None = None
    for index, pixels in enumerate(movie.pictures()):
        left, top, right, bottom = _changed(last, pixels)
        # Times are rounded, not lengths, so that rounding does not add up.
        duration_ms = round(1000 * (index + 1) / rate) - round(1000 * index / rate)
        box = _u24(left // 2) + _u24(top // 2) + _u24(right - left - 1) + _u24(bottom - top - 1)
        head = box + _u24(duration_ms) + bytes([_NO_BLENDING])
        stream.write(_chunk(b"ANMF", head + _encode_picture(pixels[top:bottom, left:right], _QUALITY[movie.quality])))
        if stream.tell() > _MAX_RIFF_BYTES:
            raise BadInputError(f"the WebP passes 4 GiB at frame {movie.frames[index]}; export fewer frames, or an MP4")
        last = pixels
        movie.after_frame(index + 1)
    exif = Image.Exif()
    exif[_IMAGE_DESCRIPTION] = texts_as_ascii(movie.texts)
    stream.write(_chunk(b"EXIF", exif.tobytes().removeprefix(b"Exif\0\0")))
    riff_bytes = stream.tell() - 8
    stream.seek(4)
    stream.write(struct.pack("<I", riff_bytes))


def _changed(last: NDArray[np.uint8] | None, pixels: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom) around what differs, with even left and top as the format wants it."""
    height, width = pixels.shape[:2]
    if last is None:
        return 0, 0, width, height
    differs = (last != pixels).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not rows.size:
        return 0, 0, min(2, width), min(2, height)
    return int(columns[0]) & ~1, int(rows[0]) & ~1, int(columns[-1]) + 1, int(rows[-1]) + 1


def _encode_picture(pixels: NDArray[np.uint8], quality: int) -> bytes:
    """The chunks of a lone WebP, without its RIFF header."""
    document = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(document, "WEBP", quality=quality, method=4)
    return document.getvalue()[12:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _u24(number: int) -> bytes:
    return number.to_bytes(3, "little")


def _check_written(movie: Movie, path: Path) -> None:
    width, height = movie.size
    frames, described = 0, Image.Exif()
    with path.open("rb") as stream:
        for kind, content in _read_chunks(stream):
            frames += kind == b"ANMF"
            if kind == b"VP8X":
                check_same(path, "size", content[4:], _u24(width - 1) + _u24(height - 1))
            elif kind == b"EXIF":
                described.load(content)
        check_same(path, "length in bytes", stream.tell(), path.stat().st_size)
    check_same(path, "text", described.get(_IMAGE_DESCRIPTION), texts_as_ascii(movie.texts))
    check_same(path, "number of frames", frames, len(movie.frames))


def _read_chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk's kind, and the content of those without pictures: Pillow would read the whole file to count them."""
    stream.seek(12)
    while len(head := stream.read(8)) == 8:
        kind, length = struct.unpack("<4sI", head)
        content = b"" if kind == b"ANMF" else stream.read(length)
        yield kind, content
        stream.seek(length + length % 2 - len(content), io.SEEK_CUR)
