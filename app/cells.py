"""What a view may ask of a picture in a list (grid or gallery), and what such a picture is when dragged or copied."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PySide6.QtCore import QMetaType

PIXELS = "application/x-qt-image"
READ_BY_QT = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")


class CellRole(IntEnum):
    """Roles of the candidate and gallery models."""

    PICTURE = Qt.ItemDataRole.UserRole + 1
    KEY = Qt.ItemDataRole.UserRole + 2
    INDEX = Qt.ItemDataRole.UserRole + 3
    SEED = Qt.ItemDataRole.UserRole + 4
    PATH = Qt.ItemDataRole.UserRole + 5
    IS_STARRED = Qt.ItemDataRole.UserRole + 6
    BADGE = Qt.ItemDataRole.UserRole + 7
    """A word or two in the corner of the picture: how long a take is."""


class _Files(QMimeData):
    """Files as links, and the first as pixels: read when someone asks for them, not when it is picked up."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__()
        self.setUrls([QUrl.fromLocalFile(path) for path in paths])
        # By its name: a look at a disk that does not answer never ends. A take's file is no picture.
        self._picture = paths[0] if paths and paths[0].lower().endswith(READ_BY_QT) else ""
        self._image = QImage()

    def formats(self) -> list[str]:
        return [*super().formats(), *([PIXELS] if self._picture else [])]

    def hasFormat(self, mimetype: str) -> bool:  # noqa: N802 - Qt's name
        return (bool(self._picture) and mimetype == PIXELS) or super().hasFormat(mimetype)

    def retrieveData(self, mimetype: str, preferredType: QMetaType | QMetaType.Type) -> object:  # noqa: N802, N803 - Qt's names
        if not self._picture or mimetype != PIXELS:
            return super().retrieveData(mimetype, preferredType)
        if self._image.isNull():
            self._image = QImage(self._picture)
        return self._image


def mime_of(paths: list[str]) -> QMimeData:
    """Files to be dragged: as links and, if the first is a picture, as pixels, so that all programs take it."""
    return _Files(paths)


def copy_of(path: str) -> QMimeData:
    """A file for the clipboard: as a link and as the pixels that it has now, which stay when it goes."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path)])
    image = QImage(path)
    if not image.isNull():
        mime.setImageData(image)
    return mime
