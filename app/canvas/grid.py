"""The candidates of a batch, laid out as large as the canvas allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from app.pictures import SIDES, picture_of
from app.widgets.picture_cell import GAP, PictureCellDelegate, PictureList
from engine.messages import ControlMapRequest, ImageRequest

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.canvas.candidates import CandidateModel
    from app.job_record import JobRecord
    from app.pictures import PictureCache
    from app.theme import Theme

SMALLEST_PX, MARGIN_PX = 120, 12
# The view wraps a line that fills it to the last pixel.
SLACK_PX = 4


def best_cell(area: QSize, count: int, aspect: float) -> QSize:
    """The largest cell, of that width over height, of which `count` fit into `area`; never below SMALLEST_PX wide."""
    best = 0.0
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        width = min((area.width() - columns * GAP) / columns, ((area.height() - rows * GAP) / rows) * aspect)
        best = max(best, width)
    width = max(int(best), SMALLEST_PX)
    return QSize(width, max(1, round(width / aspect)))


class CandidateGrid(PictureList):
    """The grid of the canvas. Return or a double click opens a picture large."""

    opened = Signal(int)

    def __init__(self, model: CandidateModel, cache: PictureCache, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("grid")
        self.setAccessibleName(self.tr("Results"))
        self._candidates, self._cache = model, cache
        self._aspect = 0.0
        self.setModel(model)
        self.setItemDelegate(PictureCellDelegate(cache, theme, self))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        cache.loaded.connect(self._take_loaded)
        model.modelReset.connect(self._refit)
        self.activated.connect(self._open)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def _take_loaded(self) -> None:
        record = self._candidates.record
        if record is not None and self._aspect_of(record) != self._aspect:
            self._refit()
        self.viewport().update()

    def _aspect_of(self, record: JobRecord) -> float:
        """Width over height of the pictures: of a painted-in one that of its source, which only the picture tells."""
        request = record.request
        if not isinstance(request, ImageRequest | ControlMapRequest):
            return 1.0
        if isinstance(request, ImageRequest) and request.edit is not None and request.edit.is_masked:
            for row in range(request.count):
                picture = picture_of(record, row)
                image = self._cache.get(picture, SIDES[0]) if picture is not None else None
                if image is not None and not image.isNull():
                    return image.width() / image.height()
        return request.width / request.height

    def _refit(self) -> None:
        record = self._candidates.record
        request = record.request if record is not None else None
        if record is None or not isinstance(request, ImageRequest | ControlMapRequest):
            return
        self._aspect = self._aspect_of(record)
        room = self.size() - QSize(2 * MARGIN_PX + SLACK_PX, 2 * MARGIN_PX + SLACK_PX)
        cell = best_cell(room, request.count, self._aspect)
        columns = max(1, min(request.count, room.width() // (cell.width() + GAP)))
        rows = -(-request.count // columns)
        # The view packs from the left and the top: margins centre what it packs.
        left = MARGIN_PX + max(0, room.width() - columns * (cell.width() + GAP)) // 2
        top = MARGIN_PX + max(0, room.height() - rows * (cell.height() + GAP)) // 2
        overflows = rows * (cell.height() + GAP) > room.height()
        # Decided here, since a scroll bar that comes and goes by itself would change the room it depends on.
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if overflows else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        self.setViewportMargins(left, top, 0 if overflows else left, 0)
        self.set_cell(cell)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())
