"""The live picture beside what the artist works on, with what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.canvas.picture_view import PictureView
from app.pictures import decode_bytes
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.live_link import LivePicture
    from app.theme import Theme

LEAST_PX = 240


class LivePane(QFrame):
    """It asks by signals; whose pictures these are is `live`'s business."""

    keep_pressed = Signal()
    stop_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.told, self.pace = QLabel(self.tr("Auto")), ElidedLabel(), QLabel()
        self.pace.setObjectName("quiet")
        self.keep, self.stop = QPushButton(self.tr("Keep")), QPushButton(self.tr("End"))
        self.keep.setToolTip(self.tr("Put this picture into the gallery, as it is"))
        self.stop.setToolTip(self.tr("Make pictures only when asked to"))
        self.view = PictureView(theme)
        self.view.setMinimumSize(QSize(LEAST_PX, LEAST_PX))
        bar = QFrame()
        bar.setObjectName("strip")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addWidget(self.pace)
        row.addWidget(self.told, 1)
        row.addWidget(self.keep)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.view, 1)
        self.keep.clicked.connect(self.keep_pressed)
        self.stop.clicked.connect(self.stop_pressed)
        self.clear()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.keep, self.stop, self.view]

    def clear(self) -> None:
        """There is no picture yet."""
        self.keep.setEnabled(False)
        self.pace.setText("")
        self.say("", is_error=False)

    def show_picture(self, picture: LivePicture) -> None:
        """Show a picture; only this one can be kept."""
        image = decode_bytes(picture.made.image)
        words = self.tr("Live picture: {prompt}").format(prompt=picture.request.prompt)
        self.view.show_image(image, "", words)
        self.pace.setText(self.tr("{seconds} s").format(seconds=f"{picture.elapsed_s:.2f}"))
        self.keep.setEnabled(True)

    def say(self, words: str, *, is_error: bool) -> None:
        """Say quietly what is going on."""
        self.told.setText(words)
        self.told.setToolTip(words)
        self.told.setObjectName("warn" if is_error else "quiet")
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
