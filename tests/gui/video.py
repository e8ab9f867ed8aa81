"""What the tests of takes share: a window in video mode, plans, and waiting for a take's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.messages import JobState, Segment, Timeline

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.job_record import JobRecord
    from app.video_wing import VideoParts

PROMPTS = ("winter mountains at dusk", "a lake at night", "summer lake at day", "forest with snow")


def enter_video(qtbot: QtBot, onetake: Application) -> VideoParts:
    """Switch to video as the artist does, once the models are known."""
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    onetake.mode.video.click()
    return onetake.wing.open()


def command(onetake: Application, name: str) -> QAction:
    """An action of the window by its name."""
    return next(action for action in onetake.desk.keymap.actions if action.objectName() == name)


def open_plan(onetake: Application, count: int = 4, frames: int = 12) -> None:
    """A plan of equal segments; the third one cuts."""
    segments = tuple(Segment(prompt=PROMPTS[index % 4], frames=frames, cut=index == 2) for index in range(count))
    onetake.project.open_timeline(Timeline(segments=segments), 8.0)


def generate_take(qtbot: QtBot, onetake: Application, state: JobState) -> JobRecord:
    """Generate, and wait until the new job is in this state and on the canvas."""
    before = onetake.jobs.rowCount()
    onetake.studio.generate()
    qtbot.waitUntil(lambda: onetake.jobs.rowCount() > before and bool(onetake.jobs.records()[before].info.job))
    record = onetake.jobs.records()[before]
    qtbot.waitUntil(lambda: record.state is state, timeout=30_000)
    return record
