"""What the canvas shows of a finished control map: its picture, the map, what was made with it, and what can be done.

Owns the page. Where the map is copied to and how it is made again is the window's business.
"""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.canvas.map_views import MapViews, result_of
from app.pictures import picture_of
from app.widgets.elided_label import ElidedLabel
from app.words import size_text
from engine.messages import ControlMapRequest
from engine.messages.detectors import find_detector

if TYPE_CHECKING:
    from app.icons import Icons
    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.pictures import Picture, PictureCache
    from app.theme import Theme


class MapPage(QWidget):
    """Picture, map and result, above a card with the map's name, its settings and buttons."""

    use_pressed = Signal()
    source_pressed = Signal()
    copy_pressed = Signal()
    again_pressed = Signal()

    def __init__(
        self, jobs: JobModel, cache: PictureCache, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs, self._cache = jobs, cache
        self._shown: tuple[JobRecord, str] | None = None
        self.views = MapViews(cache, theme)
        self.view = self.views.map
        self.title, self.settings = ElidedLabel(), ElidedLabel()
        self.settings.setObjectName("quiet")
        self.source, self.again, self.copy = QToolButton(), QToolButton(), QToolButton()
        self.use = QPushButton(self.tr("Use as control"))
        self.use.setToolTip(self.tr("Let what is made follow this map"))
        words = {
            self.source: ("picture", self.tr("Show its picture"), self.tr("Show its picture in another program")),
            self.again: ("retry", self.tr("Make it again"), self.tr("Look at the picture anew, set as before")),
            self.copy: ("copy", self.tr("Copy as control"), self.tr("Copy the --control option that follows this map")),
        }
        for button, (icon, name, tip) in words.items():
            icons.dress(button, icon)
            button.setAccessibleName(name)
            button.setToolTip(tip)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.settings, 1)
        for button in (self.source, self.again, self.copy, self.use):
            buttons.addWidget(button)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title, 1)
        for switch in self.views.switches.values():
            head.addWidget(switch)
        inside.addLayout(head)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 12, 12)
        column.addWidget(self.views, 1)
        column.addWidget(card)
        self.use.clicked.connect(self.use_pressed)
        self.source.clicked.connect(self.source_pressed)
        self.copy.clicked.connect(self.copy_pressed)
        self.again.clicked.connect(self.again_pressed)
        jobs.job_changed.connect(self._take_job)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        views: list[QWidget] = [self.views.source, self.view, self.views.result, *self.views.switches.values()]
        return [*views, self.source, self.again, self.copy, self.use]

    def set_zoom(self, zoom: float) -> None:
        """Zoom the pictures to this factor; 0 fits them in."""
        self.views.set_zoom(zoom)

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
        self.settings.setToolTip(self.settings.text())
        if self._shown != (record, path):
            self.source.setEnabled(False)
            self._show_source(None)
        self._shown = (record, path)
        # Not here: a look at a disk that does not answer never ends.
        self._cache.look(request.picture, request.frame or 0, partial(self._take_source, self._shown))
        self.views.show_picture(self.view, picture_of(record, 0), path, request.prompt)
        self._show_result()

    def _take_source(self, shown: tuple[JobRecord, str], source: Picture) -> None:
        if shown == self._shown:
            self.source.setEnabled(source.is_there)
            self._show_source(source if source.is_there else None)

    def _show_source(self, source: Picture | None) -> None:
        path = source.path if source is not None else ""
        self.views.show_picture(self.views.source, source, path, Path(path).name)

    def _show_result(self) -> None:
        if self._shown is None:
            return
        record, path = self._shown
        assert isinstance(record.request, ControlMapRequest)
        result = result_of(self._jobs, record.request, path)
        self.views.show_picture(self.views.result, result, result.path if result else "", record.request.prompt)

    def _take_job(self, _key: str) -> None:
        if self.isVisible():
            self._show_result()


def control_option(request: ControlMapRequest, path: str) -> str:
    """The option of `onetake image` that lets pictures follow a finished map: no detector runs again."""
    comma = path.replace(",", "\\,")
    return f"--control {shlex.quote(f'{request.kind}={comma},map')}"
