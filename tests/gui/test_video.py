"""Takes through the whole window: from the switch to a video in the gallery, re-rolled, exported and opened again."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app import timeline_edits as edits
from app.cells import CellRole
from app.jobs import JobRole
from app.reports import Reach
from engine.messages import ExportRequest, FrameSpan, JobState, VideoRequest
from tests.fake_takes import video_request
from tests.gui.video import PROMPTS, enter_video, generate_take, open_plan
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths
    from tests.fakes import FakeEngine


def test_a_window_that_makes_pictures_builds_no_timeline(onetake: Application) -> None:
    """Player and timeline cost nothing until they are wanted."""
    assert onetake.wing.parts is None
    assert not onetake.window.timeline_dock.isVisible()


def test_the_switch_brings_the_timeline_and_the_fields_of_a_take(qtbot: QtBot, onetake: Application) -> None:
    """Video shows timeline, length, speed and devices instead of the count; Picture takes them away again."""
    enter_video(qtbot, onetake)
    form = onetake.form
    assert onetake.window.timeline_dock.isVisible()
    assert form.length.isVisible()
    assert form.devices.isVisible()
    assert not form.count.isVisible()
    assert form.steps.value() == 4
    onetake.mode.picture.click()
    assert not onetake.window.timeline_dock.isVisible()
    assert form.count.isVisible()
    assert form.steps.value() == 1


def test_a_model_without_videos_greys_the_switch_out_and_says_why(qtbot: QtBot, onetake: Application) -> None:
    """The reason stands in the tooltip, and Ctrl+M has no effect either."""
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    onetake.project.choose_model(FREE_TEXT.name)
    assert not onetake.mode.video.isEnabled()
    assert onetake.mode.video.toolTip() == "Free text makes pictures only; choose a model that makes videos"
    qtbot.keyClick(onetake.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert not onetake.project.video.is_active


def test_ctrl_return_sends_one_take_with_what_is_shown(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Without a timeline the prompt, the length, the speed and the devices of the panel make the request."""
    enter_video(qtbot, onetake)
    field = onetake.prompt.prompt
    field.setFocus()
    qtbot.keyClicks(field, "a boat")
    onetake.form.length.frames.setValue(20)
    onetake.form.speed.setValue(12)
    onetake.form.devices.chosen.emit(("cpu:2",))
    onetake.project.change("lock", seed=77, seed_locked=True)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(engine.requests))
    assert engine.requests == [video_request("a boat", frames=20, seed=77, fps=12.0, devices=("cpu:2",))]


