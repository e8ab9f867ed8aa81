"""The queue panel: what runs, what waits and what failed, with progress, time left, cancel and retry.

It shows the job model and reports wishes; the window carries them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QLabel, QListView, QPushButton, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from app.jobs import JobRole
from app.queue_rows import QueueRows
from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from app.widgets.job_row import JobRowDelegate, RowButton

if TYPE_CHECKING:
    from app.grids import Grids
    from app.icons import Icons
    from app.jobs import JobModel
    from app.pictures import PictureCache
    from app.theme import Theme
    from app.widgets.dock_head import DockHead


class QueuePanel(QWidget):
    """A list of jobs. Signals carry a job's key; the panel puts its buttons into `head`."""

    cancel_pressed = Signal(str)
    retry_pressed = Signal(str)
    job_chosen = Signal(str)
    pause_toggled = Signal(bool)
    clear_pressed = Signal()
    cancel_all_pressed = Signal()
    job_moved = Signal(str, str)
    """A waiting job was dropped before another one, or behind all: its key, and that one's or nothing."""
    generate_pressed = Signal()

    def __init__(
        self,
        *,
        jobs: JobModel,
        grids: Grids,
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
        self._rows = QueueRows(jobs, grids)
        self.summary = QLabel()
        self.summary.setObjectName("quiet")
        self.pause, self.clear, self.cancel_all = QToolButton(), QToolButton(), QToolButton()
        self.pause.setCheckable(True)
        icons.dress(self.clear, "clear")
        self.clear.setAccessibleName(self.tr("Clear ended jobs"))
        self.clear.setToolTip(self.tr("Clear failed and cancelled jobs from this list"))
        icons.dress(self.cancel_all, "cancel-all")
        self.cancel_all.setAccessibleName(self.tr("Cancel all jobs"))
        self.cancel_all.setToolTip(self.tr("Cancel everything that runs or waits"))
        for widget in (self.summary, self.pause, self.cancel_all, self.clear):
            head.add(widget)
        self.list = QListView()
        delegate = JobRowDelegate(theme, icons, cache, self.list, grids)
        self._set_up_list(delegate, cache)
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
        self.cancel_all.clicked.connect(self.cancel_all_pressed)
        self._rows.job_moved.connect(self.job_moved)
        self.empty.pressed.connect(self.generate_pressed)
        self.older.clicked.connect(self._rows.show_older)
        jobs.paused_changed.connect(self.show_paused)
        signals = (self._rows.rowsInserted, self._rows.rowsRemoved, self._rows.layoutChanged)
        for signal in (*signals, jobs.job_changed, jobs.ended_cleared):
            signal.connect(self._summarise)
        self.show_paused(paused=jobs.is_paused)

    def _set_up_list(self, delegate: JobRowDelegate, cache: PictureCache) -> None:
        self.list.setAccessibleName(self.tr("Queue"))
        self.list.setModel(self._rows)
        self.list.setItemDelegate(delegate)
        cache.loaded.connect(self.list.viewport().update)
        self.list.setMouseTracking(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setDragDropMode(QListView.DragDropMode.DragDrop)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setDropIndicatorShown(True)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.pause, self.cancel_all, self.clear, self.empty.button, self.list, self.older]

    def selected_key(self) -> str | None:
        """The job that the keyboard is on, or None."""
        index = self.list.currentIndex()
        return str(index.data(JobRole.KEY)) if index.isValid() else None

    def neighbour(self, key: str, by: int) -> str | None:
        """Before which job a waiting one comes when it goes `by` places on; empty for the end, None to stay."""
        return self._rows.neighbour(key, by)

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
        self.cancel_all.setEnabled(left > 0)
        self.clear.setEnabled(self._rows.rowCount() > left)
        self.older.setVisible(self._rows.older > 0)
        self.older.setText(self.tr("Show older ({n})").format(n=self._rows.older))

    def _choose(self, index: QModelIndex) -> None:
        self.job_chosen.emit(str(index.data(JobRole.KEY)))

    def _press(self, button: RowButton, key: str) -> None:
        (self.cancel_pressed if button is RowButton.CANCEL else self.retry_pressed).emit(key)
