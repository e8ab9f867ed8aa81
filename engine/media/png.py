"""PNG files: writing pictures with text so that they are whole or absent, and reading text back safely.

Owns bytes on disk. What the text means is engine.media.metadata's. Never imports torch.
Format: W3C Portable Network Graphics, third edition.
"""

from __future__ import annotations

import errno
import io
import os
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, PngImagePlugin

from engine.errors import DiskFullError, JobFailedError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

MAX_FILE_BYTES = 256 * 2**20
MAX_TEXT_BYTES = 4 * 2**20
MAX_PIXELS = 100_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def encode_png(pixels: NDArray[np.uint8], texts: Mapping[str, str]) -> bytes:
    """A PNG of (H, W, 3) uint8 RGB with text chunks: tEXt where Latin-1 fits, else iTXt."""
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    stream = io.BytesIO()
    # Level 4 costs half the time of the default for a few percent of size.
    Image.fromarray(pixels).save(stream, "PNG", pnginfo=info, compress_level=4)
    return stream.getvalue()


def write_png(part: Path, pixels: NDArray[np.uint8], texts: Mapping[str, str]) -> bytes:
    """Write a picture to `part`, flush it to the disk, and prove by reading that pixels and texts are there.

    `part` is a temporary name; whoever owns the result renames it. On failure nothing is left at it.

    Returns:
        The file's bytes.

    Raises:
        DiskFullError: No room.
        OutputError: The place cannot be written.
        JobFailedError: What was read back differs.
    """
    document = encode_png(pixels, texts)
    try:
        write_document(part, document)
        _check_written(part, pixels, texts)
    except BaseException:
        discard(part)
        raise
    return document


def write_document(file: Path, document: bytes) -> None:
    """Write bytes and flush them to the disk; what a failure leaves is the caller's to discard.

    Raises:
        DiskFullError: No room.
        OutputError: The place cannot be written.
    """
    try:
        with file.open("wb") as stream:
            stream.write(document)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise DiskFullError(f"no room for {file}; free some space on that disk") from error
        reason = error.strerror or str(error)
        raise OutputError(f"cannot write to {file.parent} ({reason}); choose another output folder") from error


def read_texts(source: Path | bytes) -> dict[str, str]:
    """The text chunks of a PNG, by key, without decoding its pixels. Damaged or oversized chunks end the reading.

    Returns:
        An empty dict for anything that is no PNG, or holds no text, or is too large to be looked at.

    Raises:
        OutputError: The file is there, but cannot be read.
    """
    if isinstance(source, bytes):
        return dict(_texts(io.BytesIO(source))) if len(source) <= MAX_FILE_BYTES else {}
    try:
        if not source.is_file() or source.stat().st_size > MAX_FILE_BYTES:
            return {}
        with source.open("rb") as stream:
            return dict(_texts(stream))
    except OSError as error:
        raise OutputError(f"{source} cannot be read ({error.strerror}); check its permissions") from error


def _texts(stream: io.BufferedIOBase) -> Iterator[tuple[str, str]]:
    if stream.read(len(_SIGNATURE)) != _SIGNATURE:
        return
    left = MAX_TEXT_BYTES
    for kind, content in _chunks(stream):
        if kind == b"IHDR":
            width, height = struct.unpack_from("!II", content) if len(content) == 13 else (0, 0)
            if not 0 < width * height <= MAX_PIXELS:
                return
        text = _decode_text(kind, content, left)
        if text is not None:
            left -= len(text[1])
            if left < 0:
                return
            yield text


def _chunks(stream: io.BufferedIOBase) -> Iterator[tuple[bytes, bytes]]:
    """Header and text chunks with a right checksum, up to IEND; the content of others is skipped."""
    while len(head := stream.read(8)) == 8:
        length, kind = struct.unpack("!I4s", head)
        if kind == b"IEND" or length > MAX_FILE_BYTES:
            return
        if kind not in (b"IHDR", b"tEXt", b"zTXt", b"iTXt"):
            stream.seek(length + 4, io.SEEK_CUR)
            continue
        if length > MAX_TEXT_BYTES:
            return
        content, checksum = stream.read(length), stream.read(4)
        if len(checksum) < 4 or zlib.crc32(kind + content) != int.from_bytes(checksum, "big"):
            return
        yield kind, content


def _decode_text(kind: bytes, content: bytes, most_bytes: int) -> tuple[str, str] | None:
    key, found, rest = content.partition(b"\0")
    if kind not in (b"tEXt", b"zTXt", b"iTXt") or not found:
        return None
    name = key.decode("latin-1")
    if kind == b"tEXt":
        return name, rest.decode("latin-1")
    if kind == b"zTXt":
        plain = _inflate(rest[1:], most_bytes)
        return None if plain is None else (name, plain.decode("latin-1"))
    # iTXt: compression flag and method, then language and translated key, each ended by NUL.
    fields = rest[2:].split(b"\0", 2)
    if len(fields) < 3:
        return None
    plain = _inflate(fields[2], most_bytes) if rest[0] else fields[2]
    return None if plain is None else (name, plain.decode("utf-8", "replace"))


def _inflate(packed: bytes, most_bytes: int) -> bytes | None:
    """Decompress at most `most_bytes`; None when damaged or larger."""
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(packed, most_bytes + 1)
    except zlib.error:
        return None
    return plain if machine.eof and len(plain) <= most_bytes else None


def _check_written(part: Path, pixels: NDArray[np.uint8], texts: Mapping[str, str]) -> None:
    try:
        with Image.open(part, formats=("PNG",)) as image:
            same = image.mode == "RGB" and image.tobytes() == pixels.tobytes()
    except (OSError, SyntaxError):  # what Pillow raises at files that are no whole PNG
        same = False
    if not same or read_texts(part) != dict(texts):
        raise JobFailedError(f"{part} reads back differently from what was written; check that disk")


def discard(part: Path) -> None:
    """Remove a part that is not wanted; a place that refuses even that holds nothing of ours."""
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return
