"""Pictures that came without a file (frames of takes, pixels from other programs), kept so that a job can name them.

A file is named by its content and never changes: the same picture is kept once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice

from app.image_edit import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

_DIGITS = 24


def keep_picture(image: QImage, folder: Path) -> Path:
    """The file of a picture in `folder`, written if it is not there. It blocks; call it in a thread.

    Raises:
        OSError: It cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # pyright: ignore[reportCallIssue, reportArgumentType]  # the format is text in Qt 6
        raise OSError("the picture cannot be encoded")
    document = bytes(buffer.data().data())
    file = folder / f"{hashlib.sha256(document).hexdigest()[:_DIGITS]}.png"
    if not file.exists():
        write_atomically(file, document)
    return file
