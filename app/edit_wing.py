"""The part of the window in which a picture is edited: built when it is first wanted, or was open at the last end.

A window that only makes pictures never loads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from app.actions import Actions
    from app.canvas.stage import Stage
    from app.edit_desk import EditDesk
    from app.exchange import Exchange
    from app.icons import Icons
    from app.main_window import MainWindow
    from app.map_desk import MapDesk
    from app.map_jobs import MapJobs
    from app.panels.control import ControlPanel
    from app.project import Project
    from app.region_painting import RegionPainting
    from app.theme import Theme
    from app.widgets.notice_bar import NoticeBar


class EditSurroundings(NamedTuple):
    """The parts of the window that editing needs."""

    window: MainWindow
    project: Project
    stage: Stage
    exchange: Exchange
    notices: NoticeBar
    theme: Theme
    icons: Icons
    actions: Actions
    control: ControlPanel
    maps: MapJobs


class EditWing(QObject):
    """Call `open` wherever a part of it is needed; it is built once. Made when the window's actions have their keys."""

    desk_opened = Signal()
    """The desk has been built."""
    map_desk_opened = Signal()
    """What maps are touched up at has been built."""

    def __init__(self, around: EditSurroundings) -> None:
        super().__init__(around.window)
        self._of = around
        self._desk: EditDesk | None = None
        self._regions: RegionPainting | None = None
        self.map_desk: MapDesk | None = None
        """What maps are touched up at, if it has been wanted yet."""
        actions = around.actions
        for action in actions.of_painting:
            # These keys mean something else in fields: on the canvas alone they are ours.
            around.window.removeAction(action)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setEnabled(False)
            around.stage.addAction(action)
        actions.edit_picture.triggered.connect(self._edit_current)
        actions.edit_file.triggered.connect(self.choose_file)
        actions.before.triggered.connect(self._compare)
        actions.paint_region.triggered.connect(self._paint_region)
        actions.edit_map.triggered.connect(self._edit_map)
        around.control.pressed.connect(self._answer)
        for view in (around.stage.grid, around.stage.large):
            view.addAction(actions.edit_picture)
        around.exchange.edit_wanted.connect(self.edit)
        around.project.edit_changed.connect(self._follow)
        self._follow()

    @property
    def desk(self) -> EditDesk | None:
        """What editing is done at, if it has been wanted yet."""
        return self._desk

    def open(self) -> EditDesk:
        """The desk, built now if it is not there."""
        if self._desk is None:
            # Loaded only now, as the whole wing is.
            from app.edit_desk import EditDesk  # noqa: PLC0415

            self._desk = EditDesk(self._of, self)
            self._desk.page.file_wanted.connect(self.choose_file)
            self._desk.follow()
            self.desk_opened.emit()
        return self._desk

    def edit(self, picture: str) -> None:
        """Edit a picture, with the mask that was painted for it before."""
        self.open().begin(picture)

    def choose_file(self) -> None:
        """Ask for a picture and edit it."""
        title = self.tr("Edit picture file")
        kinds = self.tr("Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif)")
        file, _ = QFileDialog.getOpenFileName(self._of.window, title, "", kinds)
        if file:
            self.edit(file)

    def paint_region(self, index: int) -> RegionPainting:
        """Paint where a control layer acts; `index` counts from 0."""
        if self._regions is None:
            from app.region_painting import RegionPainting  # noqa: PLC0415  # as the desk

            self._regions = RegionPainting(self._of, self)
        self._regions.paint(index)
        return self._regions

    def edit_map(self, index: int) -> MapDesk:
        """Touch up or place the map of a control layer; `index` counts from 0."""
        if self.map_desk is None:
            from app.map_desk import MapDesk  # noqa: PLC0415  # as the desk

            self.map_desk = MapDesk(self._of, self._of.maps, self)
            self.map_desk.region_wanted.connect(self.paint_region)
            self.map_desk_opened.emit()
        self.map_desk.edit(index)
        return self.map_desk

    def close(self) -> None:
        """Save what is painted, and wait for what is being read."""
        for part in (self._desk, self._regions, self.map_desk):
            if part is not None:
                part.close()

    def _edit_current(self) -> None:
        stage = self._of.stage
        path = stage.current_path()
        # A frame of a take has no file yet: `layer_controls` keeps it in one first.
        if path and (stage.player is None or stage.page is not stage.player):
            self.edit(path)

    def _compare(self, wanted: bool) -> None:
        self.open().compare(wanted)

    def _paint_region(self) -> None:
        self.paint_region(self._of.control.current)

    def _edit_map(self) -> None:
        self.edit_map(self._of.control.current)

    def _answer(self, what: str, index: int) -> None:
        if what == "region":
            self.paint_region(index)
        elif what == "edit map":
            self.edit_map(index)

    def _follow(self) -> None:
        for action in (self._of.actions.paint_region, self._of.actions.edit_map):
            action.setEnabled(bool(self._of.project.edit.controls))
        if self._desk is None and self._of.project.edit.is_editing:
            self.open()
