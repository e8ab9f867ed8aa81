"""Picture or video: what Generate makes. Two buttons of which one is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

if TYPE_CHECKING:
    from app.project import Project


class ModeSwitch(QWidget):
    """Bound to the project both ways. A model that makes no videos greys the second button out and says why."""

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.picture, self.video = QToolButton(), QToolButton()
        self.picture.setText(self.tr("Picture"))
        self.video.setText(self.tr("Video"))
        self.picture.setToolTip(self.tr("Generate makes pictures"))
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self.picture, self.video):
            button.setObjectName("mode")
            button.setCheckable(True)
            button.setAccessibleName(button.text())
            group.addButton(button)
            row.addWidget(button)
        self.picture.clicked.connect(self._choose)
        self.video.clicked.connect(self._choose)
        project.edit_changed.connect(self._take_edit)
        project.models_changed.connect(self._show)
        self._show()

    def _choose(self) -> None:
        set_mode(self._project, is_active=self.video.isChecked())

    def _take_edit(self, changed: set[str]) -> None:
        if changed & {"video", "model"}:
            self._show()

    def _show(self) -> None:
        video, reason = self._project.video, why_no_video(self._project)
        (self.video if video.is_active else self.picture).setChecked(True)
        # Whoever is in there already, with a model that has lost the ability, must get out again.
        self.video.setEnabled(not reason or video.is_active)
        self.video.setToolTip(reason or self.tr("Generate makes a take"))


def why_no_video(project: Project) -> str:
    """Why the chosen model makes no videos; empty if it does, or is not known yet."""
    spec = project.spec
    if spec is None or spec.video is not None:
        return ""
    words = QCoreApplication.translate("edits", "{model} makes pictures only; choose a model that makes videos")
    return words.format(model=spec.title)


def set_mode(project: Project, *, is_active: bool) -> None:
    """Make takes, or pictures, from now on; the first time with the model's own steps and speed."""
    video, spec = project.video, project.spec
    if is_active == video.is_active or (is_active and why_no_video(project)):
        return
    after = replace(video, is_active=is_active)
    is_untouched = video == type(video)()
    if is_active and is_untouched and spec is not None and spec.video is not None:
        after = replace(after.suited_to(spec), frames=spec.video.default_frames)
    project.change_video(QCoreApplication.translate("edits", "picture or video"), after)
