"""The window's frame: docks around the canvas, menu bar, status bar, drops. Light enough to be painted at once.

What fills the frame is placed later by the composition root; what its actions do is in `controls`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenuBar, QStatusBar, QVBoxLayout, QWidget

from app.widgets.dock_head import DockHead

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent

    from app.panels.prompt import PromptPanel

PROMPT_PX, SIDE_PX = 320, 280
LEAST_PROMPT_PX, LEAST_SIDE_PX = 300, 220
SMALLEST_PX = (960, 600)


class MenuTitles:
    """The titles of the menu bar; their menus are empty until `fill_menus`."""

    def __init__(self, bar: QMenuBar) -> None:
        tr = bar.tr
        self.file = bar.addMenu(tr("&File"))
        self.edit = bar.addMenu(tr("&Edit"))
        self.view = bar.addMenu(tr("&View"))
        self.generate = bar.addMenu(tr("&Generate"))
        self.queue = bar.addMenu(tr("&Queue"))
        self.help = bar.addMenu(tr("&Help"))


class MainWindow(QMainWindow):
    """Empty places and the prompt panel. Closing it stops no job."""

    first_painted = Signal()
    """The frame is on the screen; sent once."""
    closing = Signal()
    files_dropped = Signal(list)

    def __init__(self, prompt: PromptPanel) -> None:
        super().__init__()
        self.setWindowTitle("Onetake")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST_PX)
        self.menus = MenuTitles(self.menuBar())
        self._canvas = _place("stage")
        self.setCentralWidget(self._canvas)
        self.statusBar().setSizeGripEnabled(False)
        self.queue_head = DockHead(self.tr("Queue"))
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.docks = (
            self._dock("prompt", DockHead(self.tr("Prompt")), left, LEAST_PROMPT_PX),
            self._dock("queue", self.queue_head, right, LEAST_SIDE_PX),
            self._dock("gallery", DockHead(self.tr("Gallery")), right, LEAST_SIDE_PX),
        )
        for dock, title in zip(self.docks, (self.tr("Prompt"), self.tr("Queue"), self.tr("Gallery")), strict=True):
            dock.setWindowTitle(title)
        _fill(self.docks[0].widget(), prompt)
        self._hidden: QByteArray | None = None
        self._is_painted = False
        prompt.prompt.setFocus(Qt.FocusReason.OtherFocusReason)

    def arrange(self) -> None:
        """The first arrangement of the panels."""
        self.resize(1440, 900)
        prompt, queue, gallery = self.docks
        self.resizeDocks([prompt, queue], [PROMPT_PX, SIDE_PX], Qt.Orientation.Horizontal)
        self.resizeDocks([queue, gallery], [240, 480], Qt.Orientation.Vertical)

    def furnish(self, *, canvas: QWidget, queue: QWidget, gallery: QWidget, status: QStatusBar) -> None:
        """Put everything but the prompt panel into its place. Nothing that is already painted moves."""
        _fill(self._canvas, canvas)
        _fill(self.docks[1].widget(), queue)
        _fill(self.docks[2].widget(), gallery)
        self.setStatusBar(status)

    @property
    def panels_are_hidden(self) -> bool:
        return self._hidden is not None

    def toggle_panels(self) -> None:
        """Give the canvas the whole window, or give the panels back their places."""
        if self._hidden is None:
            self._hidden = self.saveState()
            for dock in self.docks:
                dock.hide()
        else:
            self.restoreState(self._hidden)
            self._hidden = None

    def _dock(self, name: str, head: DockHead, area: Qt.DockWidgetArea, least_width: int) -> QDockWidget:
        dock = QDockWidget(self)
        dock.setObjectName(name)
        dock.setTitleBarWidget(head)
        place = _place("panel")
        place.setMinimumWidth(least_width)
        dock.setWidget(place)
        self.addDockWidget(area, dock)
        return dock

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            # The parts are painted after the window itself: the next turn of the loop is when all can be seen.
            QTimer.singleShot(0, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # The source is None when the drag comes from another program, whatever its type says.
        if event.source() is None and event.mimeData().hasUrls():  # pyright: ignore[reportUnnecessaryComparison]
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._hidden is not None:
            self.toggle_panels()
        self.closing.emit()
        super().closeEvent(event)


def _place(name: str) -> QWidget:
    """An empty part of the window in the colour of what will fill it."""
    place = QWidget()
    place.setObjectName(name)
    place.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    column = QVBoxLayout(place)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return place


def _fill(place: QWidget, content: QWidget) -> None:
    column = place.layout()
    assert column is not None
    column.addWidget(content)
