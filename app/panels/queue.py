"""The queue panel: what runs, what waits and what failed, with progress, time left, cancel and retry.

It shows the job model and reports wishes; the window carries them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from app.jobs import AnyIndex, JobModel, JobRole
from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from app.widgets.job_row import JobRowDelegate, RowButton
from engine.messages import JobState

if TYPE_CHECKING:
    from app.icons import Icons
    from app.theme import Theme


class QueueFilter(QSortFilterProxyModel):
    """Running jobs, then waiting ones in their order, then what failed or was cancelled while this window watched."""

    def __init__(self, jobs: JobModel) -> None:
        super().__init__(jobs)
        self.setSourceModel(jobs)
        self.setDynamicSortFilter(True)
        self.sort(0)

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:  # noqa: ARG002, N802
        record = self.sourceModel().index(source_row, 0).data(JobRole.RECORD)
        if not record.state.is_final:
            return True
        return record.state is not JobState.DONE and record.is_live and not record.is_dismissed

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:  # noqa: N802
        ranks = {JobState.RUNNING: 0, JobState.PENDING: 1}
        pair = [(ranks.get(index.data(JobRole.STATE), 2), index.row()) for index in (left, right)]
        return pair[0] < pair[1]


class QueuePanel(QWidget):
    """A list of jobs. Signals carry a job's key; `head` is shown as the title of the panel."""

    cancel_pressed = Signal(str)
    retry_pressed = Signal(str)
    job_chosen = Signal(str)
    pause_toggled = Signal(bool)
    clear_pressed = Signal()

    def __init__(self, jobs: JobModel, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._jobs = jobs
        self._icons = icons
        self._rows = QueueFilter(jobs)
        self.summary = QLabel()
        self.summary.setObjectName("quiet")
        self.pause, self.clear = QToolButton(), QToolButton()
        self.pause.setCheckable(True)
        icons.dress(self.clear, "clear")
        self.clear.setAccessibleName(self.tr("Clear ended jobs"))
        self.clear.setToolTip(self.tr("Clear failed and cancelled jobs from this list"))
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Queue"))
        self.list.setModel(self._rows)
        self.list.setItemDelegate(delegate := JobRowDelegate(theme, icons, self.list))
        self.list.setMouseTracking(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        empty = EmptyState(self.tr("Nothing runs. Press Ctrl+Return to generate."))
        self.head = QWidget()
        self.head.setObjectName("panel")
        title = QLabel(self.tr("Queue"))
        title.setObjectName("heading")
        head = QHBoxLayout(self.head)
        head.setContentsMargins(12, 4, 8, 4)
        head.setSpacing(4)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.summary)
        head.addSpacing(4)
        head.addWidget(self.pause)
        head.addWidget(self.clear)
        self._stack = QStackedLayout()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        column.setSpacing(0)
        column.addLayout(self._stack, 1)
        delegate.button_pressed.connect(self._press)
        self.list.activated.connect(self._choose)
        self.list.clicked.connect(self._choose)
        self.pause.clicked.connect(self.pause_toggled)
        self.clear.clicked.connect(self.clear_pressed)
        jobs.paused_changed.connect(self.show_paused)
        for signal in (self._rows.rowsInserted, self._rows.rowsRemoved, self._rows.modelReset, jobs.job_changed):
            signal.connect(self._summarise)
        self.show_paused(paused=jobs.is_paused)

    def selected_key(self) -> str | None:
        """The job that the keyboard is on, or None."""
        index = self.list.currentIndex()
        return str(index.data(JobRole.KEY)) if index.isValid() else None

    def show_paused(self, paused: bool) -> None:
        """Show whether the queue hands out jobs."""
        self.pause.setChecked(paused)
        self._icons.dress(self.pause, "resume" if paused else "pause", "warn" if paused else "text")
        name = self.tr("Resume the queue") if paused else self.tr("Pause the queue")
        self.pause.setAccessibleName(name)
        self.pause.setToolTip(self.tr("{name}; what runs goes on").format(name=name) if not paused else name)
        self._summarise()

    def _summarise(self) -> None:
        self._stack.setCurrentIndex(1 if self._rows.rowCount() else 0)
        left = len(self._jobs.unfinished())
        words = self.tr("{n} left").format(n=left) if left else self.tr("idle")
        self.summary.setText(self.tr("paused, {left}").format(left=words) if self._jobs.is_paused else words)
        self.clear.setEnabled(self._rows.rowCount() > left)

    def _choose(self, index: QModelIndex) -> None:
        self.job_chosen.emit(str(index.data(JobRole.KEY)))

    def _press(self, button: RowButton, key: str) -> None:
        (self.cancel_pressed if button is RowButton.CANCEL else self.retry_pressed).emit(key)