def test_a_take_is_on_the_canvas_and_in_queue_and_gallery(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """While it runs its row says how long it is and where it is made; in the end the gallery shows its poster."""
    engine.script("hold")
    enter_video(qtbot, onetake)
    onetake.project.change("typing", prompt="a boat")
    onetake.form.devices.chosen.emit(("cpu:2",))
    record = generate_take(qtbot, onetake, JobState.RUNNING)
    assert onetake.stage.page is onetake.stage.player
    row = onetake.queue.list.model().index(0, 0)
    engine.make_step("job-1", 2, "cpu#1")
    engine.make_step("job-1", 3, "cpu")
    qtbot.waitUntil(lambda: record.step == 2)
    assert row.data(JobRole.PROGRESS) == 0.5
    assert row.data(JobRole.DEVICE) == "cpu  cpu#1"
    engine.finish("job-1")
    gallery = onetake.gallery.list.model()
    qtbot.waitUntil(lambda: gallery.rowCount() == 1)
    cell = gallery.index(0, 0)
    assert cell.data(CellRole.BADGE) == "6.0 s"
    assert cell.data(CellRole.PICTURE).take == "job-1"
    assert onetake.stage.page is onetake.stage.player


def test_the_frames_of_every_device_are_known_as_they_come(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Two ranks fill the strip at both places at once, each in its own name."""
    engine.script("hold")
    parts = enter_video(qtbot, onetake)
    onetake.project.change("typing", prompt="a boat")
    onetake.form.devices.chosen.emit(("cpu:2",))
    generate_take(qtbot, onetake, JobState.RUNNING)
    engine.show_frames("job-1", range(0, 24, 3), "cpu")
    engine.show_frames("job-1", range(24, 48, 3), "cpu#1")
    engine.finish_frames("job-1", range(24, 30), "cpu#1")
    qtbot.waitUntil(lambda: len(onetake.jobs.records()[0].take.ready) == 6)
    assert parts.take.devices() == ["cpu", "cpu#1"]
    assert [parts.take.maker(frame) for frame in (0, 3, 24, 29)] == ["cpu", "cpu", "cpu#1", "cpu#1"]
    assert parts.take.maker(1) == ""
    qtbot.waitUntil(lambda: parts.take.thumbnail(28, 192) is not None)


def test_a_selected_shot_is_made_again_and_nothing_else(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """The request names the finished take and the frames of the selection; a changed plan is refused with a remedy."""
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    project = onetake.project
    project.show_video(edits.select(project.video, 3, project.video.shot_of(3)))
    qtbot.keyClick(
        onetake.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    again = engine.requests[1]
    assert isinstance(again, VideoRequest)
    assert (again.base, again.redo) == ("job-1", (FrameSpan(start=24, stop=48),))
    qtbot.waitUntil(lambda: parts.take.key == "job-2" and parts.take.is_done)
    project.change_video("longer", edits.trim(project.video, 0, 40))
    qtbot.keyClick(
        onetake.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert "the take has 48 frames, the timeline 76" in onetake.prompt.error.text().lower()
    assert len(engine.requests) == 2


def test_in_and_out_points_say_which_frames_are_made_again(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """They go before the selection."""
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    parts.playhead.seek(5)
    parts.playhead.mark_in()
    parts.playhead.seek(9)
    parts.playhead.mark_out()
    qtbot.keyClick(
        onetake.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    again = engine.requests[1]
    assert isinstance(again, VideoRequest)
    assert again.redo == (FrameSpan(start=5, stop=10),)


def test_an_export_is_in_the_queue_and_shows_its_take(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, tmp_path: Path
) -> None:
    """The request names the take, a row of the queue says what it becomes, and choosing it shows the take."""
    enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    engine.script("hold")
    request = ExportRequest(take="job-1", codec="prores", first=4, end=20)
    onetake.studio.export(request, tmp_path / "take.mov")
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    assert engine.requests[1] == request
    qtbot.waitUntil(lambda: onetake.queue.list.model().rowCount() == 1)
    qtbot.waitUntil(lambda: onetake.jobs.records()[1].state is JobState.RUNNING)
    onetake.studio.show_job("job-2")
    assert onetake.stage.candidates.key == "job-1"
    engine.finish("job-2")
    qtbot.waitUntil(lambda: onetake.jobs.records()[1].state is JobState.DONE)
    assert onetake.gallery.list.model().rowCount() == 1


def test_the_settings_of_a_take_come_back(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Plan, seed and speed are those of the take; one undo gives back what was there."""
    enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    onetake.project.change_video("clear", edits.remove(onetake.project.video, [0, 1, 2, 3]))
    before = onetake.project.edit
    onetake.exchange.reuse()
    edit = onetake.project.edit
    assert [segment.prompt for segment in edit.video.segments] == list(PROMPTS)
    assert edit.seed == engine.requests[0].seed
    assert edit.seed_locked
    onetake.project.undo_stack.undo()
    assert onetake.project.edit == before


def test_a_timeline_is_saved_dropped_and_undone(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """The file holds the plan; dropping it brings the plan back and switches to video."""
    enter_video(qtbot, onetake)
    open_plan(onetake)
    plan = onetake.project.video.segments
    file = tmp_path / "plan.json"
    onetake.exchange.save_timeline(file)
    qtbot.waitUntil(lambda: onetake.notices.text.startswith("Saved"))
    assert [segment["prompt"] for segment in json.loads(file.read_text())["segments"]] == list(PROMPTS)
    onetake.project.change_video("clear", edits.remove(onetake.project.video, [0, 1, 2, 3]))
    onetake.mode.picture.click()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    copy, button, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(onetake.window, QDragEnterEvent(QPoint(50, 50), copy, mime, button, plain))
    QApplication.sendEvent(onetake.window, QDropEvent(QPointF(50, 50), copy, mime, button, plain))
    qtbot.waitUntil(lambda: onetake.project.video.segments == plan)
    assert onetake.project.video.is_active
    assert "4 segments, 48 frames" in onetake.notices.text
    onetake.project.undo_stack.undo()
    assert onetake.project.video.segments == ()


def test_a_damaged_timeline_gets_one_sentence(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """The file is named, nothing changes."""
    file = tmp_path / "plan.json"
    file.write_text('{"onetake_timeline": 1, "segments": []}')
    before = onetake.project.edit
    onetake.exchange.open_files([file])
    qtbot.waitUntil(lambda: "plan.json" in onetake.notices.text)
    assert onetake.project.edit == before


def test_the_next_window_goes_on_with_the_plan(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application], engine: FakeEngine, paths: Paths
) -> None:
    """Mode, plan, current segment and the running take with the frames it has are there again."""
    engine.script("hold")
    enter_video(qtbot, onetake)
    open_plan(onetake)
    onetake.project.show_video(edits.select(onetake.project.video, 2))
    generate_take(qtbot, onetake, JobState.RUNNING)
    engine.finish_frames("job-1", range(6, 18))
    onetake.window.close()
    again = open_window()
    assert again.prompt.prompt.toPlainText() == PROMPTS[2]
    qtbot.waitUntil(lambda: again.link.connection.reach is Reach.RUNNING)
    assert again.window.timeline_dock.isVisible()
    assert again.project.video.current == 2
    parts = again.wing.open()
    qtbot.waitUntil(lambda: parts.take.key == "job-1")
    record = again.jobs.record("job-1")
    assert record is not None
    qtbot.waitUntil(lambda: record.take.ready == set(range(6, 18)))
    assert [parts.take.maker(frame) for frame in (5, 6, 17)] == ["", "cpu", "cpu"], "there is one device alone"


def test_a_take_made_without_an_engine_waits_with_its_file(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application], engine: FakeEngine, paths: Paths
) -> None:
    """The next window sends the take, whole."""
    enter_video(qtbot, onetake)
    open_plan(onetake)
    engine.crash(restarts=False)
    qtbot.waitUntil(lambda: onetake.link.connection.reach is Reach.LOST)
    onetake.studio.generate()
    onetake.window.close()
    again = open_window()
    assert [record.request.prompt for record in again.jobs.records()] == [PROMPTS[0]]
    engine.is_up = True
    again.link.reconnect_now()
    qtbot.waitUntil(lambda: [record.state for record in again.jobs.records()] == [JobState.DONE])
    assert isinstance(engine.requests[0], VideoRequest)
    assert not list((paths.home / "waiting").iterdir())
