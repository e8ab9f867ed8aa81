"""Painting the region of a control layer: its picture read, the painter opened over it, the mask given to the layer.

Owns the way from the layer to its new mask. The painter is `canvas.painting`'s, layers are the project's.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app.background import Background
from app.picture_source import PictureSource, read_source
from app.words import sentence

if TYPE_CHECKING:
    from app.background import Problem
    from app.canvas.painting.region_dialog import RegionDialog
    from app.edit_wing import EditSurroundings


class RegionPainting(QObject):
    """Call `paint` with the number of a layer; one painter is open at a time."""

    def __init__(self, around: EditSurroundings, parent: QObject) -> None:
        super().__init__(parent)
        self._of = around
        self._background = Background(self, threads=1)
        self._is_reading = False
        self.dialog: RegionDialog | None = None

    def paint(self, index: int) -> None:
        """Paint where control layer `index` acts, counted from 0."""
        controls = self._of.project.edit.controls
        if not 0 <= index < len(controls) or self._is_reading or self.dialog is not None:
            return
        layer = controls[index]
        if layer.is_moving:
            told = self.tr("“{name}” has a picture for each frame; choose a movie or folder of masks for its region.")
            self._of.notices.say(told.format(name=layer.name), icon="warn", tint="warn")
            return
        self._is_reading = True
        work = partial(read_source, Path(layer.picture), layer.frame)
        self._background.run(work, partial(self._open, index, layer.picture))

    def close(self) -> None:
        """Leave the region that is being painted as it was."""
        if self.dialog is not None:
            self.dialog.close()
        self._background.close()

    def _open(self, index: int, picture: str, result: PictureSource | Problem) -> None:
        self._is_reading = False
        controls = self._of.project.edit.controls
        if not isinstance(result, PictureSource):
            self._of.notices.say(sentence(str(result)), icon="warn", tint="warn")
            return
        if index >= len(controls) or controls[index].picture != picture:
            return
        # Loaded only now, as all of painting is.
        from app.canvas.painting.region_dialog import RegionDialog  # noqa: PLC0415

        target = self._of.project.masks.another(f"region of {picture}")
        mask = controls[index].mask or ""
        self.dialog = RegionDialog(
            result.image, mask, target, theme=self._of.theme, icons=self._of.icons, parent=self._of.window
        )
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.painted.connect(partial(self._take, index, picture))
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _take(self, index: int, picture: str, mask: str) -> None:
        controls = self._of.project.edit.controls
        if index < len(controls) and controls[index].picture == picture:
            self._of.project.change_control(index, self.tr("paint region"), mask=mask or None)

    def _forget(self) -> None:
        self.dialog = None
