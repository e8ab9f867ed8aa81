"""Live mode: pictures while things change, one at a time, the newest last, and none in the gallery until kept."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt

from app.actions import Actions
from engine.errors import JobFailedError
from tests.gui.test_edit_picture import wait_for_jobs, wait_for_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.edit_desk import EditDesk
    from app.live import Live
    from tests.fakes import FakeEngine


def actions_of(onetake: Application) -> Actions:
    """The window's actions."""
    actions = onetake.project.findChild(Actions)
    assert isinstance(actions, Actions)
    return actions


def live_of(onetake: Application) -> Live:
    """Live mode, which has been on."""
    live = onetake.live.live
    assert live is not None
    return live


@pytest.fixture
def onetake(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> Iterator[Application]:
    """The window with a prompt; whatever is held is let go in the end."""
    qtbot.waitUntil(lambda: bool(onetake.project.models))
    onetake.project.change("typing", prompt="a boat", seed=10, seed_locked=True)
    yield onetake
    engine.hold_live(held=False)


def start(qtbot: QtBot, onetake: Application) -> Live:
    """Auto is on, and its first picture is there."""
    actions_of(onetake).auto.trigger()
    live = live_of(onetake)
    qtbot.waitUntil(lambda: live.shown is not None)
    return live


def prompts(engine: FakeEngine) -> list[str]:
    """What pictures were asked for live."""
    return [request.prompt for request in engine.live_requests]


def edit_a_result(qtbot: QtBot, onetake: Application) -> EditDesk:
    """Make pictures and paint in the first."""
    onetake.studio.generate()
    wait_for_jobs(qtbot, onetake, 1)
    onetake.stage.open_large(0)
    qtbot.keyClick(onetake.stage.large, Qt.Key.Key_E)
    return wait_for_picture(qtbot, onetake)


def test_a_change_makes_a_picture_that_is_no_job(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """One picture of the seed that is shown; neither queue nor gallery hears of it."""
    live = start(qtbot, onetake)
    onetake.project.change("typing", prompt="a boat at night")
    qtbot.waitUntil(lambda: live.shown is not None and live.shown.request.prompt == "a boat at night")
    assert prompts(engine) == ["a boat", "a boat at night"]
    assert {(request.seed, request.count) for request in engine.live_requests} == {(10, 1)}
    assert (engine.requests, onetake.jobs.rowCount(), onetake.gallery.list.model().rowCount()) == ([], 0, 0)
    pane = onetake.live.pane
    assert pane is not None
    assert pane.isVisible()
    assert pane.view.image.width() == 256


def test_what_changes_meanwhile_is_one_picture_of_the_newest(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """While a picture is on its way nothing else is asked for, and what was overtaken never is."""
    live = start(qtbot, onetake)
    engine.hold_live(held=True)
    onetake.project.change("typing", prompt="one")
    qtbot.waitUntil(lambda: prompts(engine)[-1] == "one")
    for prompt in ("two", "three", "four"):
        onetake.project.change("typing", prompt=prompt)
        qtbot.wait(30)
    assert prompts(engine) == ["a boat", "one"]
    engine.hold_live(held=False)
    qtbot.waitUntil(lambda: live.shown is not None and live.shown.request.prompt == "four")
    assert prompts(engine) == ["a boat", "one", "four"]


def test_a_picture_is_kept_as_it_is(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """The very bytes that were shown become a finished job, and live mode goes on."""
    live = start(qtbot, onetake)
    shown = live.shown
    assert shown is not None
    actions_of(onetake).keep_live.trigger()
    qtbot.waitUntil(lambda: onetake.gallery.list.model().rowCount() == 1)
    (record,) = onetake.jobs.records()
    assert record.request == shown.request
    assert Path(record.info.outputs[0]).read_bytes() == shown.made.image
    assert live.is_on


def test_the_queue_comes_first_and_live_goes_on_after_it(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """While a job of another client runs, live waits and says so; then the newest state is made."""
    live = start(qtbot, onetake)
    engine.script("hold")
    job = engine.connect().submit(replace(engine.live_requests[0], prompt="in earnest"))
    onetake.project.change("typing", prompt="later")
    pane = onetake.live.pane
    assert pane is not None
    qtbot.waitUntil(lambda: pane.told.text() == "Waits for the queue")
    onetake.project.change("typing", prompt="newest")
    engine.finish(job)
    qtbot.waitUntil(lambda: live.shown is not None and live.shown.request.prompt == "newest", timeout=10_000)
    assert pane.told.text() == ""


def test_generate_ends_live_mode(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """A job in earnest has the engine for itself; its pictures come to the canvas as ever."""
    live = start(qtbot, onetake)
    onetake.studio.generate()
    assert not live.is_on
    assert not actions_of(onetake).auto.isChecked()
    wait_for_jobs(qtbot, onetake, 1)
    assert onetake.live.pane is not None
    assert not onetake.live.pane.isVisible()
    asked = len(engine.live_requests)
    onetake.project.change("typing", prompt="after")
    qtbot.wait(100)
    assert len(engine.live_requests) == asked


def test_planning_a_take_ends_live_mode(qtbot: QtBot, onetake: Application) -> None:
    """Takes are not made live, and Auto is greyed out meanwhile."""
    live = start(qtbot, onetake)
    onetake.project.change("video", video=replace(onetake.project.video, is_active=True))
    assert not live.is_on
    assert not actions_of(onetake).auto.isEnabled()


def test_an_error_is_said_quietly_and_the_next_change_tries_again(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """In the pane, once, not over and over; the last picture stays."""
    live = start(qtbot, onetake)
    engine.live_error = JobFailedError("the model fell over; try another one")
    onetake.project.change("typing", prompt="wrong")
    pane = onetake.live.pane
    assert pane is not None
    qtbot.waitUntil(lambda: "fell over" in pane.told.text())
    asked = len(engine.live_requests)
    qtbot.wait(200)
    assert len(engine.live_requests) == asked
    assert not pane.view.image.isNull()
    engine.live_error = None
    onetake.project.change("typing", prompt="right")
    qtbot.waitUntil(lambda: live.shown is not None and live.shown.request.prompt == "right")
    assert pane.told.text() == ""


def test_settings_that_make_no_request_are_said_in_the_pane(qtbot: QtBot, onetake: Application) -> None:
    """An empty prompt: a word, no box, and live mode stays on."""
    live = start(qtbot, onetake)
    onetake.project.change("typing", prompt="")
    pane = onetake.live.pane
    assert pane is not None
    qtbot.waitUntil(lambda: "prompt is empty" in pane.told.text())
    assert live.is_on


def test_a_stroke_on_its_way_is_in_the_picture_and_can_still_be_taken_back(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Before the button is let go a picture with the stroke so far is asked for; Escape brings the mask back."""
    desk = edit_a_result(qtbot, onetake)
    view = desk.page.view
    at = [view.widget_rect(QRectF(x, 60, 1, 1)).center().toPoint() for x in (60, 90, 140)]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at[0])
    live = start(qtbot, onetake)
    first = live.shown
    assert first is not None
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=at[1])
    qtbot.mouseMove(view, at[2])
    qtbot.waitUntil(lambda: live.shown is not None and live.shown.request != first.request)
    assert desk.board.is_painting
    edit = live.shown.request.edit if live.shown else None
    assert edit is not None
    assert Path(edit.mask).is_file()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    # The state before the stroke is a request that was made before: the mask has the same name as then.
    mask_of = lambda: live.shown.request.edit.mask if live.shown and live.shown.request.edit else ""  # noqa: E731
    first_edit = first.request.edit
    assert first_edit is not None
    qtbot.waitUntil(lambda: mask_of() == first_edit.mask)
    assert live.is_on


def test_masks_that_only_live_pictures_needed_are_removed(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """A long session of painting leaves the masks of what was kept and sent, and no others."""
    desk = edit_a_result(qtbot, onetake)
    view = desk.page.view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    live = start(qtbot, onetake)
    for x in (40, 120, 200):
        before = live.shown
        place = view.widget_rect(QRectF(x, 40, 1, 1)).center().toPoint()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        qtbot.waitUntil(lambda before=before: live.shown is not before)
        qtbot.waitUntil(lambda: not live._is_stale and not live._is_on_its_way)  # pyright: ignore[reportPrivateUsage]
    sent = Path(onetake.project.canvas.mask).parent / "sent"
    assert len(list(sent.iterdir())) == 1
    live.keep()
    kept = live.shown
    assert kept is not None
    assert kept.request.edit is not None
    live.stop()
    assert [file.name for file in sent.iterdir()] == [Path(kept.request.edit.mask).name]


def test_painting_while_other_work_is_done_does_not_fill_the_disk(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Each stroke asks anew; of those that were never answered the masks go."""
    desk = edit_a_result(qtbot, onetake)
    view = desk.page.view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    live = start(qtbot, onetake)
    engine.script("hold")
    job = engine.connect().submit(replace(engine.live_requests[0], prompt="in earnest"))
    sent = Path(onetake.project.canvas.mask).parent / "sent"
    masks: set[str] = set()
    for x in range(40, 220, 20):
        place = view.widget_rect(QRectF(x, 40, 1, 1)).center().toPoint()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        qtbot.waitUntil(lambda: not live._is_stale and not live._is_on_its_way)  # pyright: ignore[reportPrivateUsage]
        masks |= {file.name for file in sent.iterdir()}
        assert len(list(sent.iterdir())) <= 3
    assert len(masks) >= 9
    engine.finish(job)
    qtbot.waitUntil(lambda: live.shown is not None and live.shown.request == live._asked, timeout=10_000)  # pyright: ignore[reportPrivateUsage]
    assert live.shown is not None
    assert live.shown.request.edit is not None
    assert Path(live.shown.request.edit.mask).is_file()


def test_a_picture_of_an_older_request_leaves_the_masks_of_the_one_that_is_made(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """After a wait for the queue an older picture may still come in."""
    desk = edit_a_result(qtbot, onetake)
    view = desk.page.view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    live = start(qtbot, onetake)
    older, link = live.shown, live._link  # pyright: ignore[reportPrivateUsage]
    assert link is not None
    engine.hold_live(held=True)
    place = view.widget_rect(QRectF(40, 40, 1, 1)).center().toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: len(engine.live_requests) == 2)
    link.reported.emit(older)
    made = engine.live_requests[-1].edit
    assert made is not None
    assert Path(made.mask).is_file()


def test_what_comes_in_after_the_end_is_not_shown(qtbot: QtBot, onetake: Application) -> None:
    """A picture that was on its way when live mode ended; begun again, it shows its own alone."""
    live = start(qtbot, onetake)
    picture, link = live.shown, live._link  # pyright: ignore[reportPrivateUsage]
    assert link is not None
    thread = Thread(target=link.reported.emit, args=(picture,))
    thread.start()
    thread.join()
    live.stop()
    qtbot.wait(10)
    assert live.shown is None
    assert not actions_of(onetake).keep_live.isEnabled()


def test_the_window_closes_while_a_picture_is_made(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Nothing is waited for: hanging up ends the question."""
    live = start(qtbot, onetake)
    engine.hold_live(held=True)
    onetake.project.change("typing", prompt="long")
    qtbot.waitUntil(lambda: prompts(engine)[-1] == "long")
    onetake.window.close()
    assert not live.is_on
