"""What a view may ask of a picture in a list (grid or gallery), and what such a picture is when dragged or copied."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage


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


def mime_of(paths: list[str]) -> QMimeData:
    """Files as links, and the first as pixels, so that file managers and editors both take it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    if paths and Path(paths[0]).is_file():
        image = QImage(paths[0])
        # A take's file is no picture.
        if not image.isNull():
            mime.setImageData(image)
    return mime
