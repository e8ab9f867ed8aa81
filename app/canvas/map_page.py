"""What the canvas shows of a finished control map: the map, what it is a map of, and what can be done with it.

Owns the page. Where the map is copied to and how it is made again is the window's business.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.canvas.picture_view import PictureView
from app.pictures import SIDES, picture_of
from app.widgets.elided_label import ElidedLabel
from app.words import size_text
from engine.messages import ControlMapRequest
from engine.messages.detectors import find_detector

if TYPE_CHECKING:
    from app.job_record import JobRecord
    from app.pictures import PictureCache
    from app.theme import Theme


class MapPage(QWidget):
    """The map, large, above a card with its name, its settings and three buttons."""

    source_pressed = Signal()
    copy_pressed = Signal()
    again_pressed = Signal()

    def __init__(self, cache: PictureCache, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self.view = PictureView(theme)
        self.title, self.settings = ElidedLabel(), QLabel()
        self.settings.setObjectName("quiet")
        self.settings.setWordWrap(True)
        self.source, self.again = QPushButton(self.tr("Show its picture")), QPushButton(self.tr("Make it again"))
        self.copy = QPushButton(self.tr("Copy as control"))
        self.copy.setToolTip(self.tr("Copy the --control option that makes pictures follow this map"))
        self.again.setToolTip(self.tr("Look at the picture anew, with the same settings"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.settings, 1)
        for button in (self.source, self.again, self.copy):
            buttons.addWidget(button)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(8)
        inside.addWidget(self.title)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 12, 12)
        column.addWidget(self.view, 1)
        column.addWidget(card)
        self.source.clicked.connect(self.source_pressed)
        self.copy.clicked.connect(self.copy_pressed)
        self.again.clicked.connect(self.again_pressed)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.view, self.source, self.again, self.copy]

    def show_record(self, record: JobRecord, path: str) -> None:
        """Show a finished map; `path` is its file."""
        request = record.request
        assert isinstance(request, ControlMapRequest)
        spec = find_detector(request.kind)
        self.title.setText(self.tr("Control map: {name}").format(name=request.prompt))
        given = dict(request.options)
        parts = [size_text(request.width, request.height), self.tr("resize: {mode}").format(mode=request.resize)]
        parts += [f"{option.name}: {given.get(option.name, option.default)}" for option in spec.options]
        self.settings.setText("   ".join(parts))
        self.source.setToolTip(request.picture)
        self.source.setEnabled(Path(request.picture).is_file())
        picture = picture_of(record, 0)
        image = self._cache.get(picture, SIDES[-1]) if picture else None
        if image is not None:
            self.view.show_image(image, path, request.prompt)
        elif self.view.path != path:
            self.view.show_image(QImage(), path, request.prompt)


def control_option(request: ControlMapRequest, path: str) -> str:
    """The option of `onetake image` that lets pictures follow a finished map: no detector runs again."""
    comma = path.replace(",", "\\,")
    return f"--control {shlex.quote(f'{request.kind}={comma},map')}"
