"""The timeline panel: mouse, keys, table, zoom; every edit can be undone."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QRegion, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app import timeline_edits as edits
from app.control_edit import ControlEdit
from app.timeline.filmstrip import runs
from app.timeline.model import Column
from app.timeline.scale import TimeScale, ticks
from app.timeline.scene import Marks
from engine.messages import JobState
from tests.gui.test_window import focusable
from tests.gui.video import PROMPTS, enter_video, generate_take, open_plan

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.project import Project
    from app.timeline.view import TimelineView
    from tests.fakes import FakeEngine


@pytest.fixture
def view(qtbot: QtBot, onetake: Application) -> TimelineView:
    """A timeline of four segments of 12 frames, 10 pixels a frame."""
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    timeline = parts.panel.view
    qtbot.waitUntil(timeline.isVisible)
    timeline.zoom_to(10.0, 0.0)
    timeline.horizontalScrollBar().setValue(0)
    timeline.setFocus()
    return timeline


def at(view: TimelineView, frame: float, *, low: bool = False) -> QPoint:
    """The point of a time in the lane of the prompts; `low` at its foot, where the knobs of transitions are."""
    lane = view.lanes.prompts
    return QPoint(round(view.scale.x(frame)), lane.bottom - 6 if low else lane.top + 6)


def drag(qtbot: QtBot, view: TimelineView, start: QPoint, end: QPoint) -> None:
    """Press, move in steps, let go."""
    target, button = view.viewport(), Qt.MouseButton.LeftButton
    qtbot.mousePress(target, button, pos=start)
    for share in (0.3, 0.6, 1.0):
        qtbot.mouseMove(target, start + (end - start) * share)
    qtbot.mouseRelease(target, button, pos=end)


def lengths(project: Project) -> list[int]:
    """Frames of each segment."""
    return [segment.frames for segment in project.video.segments]


def test_an_empty_timeline_offers_segments(qtbot: QtBot, onetake: Application) -> None:
    """One sentence and one button, which makes two segments of what was typed; the second waits for its words."""
    parts = enter_video(qtbot, onetake)
    onetake.project.change("typing", prompt="a boat")
    assert parts.panel.page is parts.panel.empty
    qtbot.mouseClick(parts.panel.empty.button, Qt.MouseButton.LeftButton)
    video = onetake.project.video
    assert [segment.prompt for segment in video.segments] == ["a boat", "a boat"]
    assert video.current == 1
    assert onetake.prompt.prompt.hasFocus()
    onetake.project.undo_stack.undo()
    assert parts.panel.page is parts.panel.empty


def test_a_click_puts_the_segments_words_into_the_prompt_field(
    qtbot: QtBot, onetake: Application, view: TimelineView
) -> None:
    """What is typed then is that segment's, and undone word by word."""
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, 18))
    field = onetake.prompt.prompt
    assert field.toPlainText() == PROMPTS[1]
    assert onetake.prompt.segment.text() == "Segment 2 of 4, from 0:01:04 to 0:03:00"
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "red balloon")
    assert onetake.project.video.segments[1].prompt == "red balloon"
    assert onetake.project.edit.prompt == ""
    onetake.project.undo_stack.undo()
    assert onetake.project.video.segments[1].prompt == "red "


