"""The timeline panel: what to do with the plan, and the plan itself, as a picture of time or as a table.

Without segments it says what they are for. The view is in `app.timeline`; wishes go out as actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import timeline_edits as edits
from app.timeline.clip_model import ClipColumn, ClipTable
from app.timeline.model import Column, SegmentTable
from app.timeline.view import TimelineView
from app.widgets.clip_fields import ClipFields
from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from app.widgets.segment_fields import SegmentFields
from app.words import frames_text, length_text

if TYPE_CHECKING:
    from app.actions import Actions
    from app.icons import Icons
    from app.media_lengths import MediaLengths
    from app.pictures import PictureCache
    from app.playhead import Playhead
    from app.project import Project
    from app.take import Take
    from app.theme import Theme
    from app.widgets.dock_head import DockHead


class TimelinePanel(QWidget):
    """Empty, as a view, or as a table. Its buttons go into `head`."""

    add_pressed = Signal()

    def __init__(
        self,
        *,
        project: Project,
        take: Take,
        playhead: Playhead,
        theme: Theme,
        icons: Icons,
        actions: Actions,
        cache: PictureCache,
        lengths: MediaLengths,
        head: DockHead,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._project, self._take = project, take
        self.empty = EmptyState(
            self.tr("One prompt fills the whole take. Add segments to let it travel from prompt to prompt."),
            self.tr("Add segments"),
        )
        self.empty.pressed.connect(self.add_pressed)
        self.view = TimelineView(project, take, playhead, theme, cache=cache, lengths=lengths)
        self.table = self._make_table()
        self.clip_table = self._make_clip_table(lengths)
        self.tables = QSplitter(Qt.Orientation.Vertical)
        self.tables.setChildrenCollapsible(False)
        self.tables.addWidget(self.table)
        self.tables.addWidget(self.clip_table)
        self.summary = QLabel()
        self.summary.setObjectName("quiet")
        head.add(self.summary)
        self.buttons: list[QWidget] = []
        tools = (actions.add_segment, actions.split, actions.transition, actions.cut, actions.delete_segment)
        for action in (*tools, actions.reroll, actions.branch, actions.fit_timeline, actions.timeline_table):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            head.add(button)
            self.buttons.append(button)
        head.let_yield([*self.buttons, self.summary])
        column = QVBoxLayout(self)
        column.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        # The stack shows its first page at once: outside the panel that page would flash up as a window of its own.
        self._stack = QStackedLayout()
        column.addLayout(self._stack)
        for page in (self.empty, self.view, self.tables):
            self._stack.addWidget(page)
        self.fields = SegmentFields(project, icons)
        column.addWidget(self.fields)
        self.clip_fields = ClipFields(project, lengths)
        column.addWidget(self.clip_fields)
        self._shows_table = False
        project.edit_changed.connect(self._show_state)
        take.changed.connect(self._show_state)
        self._show_state()

    @property
    def page(self) -> QWidget:
        """What is shown: the empty state, the view or the table."""
        shown = self._stack.currentWidget() or self.empty
        if shown is self.tables:
            return self.table if self.table.isVisibleTo(self.tables) else self.clip_table
        return shown

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        pages = (self.empty.button, self.view, self.table, self.clip_table)
        return [*self.buttons, *pages, *self.fields.in_tab_order, *self.clip_fields.in_tab_order]

    def show_table(self, shown: bool) -> None:
        """Show the table instead of the view, or the view again."""
        self._shows_table = shown
        self._show_state()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setAccessibleName(self.tr("Segments"))
        model = SegmentTable(self._project, table)
        table.setModel(model)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        widths = {Column.START: 88, Column.LENGTH: 72, Column.TRANSITION: 84, Column.STRENGTH: 84}
        for section, width in (widths | {Column.CUT: 48, Column.SEED: 120}).items():
            table.setColumnWidth(section, width)
        table.horizontalHeader().setSectionResizeMode(Column.PROMPT, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setHighlightSections(False)
        table.selectionModel().currentRowChanged.connect(self._choose_row)
        return table

    def _make_clip_table(self, lengths: MediaLengths) -> QTableView:
        table = QTableView()
        table.setAccessibleName(self.tr("Control clips"))
        table.setModel(ClipTable(self._project, lengths, table))
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        for section, width in {ClipColumn.FIRST: 104, ClipColumn.FRAMES: 72, ClipColumn.WEIGHT: 72}.items():
            table.setColumnWidth(section, width)
        table.setColumnWidth(ClipColumn.KIND, 160)
        table.setColumnWidth(ClipColumn.NAME, 160)
        table.horizontalHeader().setSectionResizeMode(ClipColumn.STATE, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setHighlightSections(False)
        table.selectionModel().currentRowChanged.connect(self._choose_clip)
        return table

    def _choose_clip(self, index: QModelIndex) -> None:
        if index.isValid():
            self._project.show_video(edits.select_clips(self._project.video, [index.row()]))

    def _choose_row(self, index: QModelIndex) -> None:
        video = self._project.video
        # Not when the row follows what was chosen in the view: others may be selected with it there.
        if index.isValid() and index.row() < len(video.segments) and index.row() != video.current:
            self._project.show_video(edits.select(video, index.row()))

    def _show_state(self) -> None:
        video = self._project.video
        has_plan = bool(video.segments)
        is_empty = not has_plan and not self._take.length and not self._project.edit.controls
        page = self.empty if is_empty else self.view
        has_rows = has_plan or bool(self._project.edit.controls)
        self._stack.setCurrentWidget(self.tables if has_rows and self._shows_table else page)
        self.table.setVisible(has_plan)
        self.clip_table.setVisible(bool(self._project.edit.controls))
        words = f"{frames_text(video.length)}   {length_text(video.length, video.fps)}"
        self.summary.setText(words + "      " if has_plan else "")
        if has_plan and self.table.currentIndex().row() != video.current:
            place = self.table.model().index(video.current, Column.PROMPT)
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(place, flags.ClearAndSelect | flags.Rows)
