"""Masks on disk: read to a picture's size, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from app.canvas.painting.brush import plain_mask
from app.image_edit import write_atomically

_FAST = 80
"""Qt's scale for PNG: zlib's lowest level. Masks are flat, and are written while the artist paints."""


def read_mask(file: str, size: QSize, *, invert: bool = False) -> QImage:
    """The mask in a file, scaled to `size`; black, for nothing, where there is no such file or no picture in it."""
    reader = QImageReader(file)
    reader.setAutoTransform(True)
    # Told by content: a mask may be any picture that the artist has named.
    reader.setDecideFormatFromContent(True)
    image = reader.read() if file else QImage()
    if image.isNull():
        return plain_mask(size.width(), size.height())
    mask = image.convertToFormat(QImage.Format.Format_Grayscale8)
    if mask.size() != size:
        mode = Qt.TransformationMode.SmoothTransformation
        mask = mask.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        mask.convertTo(QImage.Format.Format_Grayscale8)
    if invert:
        mask.invertPixels()
    return mask


def write_mask(mask: QImage, file: str) -> None:
    """Replace a mask's file; one that masks nothing has none.

    Raises:
        OSError: It cannot be written; the old one stands.
    """
    if is_blank(mask):
        Path(file).unlink(missing_ok=True)
        return
    document = QByteArray()
    buffer = QBuffer(document)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # A plain stub of PySide takes only text for the format, and only bytes are understood.
    if not mask.save(buffer, "PNG", _FAST):  # pyright: ignore[reportArgumentType,reportCallIssue]
        raise OSError(f"{file} cannot be encoded")
    write_atomically(Path(file), bytes(document.data()))


def is_blank(mask: QImage) -> bool:
    """Whether nothing is masked."""
    return mask.isNull() or mask == plain_mask(mask.width(), mask.height())
