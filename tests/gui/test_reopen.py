"""Closing the window and opening it again: jobs go on, failures are seen, and no request is lost."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.jobs import JobRole
from app.queue_rows import MOST_ENDED
from app.reports import Reach
from engine.messages import JobState
from tests.requests import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths
    from tests.fakes import FakeEngine


def prompts(application: Application) -> list[str]:
    """Prompts of the queue's rows, from the top."""
    model = application.queue.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_closing_leaves_the_job_running_and_a_new_window_shows_it(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application], engine: FakeEngine
) -> None:
    """The window's end stops no job and no thread of it survives; the next window shows prompt and job."""
    engine.script("hold")
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    qtbot.waitUntil(lambda: [record.state for record in onetake.jobs.records()] == [JobState.RUNNING])
    onetake.window.close()
    assert onetake.link.isFinished()
    assert engine.calls == []
    again = open_window()
    qtbot.waitUntil(lambda: again.stage.record is not None)
    assert again.project.edit.prompt == "a boat"
    record = again.stage.record
    assert record is not None
    assert (record.info.job, record.state) == ("job-1", JobState.RUNNING)
    engine.show_candidate("job-1", 0)
    qtbot.waitUntil(lambda: bool(record.candidates))


def test_a_window_without_an_engine_says_so_and_closes_at_once(
    qtbot: QtBot, open_window: Callable[[], Application], engine: FakeEngine
) -> None:
    """The status bar offers a retry, and closing does not wait for the pause between two attempts."""
    engine.is_up = False
    application = open_window()
    qtbot.waitUntil(lambda: application.link.connection.reach is Reach.LOST)
    assert application.status.engine.text() == "engine not reachable"
    assert "cannot be started" in application.status.engine.toolTip()
    application.window.close()
    assert application.link.isFinished()


def test_a_failure_of_the_night_is_seen_in_the_morning(
    qtbot: QtBot, open_window: Callable[[], Application], engine: FakeEngine
) -> None:
    """A job that failed while no window was open stands in the queue with its message, and can be tried again."""
    job = engine.add_failed(request("a boat"), "the disk is full; make room")
    window = open_window()
    qtbot.waitUntil(lambda: prompts(window) == ["a boat"])
    row = window.queue.list.model().index(0, 0)
    assert row.data(JobRole.ERROR) == "the disk is full; make room"
    assert window.stage.outcome.message.text() == "The disk is full; make room"
    qtbot.mouseClick(window.stage.outcome.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.calls == [("retry", job)])
    qtbot.waitUntil(lambda: engine.info(job).state is JobState.DONE)


def test_many_failures_are_listed_newest_first_and_the_older_on_demand(
    qtbot: QtBot, open_window: Callable[[], Application], engine: FakeEngine
) -> None:
    """The newest are in sight, a button says how many more there are, and pressing it shows them."""
    for number in range(MOST_ENDED + 3):
        engine.add_failed(request(f"boat {number}"), "no")
    window = open_window()
    qtbot.waitUntil(window.queue.older.isVisible)
    newest_first = [f"boat {number}" for number in reversed(range(MOST_ENDED + 3))]
    assert prompts(window) == newest_first[:MOST_ENDED]
    assert window.queue.older.text() == "Show older (3)"
    qtbot.mouseClick(window.queue.older, Qt.MouseButton.LeftButton)
    assert prompts(window) == newest_first
    assert not window.queue.older.isVisible()


def test_what_was_cleared_stays_cleared(
    qtbot: QtBot, open_window: Callable[[], Application], engine: FakeEngine
) -> None:
    """A cleared failure does not come back with the next window; a later one is shown."""
    engine.add_failed(request("a boat"), "no")
    first = open_window()
    qtbot.waitUntil(lambda: prompts(first) == ["a boat"])
    first.queue.clear.click()
    assert prompts(first) == []
    first.window.close()
    engine.add_failed(request("a house"), "no")
    again = open_window()
    qtbot.waitUntil(lambda: prompts(again) == ["a house"])


def test_a_request_made_without_an_engine_outlives_the_window(
    qtbot: QtBot, open_window: Callable[[], Application], engine: FakeEngine, paths: Paths
) -> None:
    """It is on disk while it waits, the next window sends it, once, and then nothing is left on disk."""
    engine.is_up = False
    first = open_window()
    qtbot.waitUntil(lambda: first.link.connection.reach is Reach.LOST)
    first.project.change("typing", prompt="a boat", seed=7, seed_locked=True)
    first.studio.generate()
    assert list((paths.home / "waiting").iterdir())
    first.window.close()
    assert engine.requests == []
    again = open_window()
    assert prompts(again) == ["a boat"]
    engine.is_up = True
    again.link.reconnect_now()
    qtbot.waitUntil(lambda: [record.state for record in again.jobs.records()] == [JobState.DONE])
    assert [wanted.seed for wanted in engine.requests] == [7]
    assert not list((paths.home / "waiting").iterdir())


def test_a_request_made_just_before_closing_reaches_the_engine(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Closing right after Generate sends what was generated."""
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    onetake.window.close()
    assert [wanted.prompt for wanted in engine.requests] == ["a boat"]


def test_empty_panels_offer_what_to_do(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Queue and gallery each have a sentence and one button; the queue's generates what is typed."""
    for panel in (onetake.queue, onetake.gallery):
        assert panel.empty.sentence.text()
        assert panel.empty.button.isVisible()
    onetake.project.change("typing", prompt="a boat")
    qtbot.mouseClick(onetake.queue.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(engine.requests))
