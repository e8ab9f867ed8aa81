"""The control track: clips are dropped, dragged, trimmed, selected and deleted; every edit can be undone."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from app.control_edit import ControlEdit
from app.timeline.clip_model import ClipColumn
from engine.errors import BadInputError
from tests.fake_takes import MOVING
from tests.gui.test_timeline import drag
from tests.gui.video import enter_video, open_plan

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.project import Project
    from app.timeline.view import TimelineView
    from tests.fakes import FakeEngine


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """A folder of ten pictures, and a still beside it."""
    folder = tmp_path / "maps"
    folder.mkdir()
    for index in range(10):
        Image.new("RGB", (8, 6), (20 * index, 0, 0)).save(folder / f"{index}.png")
    Image.new("RGB", (8, 6)).save(tmp_path / "still.png")
    return folder


@pytest.fixture
def view(qtbot: QtBot, engine: FakeEngine, onetake: Application, maps: Path) -> TimelineView:
    """Four segments of 12 frames, 10 pixels a frame; a still on frames 10 to 19, a folder of pictures on 20 to 27."""
    parts = enter_video(qtbot, onetake)
    onetake.project.set_models((replace(MOVING, controls=("canny",)),))
    open_plan(onetake)
    still = ControlEdit(kind="canny", picture=str(maps.parent / "still.png"), first=10, frames=10)
    moving = ControlEdit(kind="canny", picture=str(maps), first=20, frames=8)
    onetake.project.change_controls("add", (still, moving))
    qtbot.waitUntil(lambda: parts.lengths.of(str(maps)) == 10)
    qtbot.waitUntil(lambda: parts.lengths.of(still.picture) == 1)
    timeline = parts.panel.view
    qtbot.waitUntil(timeline.isVisible)
    timeline.zoom_to(10.0, 0.0)
    timeline.horizontalScrollBar().setValue(0)
    timeline.setFocus()
    return timeline


def at(view: TimelineView, frame: float, row: int = 0) -> QPoint:
    """The point of a time in a row of the lane of the controls."""
    lane = view.lanes.row(row)
    return QPoint(round(view.scale.x(frame)), lane.top + lane.height // 2)


def places(project: Project) -> list[tuple[int, int, int]]:
    """First frame, frames and skipped pictures of each clip."""
    return [(control.first, control.frames, control.skip) for control in project.edit.controls]


def drop(view: TimelineView, mime: QMimeData, point: QPoint) -> bool:
    """Drag over the view and let go there; whether it was taken."""
    actions, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view.viewport(), QDragEnterEvent(point, actions, mime, left, none))
    event = QDropEvent(QPointF(point), actions, mime, left, none)
    QApplication.sendEvent(view.viewport(), event)
    return event.isAccepted()


def test_a_clip_is_dragged_in_one_step_and_snaps(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """Its edge goes to the border of a segment that is near; one undo takes the whole drag back."""
    drag(qtbot, view, at(view, 15), at(view, 16.6))
    assert places(onetake.project)[0] == (12, 10, 0)
    assert onetake.project.video.clips == (0,)
    onetake.project.undo_stack.undo()
    assert places(onetake.project)[0] == (10, 10, 0)


def test_clips_that_meet_lie_in_rows(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """None hides another; there is a row less when they part."""
    assert view.lanes.rows == 1
    drag(qtbot, view, at(view, 15), at(view, 21))
    assert view.lanes.rows == 2
    assert view.tip_at(QPointF(at(view, 24, 1))).startswith("Canny")
    onetake.project.undo_stack.undo()
    assert view.lanes.rows == 1


def test_trimming_the_beginning_of_footage_keeps_its_pictures_in_time(
    qtbot: QtBot, onetake: Application, view: TimelineView
) -> None:
    """What is cut off is skipped, and comes back; a clip is never longer than its footage."""
    drag(qtbot, view, at(view, 20) + QPoint(2, 0), at(view, 23) + QPoint(2, 0))
    assert places(onetake.project)[1] == (23, 5, 3)
    drag(qtbot, view, at(view, 23) + QPoint(2, 0), at(view, 15))
    assert places(onetake.project)[1] == (20, 8, 0)
    drag(qtbot, view, at(view, 28) - QPoint(2, 0), at(view, 40))
    assert places(onetake.project)[1] == (20, 10, 0)


def test_a_still_pulled_to_the_end_lasts_to_any_end(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """When the take becomes longer the clip does, too."""
    drag(qtbot, view, at(view, 20) - QPoint(3, 0), at(view, 47.8))
    assert places(onetake.project)[0] == (10, 0, 0)
    assert onetake.project.edit.controls[0].span(60) == range(10, 60)


def test_delete_takes_what_is_selected_and_only_that(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """A clip alone, or with a segment that Control added; undo brings both back at once."""
    project = onetake.project
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, 15))
    assert (project.video.clips, project.video.selected) == ((0,), ())
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert (len(project.edit.controls), len(project.video.segments)) == (1, 4)
    lane = view.lanes.prompts
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, 24))
    segment = QPoint(round(view.scale.x(30)), lane.top + 6)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, segment)
    assert (project.video.clips, project.video.selected) == ((0,), (2,))
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert (len(project.edit.controls), len(project.video.segments)) == (0, 3)
    project.undo_stack.undo()
    assert (len(project.edit.controls), len(project.video.segments)) == (1, 4)


def test_dropped_files_become_clips_where_they_were_let_go(
    qtbot: QtBot, onetake: Application, view: TimelineView, maps: Path
) -> None:
    """A folder for as many frames as it has pictures, a still to the end of its segment; a text is the window's."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(maps)), QUrl.fromLocalFile(str(maps.parent / "still.png"))])
    assert drop(view, mime, at(view, 30.2))
    qtbot.waitUntil(lambda: len(onetake.project.edit.controls) == 4)
    assert sorted(places(onetake.project)[2:]) == [(30, 8, 0), (30, 10, 0)]
    text = QMimeData()
    text.setUrls([QUrl.fromLocalFile("/notes.txt")])
    drop(view, text, at(view, 30))
    assert onetake.notices.isVisible()
    assert len(onetake.project.edit.controls) == 4


