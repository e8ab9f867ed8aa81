"""The middle of the window: the job that is looked at, as a grid, one large picture, a take, or how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.canvas.candidates import CandidateModel
from app.canvas.large_picture import LargePicture
from app.canvas.pages import Pages, has_just_failed
from app.canvas.stage_actions import StageActions
from app.canvas.strips import FootStrip, HeadStrip
from app.cells import CellRole
from app.widgets.empty_state import EmptyState
from engine.messages import ExportRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from app.actions import Actions
    from app.canvas.painting.edit_page import EditPage
    from app.canvas.painting.map_editor import MapEditor
    from app.canvas.player import PlayerPage
    from app.canvas.sheet_page import SheetPage
    from app.icons import Icons
    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.pictures import PictureCache
    from app.stars import Stars
    from app.theme import Theme


class Stage(QWidget):
    """Shows one job. `show_job` chooses it; the grid fills while its candidates arrive."""

    retry_pressed = Signal(str)
    example_pressed = Signal()
    take_pressed = Signal()
    """The example of a take is wanted."""
    leave_pressed = Signal()
    """Escape, while a picture or a map is being edited."""
    bench_left = Signal()
    """Something else is shown than the map that was being edited."""
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
        self._jobs, self.cache = jobs, cache
        self.candidates = CandidateModel(jobs, stars, self)
        self.head = HeadStrip()
        self.foot = FootStrip(actions)
        empty = EmptyState(
            self.tr("Describe a picture or a video on the left, or start with an example."),
            example,
            self.tr("Or make a take of 10 seconds"),
        )
        empty.button.setObjectName("primary")
        self.stack = pages = Pages(
            *(jobs, self.candidates, cache, theme, icons), empty=empty, log_file=log_file, player=player
        )
        self.empty, self.grid, self.large = empty, pages.grid, pages.large
        self.map, self.outcome = pages.map, pages.outcome
        self._is_large = self._shows_editor = self._is_live = False
        self._picture = LargePicture(pages.large, cache)
        self._doable = StageActions(actions, pages, self.foot, stars, icons)
        self._told: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)
        self._column.addWidget(self.stack, 1)
        self._column.addWidget(self.foot)
        self.empty.pressed.connect(self.example_pressed)
        self.empty.other.clicked.connect(self.take_pressed)
        self.outcome.frames_pressed.connect(lambda: self.show_job(self.candidates.key, large=True))
        self.outcome.retry_pressed.connect(lambda: self.retry_pressed.emit(self.candidates.key))
        self.grid.opened.connect(self.open_large)
        self.grid.selectionModel().currentChanged.connect(self._show)
        self.large.closed.connect(self.open_grid)
        pages.zoom_changed.connect(lambda: self._doable.show_zoom(large=self._is_large))
        pages.player_built.connect(self._place_transport)
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
        return self.stack.page

    @property
    def player(self) -> PlayerPage | None:
        """The page for takes, built with the first of them."""
        return self.stack.player

    @property
    def bench(self) -> MapEditor | None:
        """The page of the control map that is being edited, as long as it has the canvas."""
        return self.stack.bench

    @property
    def is_large(self) -> bool:
        return self._is_large

    @property
    def shows_editor(self) -> bool:
        """Whether the picture that is being edited is shown, not a job."""
        return self._shows_editor and self.bench is None

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
        self._leave_bench()
        if key != self.candidates.key:
            self.candidates.show_job(key)
        self._is_large, self._shows_editor = large, behind
        before = self.current_index()
        self._select(picture)
        if self.current_index() == before:
            self._show()  # else the selection has done so

    def adopt_editor(self, page: EditPage, bar: QWidget) -> None:
        """Take the page for editing in, and what belongs above everything while a picture is edited."""
        self.stack.adopt_editor(page)
        self._column.insertWidget(0, bar)

    def adopt_live(self, pane: QWidget) -> None:
        """Put the live picture beside what is worked on; `show_live` shows both."""
        place = self._column.indexOf(self.stack)
        self._column.removeWidget(self.stack)
        self._column.insertWidget(place, self.stack.beside(pane), 1)

    def show_live(self, shown: bool) -> None:
        """Give the live picture half of the canvas, all of it while there is nothing else, or none."""
        self._is_live = shown
        if shown:
            self.stack.share(self.width())
        self._show()

    def show_bench(self, bench: MapEditor | None) -> None:
        """Give the canvas to a control map that is being edited, or back to what it showed."""
        self.stack.give_to(bench)
        self._show()
        if bench is not None:
            bench.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_bench(self) -> None:
        if self.bench is not None:
            self.stack.give_to(None)
            self.bench_left.emit()

    def adopt_sheet(self, page: SheetPage) -> None:
        """Take the page for X/Y grids in; it is shown for every job that is a cell of one."""
        self.stack.adopt_sheet(page)
        page.chosen.connect(self.show_job)
        page.opened.connect(self._open_cell)

    def _open_cell(self, key: str) -> None:
        self.show_job(key)
        self.open_large(0)

    def show_editor(self, *, shown: bool = True) -> None:
        """Show the picture that is being edited, or the job again."""
        if shown:
            self._leave_bench()
        if shown != self._shows_editor:
            self._shows_editor = shown
            self._show()
        if shown and self.stack.editor is not None:
            self.stack.editor.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_before(self, before: QImage | None) -> None:
        """Show this in place of the current picture, or the picture itself again."""
        self._picture.before = before
        self._show()

    def open_large(self, picture: int) -> None:
        """Show this picture of the job alone."""
        self._leave_bench()
        self._is_large, self._shows_editor = True, False
        self._select(picture)
        self._show()
        self.large.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_grid(self) -> None:
        """Back to all pictures of the job."""
        self._leave_bench()
        self.show_editor(shown=False)
        if self.record is not None and (self.record.video is not None or self.page is self.map):
            return
        self._is_large = False
        self._show()
        self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_zoom(self, zoom: float) -> None:
        """Show the current picture large at this zoom; 0 fits it in."""
        view = self.stack.view(large=self._is_large)
        if self.page is self.map:
            self.map.set_zoom(zoom)
        elif view is not None:
            view.set_zoom(zoom)
        elif self.current_index() >= 0:
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

    def _select(self, row: int) -> None:
        if 0 <= row < self.candidates.rowCount():
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.grid.selectionModel().setCurrentIndex(self.candidates.index(row), flag)

    def _refresh(self, key: str) -> None:
        record = self.record
        # How far a take is, its player shows: up to 15 times a second.
        is_told = record is not None and record.video is not None and record.info is self._told
        if record is None or (key == self.candidates.key and not is_told):
            self._show()

    def _place_transport(self) -> None:
        if self.player is not None:
            self._column.addWidget(self.player.transport)
            self.player.transport.hide()

    def _show(self) -> None:
        record, key, pages = self.record, self.candidates.key, self.stack
        self._is_large = self._is_large and not (record is not None and has_just_failed(record, self._told))
        self._told = record.info if record is not None else None
        page = pages.choose(key, record, large=self._is_large, editing=self._shows_editor)
        if record is not None and page is self.outcome:
            self.outcome.show_record(record)
        elif pages.sheet is not None and page is pages.sheet:
            pages.sheet.show_cell(key)
        if self.player is not None and page is self.player:
            self.player.show_job(key)
        pages.setCurrentWidget(page)
        pages.setVisible(not (self._is_live and page is self.empty))
        seen = None if page in (pages.editor, pages.bench) else record
        self.head.show_record(seen, max(self.current_index(), 0), is_before=self._picture.before is not None)
        self._show_large()
        count, path = self.candidates.rowCount(), self.current_path()
        self._doable.show(record, self.current_index(), count, path, large=self._is_large)
        self.picture_changed.emit(key, self.current_index())

    def _show_large(self) -> None:
        record, row = self.record, self.current_index()
        if record is not None and self.page is self.map:
            self.map.show_record(record, self.current_path())
        if record is None or record.video is not None or not self._is_large or row < 0:
            return
        words = str(self.candidates.index(row).data(Qt.ItemDataRole.AccessibleTextRole))
        self._picture.show(record, row, self.current_path(), f"{words}: {record.request.prompt}")
