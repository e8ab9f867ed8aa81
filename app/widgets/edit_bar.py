"""How the picture on the canvas is edited: the method, what goes with it, and the way out. It edits the project.

What is painted and dragged on the picture is `canvas.painting`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.picture_edit import METHODS
from app.widgets.edit_fields import EditFields
from app.widgets.elided_label import ElidedLabel
from app.widgets.fields_scroll import FieldsScroll
from app.widgets.flow_layout import FlowLayout
from app.widgets.plain_tip import set_plain_tip
from app.widgets.tab_keys import TabKeys
from app.words import size_text
from engine.messages import EditMethod

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.canvas.painting.brush import BrushChoice
    from app.project import Project

ROOM_PX = 120
"""What margins, gaps and the size of the result need beside them."""
LEAST_FIELDS_PX = 64
"""Two lines of fields; where the window has no room for all of them they scroll."""


class EditBar(QFrame):
    """Above the canvas as long as a picture is being edited, whatever the canvas shows."""

    back_pressed = Signal()
    """Show the picture again, to paint on."""
    leave_pressed = Signal()

    def __init__(self, project: Project, choice: BrushChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._project = project
        self.methods: dict[EditMethod, QToolButton] = {}
        self.name, self.sizes = ElidedLabel(), QLabel()
        self.sizes.setObjectName("quiet")
        self.back, self.leave = QPushButton(self.tr("Back")), QPushButton(self.tr("Leave"))
        self.back.setToolTip(self.tr("Show the picture again, to paint on"))
        self.leave.setToolTip(self.tr("Make pictures from words again; the mask is kept  (Esc)"))
        self.fields = EditFields(project, choice)
        methods, way_out = FlowLayout(gap_px=0), QHBoxLayout()
        way_out.setSpacing(8)
        group = QButtonGroup(self)
        names = {
            "img2img": self.tr("Change all"),
            "inpaint": self.tr("Fill mask"),
            "outpaint": self.tr("Extend"),
            "cycle": self.tr("Retell"),
        }
        for method in METHODS:
            button = QToolButton()
            button.setObjectName("mode")
            button.setText(names[method])
            button.setAccessibleName(names[method])
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._choose)
            group.addButton(button)
            methods.addWidget(button)
            self.methods[method] = button
        way_out.addWidget(self.name, 1)
        for widget in (self.sizes, self.back, self.leave):
            way_out.addWidget(widget)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addLayout(methods)
        self._head.addSpacing(8)
        self._head.addLayout(way_out, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(6)
        column.addLayout(self._head)
        self._scroll = FieldsScroll(self.fields, LEAST_FIELDS_PX)
        column.addWidget(self._scroll)
        self.back.clicked.connect(self.back_pressed)
        self.leave.clicked.connect(self.leave_pressed)
        project.edit_changed.connect(self._show)
        project.models_changed.connect(self._show)
        self.fields.lines_changed.connect(self._scroll.updateGeometry)
        keys = TabKeys(self)
        for widget in self.in_tab_order:
            keys.guard(widget)
        self.show_place(on_picture=True)
        self._show()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [*self.methods.values(), self.back, self.leave, *self.fields.in_tab_order]

    def show_place(self, *, on_picture: bool) -> None:
        """Whether the canvas shows the picture, or what came of it."""
        self.back.setVisible(not on_picture)
        # The line of the job says how large its pictures are.
        self.sizes.setVisible(on_picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The names of the methods are read whole, on two lines if need be, and the way out is on one of its own.
        methods = sum(button.sizeHint().width() for button in self.methods.values())
        room = self.contentsRect().width() - methods - self.back.sizeHint().width() - self.leave.sizeHint().width()
        way = QBoxLayout.Direction.TopToBottom if room < ROOM_PX else QBoxLayout.Direction.LeftToRight
        if way is not self._head.direction():
            self._head.setDirection(way)

    def _choose(self) -> None:
        method = next(method for method, button in self.methods.items() if button.isChecked())
        canvas = self._project.canvas
        if method != canvas.method:
            self._project.change_canvas(self.tr("choose what to edit"), canvas.resized(method=method))

    def _show(self) -> None:
        canvas, spec = self._project.canvas, self._project.spec
        tips = {
            "img2img": self.tr("Make the whole picture anew, as far from it as the strength says"),
            "inpaint": self.tr("Make anew what is painted over, and keep the rest"),
            "outpaint": self.tr("Make more picture around the picture"),
            "cycle": self.tr("Tell the whole picture in other words, and keep what both tellings share"),
        }
        for method, button in self.methods.items():
            is_able = spec is None or method in spec.edits
            with QSignalBlocker(button):
                button.setChecked(method == canvas.method)
            button.setEnabled(is_able)
            cannot = self.tr("{model} cannot do this; choose another model").format(model=spec.title if spec else "")
            button.setToolTip(tips[method] if is_able else cannot)
        file = canvas.picture.replace("\\", "/").rpartition("/")[2]
        self.name.setText(self.tr("Editing {name}").format(name=file))
        set_plain_tip(self.name, canvas.picture)
        self._show_sizes()

    def _show_sizes(self) -> None:
        canvas = self._project.canvas
        work = canvas.work_size(self._project.spec)
        framed = canvas.framed if canvas.takes_mask else work
        if work is None or framed is None or not canvas.width:
            self.sizes.setText("")
            return
        self.sizes.setText(size_text(*framed))
        told = self.tr("The size of the result; the model works at {size}").format(size=size_text(*work))
        self.sizes.setToolTip(told)
