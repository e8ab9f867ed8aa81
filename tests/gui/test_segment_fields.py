"""Seed and transition strength of segments: the fields below the timeline, and the table."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app import timeline_edits as edits
from app.timeline.model import Column
from engine.messages import MAX_SEED, VideoRequest
from tests.gui.video import enter_video, open_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.video_edit import SegmentEdit
    from app.video_wing import VideoParts


@pytest.fixture
def parts(qtbot: QtBot, onetake: Application) -> VideoParts:
    """Video mode with four segments; the second comes over from the first, the third cuts."""
    made = enter_video(qtbot, onetake)
    open_plan(onetake)
    onetake.project.change_video("test", edits.set_transition(onetake.project.video, 1, 4))
    return made


def select(onetake: Application, current: int, also: Sequence[int] = ()) -> tuple[SegmentEdit, ...]:
    """Select segments as a click does."""
    onetake.project.show_video(edits.select(onetake.project.video, current, also))
    return onetake.project.video.segments


def test_a_seed_of_its_own_reaches_the_request(qtbot: QtBot, onetake: Application, parts: VideoParts) -> None:
    """Typed digits are the segment's seed, one step of undo; an empty field is the shot's again."""
    fields = parts.panel.fields
    select(onetake, 2)
    assert fields.isVisible()
    assert fields.subject.text() == "Segment 3"
    assert fields.seed.text() == ""
    fields.seed.setFocus()
    qtbot.keyClicks(fields.seed, "1234")
    request = onetake.project.video_request()
    assert isinstance(request, VideoRequest)
    assert [segment.seed for segment in request.timeline.segments] == [None, None, 1234, None]
    onetake.project.undo_stack.undo()
    assert onetake.project.video.segments[2].seed is None
    assert fields.seed.text() == ""
    onetake.project.undo_stack.redo()
    fields.seed.selectAll()
    qtbot.keyClick(fields.seed, Qt.Key.Key_Delete)
    assert onetake.project.video.segments[2].seed is None
    assert len(onetake.project.video.segments) == 4


def test_a_seed_beyond_the_largest_is_the_largest(qtbot: QtBot, onetake: Application, parts: VideoParts) -> None:
    """What the field then shows is what is sent."""
    fields = parts.panel.fields
    fields.seed.setFocus()
    qtbot.keyClicks(fields.seed, "9" * 19)
    assert onetake.project.video.segments[0].seed == MAX_SEED
    assert fields.seed.text() == str(MAX_SEED)


def test_dice_roll_a_seed_for_each_selected_segment(qtbot: QtBot, onetake: Application, parts: VideoParts) -> None:
    """Different ones, in one step of undo; the others keep theirs."""
    select(onetake, 1, (3,))
    assert parts.panel.fields.subject.text() == "2 segments"
    parts.panel.fields.dice.click()
    seeds = [segment.seed for segment in onetake.project.video.segments]
    assert seeds[0] is None
    assert seeds[2] is None
    assert None not in (seeds[1], seeds[3])
    assert seeds[1] != seeds[3]
    onetake.project.undo_stack.undo()
    assert {segment.seed for segment in onetake.project.video.segments} == {None}


def test_strength_is_there_where_something_comes_over(qtbot: QtBot, onetake: Application, parts: VideoParts) -> None:
    """Greyed without a transition; with one it reaches the request and the segments without stay as they are."""
    strength = parts.panel.fields.strength
    select(onetake, 3)
    assert not strength.isEnabled()
    select(onetake, 1, (0, 3))
    assert strength.isEnabled()
    strength.setValue(0.25)
    request = onetake.project.video_request()
    assert isinstance(request, VideoRequest)
    assert [segment.strength for segment in request.timeline.segments] == [1.0, 0.25, 1.0, 1.0]
    onetake.project.undo_stack.undo()
    assert strength.value() == 1.0


def test_the_table_has_both(qtbot: QtBot, onetake: Application, parts: VideoParts) -> None:
    """For the keyboard and the screen reader; what is no seed is refused and changes nothing."""
    model = parts.panel.table.model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in (Column.STRENGTH, Column.SEED)] == [
        "Strength",
        "Seed",
    ]
    assert model.setData(model.index(1, Column.STRENGTH), 0.5)
    assert model.setData(model.index(2, Column.SEED), " 77 ")
    video = onetake.project.video
    assert (video.segments[1].strength, video.segments[2].seed) == (0.5, 77)
    assert [model.index(2, column).data() for column in (Column.STRENGTH, Column.SEED)] == [None, "77"]
    for text in ("x", "-1", "1.5", str(MAX_SEED + 1), "٣"):
        assert not model.setData(model.index(2, Column.SEED), text)
    assert onetake.project.video == video
    assert model.setData(model.index(2, Column.SEED), "")
    assert onetake.project.video.segments[2].seed is None
    editable = [bool(model.flags(model.index(row, Column.STRENGTH)) & Qt.ItemFlag.ItemIsEditable) for row in range(4)]
    assert editable == [False, True, False, False]
    del tester


def test_without_segments_there_are_no_fields(qtbot: QtBot, onetake: Application) -> None:
    """One prompt has the panel's own seed."""
    fields = enter_video(qtbot, onetake).panel.fields
    assert not fields.isVisible()