def test_the_request_says_where_each_clip_acts(onetake: Application, view: TimelineView) -> None:
    """Clips behind the end stay in the plan and out of the request; pictures know no frames."""
    project = onetake.project
    project.change_control(0, first=48)
    controls = project.edit.video_request(project.spec).controls
    assert [(layer.first, layer.frames) for layer in controls] == [(20, 8)]
    project.change("typing", prompt="a lake")
    assert all((layer.first, layer.frames) == (0, 0) for layer in project.edit.request(project.spec).controls)
    with pytest.raises(BadInputError, match="behind the take's 48"):
        replace(project.edit.video_request(project.spec), controls=(project.edit.controls[0].layer(),))


def test_a_model_that_cannot_follow_greys_the_clips_and_says_why(onetake: Application, view: TimelineView) -> None:
    """On the clip, in its tip and in the table."""
    onetake.project.set_models((MOVING,))
    assert "has no adapter" in view.tip_at(QPointF(at(view, 15)))
    model = onetake.wing.open().panel.clip_table.model()
    assert "has no adapter" in model.index(0, ClipColumn.STATE).data()


def test_the_table_of_clips_says_and_edits_the_same(onetake: Application, view: TimelineView) -> None:
    """Place, length and weight by keyboard; a length beyond the footage becomes that of the footage."""
    panel, project = onetake.wing.open().panel, onetake.project
    model = panel.clip_table.model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert model.setData(model.index(1, ClipColumn.FIRST), 31)
    assert model.setData(model.index(1, ClipColumn.FRAMES), 99)
    assert model.setData(model.index(1, ClipColumn.WEIGHT), 0.5)
    assert places(project)[1] == (30, 10, 0)
    assert project.edit.controls[1].weight == 0.5
    project.change_controls("remove", project.edit.controls[:1])
    assert model.rowCount() == 1
    tester.deleteLater()


def test_the_keyboard_goes_from_segments_to_clips(qtbot: QtBot, onetake: Application, view: TimelineView) -> None:
    """Down and Up; the fields are those of what is chosen."""
    panel = onetake.wing.open().panel
    assert panel.fields.isVisible()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert (onetake.project.video.clips, onetake.wing.open().playhead.frame) == ((0,), 10)
    assert panel.clip_fields.isVisible()
    assert not panel.fields.isVisible()
    panel.clip_fields.first.setValue(15)
    assert places(onetake.project)[0] == (14, 10, 0)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert (onetake.project.video.clips, onetake.project.video.selected) == ((), (0,))
