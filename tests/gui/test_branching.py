"""Branching: a take that keeps the frames before the playhead and goes on with what the timeline says now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app import timeline_edits as edits
from app.cells import CellRole
from engine.messages import FrameSpan, JobState, VideoRequest
from tests.gui.video import PROMPTS, command, enter_video, generate_take, open_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.video_wing import VideoParts
    from tests.fakes import FakeEngine


@pytest.fixture
def done(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> VideoParts:
    """A finished take of four segments of 12 frames on the canvas, the playhead at frame 18."""
    engine.script(default="finish")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    record = generate_take(qtbot, onetake, JobState.DONE)
    onetake.studio.show_job(record.info.job)
    parts.playhead.seek(18)
    return parts


def branches(engine: FakeEngine) -> list[VideoRequest]:
    """The requests with a base."""
    return [request for request in engine.requests if isinstance(request, VideoRequest) and request.base]


def test_a_branch_keeps_what_is_before_the_playhead(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, done: VideoParts
) -> None:
    """Other words and another length behind it; the frames before it are the take's."""
    video = edits.write_prompt(onetake.project.video, 2, "red balloon")
    onetake.project.change_video("edit", edits.trim(video, 3, 20))
    command(onetake, "branch").trigger()
    qtbot.waitUntil(lambda: len(branches(engine)) == 1)
    request = branches(engine)[0]
    assert (request.base, request.redo) == ("job-1", (FrameSpan(start=18, stop=56),))
    assert [segment.prompt for segment in request.timeline.segments] == [*PROMPTS[:2], "red balloon", PROMPTS[3]]


@pytest.mark.parametrize(("segment", "frame"), [(0, 18), (1, 18)])
def test_a_plan_that_is_another_before_the_playhead_is_refused(
    onetake: Application, engine: FakeEngine, done: VideoParts, segment: int, frame: int
) -> None:
    """What is kept would not be what the plan says; the words name the remedy."""
    said: list[str] = []
    onetake.studio.refused.connect(said.append)
    done.playhead.seek(frame)
    onetake.project.change_video("edit", edits.write_prompt(onetake.project.video, segment, "red balloon"))
    command(onetake, "branch").trigger()
    assert "use the take's settings" in said[-1]
    assert not branches(engine)


def test_without_frames_to_keep_there_is_no_branch(onetake: Application, engine: FakeEngine, done: VideoParts) -> None:
    """At the first frame, or behind the end of the plan."""
    said: list[str] = []
    onetake.studio.refused.connect(said.append)
    done.playhead.seek(0)
    command(onetake, "branch").trigger()
    assert "before the playhead" in said[-1]
    done.playhead.seek(18)
    onetake.project.change_video("edit", edits.remove(onetake.project.video, (1, 2, 3)))
    done.playhead.seek(18)
    command(onetake, "branch").trigger()
    assert "make it longer" in said[-1]
    assert not branches(engine)


def test_a_running_take_is_branched_where_it_is_finished(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Only frames that are on disk can be kept."""
    engine.script("hold", default="finish")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.RUNNING)
    engine.finish_frames("job-1", range(12), "cpu")
    qtbot.waitUntil(lambda: parts.take.is_ready(11))
    parts.player.stop_by_hand()
    parts.playhead.pause()
    said: list[str] = []
    onetake.studio.refused.connect(said.append)
    parts.playhead.seek(20)
    command(onetake, "branch").trigger()
    assert "not all of them are finished yet" in said[-1]
    parts.playhead.seek(12)
    command(onetake, "branch").trigger()
    qtbot.waitUntil(lambda: len(branches(engine)) == 1)
    assert branches(engine)[0].redo == (FrameSpan(start=12, stop=48),)


@pytest.mark.parametrize("is_new_window", [False, True])
def test_a_failed_take_is_branched_where_it_is_finished(
    qtbot: QtBot,
    onetake: Application,
    engine: FakeEngine,
    open_window: Callable[[], Application],
    *,
    is_new_window: bool,
) -> None:
    """Its frames are shown when they are asked for, those of an earlier window too; a cancelled one has none left."""
    engine.script("hold", default="finish")
    enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.RUNNING)
    engine.finish_frames("job-1", range(12), "cpu")
    engine.fail("job-1", "job_failed", "the disk is full; make room")
    window = open_window() if is_new_window else onetake
    if is_new_window:
        open_plan(window)
    parts = enter_video(qtbot, window)
    qtbot.waitUntil(lambda: (record := window.jobs.record("job-1")) is not None and record.state is JobState.FAILED)
    window.studio.show_job("job-1")
    stage = window.stage
    assert stage.page is stage.outcome
    assert stage.outcome.frames.isVisible()
    stage.outcome.frames.click()
    assert stage.page is parts.player
    qtbot.waitUntil(lambda: parts.take.is_ready(11))
    parts.playhead.seek(20)
    assert parts.player.view.vacancy == "This frame was not finished"
    parts.playhead.seek(12)
    command(window, "branch").trigger()
    qtbot.waitUntil(lambda: len(branches(engine)) == 1)
    assert (branches(engine)[0].base, branches(engine)[0].redo) == ("job-1", (FrameSpan(start=12, stop=48),))


def test_a_take_that_fails_again_says_why(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Though the frames of its first attempt were looked at when it was tried again; they can be opened again."""
    engine.script("hold", "hold")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    record = generate_take(qtbot, onetake, JobState.RUNNING)
    engine.finish_frames("job-1", range(12), "cpu")
    stage = onetake.stage
    for reason in ("the disk is full; make room", "the device is gone; plug it in"):
        qtbot.waitUntil(lambda: stage.page is parts.player)
        engine.fail("job-1", "job_failed", reason)
        qtbot.waitUntil(lambda: stage.page is stage.outcome)
        assert stage.outcome.message.text() == reason.capitalize()
        stage.outcome.frames.click()
        assert stage.page is parts.player
        onetake.studio.retry("job-1")
        qtbot.waitUntil(lambda: record.state is JobState.RUNNING)
    assert stage.page is parts.player


def test_from_the_gallery_the_take_and_its_plan_come_first(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, done: VideoParts
) -> None:
    """A take that is chosen there is put on the canvas with its settings, and nothing is sent yet."""
    onetake.project.change_video("edit", edits.remove(onetake.project.video, (3,)))
    second = generate_take(qtbot, onetake, JobState.DONE)
    onetake.studio.show_job(second.info.job)
    first = next(row for row in range(2) if onetake.gallery.list.model().index(row, 0).data(CellRole.KEY) == "job-1")
    onetake.gallery.list.setFocus()
    onetake.gallery.list.setCurrentIndex(onetake.gallery.list.model().index(first, 0))
    command(onetake, "branch").trigger()
    assert done.take.key == "job-1"
    assert len(onetake.project.video.segments) == 4
    assert not branches(engine)
