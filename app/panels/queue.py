"""The queue panel: what runs, what waits and what failed, with progress, time left, cancel and retry.

It shows the job model and reports wishes; the window carries them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QLabel, QListView, QPushButton, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from app.jobs import AnyIndex, JobModel, JobRole
from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from app.widgets.job_row import JobRowDelegate, RowButton
from engine.messages import JobState

if TYPE_CHECKING:
    from app.icons import Icons
    from app.job_record import JobRecord
    from app.pictures import PictureCache
    from app.theme import Theme
    from app.widgets.dock_head import DockHead

# Failed and cancelled jobs in sight, and how many more one press of the button below them brings.
MOST_ENDED = 20


class QueueFilter(QSortFilterProxyModel):
    """Running jobs, then waiting ones in their order, then the newest that failed or were cancelled, ever."""

    def __init__(self, jobs: JobModel) -> None:
        super().__init__(jobs)
        self._jobs = jobs
        self._most_ended = MOST_ENDED
        # Ended jobs are shown from this time on: a new one gets in without a look at all the others.
        self._since = 0.0
        self.older = 0
        self.setSourceModel(jobs)
        self.setDynamicSortFilter(True)
        self.sort(0)
        for signal in (jobs.rowsInserted, jobs.job_ended, jobs.ended_cleared):
            signal.connect(self._choose_ended)
        self._choose_ended()

    def show_older(self) -> None:
        """Show as many more ended jobs again."""
        self._most_ended += MOST_ENDED
        self._choose_ended()

    def _choose_ended(self) -> None:
        troubled = self._jobs.troubled()
        self.older = max(0, len(troubled) - self._most_ended)
        self._since = troubled[self._most_ended - 1].ended_at if self.older else self._jobs.cleared_at
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:  # noqa: ARG002, N802
        record = self._jobs.index(source_row, 0).data(JobRole.RECORD)
        if not record.state.is_final:
            return True
        is_new = record.ended_at >= self._since and record.ended_at > self._jobs.cleared_at
        return is_new and record.state is not JobState.DONE

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:  # noqa: N802
        return _place(left) < _place(right)


def _place(index: AnyIndex) -> tuple[int, float]:
    record = cast("JobRecord", index.data(JobRole.RECORD))
    if record.state.is_final:
        return 2, -record.ended_at
    return (0 if record.state is JobState.RUNNING else 1), index.row()


class QueuePanel(QWidget):
    """A list of jobs. Signals carry a job's key; the panel puts its buttons into `head`."""

    cancel_pressed = Signal(str)
    retry_pressed = Signal(str)
    job_chosen = Signal(str)
    pause_toggled = Signal(bool)
    clear_pressed = Signal()
    generate_pressed = Signal()

    def __init__(
        self,
        *,
        jobs: JobModel,
        cache: PictureCache,
        theme: Theme,
        icons: Icons,
        head: DockHead,
        parent: QWidget | None = None,
    ) -> None:
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
        for widget in (self.summary, self.pause, self.clear):
            head.add(widget)
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Queue"))
        self.list.setModel(self._rows)
        self.list.setItemDelegate(delegate := JobRowDelegate(theme, icons, cache, self.list))
        cache.loaded.connect(self.list.viewport().update)
        self.list.setMouseTracking(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = EmptyState(self.tr("Nothing runs and nothing waits."), self.tr("Generate"))
        self.older = QPushButton()
        self.older.setObjectName("link")
        column = QVBoxLayout(self)
        column.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        column.setSpacing(RING_PX)
        # The stack shows its first page at once: outside the panel that page would flash up as a window of its own.
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        column.addWidget(self.older)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        delegate.button_pressed.connect(self._press)
        self.list.activated.connect(self._choose)
        self.list.clicked.connect(self._choose)
        self.pause.clicked.connect(self.pause_toggled)
        self.clear.clicked.connect(self.clear_pressed)
        self.empty.pressed.connect(self.generate_pressed)
        self.older.clicked.connect(self._rows.show_older)
        jobs.paused_changed.connect(self.show_paused)
        signals = (self._rows.rowsInserted, self._rows.rowsRemoved, self._rows.layoutChanged)
        for signal in (*signals, jobs.job_changed, jobs.ended_cleared):
            signal.connect(self._summarise)
        self.show_paused(paused=jobs.is_paused)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.pause, self.clear, self.empty.button, self.list, self.older]

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
        self.older.setVisible(self._rows.older > 0)
        self.older.setText(self.tr("Show older ({n})").format(n=self._rows.older))

    def _choose(self, index: QModelIndex) -> None:
        self.job_chosen.emit(str(index.data(JobRole.KEY)))

    def _press(self, button: RowButton, key: str) -> None:
        (self.cancel_pressed if button is RowButton.CANCEL else self.retry_pressed).emit(key)
