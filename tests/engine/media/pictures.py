"""Pictures of every kind that people drop, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RED, GREEN, BLUE = (230, 20, 30), (20, 200, 40), (10, 30, 220)


def quarters(width: int = 40, height: int = 20) -> NDArray[np.uint8]:
    """(H, W, 3): red, green over blue, white, so that every turn and flip shows."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    return pixels


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))


def png_of(width: int, height: int, chunks: bytes = b"") -> bytes:
    """A PNG whose header claims this size, with any chunks in front of a few bytes of pixels."""
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
    return start + chunks + png_chunk(b"IDAT", zlib.compress(b"\0" * 16)) + png_chunk(b"IEND", b"")


def animation(file: Path, frames: int) -> Path:
    """Frame k of the animation is a grey of level 10 k; the suffix says the format."""
    pictures = [Image.new("L", (12, 8), 10 * index).convert("RGB") for index in range(frames)]
    pictures[0].save(file, save_all=True, append_images=pictures[1:], duration=40, lossless=True)
    return file


def swapped_profile() -> bytes:
    """A colour profile under which red is green and green is red: sRGB's with two tags exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # untyped C
    (count,) = struct.unpack_from("!I", profile, 128)
    entries = {bytes(profile[132 + 12 * index : 136 + 12 * index]): 132 + 12 * index for index in range(count)}
    red, green = entries[b"rXYZ"] + 4, entries[b"gXYZ"] + 4
    profile[red : red + 8], profile[green : green + 8] = profile[green : green + 8], profile[red : red + 8]
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be")).replace(b"sRGB ", b"Swap ")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
