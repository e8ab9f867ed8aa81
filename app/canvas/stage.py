"""The middle of the window: the job that is looked at, as a grid, one large picture, a take, or how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.canvas.abilities import Page, Shown, show_abilities
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
    from app.canvas.painting.edit_page import EditPage
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
    leave_pressed = Signal()
    """Escape, while a picture is being edited."""
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
        self.map = MapPage(jobs, cache, theme, icons)
        self._is_large = False
        self._before: QImage | None = None
        self._editor: EditPage | None = None
        self._shows_editor = False
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

    @property
    def shows_editor(self) -> bool:
        """Whether the picture that is being edited is shown, not a job."""
        return self._shows_editor

    def current_index(self) -> int:
        """Index of the current picture in its batch, or -1."""
        index = self.grid.currentIndex()
        return index.row() if index.isValid() else -1

    def current_path(self) -> str:
        """File of the current picture; empty while it has none."""
        return str(self.grid.currentIndex().data(CellRole.PATH) or "")

    def show_job(self, key: str, picture: int = 0, *, large: bool = False, behind: bool = False) -> None:
        """Put a job on the canvas, with this picture current; `behind` the picture that is being edited."""
        record = self._jobs.record(key)
        if record is not None and isinstance(record.request, ExportRequest):
            # What is worth seeing of an export is the take that it came from.
            key = record.request.take
        if key != self.candidates.key:
            self.candidates.show_job(key)
        self._is_large = large
        self._shows_editor = behind
        self._select(picture)
        self._show()

    def adopt_editor(self, page: EditPage, bar: QWidget) -> None:
        """Take the page for editing in, and what belongs above everything while a picture is edited."""
        self._editor = page
        self.stack.addWidget(page)
        self._column.insertWidget(0, bar)
        page.view.zoom_changed.connect(self._show_zoom)

    def show_editor(self, *, shown: bool = True) -> None:
        """Show the picture that is being edited, or the job again."""
        if shown != self._shows_editor:
            self._shows_editor = shown
            self._show()
        if shown and self._editor is not None:
            self._editor.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_before(self, before: QImage | None) -> None:
        """Show this in place of the current picture, or the picture itself again."""
        self._before = before
        self._show()

    def open_large(self, picture: int) -> None:
        """Show this picture of the job alone."""
        self._is_large, self._shows_editor = True, False
        self._select(picture)
        self._show()
        self.large.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_grid(self) -> None:
        """Back to all pictures of the job."""
        self.show_editor(shown=False)
        if self.record is not None and (self.record.video is not None or self.page is self.map):
            return
        self._is_large = False
        self._show()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_zoom(self, zoom: float) -> None:
        """Show the current picture large at this zoom; 0 fits it in."""
        view = self._view()
        if self.page is self.map:
            self.map.set_zoom(zoom)
        elif view is not None:
            view.set_zoom(zoom)
        elif self.current_index() >= 0:
            self.open_large(self.current_index())
            self.large.set_zoom(zoom)

    def _view(self) -> PictureView | None:
        """The view of what is shown large; None while that are all pictures of a job."""
        if self.player is not None and self.page is self.player:
            return self.player.view
        if self._editor is not None and self.page is self._editor:
            return self._editor.view
        return self.map.view if self.page is self.map else self.large if self._is_large else None

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
        if self._shows_editor and self._editor is not None:
            return self._editor
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
        seen = None if page is self._editor else record
        self.head.show_record(seen, max(self.current_index(), 0), is_before=self._before is not None)
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
            shown = self._before or image or QImage()
            self.large.show_image(shown, self.current_path(), f"{words}: {record.request.prompt}")

    def _show_actions(self, record: JobRecord | None, page: QWidget) -> None:
        actions, row, count = self._actions, self.current_index(), self.candidates.rowCount()
        has_take, has_editor = page is self.player, page is self._editor
        pages: dict[QWidget | None, Page] = {self.grid: "pictures", self.large: "pictures", self.map: "map"}
        kind = "take" if has_take else "editor" if has_editor else pages.get(page, "other")
        shown = Shown(kind, record, row, count, self.current_path())
        show_abilities(actions, shown)
        is_starred = shown.is_on_disk and shown.path in self._stars
        self._icons.dress(actions.star, "star-on" if is_starred else "star", "warn" if is_starred else "text")
        actions.star.setText(self.tr("Remove star") if is_starred else self.tr("Star"))
        self.foot.setVisible(kind in ("pictures", "map", "editor"))
        self.foot.show_uses(has_results=not has_editor, is_edit=shown.is_edit)
        if self.player is not None:
            self.player.transport.setVisible(has_take)
        self.foot.show_place(*((-1, 0) if has_editor else (row, count)))
        self._show_zoom()

    def _show_zoom(self) -> None:
        actions, view = self._actions, self._view()
        if self.player is not None and self.page is self.player:
            self.player.transport.show_zoom(self.player.view.zoom)
        actions.grid.setChecked(view is None)
        actions.fit.setChecked(view is not None and view.is_fit)
        for action, zoom in ((actions.actual, 1.0), (actions.double, 2.0)):
            action.setChecked(view is not None and not view.is_fit and view.zoom == zoom)
        self.foot.show_zoom(view.zoom if view is not None else None)
