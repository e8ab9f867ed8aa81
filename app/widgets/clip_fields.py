"""The fields of the selected control clip: when it acts, for how long, and how strongly.

Owns the three fields; they edit the project's control layers. Frames are counted from 1, as the player counts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QSize
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from app import clip_edits
from app.control_words import kind_title
from app.widgets.elided_label import ElidedLabel
from app.widgets.fitting import fit_in
from app.widgets.project_keys import ProjectKeys
from engine.messages import MAX_FRAMES

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.media_lengths import MediaLengths
    from app.project import Project


FIELD_PX = 88


class ClipFields(QWidget):
    """One line, hidden while no control clip is selected."""

    def __init__(self, project: Project, lengths: MediaLengths, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project, self._lengths = project, lengths
        self.subject = ElidedLabel()
        self.subject.setObjectName("quiet")
        self.first, self.frames, self.weight = QSpinBox(), QSpinBox(), QDoubleSpinBox()
        self.first.setRange(1, MAX_FRAMES)
        self.first.setAccessibleName(self.tr("First frame of the control clip"))
        self.frames.setRange(1, MAX_FRAMES)
        self.frames.setAccessibleName(self.tr("Frames of the control clip"))
        self.weight.setRange(0.0, 2.0)
        self.weight.setSingleStep(0.05)
        self.weight.setAccessibleName(self.tr("Weight of the control clip"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 4)
        row.setSpacing(8)
        row.addWidget(self.subject, 1)
        texts = (self.tr("From frame"), self.tr("Frames"), self.tr("Weight"))
        self._labels: list[QWidget] = []
        keys = ProjectKeys(self)
        for text, field in zip(texts, (self.first, self.frames, self.weight), strict=True):
            label = QLabel(text)
            label.setObjectName("quiet")
            label.setBuddy(field)
            self._labels.append(label)
            row.addWidget(label)
            row.addWidget(field)
            field.setKeyboardTracking(False)
            field.setMaximumWidth(FIELD_PX)
            keys.guard(field.lineEdit())
        self.first.valueChanged.connect(self._move)
        self.frames.valueChanged.connect(self._trim)
        self.weight.valueChanged.connect(self._weigh)
        project.edit_changed.connect(self._take_edit)
        self._show()

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.first, self.frames, self.weight]

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_in(self, [[label] for label in self._labels])

    def _chosen(self) -> list[int]:
        """The selected clips, the first of which is shown."""
        return [index for index in self._project.video.clips if index < len(self._project.edit.controls)]

    def _take_edit(self, changed: set[str]) -> None:
        if changed & {"video", "controls"}:
            self._show()

    def _show(self) -> None:
        chosen = self._chosen()
        self.setVisible(bool(chosen))
        if not chosen:
            return
        control, length = self._project.edit.controls[chosen[0]], self._project.video.length
        span = control.span(length)
        one = f"{kind_title(control.kind)}  ·  {control.name}"
        self.subject.setText(self.tr("{n} control clips").format(n=len(chosen)) if len(chosen) > 1 else one)
        with QSignalBlocker(self.first), QSignalBlocker(self.frames), QSignalBlocker(self.weight):
            self.first.setValue(span.start + 1)
            self.frames.setValue(len(span))
            self.weight.setValue(control.weight)

    def _move(self, first: int) -> None:
        chosen, controls = self._chosen(), self._project.edit.controls
        by = first - 1 - controls[chosen[0]].first
        after = clip_edits.move(controls, chosen, by, self._project.video.length)
        self._change(QCoreApplication.translate("edits", "move controls"), after, "place")

    def _trim(self, frames: int) -> None:
        after, length = self._project.edit.controls, self._project.video.length
        for index in self._chosen():
            held = self._lengths.of(after[index].picture)
            after = clip_edits.trim_end(after, index, after[index].first + frames, held, length)
        self._change(QCoreApplication.translate("edits", "trim control"), after, "length")
        # What is longer than its file has become as long as that.
        self._show()

    def _weigh(self, weight: float) -> None:
        after = clip_edits.weigh(self._project.edit.controls, self._chosen(), weight)
        self._change(QCoreApplication.translate("edits", "change weight"), after, "weight")

    def _change(self, text: str, after: clip_edits.Layers, what: str) -> None:
        self._project.change_controls(text, after, merge=f"{what} of clips {self._chosen()}")
