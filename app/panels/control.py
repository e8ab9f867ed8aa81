"""The control panel: pictures that what is made follows, each as a layer with its kind and weight.

It edits the project's layers. Files, maps and what is dropped are the window's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from app.control_edit import moved
from app.control_words import why_no_controls
from app.widgets.drop_mark import DropMark
from app.widgets.empty_state import EmptyState
from app.widgets.focus_ring import WIDTH_PX as RING_PX
from app.widgets.layer_list import LayerList
from app.widgets.layer_thumb import LAYER_MIME

if TYPE_CHECKING:
    from app.actions import Actions
    from app.control_edit import ControlEdit
    from app.icons import Icons
    from app.pictures import PictureCache
    from app.project import Project
    from app.theme import Theme
    from app.widgets.dock_head import DockHead


class ControlPanel(QWidget):
    """The layers, or one sentence while there are none. Its button goes into `head`."""

    pressed = Signal(str, int)
    """What is wanted of a layer: "picture", "mask", "adapter", "map", "edit map" or "region"; its number, from 0."""
    dropped = Signal(object, int)
    """A QMimeData of something that was dropped, and before which layer."""

    def __init__(
        self,
        project: Project,
        cache: PictureCache,
        theme: Theme,
        icons: Icons,
        actions: Actions,
        *,
        head: DockHead,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAcceptDrops(True)
        self._project = project
        self._last: QWidget | None = None
        self.add = QToolButton()
        self.add.setDefaultAction(actions.add_control)
        self.add.setAccessibleName(actions.add_control.text())
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        head.add(self.add)
        self.empty = EmptyState("", self.tr("Add a picture…"))
        self.empty.pressed.connect(actions.add_control.trigger)
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(12, 4, 12, 4)
        self.layers = LayerList(cache, theme, icons)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.layers)
        filled = QWidget(self)
        inside = QVBoxLayout(filled)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.note)
        inside.addWidget(self._scroll, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, RING_PX, 0, RING_PX)
        # The stack shows its first page at once: outside the panel that page would flash up as a window of its own.
        self._stack = QStackedLayout()
        column.addLayout(self._stack)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(filled)
        self._mark = DropMark(theme, self)
        self.layers.changed.connect(self._change)
        self.layers.removed.connect(self.remove)
        self.layers.pressed.connect(self.pressed)
        for key, by in ((Qt.Key.Key_Up, -1), (Qt.Key.Key_Down, 1)):
            # Not the keys of an action: in the queue they are those of moving a job.
            keys = QKeySequence(Qt.KeyboardModifier.AltModifier | key)
            shortcut = QShortcut(keys, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.move_up if by < 0 else self.move_down)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)
        project.edit_changed.connect(self._take_edit)
        project.models_changed.connect(self._show)
        self._show()

    @property
    def current(self) -> int:
        """The layer that the keyboard is in or was in last, else the last one; -1 while there are none."""
        rows = self.layers.rows
        return next((index for index, row in enumerate(rows) if row is self._last), len(rows) - 1)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.add, self.empty.button, *(field for row in self.layers.rows for field in row.in_tab_order)]

    @property
    def stop(self) -> QWidget:
        """Where the keyboard goes when it is sent to the panel; cannot be seen while there are no layers."""
        return self.layers.rows[self.current].kind if self.layers.rows else self.layers

    def move_up(self) -> None:
        """Put the current layer before the one above it."""
        self._move(self.current, self.current - 1)

    def move_down(self) -> None:
        """Put the current layer behind the one below it."""
        self._move(self.current, self.current + 2)

    def remove(self, index: int) -> None:
        """Take a layer away; undo brings it back."""
        controls = self._project.edit.controls
        self._project.change_controls(self.tr("remove control"), (*controls[:index], *controls[index + 1 :]))

    def _move(self, index: int, place: int) -> None:
        controls = self._project.edit.controls
        if 0 <= index < len(controls) and 0 <= place <= len(controls):
            self._project.change_controls(self.tr("move control"), moved(controls, index, place))

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None:
            self._last = next((row for row in self.layers.rows if row.isAncestorOf(new)), self._last)

    def _change(self, index: int, control: ControlEdit, merge: str) -> None:
        controls = list(self._project.edit.controls)
        controls[index] = control
        self._project.change_controls(self.tr("change control"), tuple(controls), merge=merge)

    def _take_edit(self, changed: set[str]) -> None:
        if changed & {"controls", "model", "video"}:
            self._show()

    def _show(self) -> None:
        project = self._project
        for_video = project.video.is_active
        note = why_no_controls(project.spec, for_video=for_video)
        words = self.tr("Drop a picture here, and what is made follows its edges, its depth or a pose.")
        self.empty.sentence.setText(note or words)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.layers.show_layers(project.edit.controls, project.spec, for_video=for_video)
        self._stack.setCurrentIndex(1 if project.edit.controls else 0)

    # Drops.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasFormat(LAYER_MIME) or mime.hasUrls() or mime.hasImage():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if not self.layers.rows:
            self._mark.show_at(self.rect())
        else:
            self.layers.mark(self._place(event))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._unmark()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._unmark()
        place, mime = self._place(event), event.mimeData()
        event.acceptProposedAction()
        if mime.hasFormat(LAYER_MIME):
            self._move(int(mime.data(LAYER_MIME).toStdString()), place)
        else:
            self.dropped.emit(mime, place)

    def _place(self, event: QDropEvent) -> int:
        return self.layers.place_at(self.layers.mapFrom(self, event.position().toPoint()).y())

    def _unmark(self) -> None:
        self._mark.hide()
        self.layers.unmark()
