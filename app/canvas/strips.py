"""The lines above and below the canvas: which job is shown; which picture, how large, and what can be done with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.widgets.elided_label import ElidedLabel
from app.widgets.fitting import fit_in
from app.words import decimal_text, frames_text, length_text, pictures_text, size_text, steps_text
from engine.messages import ControlMapRequest, JobState

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QResizeEvent

    from app.actions import Actions
    from app.job_record import JobRecord

ROOMY_PX = 540


class HeadStrip(QFrame):
    """Prompt and figures of the job on the canvas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.prompt = ElidedLabel()
        self.figures = QLabel()
        self.figures.setObjectName("quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(16)
        row.addWidget(self.prompt, 1)
        row.addWidget(self.figures)
        polish(self)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_in(self, [[self.figures]])

    def show_record(self, record: JobRecord | None, picture: int, *, is_before: bool = False) -> None:
        """Describe a job and which picture of it is current; hides itself when there is none.

        With `is_before`, what is seen is the picture that it was made from.
        """
        self.setVisible(record is not None)
        if record is None:
            return
        request = record.request
        self.prompt.setText(self.tr("Before this edit") if is_before else request.prompt)
        self.prompt.setToolTip(request.prompt)
        parts: list[str] = []
        if record.video is not None:
            video = record.video
            parts = [size_text(video.width, video.height), frames_text(video.frames)]
            parts += [length_text(video.frames, video.fps), steps_text(video.steps)]
            parts.append(self.tr("seed {seed}").format(seed=video.seed))
            parts += record.info.devices if len(record.info.devices) > 1 else ()
        elif record.image is not None:
            image = record.image
            parts = [size_text(image.width, image.height), steps_text(image.steps)]
            parts.append(self.tr("seed {seed}").format(seed=image.seed + picture))
            if image.edit is not None:
                parts.append(self.tr("edit of {name}").format(name=Path(image.edit.picture).name))
        elif isinstance(request, ControlMapRequest):
            parts = [size_text(request.width, request.height), self.tr("control map")]
        if record.state is JobState.DONE and record.info.seconds:
            parts.append(self.tr("{seconds} s").format(seconds=decimal_text(record.info.seconds)))
        self.figures.setText("   ".join(parts))
        fit_in(self, [[self.figures]])


class FootStrip(QFrame):
    """Zoom, place in the batch, and the actions of the current picture."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._zoom, self._place = QLabel(), QLabel()
        self._zoom.setObjectName("quiet")
        self._place.setObjectName("quiet")
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        views = (actions.grid, actions.fit, actions.actual, actions.double)
        edits, copies = (actions.edit_picture, actions.before), (actions.copy_picture, actions.copy_settings)
        uses = (*edits, actions.star, actions.save_as, *copies, actions.reuse)
        steps = (actions.previous, actions.next)
        made = {action: action_button(action) for action in (*views, *steps, *uses)}
        self.buttons: list[QWidget] = list(made.values())
        self._zooms = (made[actions.actual], made[actions.double], self._zoom)
        self._uses, self._before = [made[action] for action in uses], made[actions.before]
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        for action in views:
            row.addWidget(made[action])
        row.addSpacing(8)
        row.addWidget(self._zoom)
        row.addStretch(1)
        row.addWidget(made[actions.previous])
        row.addWidget(self._place)
        row.addWidget(made[actions.next])
        row.addStretch(1)
        for action in uses:
            row.addWidget(made[action])

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def show_place(self, row: int, count: int) -> None:
        """Say which picture of how many is current."""
        if row < 0:
            self._place.setText(pictures_text(count) if count else "")
        else:
            self._place.setText(self.tr("{number} of {count}").format(number=row + 1, count=count))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In the narrowest window the zoom is left to its keys and the wheel, and nothing is cut off.
        for widget in self._zooms:
            widget.setVisible(event.size().width() >= ROOMY_PX)

    def show_uses(self, *, has_results: bool, is_edit: bool) -> None:
        """Show the buttons for results where there are some, and that for comparing where there is a before."""
        for button in self._uses:
            button.setVisible(has_results and (button is not self._before or is_edit))

    def show_zoom(self, zoom: float | None) -> None:
        """Say how large the picture is; None in the grid."""
        self._zoom.setText("" if zoom is None else f"{zoom * 100:.0f} %")


def polish(strip: QWidget) -> None:
    """Style what is in a strip now: when it is first shown it has its height, and the canvas is laid out once."""
    for widget in (strip, *strip.findChildren(QWidget)):
        widget.ensurePolished()


def action_button(action: QAction) -> QToolButton:
    """A button that stands for an action, as an icon where it has one."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    if not action.icon().isNull():
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    return button
