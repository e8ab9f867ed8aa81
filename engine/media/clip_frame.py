"""One frame of a Clip as a file: a PNG whose checksums prove it whole, published under its name in one step.

Owns the encoding of a frame, the check of its bytes and the writing of files that other processes may be writing, too.
Names and folders are engine.media.clip's. Never imports torch.

PNG because every chunk carries a CRC-32, because other programs can look at a take, and because a picture sequence is
then a copy. Format: W3C Portable Network Graphics, third edition.
"""

from __future__ import annotations

import errno
import io
import os
import secrets
import shutil
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.errors import DiskFullError, EngineError, OutputError
from engine.media.png import discard

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def encode_frame(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of (H, W, 3) uint8 RGB. Level 1: higher ones cost more time than they save on a take."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def decode_frame(document: bytes) -> NDArray[np.uint8]:
    """The pixels of a whole frame, (H, W, 3) uint8 RGB."""
    with Image.open(io.BytesIO(document), formats=("PNG",)) as image:
        return np.array(image)


def is_whole(path: Path, size: tuple[int, int]) -> bool:
    """Whether a frame of `size`, (width, height), is there and undamaged."""
    return read_whole(path, size) is not None


def read_whole(path: Path, size: tuple[int, int]) -> bytes | None:
    """The bytes of a frame; None when it is not there, cannot be read, is damaged or of another size."""
    try:
        document = path.read_bytes()
    except OSError:
        return None
    return document if _chunks_are_right(document, size) else None


def _chunks_are_right(document: bytes, size: tuple[int, int]) -> bool:
    """Whether this is an RGB PNG of `size`, every chunk with a right checksum, that ends exactly at its last chunk.

    Pillow alone would not do: it skips the checksums of the chunks that hold pixels.
    """
    if not document.startswith(_SIGNATURE + b"\0\0\0\rIHDR" + struct.pack("!IIBB", *size, 8, 2)):
        return False
    view, place, kind = memoryview(document), len(_SIGNATURE), b""
    while place + 12 <= len(document):
        length, kind = struct.unpack_from("!I4s", document, place)
        end = place + 12 + length
        if end > len(document) or zlib.crc32(view[place + 4 : end - 4]) != int.from_bytes(view[end - 4 : end]):
            return False
        place = end
    return place == len(document) and kind == b"IEND"


def publish(path: Path, document: bytes, *, flush: bool = False) -> None:
    """Write a file so that its name never stands for half of it; of two writers at once, one wins whole.

    Raises:
        DiskFullError: No room.
        OutputError: The place cannot be written.
    """
    part = _part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as stream:
            stream.write(document)
            if flush:
                stream.flush()
                os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        discard(part)
        raise write_error(path, error) from error
    except BaseException:
        discard(part)
        raise


def link_or_copy(source: Path, path: Path) -> None:
    """Give the file `source` a second name, or a copy where the file system has no hard links.

    Raises:
        DiskFullError: No room.
        OutputError: The place cannot be written.
    """
    part = _part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, part)
        part.replace(path)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        # After replacing one of two names of the same file by the other, POSIX leaves both.
        discard(part)


def flush_folder(folder: Path, *, files: bool = False) -> None:
    """Flush a folder's list of names to the disk, and with `files` the content of its files first.

    Raises:
        DiskFullError: No room.
        OutputError: The disk refuses.
    """
    try:
        if files:
            for path in folder.iterdir():
                flush_file(path)
        if os.name == "posix":  # Windows writes a folder with its files and opens none
            flush_file(folder)
    except OSError as error:
        raise write_error(folder, error) from error


def flush_file(path: Path) -> None:
    """Flush a file's content to the disk."""
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")


def write_error(path: Path, error: OSError) -> EngineError:
    """What to tell the user when `path` could not be written."""
    if error.errno in _DISK_FULL:
        return DiskFullError(f"no room for {path}; free some space on that disk")
    return OutputError(f"cannot write to {path.parent} ({error.strerror or error}); choose another folder")
