"""A picture, the control map that was made of it, and what was made with that map, side by side; each can be hidden.

Owns the three views and the buttons that show them. Which job's map it is, is the page's business.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.canvas.picture_view import PictureView
from app.pictures import SIDES, Picture, picture_of
from engine.messages import ControlLayer, ControlMapRequest, ImageRequest, JobState, VideoRequest

if TYPE_CHECKING:
    from app.jobs import JobModel
    from app.pictures import PictureCache
    from app.theme import Theme


class MapViews(QWidget):
    """Three columns and their switches; the switches are placed by the page."""

    def __init__(self, cache: PictureCache, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self.source, self.map, self.result = PictureView(theme), PictureView(theme), PictureView(theme)
        self._titles = {self.source: self.tr("Picture"), self.map: self.tr("Map"), self.result: self.tr("Result")}
        self.switches: dict[PictureView, QToolButton] = {}
        self._columns: dict[PictureView, QWidget] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for view, title in self._titles.items():
            self._columns[view] = self._column(view, title)
            row.addWidget(self._columns[view], 1)
            switch = self.switches[view] = QToolButton()
            switch.setObjectName("mode")
            switch.setText(title)
            switch.setCheckable(True)
            switch.setChecked(True)
            switch.setAccessibleName(self.tr("Show: {name}").format(name=title))
            switch.clicked.connect(partial(self._switch, view))
        self._columns[self.result].hide()

    def show_picture(self, view: PictureView, picture: Picture | None, path: str, words: str) -> None:
        """Show a picture, or that there is none; one that is still being decoded leaves the last of the same file."""
        image = self._cache.get(picture, SIDES[-1]) if picture else None
        if image is not None:
            view.show_image(image, path, f"{self._titles[view]}: {words}")
        elif picture is None or view.path != path:
            view.show_image(QImage(), path, f"{self._titles[view]}: {words}")
        switch = self.switches[view]
        switch.setEnabled(picture is not None)
        nothing = self.tr("Nothing was made with this map yet") if view is self.result else self.tr("The file is gone")
        switch.setToolTip("" if picture is not None else nothing)
        self._columns[view].setVisible(picture is not None and switch.isChecked())

    def set_zoom(self, zoom: float) -> None:
        """Zoom all three to this factor; 0 fits each in."""
        for view in self._titles:
            view.set_zoom(zoom)

    def _column(self, view: PictureView, title: str) -> QWidget:
        column = QWidget()
        inside = QVBoxLayout(column)
        inside.setContentsMargins(0, 8, 0, 0)
        inside.setSpacing(0)
        label = QLabel(title)
        label.setObjectName("quiet")
        label.setContentsMargins(12, 0, 12, 0)
        inside.addWidget(label)
        inside.addWidget(view, 1)
        return column

    def _switch(self, view: PictureView) -> None:
        shown = [own for own, switch in self.switches.items() if switch.isChecked() and switch.isEnabled()]
        if not shown:
            # Something is always to be seen.
            self.switches[view].setChecked(True)
        self._columns[view].setVisible(self.switches[view].isChecked())


def result_of(jobs: JobModel, request: ControlMapRequest, path: str) -> Picture | None:
    """The first picture of the newest finished job that followed this map; `path` is the map's file."""
    for record in reversed(jobs.records()):
        made = record.request
        if (
            record.state is JobState.DONE
            and isinstance(made, ImageRequest | VideoRequest)
            and any(_follows(layer, request, path) for layer in made.controls)
        ):
            return picture_of(record, 0)
    return None


def _follows(layer: ControlLayer, request: ControlMapRequest, path: str) -> bool:
    if not layer.enabled:
        return False
    if layer.is_map:
        return layer.picture == path
    return (layer.kind, layer.picture, layer.frame) == (request.kind, request.picture, request.frame)
