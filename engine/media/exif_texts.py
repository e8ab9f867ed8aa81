"""What other programs write about a picture into the EXIF data of JPEG and WebP files, by the keys that PNG has for it.

AUTOMATIC1111's program writes its text as UserComment; ComfyUI its graph as Model ("prompt:{...}").
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 256 * 2**20
_EXIF_IFD, _USER_COMMENT, _MAKE, _MODEL = 0x8769, 0x9286, 0x010F, 0x0110
_FORMATS = ("JPEG", "WEBP")
# The eight bytes that EXIF 2.3, 4.6.5, puts before a comment to name its letters.
_UTF16, _ASCII, _UNDEFINED = b"UNICODE\0", b"ASCII\0\0\0", b"\0" * 8


def read_exif_texts(file: Path) -> dict[str, str]:
    """Texts by key; empty for anything that is no such file or holds none."""
    with contextlib.suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        if not file.is_file() or file.stat().st_size > MAX_FILE_BYTES:
            return {}
        # The pixels stay unread.
        with Image.open(file, formats=_FORMATS) as image:
            exif = image.getexif()
            comment: object = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT)
            fields: list[object] = [exif.get(_MODEL), exif.get(_MAKE)]
        texts = {"parameters": _comment_text(comment)} if isinstance(comment, bytes) else {}
        for field in fields:
            if isinstance(field, str):
                key, colon, text = field.partition(":")
                if colon and key in ("prompt", "workflow"):
                    texts[key] = text
        return texts
    return {}


def _comment_text(comment: bytes) -> str:
    code, text = comment[:8], comment[8:]
    if code == _UTF16:
        # Big-endian as piexif writes it; Latin text in the other order has its zeros behind the letters.
        encoding = "utf-16-le" if text[1:2] == b"\0" else "utf-16-be"
        return text.decode(encoding, "ignore")
    return (text if code in (_ASCII, _UNDEFINED) else comment).decode("utf-8", "ignore")
