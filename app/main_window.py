"""The window's frame: docks around the canvas, menu bar, status bar, drops. Light enough to be painted at once.

What fills the frame is placed later by the composition root; what its actions do is in `controls`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

# A part of the first frame: `Qt` and QImage are loaded when they are first needed (see `app.opening`).
from PySide6 import QtCore, QtGui
from PySide6.QtCore import QByteArray, QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QMenuBar, QStatusBar, QVBoxLayout, QWidget

from app.settings import LAYOUT_VERSION
from app.widgets.dock_head import DockHead

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent

    from app.panels.prompt import PromptPanel

PROMPT_PX, SIDE_PX, TIMELINE_PX = 320, 280, 270
SETTINGS_PX, CONTROL_PX = 640, 200
LEAST_PROMPT_PX, LEAST_SIDE_PX = 320, 220
SMALLEST_PX = (960, 600)


class MenuTitles:
    """The titles of the menu bar; their menus are empty until `fill_menus`."""

    def __init__(self, bar: QMenuBar) -> None:
        translate = QCoreApplication.translate
        self.file = bar.addMenu(translate("menus", "&File"))
        self.edit = bar.addMenu(translate("menus", "&Edit"))
        self.view = bar.addMenu(translate("menus", "&View"))
        self.generate = bar.addMenu(translate("menus", "&Generate"))
        self.timeline = bar.addMenu(translate("menus", "&Timeline"))
        self.queue = bar.addMenu(translate("menus", "&Queue"))
        self.help = bar.addMenu(translate("menus", "&Help"))
        self.recent = QMenu(translate("menus", "Open recent project"), bar)
        """A menu in the File menu; it is filled as projects are opened."""
        self.language = QMenu(translate("menus", "Language"), bar)
        """A menu in the View menu."""
        self.examples = QMenu(translate("menus", "Examples"), bar)
        """A menu in the File menu."""


class MainWindow(QMainWindow):
    """Empty places and the prompt panel. Closing it stops no job. The timeline's place is hidden until it is wanted.

    The panels have no places until a layout is restored, or `arrange` gives them their first ones.
    """

    first_painted = Signal()
    """The frame is on the screen; sent once."""
    closing = Signal()
    files_dropped = Signal(list)
    picture_dropped = Signal(object)
    """A QImage without a file, as browsers drag pictures of pages."""
    address_dropped = Signal()
    """Nothing but an address of something elsewhere."""

    def __init__(self, prompt: PromptPanel) -> None:
        super().__init__()
        self.setWindowTitle("Onetake")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST_PX)
        self.menus = MenuTitles(self.menuBar())
        self._canvas = _place("stage")
        self.setCentralWidget(self._canvas)
        self.statusBar().setSizeGripEnabled(False)
        self.prompt_head, self.queue_head = DockHead(self.tr("Prompt")), DockHead(self.tr("Queue"))
        self.timeline_head, self.control_head = DockHead(self.tr("Timeline")), DockHead(self.tr("Control"))
        self.docks = (
            self._dock("prompt", self.prompt_head, LEAST_PROMPT_PX),
            self._dock("queue", self.queue_head, LEAST_SIDE_PX),
            self._dock("gallery", DockHead(self.tr("Gallery")), LEAST_SIDE_PX),
            self._dock("timeline", self.timeline_head, 0),
            self._dock("control", self.control_head, LEAST_PROMPT_PX),
        )
        titles = (self.tr("Prompt"), self.tr("Queue"), self.tr("Gallery"), self.tr("Timeline"), self.tr("Control"))
        for dock, title in zip(self.docks, titles, strict=True):
            dock.setWindowTitle(title)
        self.timeline_dock = self.docks[3]
        self.timeline_dock.hide()
        _fill(self.docks[0].widget(), prompt)
        self._hidden: QByteArray | None = None
        self._is_painted = False
        self._may_close: Callable[[], bool] | None = None
        prompt.prompt.setFocus()

    def arrange(self) -> None:
        """The first arrangement of the panels; later a restored layout has their places, corners and sizes."""
        area, corner, orientation = QtCore.Qt.DockWidgetArea, QtCore.Qt.Corner, QtCore.Qt.Orientation
        left, right, bottom = area.LeftDockWidgetArea, area.RightDockWidgetArea, area.BottomDockWidgetArea
        for dock, place in zip(self.docks, (left, right, right, bottom, left), strict=True):
            self.addDockWidget(place, dock)
        # The timeline lies under the canvas only.
        self.setCorner(corner.BottomLeftCorner, left)
        self.setCorner(corner.BottomRightCorner, right)
        self.resize(1440, 900)
        prompt, queue, gallery, timeline, control = self.docks
        self.resizeDocks([prompt, queue], [PROMPT_PX, SIDE_PX], orientation.Horizontal)
        self.resizeDocks([queue, gallery], [240, 480], orientation.Vertical)
        self.resizeDocks([prompt, control], [SETTINGS_PX, CONTROL_PX], orientation.Vertical)
        self.resizeDocks([timeline], [TIMELINE_PX], orientation.Vertical)

    def furnish(
        self, *, canvas: QWidget, queue: QWidget, gallery: QWidget, control: QWidget, status: QStatusBar
    ) -> None:
        """Put everything but the prompt panel into its place. Nothing that is already painted moves."""
        _fill(self._canvas, canvas)
        _fill(self.docks[1].widget(), queue)
        _fill(self.docks[2].widget(), gallery)
        _fill(self.docks[4].widget(), control)
        self.setStatusBar(status)

    def show_control(self) -> None:
        """Bring the control panel out, wherever it was left."""
        self.docks[4].show()

    def furnish_corner(self, content: QWidget) -> None:
        """Put something at the right end of the menu bar."""
        # A corner of whatever height makes the bar a pixel higher, and all below it would move.
        self.menuBar().setMaximumHeight(self.menuBar().height())
        self.menuBar().setCornerWidget(content)
        content.show()

    def furnish_top(self, content: QWidget) -> None:
        """Put something above the canvas."""
        column = self._canvas.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, content)

    def ask_before_closing(self, may_close: Callable[[], bool]) -> None:
        """From now on the window is closed only if `may_close` says so."""
        self._may_close = may_close

    def furnish_timeline(self, timeline: QWidget) -> None:
        """Put the timeline into its place."""
        _fill(self.timeline_dock.widget(), timeline)

    def show_timeline(self, shown: bool) -> None:
        """Bring the timeline out, or take it away."""
        first = shown and self.timeline_dock.isHidden()
        self.timeline_dock.setVisible(shown)
        if first:
            height = max(TIMELINE_PX, self.timeline_dock.height())
            self.resizeDocks([self.timeline_dock], [height], QtCore.Qt.Orientation.Vertical)

    @property
    def is_arranged(self) -> bool:
        """Whether every panel has a place; a layout that was cut off may be restored without giving any."""
        # Not by dockWidgetArea, whose answer would load `Qt`.
        layout = self.layout()
        assert layout is not None
        return all(layout.indexOf(dock) >= 0 for dock in self.docks)

    @property
    def panels_are_hidden(self) -> bool:
        return self._hidden is not None

    def show_panels(self) -> None:
        """Give the panels their places back, if the canvas has the whole window."""
        if self._hidden is not None:
            self.toggle_panels()

    def layout_state(self) -> QByteArray:
        """Where the panels are, as the file of the window's settings keeps it."""
        return self.saveState(LAYOUT_VERSION)

    def restore_layout(self, layout: QByteArray) -> bool:
        """Put the panels where they were; False when the layout is of another version of the window."""
        return self.restoreState(layout, LAYOUT_VERSION)

    def toggle_panels(self) -> None:
        """Give the canvas the whole window, or give the panels back their places."""
        if self._hidden is None:
            self._hidden = self.saveState()
            for dock in self.docks:
                dock.hide()
        else:
            self.restoreState(self._hidden)
            self._hidden = None

    def _dock(self, name: str, head: DockHead, least_width: int) -> QDockWidget:
        # A child of the window with a name is all that QMainWindow.restoreState needs to give it its place.
        dock = QDockWidget(self)
        dock.setObjectName(name)
        dock.setTitleBarWidget(head)
        place = _place("panel")
        place.setMinimumWidth(least_width)
        dock.setWidget(place)
        # What the artist's own key for it is kept under.
        dock.toggleViewAction().setObjectName(f"panel_{name}")
        return dock

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            # The parts are painted after the window itself: the next turn of the loop is when all can be seen.
            QTimer.singleShot(0, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # The source is None when the drag comes from another program, whatever its type says.
        is_foreign = event.source() is None  # pyright: ignore[reportUnnecessaryComparison]
        if is_foreign and (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        mime = event.mimeData()
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        image: object = mime.imageData() if mime.hasImage() and not files else None
        event.acceptProposedAction()
        if files:
            self.files_dropped.emit(files)
        elif isinstance(image, QtGui.QImage) and not image.isNull():
            self.picture_dropped.emit(image)
        else:
            self.address_dropped.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close is not None and not self._may_close():
            event.ignore()
            return
        self.show_panels()
        self.closing.emit()
        super().closeEvent(event)


def _place(name: str) -> QWidget:
    """An empty part of the window in the colour of what will fill it."""
    place = QWidget()
    place.setObjectName(name)
    column = QVBoxLayout(place)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return place


def _fill(place: QWidget, content: QWidget) -> None:
    column = place.layout()
    assert column is not None
    column.addWidget(content)
