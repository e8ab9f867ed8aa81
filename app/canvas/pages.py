"""The pages of the canvas, one of which is seen: the empty one, those of jobs, and those of what is being worked on.

Owns building them, taking in those that come later, and which one shows a job. What is shown there, and what can be
done with it, is app.canvas.stage's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QWidget

from app.canvas.compare_view import CompareView
from app.canvas.grid import CandidateGrid
from app.canvas.map_page import MapPage
from app.canvas.outcome import OutcomeCard
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from engine.messages import ControlMapRequest, JobInfo, JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.canvas.candidates import CandidateModel
    from app.canvas.painting.edit_page import EditPage
    from app.canvas.painting.map_editor import MapEditor
    from app.canvas.picture_view import PictureView
    from app.canvas.player import PlayerPage
    from app.canvas.sheet_page import SheetPage
    from app.icons import Icons
    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.pictures import PictureCache
    from app.theme import Theme
    from app.widgets.empty_state import EmptyState


class Pages(QStackedWidget):
    """A page that is not always needed is None until it is adopted."""

    zoom_changed = Signal()
    """A picture on one of them is shown larger or smaller."""
    player_built = Signal()
    """The page for takes is there now."""

    def __init__(
        self,
        jobs: JobModel,
        candidates: CandidateModel,
        cache: PictureCache,
        theme: Theme,
        icons: Icons,
        *,
        empty: EmptyState,
        log_file: str,
        player: Callable[[], PlayerPage],
    ) -> None:
        super().__init__()
        self.empty = empty
        self.grid = CandidateGrid(candidates, cache, theme)
        self.large = CompareView(theme)
        self.map = MapPage(jobs, cache, theme, icons)
        self.outcome = OutcomeCard(icons, log_file)
        self.player: PlayerPage | None = None
        self.editor: EditPage | None = None
        self.sheet: SheetPage | None = None
        self.bench: MapEditor | None = None
        """The page of the control map that is being edited, as long as it has the canvas."""
        self._make_player = player
        self._split: QSplitter | None = None
        self.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        # In a low window the canvas gives way before the fields above it do.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        for page in (self.empty, self.grid, self.large, self.map, self.outcome):
            self.addWidget(page)
        for view in (self.large, self.map.view):
            view.zoom_changed.connect(self.zoom_changed)

    @property
    def page(self) -> QWidget:
        """The one that is seen."""
        return self.currentWidget() or self.empty

    def adopt_editor(self, page: EditPage) -> None:
        """Take the page for editing pictures in."""
        self.editor = page
        self.addWidget(page)
        page.view.zoom_changed.connect(self.zoom_changed)

    def adopt_sheet(self, page: SheetPage) -> None:
        """Take the page for X/Y grids in; it is shown for every job that is a cell of one."""
        self.sheet = page
        self.addWidget(page)

    def adopt_player(self, page: PlayerPage) -> None:
        """Take the page for takes in, as soon as it is built."""
        if self.player is None:
            self.player = page
            self.addWidget(page)
            page.view.zoom_changed.connect(self.zoom_changed)
            self.player_built.emit()

    def give_to(self, bench: MapEditor | None) -> None:
        """Give the canvas to a control map that is being edited, or back to what it showed."""
        if bench is not None and self.indexOf(bench) < 0:
            self.addWidget(bench)
            bench.view.zoom_changed.connect(self.zoom_changed)
        self.bench = bench

    def beside(self, pane: QWidget) -> QSplitter:
        """These pages with a pane beside them, to be put where they are; `share` divides the room."""
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        for widget in (self, pane):
            self._split.addWidget(widget)
        return self._split

    def share(self, width: int) -> None:
        """Give the pane beside these pages half of this width."""
        if self._split is not None:
            self._split.setSizes([width // 2, width // 2])

    def choose(self, key: str, record: JobRecord | None, *, large: bool, editing: bool) -> QWidget:
        """The page that is to be seen.

        Args:
            key: Of the job on the canvas.
            record: That job; None for none.
            large: One of its pictures is looked at alone, or what a failed take has of its frames.
            editing: The picture that is being edited is looked at instead.
        """
        if self.bench is not None:
            return self.bench
        if editing and self.editor is not None:
            return self.editor
        return self._of_job(key, record, large=large) if record is not None else self.empty

    def _of_job(self, key: str, record: JobRecord, *, large: bool) -> QWidget:
        if self.sheet is not None and not large and self.sheet.holds(key):
            return self.sheet
        has_frames = record.state is JobState.FAILED and record.video is not None and large
        if record.state in (JobState.FAILED, JobState.CANCELLED) and not has_frames:
            return self.outcome
        if record.video is not None:
            player = self._make_player()
            self.adopt_player(player)
            return player
        if isinstance(record.request, ControlMapRequest) and record.state is JobState.DONE:
            return self.map
        return self.large if large else self.grid

    def view(self, *, large: bool) -> PictureView | None:
        """The view of what is shown large; None while that are all pictures of a job."""
        if self.player is not None and self.page is self.player:
            return self.player.view
        if self.bench is not None:
            return self.bench.view
        if self.editor is not None and self.page is self.editor:
            return self.editor.view
        return self.map.view if self.page is self.map else self.large if large else None


def has_just_failed(record: JobRecord, told: object) -> bool:
    """Whether a take failed since it was shown as `told`: what it has of its frames comes after the reason.

    So also where it was tried again while the frames of an earlier attempt were looked at.
    """
    was_going_on = isinstance(told, JobInfo) and told.job == record.info.job and told.state is not JobState.FAILED
    return record.video is not None and record.state is JobState.FAILED and was_going_on
