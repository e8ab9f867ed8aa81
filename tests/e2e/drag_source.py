"""A program with a picture that can be dragged out of it, as out of a file manager: `python drag_source.py FILE X Y`.

A client of the display of its own, so that what it gives away crosses from one program to another.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

SIDE_PX = 128


class Picture(QLabel):
    """Shows a file and gives it away."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file
        self.setPixmap(QPixmap(file).scaled(SIDE_PX, SIDE_PX))
        self.setWindowTitle("Picture to drag")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            mime, drag = QMimeData(), QDrag(self)
            mime.setUrls([QUrl.fromLocalFile(self._file)])
            drag.setMimeData(mime)
            drag.exec(Qt.DropAction.CopyAction)


def main(file: str, x: str, y: str) -> int:
    """Show the picture there until the process is ended."""
    app = QApplication(["drag_source"])
    picture = Picture(file)
    picture.move(QPoint(int(x), int(y)))
    picture.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