def test_dragging_an_end_changes_the_length_in_one_step(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """What follows moves along; one undo takes the whole drag back."""
    drag(qtbot, view, at(view, 12) - QPoint(2, 0), at(view, 15) - QPoint(2, 0))
    assert lengths(onetake.project) == [15, 12, 12, 12]
    onetake.project.undo_stack.undo()
    assert lengths(onetake.project) == [12, 12, 12, 12]


def test_an_end_snaps_to_the_playhead(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """Near enough is exactly there."""
    onetake.wing.open().playhead.seek(19)
    drag(qtbot, view, at(view, 12) - QPoint(2, 0), at(view, 19) + QPoint(5, 0))
    assert lengths(onetake.project) == [19, 12, 12, 12]


def test_dragging_a_beginning_moves_the_border_alone(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """The take keeps its length."""
    drag(qtbot, view, at(view, 12) + QPoint(2, 0), at(view, 9) + QPoint(2, 0))
    assert lengths(onetake.project) == [9, 15, 12, 12]


def test_dragging_the_knob_changes_the_transition(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """From the knob that T puts there."""
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, 18))
    qtbot.keyClick(view, Qt.Key.Key_T)
    assert onetake.project.video.segments[1].transition == 6
    drag(qtbot, view, at(view, 18, low=True), at(view, 21, low=True))
    assert onetake.project.video.segments[1].transition == 9
    qtbot.keyClick(view, Qt.Key.Key_T)
    assert onetake.project.video.segments[1].transition == 0


def test_dragging_segments_reorders_them(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """They land where the mark was, and stay selected; a drop where they lie changes nothing."""
    steps = onetake.project.undo_stack.count()
    drag(qtbot, view, at(view, 5), at(view, 8))
    assert onetake.project.undo_stack.count() == steps
    drag(qtbot, view, at(view, 5), at(view, 33))
    video = onetake.project.video
    assert [segment.prompt for segment in video.segments] == [PROMPTS[1], PROMPTS[2], PROMPTS[0], PROMPTS[3]]
    assert video.selected == (2,)


def test_shift_and_control_select_more(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """Shift takes all between, Control one more or one less."""
    viewport, left = view.viewport(), Qt.MouseButton.LeftButton
    qtbot.mouseClick(viewport, left, pos=at(view, 5))
    qtbot.mouseClick(viewport, left, Qt.KeyboardModifier.ShiftModifier, pos=at(view, 30))
    assert onetake.project.video.selected == (0, 1, 2)
    qtbot.mouseClick(viewport, left, Qt.KeyboardModifier.ControlModifier, pos=at(view, 18))
    assert onetake.project.video.selected == (0, 2)


def test_keys_split_cut_and_delete(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """S at the playhead, C before the selection, Delete closes the gap."""
    project = onetake.project
    onetake.wing.open().playhead.seek(4)
    qtbot.keyClick(view, Qt.Key.Key_S)
    assert lengths(project) == [4, 8, 12, 12, 12]
    qtbot.keyClick(view, Qt.Key.Key_C)
    assert project.video.segments[1].cut
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert lengths(project) == [4, 12, 12, 12]
    for _ in range(3):
        project.undo_stack.undo()
    assert lengths(project) == [12, 12, 12, 12]


def test_letters_in_the_prompt_are_letters(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """The keys of time and of segments mean nothing while the artist writes."""
    field = onetake.prompt.prompt
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "sctjkl io")
    assert onetake.project.video.segments[0].prompt == "sctjkl io"
    assert lengths(onetake.project) == [12, 12, 12, 12]
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    assert len(onetake.project.video.segments) == 4


def test_the_wheel_zooms_at_the_mouse(qtbot: QtBot, view: TimelineView) -> None:
    """The time under it stays where it is."""
    spot = QPointF(at(view, 30))
    before = view.scale.frame(spot.x())
    turn = QWheelEvent(
        spot,
        view.mapToGlobal(spot),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt's own signature
    )
    QApplication.sendEvent(view.viewport(), turn)
    assert view.scale.frame_px == pytest.approx(15.625)
    assert view.scale.frame(spot.x()) == pytest.approx(before, abs=0.1)


def test_a_drag_in_the_ruler_moves_the_playhead(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """Exactly to the frame under the mouse."""
    ruler = QPoint(0, 6)
    drag(qtbot, view, QPoint(at(view, 3).x() + 4, 0) + ruler, QPoint(at(view, 31).x() + 4, 0) + ruler)
    assert onetake.wing.open().playhead.frame == 31


def test_the_table_says_and_edits_the_same(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """Lengths, transitions, cuts and words can be changed by keyboard; the row is the current segment."""
    parts, project = onetake.wing.open(), onetake.project
    table = parts.panel.table
    tester = QAbstractItemModelTester(table.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    parts.panel.show_table(True)  # noqa: FBT003 - a toggled signal's slot
    assert parts.panel.page is table
    model = table.model()
    assert [model.index(row, Column.START).data() for row in range(4)] == ["0:00:00", "0:01:04", "0:03:00", "0:04:04"]
    model.setData(model.index(1, Column.LENGTH), 20)
    model.setData(model.index(1, Column.PROMPT), "a moon")
    model.setData(model.index(3, Column.CUT), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert (lengths(project), project.video.segments[1].prompt) == ([12, 20, 12, 12], "a moon")
    assert project.video.segments[3].cut
    table.setCurrentIndex(model.index(2, Column.PROMPT))
    assert project.video.current == 2
    project.show_video(edits.select(project.video, 1))
    assert table.currentIndex().row() == 1
    project.change_video("delete", edits.remove(project.video, [0, 1, 2, 3]))
    assert model.rowCount() == 0
    del tester


def test_everything_that_takes_the_focus_has_a_name(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """Also in the timeline and the player; the view says what it shows."""
    unnamed = [
        widget for widget in focusable(onetake.window) if not widget.accessibleName() and not hasattr(widget, "text")
    ]
    assert unnamed == []
    assert "4 segments, 48 frames, 6.0 s. Segment 1" in view.accessibleDescription()


@pytest.mark.parametrize("frame_px", [0.002, 0.05, 0.7, 3.0, 20.0, 48.0])
@pytest.mark.parametrize("fps", [8.0, 24.0, 29.97])
def test_the_rulers_labels_never_touch(frame_px: float, fps: float) -> None:
    """At every zoom there are labels, evenly apart and far enough for their words."""
    marks = ticks(TimeScale(frame_px, 0, 0), fps, 0.0, 1400 / frame_px)
    labelled = [mark.frame * frame_px for mark in marks if mark.label]
    gaps = [high - low for low, high in itertools.pairwise(labelled)]
    assert len(labelled) >= 2
    assert min(gaps) >= 70
    assert [mark.frame for mark in marks] == sorted({mark.frame for mark in marks})
    assert len(marks) < 400


def test_the_bar_of_a_device_has_no_holes_where_frames_are_still_unknown(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Between two frames of one device lie its own; between two devices nothing is said."""
    engine.script("hold")
    take = enter_video(qtbot, onetake).take
    open_plan(onetake)
    onetake.form.devices.chosen.emit(("cpu:2",))
    generate_take(qtbot, onetake, JobState.RUNNING)
    engine.show_frames("job-1", range(0, 20, 4), "cpu")
    engine.finish_frames("job-1", range(24, 40), "cpu#1")
    qtbot.waitUntil(lambda: take.maker(39) == "cpu#1")
    found = runs(take, 0, 48, 10.0)
    assert {run.maker for run in found if run.frames.stop <= 17} == {"cpu"}
    assert [(run.frames, run.maker) for run in found[-3:]] == [
        (range(17, 24), ""),
        (range(24, 40), "cpu#1"),
        (range(40, 48), ""),
    ]


def test_a_playhead_and_new_frames_cost_no_painting_of_the_rest(onetake: Application, view: TimelineView) -> None:
    """A moving playhead paints nothing else anew, new frames nothing but their lane; a full update paints all."""
    parts, ground, port, lane = onetake.wing.open(), view.ground, view.viewport(), view.lanes.frames
    port.repaint()
    before = ground.painted_px
    parts.playhead.seek(5)
    QApplication.processEvents()
    assert ground.painted_px == before
    parts.take.frames_changed.emit(0, 12)
    QApplication.processEvents()
    assert ground.painted_px - before == port.width() * lane.height
    before = ground.painted_px
    parts.playhead.seek(9)
    parts.take.frames_changed.emit(0, 12)
    QApplication.processEvents()
    assert ground.painted_px - before == port.width() * lane.height, "both in one turn"
    before = ground.painted_px
    port.update()
    QApplication.processEvents()
    assert ground.painted_px - before == port.width() * port.height()


def test_a_lane_painted_anew_looks_as_all_painted_anew(
    qtbot: QtBot, onetake: Application, view: TimelineView, engine: FakeEngine
) -> None:
    """With a cut and previews of two ranks, the lane of the frames alone and everything give the same pixels."""
    engine.script("hold")
    generate_take(qtbot, onetake, JobState.RUNNING)
    for device, frames in (("cpu", range(0, 24, 4)), ("cpu#1", range(24, 48, 4))):
        engine.show_frames("job-1", frames, device)
    take = onetake.wing.open().take
    qtbot.waitUntil(lambda: all(map(take.is_there, range(0, 48, 4))))
    ground, nothing = view.ground, QRegion(0, 0, 1, 1)
    whole, before = ground.painted(QRegion(view.viewport().rect()), view.scene, Marks()).toImage(), ground.painted_px
    take.frames_changed.emit(0, 3)
    assert ground.painted(nothing, view.scene, Marks()).toImage() == whole
    assert ground.painted_px > before


def test_a_timeline_that_is_seen_in_part_is_painted_anew(qtbot: QtBot, view: TimelineView) -> None:
    """Where its window is too small for it, what has changed is seen all the same."""
    area, inside = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    inside.resize(800, 300)
    view.setParent(inside)
    view.setGeometry(0, 0, 800, 300)
    area.setWidget(inside)
    area.resize(400, 200)
    area.show()
    view.show()
    QApplication.processEvents()
    view.viewport().repaint()
    before = view.ground.painted_px
    view.viewport().update()
    QApplication.processEvents()
    assert view.ground.painted_px > before


def test_a_tile_whose_frame_is_left_of_what_is_seen_is_painted_anew(onetake: Application, view: TimelineView) -> None:
    """The rest of it is seen; frames far away cost nothing."""
    view.zoom_to(40.0, 0.0)
    view.horizontalScrollBar().setValue(5 * 40)
    QApplication.processEvents()
    assert view.scale.x(2) < 0
    before, take = view.ground.painted_px, onetake.wing.open().take
    take.frames_changed.emit(47, 48)
    QApplication.processEvents()
    assert view.ground.painted_px == before
    take.frames_changed.emit(1, 2)
    QApplication.processEvents()
    assert view.ground.painted_px > before


def test_the_picture_of_a_clip_is_seen_though_others_had_it_read(
    qtbot: QtBot, onetake: Application, view: TimelineView, tmp_path: Path
) -> None:
    """As soon as it is known what lies there."""
    red, file, cache = QImage(64, 64, QImage.Format.Format_RGB32), str(tmp_path / "red.png"), onetake.stage.cache
    red.fill(QColor("red"))
    assert red.save(file)
    with qtbot.waitSignal(cache.loaded):
        cache.look(file, 0, lambda picture: cache.get(picture, 192) and None)
    onetake.project.change("edit", controls=(ControlEdit(kind="canny", picture=file),))
    lane, x = view.lanes.controls, round(view.scale.x(0))

    def shows_red() -> bool:
        seen = view.ground.painted(QRegion(0, 0, 1, 1), view.scene, Marks()).toImage()
        # Dimmed, as the model follows no such control.
        colours = [seen.pixelColor(x + step, (lane.top + lane.bottom) // 2) for step in range(60)]
        return any(colour.red() > 2 * colour.green() + 60 for colour in colours)

    qtbot.waitUntil(shows_red)
