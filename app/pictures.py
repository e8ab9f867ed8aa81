"""Decoded pictures for painting: asked for by the views, decoded in the background, kept within a bound.

It holds pixels, never the truth: what pictures a job has is in `jobs`, the files are the service's.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

if TYPE_CHECKING:
    from app.background import Background, Problem
    from app.job_record import JobRecord

KEPT_BYTES = 40 * 2**20
# Decoded sides: few sizes, so that resizing a grid decodes nothing anew.
SIDES = (192, 384, 768, 1536, 4096)


class Picture(msgspec.Struct, frozen=True):
    """One picture of a job: a file, or the encoded bytes of a candidate that is not on disk yet."""

    path: str = ""
    encoded: bytes = b""
    is_final: bool = True

    @property
    def key(self) -> object:
        return self.path or hash(self.encoded)


def picture_of(record: JobRecord, index: int) -> Picture | None:
    """Picture `index` of a job's batch, if there is one yet."""
    if index < len(record.info.outputs):
        return Picture(path=record.info.outputs[index])
    preview = record.candidates.get(index)
    return Picture(encoded=preview.image, is_final=preview.final) if preview else None


def decode(picture: Picture, side: int) -> QImage:
    """The picture, no longer than `side` pixels on its longer side and never enlarged; null if it cannot be read."""
    if picture.path:
        return _read(QImageReader(picture.path), side)
    buffer = QBuffer()
    buffer.setData(QByteArray(picture.encoded))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return _read(QImageReader(buffer), side)


def _read(reader: QImageReader, side: int) -> QImage:
    reader.setAutoTransform(True)
    size = reader.size()
    if max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class PictureCache(QObject):
    """Least recently used pictures, at a few sizes."""

    loaded = Signal()
    """One or more pictures that were asked for are ready."""

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._images: OrderedDict[tuple[object, int], QImage] = OrderedDict()
        self._wanted: set[tuple[object, int]] = set()
        self._held_bytes = 0

    def get(self, picture: Picture, side: int) -> QImage | None:
        """The picture for painting about `side` device pixels large, or None and a `loaded` signal later."""
        side = next((size for size in SIDES if size >= side), SIDES[-1])
        key = (picture.key, side)
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
            return image
        if key not in self._wanted:
            self._wanted.add(key)
            self._background.run(lambda: decode(picture, side), lambda result: self._keep(key, result))
        return None

    def _keep(self, key: tuple[object, int], result: QImage | Problem) -> None:
        self._wanted.discard(key)
        image = result if isinstance(result, QImage) else QImage()
        self._images[key] = image
        self._held_bytes += image.sizeInBytes()
        while self._held_bytes > KEPT_BYTES and len(self._images) > 1:
            _, oldest = self._images.popitem(last=False)
            self._held_bytes -= oldest.sizeInBytes()
        self.loaded.emit()
