"""The fields that only a take has: length, speed, devices. They edit the project and show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QSpinBox, QWidget

from app import timeline_edits as edits
from app.widgets.rate_field import RateField
from app.words import length_text
from engine.messages import MAX_FRAMES

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from app.project import Project

LEAST_FPS, MOST_FPS = 1.0, 120.0
SHARES_OF_CPU = (2, 4)


class LengthField(QWidget):
    """Frames of the current segment, or of the whole take while it has no segments, and the seconds they last."""

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.frames = QSpinBox()
        self.frames.setRange(1, MAX_FRAMES)
        self.frames.setKeyboardTracking(False)
        self.frames.setAccessibleName(self.tr("Length in frames"))
        self.seconds = QLabel()
        self.seconds.setObjectName("quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.frames, 1)
        row.addWidget(self.seconds, 1)
        self.setFocusProxy(self.frames)
        self.frames.valueChanged.connect(self._change)

    def show_length(self) -> None:
        """Show the project's length."""
        video = self._project.video
        frames = video.segment.frames if video.segment is not None else video.frames
        with QSignalBlocker(self.frames):
            self.frames.setValue(frames)
        words = self.tr("frames, {length}")
        self.seconds.setText(words.format(length=length_text(frames, video.fps)))
        self.frames.setToolTip(
            self.tr("Of the current segment") if video.segment is not None else self.tr("Of the whole take")
        )

    def _change(self, frames: int) -> None:
        project, video = self._project, self._project.video
        fit = edits.fit_of(project.spec)
        if video.segment is not None:
            after = edits.trim(video, video.current, frames, fit)
        else:
            after = replace(video, frames=fit(frames))
        project.change_video(self.tr("change length"), after, merge=f"length of {video.current}")
        # A length that the model cannot make has become the nearest one that it can.
        self.show_length()


class SpeedField(RateField):
    """Frames a second."""

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(LEAST_FPS, MOST_FPS, parent)
        self._project = project
        self.setKeyboardTracking(False)
        self.valueChanged.connect(self._change)

    def show_speed(self) -> None:
        """Show the project's speed."""
        with QSignalBlocker(self):
            self.setValue(self._project.video.fps)

    def _change(self, fps: float) -> None:
        project = self._project
        project.change_video(self.tr("change speed"), replace(project.video, fps=fps), merge="fps")


class DevicesField(QPushButton):
    """All devices, or those that are ticked: one take is made faster by all of them together."""

    chosen = Signal(tuple)

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._names: dict[str, str] = {}
        self.setObjectName("choice")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Devices"))
        self.setToolTip(self.tr("Which devices make this take together"))
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.triggered.connect(self._choose)
        self.chosen.connect(self._change)

    def set_devices(self, names: dict[str, str]) -> None:
        """The devices there are: names as the engine knows them, and what people call them."""
        self._names = names

    def show_devices(self) -> None:
        """Show the project's devices."""
        chosen = self._project.video.devices
        self.setText(", ".join(chosen) if chosen else self.tr("All devices"))

    def _fill(self) -> None:
        self._menu.clear()
        chosen = self._project.video.devices
        everything = self._menu.addAction(self.tr("All devices"))
        everything.setCheckable(True)
        everything.setChecked(not chosen)
        everything.setData("")
        self._menu.addSeparator()
        names = dict.fromkeys([*self._names, *chosen])
        if "cpu" in self._names:
            names |= dict.fromkeys(f"cpu:{count}" for count in SHARES_OF_CPU)
        for name in names:
            action = self._menu.addAction(self._words(name))
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.setData(name)

    def _words(self, name: str) -> str:
        kind, _, number = name.partition(":")
        if kind == "cpu" and number:
            return self.tr("{name}  ·  processor, in {count} parts").format(name=name, count=number)
        return f"{name}  ·  {self._names[name]}" if self._names.get(name) else name

    def _choose(self, action: QAction) -> None:
        name, chosen = str(action.data()), list(self._project.video.devices)
        if not name:
            self.chosen.emit(())
            return
        if name in chosen:
            chosen.remove(name)
        else:
            # The processor is taken whole or in parts, not both.
            rivals = {"cpu", *(f"cpu:{count}" for count in SHARES_OF_CPU)} if name.startswith("cpu") else set[str]()
            chosen = [*(other for other in chosen if other not in rivals), name]
        self.chosen.emit(tuple(chosen))

    def _change(self, devices: tuple[str, ...]) -> None:
        self._project.change_video(self.tr("choose devices"), replace(self._project.video, devices=devices))
