"""The middle of the window: the job that is looked at, as a grid, one large picture, a take, or how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.canvas.candidates import CandidateModel
from app.canvas.grid import CandidateGrid
from app.canvas.map_page import MapPage
from app.canvas.outcome import OutcomeCard
from app.canvas.picture_view import PictureView
from app.canvas.strips import FootStrip, HeadStrip
from app.cells import CellRole
from app.pictures import SIDES, PictureCache, picture_of
from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from engine.messages import ControlMapRequest, ExportRequest, JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.actions import Actions
    from app.canvas.player import PlayerPage
    from app.icons import Icons
    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.stars import Stars
    from app.theme import Theme


class Stage(QWidget):
    """Shows one job. `show_job` chooses it; the grid fills while its candidates arrive."""

    retry_pressed = Signal(str)
    example_pressed = Signal()
    picture_changed = Signal(str, int)
    """Key of the job and index of the picture that is current now; index -1 for none."""

    def __init__(
        self,
        *,
        jobs: JobModel,
        stars: Stars,
        cache: PictureCache,
        theme: Theme,
        icons: Icons,
        actions: Actions,
        example: str,
        log_file: str,
        player: Callable[[], PlayerPage],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._jobs, self._stars, self._cache, self._actions, self._icons = jobs, stars, cache, actions, icons
        self.candidates = CandidateModel(jobs, stars, self)
        self.head = HeadStrip()
        self.foot = FootStrip(actions)
        self.empty = EmptyState(
            self.tr("Describe a picture or a video on the left, or start with an example."), example
        )
        self.empty.button.setObjectName("primary")
        self.grid = CandidateGrid(self.candidates, cache, theme)
        self.large = PictureView(theme)
        self.outcome = OutcomeCard(icons, log_file)
        self.map = MapPage(cache, theme)
        self._is_large = False
        self._make_player = player
        self.player: PlayerPage | None = None
        """The page for takes, built with the first of them."""
        self.stack = QStackedWidget()
        self.stack.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        for page in (self.empty, self.grid, self.large, self.map, self.outcome):
            self.stack.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)
        self._column.addWidget(self.stack, 1)
        self._column.addWidget(self.foot)
        self.empty.pressed.connect(self.example_pressed)
        self.outcome.retry_pressed.connect(self._press_retry)
        self.grid.opened.connect(self.open_large)
        self.grid.selectionModel().currentChanged.connect(self._show)
        self.large.closed.connect(self.open_grid)
        self.large.zoom_changed.connect(self._show_zoom)
        self.map.view.zoom_changed.connect(self._show_zoom)
        jobs.job_changed.connect(self._refresh)
        jobs.candidate_arrived.connect(self._refresh)
        cache.loaded.connect(self._show_large)
        stars.changed.connect(self._show)
        self._show()

    @property
    def record(self) -> JobRecord | None:
        """The job on the canvas."""
        return self.candidates.record

    @property
    def page(self) -> QWidget:
        """What is shown: the empty canvas, the grid, one picture, a take, or how the job ended."""
        return self.stack.currentWidget() or self.empty

    @property
    def is_large(self) -> bool:
        return self._is_large

    def current_index(self) -> int:
        """Index of the current picture in its batch, or -1."""
        index = self.grid.currentIndex()
        return index.row() if index.isValid() else -1

    def current_path(self) -> str:
        """File of the current picture; empty while it has none."""
        return str(self.grid.currentIndex().data(CellRole.PATH) or "")

    def show_job(self, key: str, picture: int = 0, *, large: bool = False) -> None:
        """Put a job on the canvas, with this picture current."""
        record = self._jobs.record(key)
        if record is not None and isinstance(record.request, ExportRequest):
            # What is worth seeing of an export is the take that it came from.
            key = record.request.take
        if key != self.candidates.key:
            self.candidates.show_job(key)
        self._is_large = large
        self._select(picture)
        self._show()

    def open_large(self, picture: int) -> None:
        """Show this picture of the job alone."""
        self._is_large = True
        self._select(picture)
        self._show()
        self.large.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_grid(self) -> None:
        """Back to all pictures of the job."""
        if self.record is not None and (self.record.video is not None or self.page is self.map):
            return
        self._is_large = False
        self._show()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_zoom(self, zoom: float) -> None:
        """Show the current picture large at this zoom; 0 fits it in."""
        if self.player is not None and self.page is self.player:
            self.player.view.set_zoom(zoom)
            return
        if self.page is self.map:
            self.map.view.set_zoom(zoom)
            return
        if self.current_index() < 0:
            return
        if not self._is_large:
            self.open_large(self.current_index())
        self.large.set_zoom(zoom)

    def step(self, by: int) -> None:
        """Go to a neighbour in the batch, or to the next frame of the take."""
        if self.player is not None and self.page is self.player:
            self.player.stop_by_hand()
            self.player.playhead.step(by)
            return
        row = self.current_index() + by
        if 0 <= row < self.candidates.rowCount():
            self._select(row)

    def _press_retry(self) -> None:
        self.retry_pressed.emit(self.candidates.key)

    def _select(self, row: int) -> None:
        if 0 <= row < self.candidates.rowCount():
            self.grid.selectionModel().setCurrentIndex(
                self.candidates.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def _refresh(self, key: str) -> None:
        if key == self.candidates.key or self.record is None:
            self._show()

    def _page(self, record: JobRecord | None) -> QWidget:
        if record is None:
            return self.empty
        if record.state in (JobState.FAILED, JobState.CANCELLED):
            return self.outcome
        if record.video is not None:
            return self._open_player()
        if isinstance(record.request, ControlMapRequest) and record.state is JobState.DONE:
            return self.map
        return self.large if self._is_large else self.grid

    def _open_player(self) -> PlayerPage:
        player = self._make_player()
        self.adopt(player)
        return player

    def adopt(self, player: PlayerPage) -> None:
        """Take the page for takes in, as soon as it is built."""
        if self.player is None:
            self.player = player
            self.stack.addWidget(player)
            self._column.addWidget(player.transport)
            player.transport.hide()
            player.view.zoom_changed.connect(self._show_zoom)

    def _show(self) -> None:
        record = self.record
        page = self._page(record)
        if record is not None and page is self.outcome:
            self.outcome.show_record(record)
        elif record is not None and page is self.map:
            self.map.show_record(record, self.current_path())
        if self.player is not None and page is self.player:
            self.player.show_job(self.candidates.key)
        self.stack.setCurrentWidget(page)
        self.head.show_record(record, max(self.current_index(), 0))
        self._show_large()
        self._show_actions(record, page)
        self.picture_changed.emit(self.candidates.key, self.current_index())

    def _show_large(self) -> None:
        record, row = self.record, self.current_index()
        if record is not None and self.page is self.map:
            self.map.show_record(record, self.current_path())
        if record is None or record.video is not None or not self._is_large or row < 0:
            return
        picture = picture_of(record, row)
        image = self._cache.get(picture, SIDES[-1]) if picture else None
        words = str(self.candidates.index(row).data(Qt.ItemDataRole.AccessibleTextRole))
        # A picture that is still being decoded keeps the last one on the screen: no flash between two.
        if image is not None or picture is None:
            self.large.show_image(image or QImage(), self.current_path(), f"{words}: {record.request.prompt}")

    def _show_actions(self, record: JobRecord | None, page: QWidget) -> None:
        actions, row = self._actions, self.current_index()
        has_pictures, has_take, has_map = page in (self.grid, self.large), page is self.player, page is self.map
        is_on_disk = (has_pictures or has_take or has_map) and bool(self.current_path())
        for action in (actions.save_as, actions.reveal, actions.star, actions.copy_picture):
            action.setEnabled(is_on_disk)
        actions.copy_settings.setEnabled(record is not None)
        # A map has no settings of pictures; its own page says what can be done with it.
        actions.reuse.setEnabled(record is not None and (record.image is not None or record.video is not None))
        actions.grid.setEnabled(has_pictures)
        for action in (actions.fit, actions.actual, actions.double):
            action.setEnabled(has_pictures or has_take or has_map)
        actions.previous.setEnabled(has_take or (has_pictures and row > 0))
        actions.next.setEnabled(has_take or (has_pictures and 0 <= row < self.candidates.rowCount() - 1))
        is_starred = is_on_disk and self.current_path() in self._stars
        self._icons.dress(actions.star, "star-on" if is_starred else "star", "warn" if is_starred else "text")
        actions.star.setText(self.tr("Remove star") if is_starred else self.tr("Star"))
        self.foot.setVisible(has_pictures or has_map)
        if self.player is not None:
            self.player.transport.setVisible(has_take)
        self.foot.show_place(row, self.candidates.rowCount())
        self._show_zoom()

    def _show_zoom(self) -> None:
        actions, large = self._actions, self.large
        is_large = self._is_large
        if self.player is not None and self.page is self.player:
            large, is_large = self.player.view, True
            self.player.transport.show_zoom(large.zoom)
        elif self.page is self.map:
            large, is_large = self.map.view, True
        actions.grid.setChecked(not is_large)
        actions.fit.setChecked(is_large and large.is_fit)
        for action, zoom in ((actions.actual, 1.0), (actions.double, 2.0)):
            action.setChecked(is_large and not large.is_fit and large.zoom == zoom)
        self.foot.show_zoom(large.zoom if is_large else None)
