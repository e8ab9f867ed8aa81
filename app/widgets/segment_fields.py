"""The fields of the selected segments: noise of their own, and how evenly they come over from the segment before.

Owns the two fields; they edit the project and show the current segment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, QSignalBlocker, QSize
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from app import timeline_edits as edits
from app.widgets.fitting import fit_in
from app.widgets.project_keys import ProjectKeys
from engine.messages import MAX_SEED, draw_seed

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.icons import Icons
    from app.project import Project

SEED_PX = 176


class SegmentFields(QWidget):
    """One line, hidden while the take has no segments."""

    def __init__(self, project: Project, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.subject, self.seed = QLabel(), QLineEdit()
        self.subject.setObjectName("quiet")
        self.seed.setAccessibleName(self.tr("Seed of the segment"))
        self.seed.setPlaceholderText(self.tr("as the shot's"))
        self.seed.setToolTip(self.tr("Noise of its own; empty for that of the shot"))
        self.seed.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,19}"), self))
        self.seed.setMaximumWidth(SEED_PX)
        self.dice, self.strength = QToolButton(), QDoubleSpinBox()
        self.dice.setAccessibleName(self.tr("Roll a seed for the segment"))
        self.dice.setToolTip(self.tr("Roll a seed for each selected segment"))
        icons.dress(self.dice, "dice")
        self.strength.setAccessibleName(self.tr("Strength of the transition"))
        self.strength.setRange(0.0, 1.0)
        self.strength.setSingleStep(0.1)
        self.strength.setDecimals(2)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 4)
        row.setSpacing(8)
        row.addWidget(self.subject)
        row.addStretch(1)
        labels: list[QWidget] = []
        for text, field in ((self.tr("Seed"), self.seed), (self.tr("Transition strength"), self.strength)):
            label = QLabel(text)
            label.setObjectName("quiet")
            label.setBuddy(field)
            labels.append(label)
            row.addWidget(label)
            row.addWidget(field)
            if field is self.seed:
                row.addWidget(self.dice)
                row.addSpacing(8)
        self._yielding = [[label] for label in labels]
        keys = ProjectKeys(self)
        for line in (self.seed, self.strength.lineEdit()):
            keys.guard(line)
        self.seed.textEdited.connect(self._type_seed)
        self.seed.editingFinished.connect(self._show)
        self.dice.clicked.connect(self._roll)
        self.strength.valueChanged.connect(self._change_strength)
        project.edit_changed.connect(self._take_edit)
        self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_in(self, self._yielding)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """What the keyboard visits, in order."""
        return [self.seed, self.dice, self.strength]

    def _take_edit(self, changed: set[str]) -> None:
        if "video" in changed:
            self._show()

    def _show(self) -> None:
        video = self._project.video
        segment = video.segment
        # Where control clips alone are selected, their fields are here instead.
        self.setVisible(segment is not None and bool(video.selected))
        if segment is None:
            return
        many = len(video.selected) > 1
        one = self.tr("Segment {number}").format(number=video.current + 1)
        self.subject.setText(self.tr("{n} segments").format(n=len(video.selected)) if many else one)
        text = "" if segment.seed is None else str(segment.seed)
        if self.seed.text() != text:
            self.seed.setText(text)
        has_transition = any(video.segments[index].transition for index in video.selected)
        self.strength.setEnabled(has_transition)
        even = self.tr("1: prompt and noise travel evenly; 0: they change at once")
        self.strength.setToolTip(even if has_transition else self.tr("This segment has no transition to weigh"))
        with QSignalBlocker(self.strength):
            self.strength.setValue(segment.strength)

    def _type_seed(self, text: str) -> None:
        video = self._project.video
        seed = min(int(text), MAX_SEED) if text else None
        after = edits.set_seeds(video, dict.fromkeys(video.selected, seed))
        self._project.change_video(self.tr("change seed"), after, merge=f"seed of {video.current}")

    def _roll(self) -> None:
        video = self._project.video
        after = edits.set_seeds(video, {index: draw_seed() for index in video.selected})
        self._project.change_video(self.tr("change seed"), after)

    def _change_strength(self, strength: float) -> None:
        video = self._project.video
        after = edits.set_strength(video, video.selected, strength)
        self._project.change_video(self.tr("change strength"), after, merge=f"strength of {video.current}")
