"""The queue panel: order, cancel with undo, retry, pause, and what reconnecting shows."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.jobs import JobRole
from app.reports import Reach
from app.widgets.job_row import button_rect
from app.words import clock
from engine.messages import JobState

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine


def generate(qtbot: QtBot, onetake: Application, prompt: str, state: JobState) -> str:
    """Generate and wait for the new job's state; returns its id."""
    onetake.project.change("typing", prompt=prompt)
    before = onetake.jobs.rowCount()
    onetake.studio.generate()
    qtbot.waitUntil(lambda: onetake.jobs.records()[before].info.job != "")
    record = onetake.jobs.records()[before]
    qtbot.waitUntil(lambda: record.state is state)
    return record.info.job


def rows(onetake: Application) -> list[tuple[str, str]]:
    """Prompt and state of each row of the panel."""
    model = onetake.queue.list.model()
    indexes = [model.index(row, 0) for row in range(model.rowCount())]
    return [(str(index.data()), str(index.data(JobRole.STATE))) for index in indexes]


def test_escape_cancels_what_runs_and_undo_brings_it_back(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Escape ends the job on the canvas at once; Undo in the notice queues it again as a new attempt."""
    engine.script("hold", "finish")
    job = generate(qtbot, onetake, "a boat", JobState.RUNNING)
    qtbot.keyClick(onetake.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: onetake.jobs.records()[0].state is JobState.CANCELLED)
    assert onetake.notices.text == "Cancelled “a boat”."
    assert onetake.stage.outcome.isVisible()
    qtbot.mouseClick(onetake.notices.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: onetake.jobs.records()[0].state is JobState.DONE)
    assert engine.calls == [("cancel", job), ("retry", job)]
    assert engine.info(job).attempt == 2


def test_escape_in_the_queue_cancels_the_row_that_has_the_focus(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """With two jobs running, the selected one is cancelled, not the one on the canvas."""
    engine.script("hold", "hold")
    first = generate(qtbot, onetake, "a boat", JobState.RUNNING)
    generate(qtbot, onetake, "a house", JobState.RUNNING)
    queue = onetake.queue.list
    queue.setFocus()
    queue.setCurrentIndex(queue.model().index(0, 0))
    qtbot.keyClick(queue, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bool(engine.calls))
    assert engine.calls == [("cancel", first)]


def test_the_button_of_a_row_cancels_it(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """A click on the cross of a running row cancels that job."""
    engine.script("hold")
    job = generate(qtbot, onetake, "a boat", JobState.RUNNING)
    queue = onetake.queue.list
    place = button_rect(queue.visualRect(queue.model().index(0, 0))).center()
    qtbot.mouseClick(queue.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: engine.calls == [("cancel", job)])


def test_running_comes_before_waiting_and_ended_jobs_can_be_cleared(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Failed rows stay below the running ones until they are cleared."""
    engine.script("fail", "hold")
    generate(qtbot, onetake, "a boat", JobState.FAILED)
    generate(qtbot, onetake, "a house", JobState.RUNNING)
    assert rows(onetake) == [("a house", "running"), ("a boat", "failed")]
    onetake.queue.clear.click()
    assert rows(onetake) == [("a house", "running")]
    engine.finish("job-2")
    qtbot.waitUntil(lambda: rows(onetake) == [])


def test_pausing_reaches_the_engine_and_is_shown(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """The pause button pauses the engine's queue, and the panel says so once the engine has."""
    onetake.queue.pause.click()
    qtbot.waitUntil(lambda: engine.paused)
    qtbot.waitUntil(lambda: onetake.jobs.is_paused)
    assert onetake.queue.summary.text() == "paused, idle"
    onetake.queue.pause.click()
    qtbot.waitUntil(lambda: not engine.paused)


def test_cancelling_what_has_just_ended_says_so(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """When the cancel comes too late, the engine's sentence replaces the notice."""
    engine.script("hold")
    job = generate(qtbot, onetake, "a boat", JobState.RUNNING)
    engine.finish(job)
    onetake.studio.cancel(job)
    qtbot.waitUntil(lambda: "nothing to cancel" in onetake.notices.text)


def test_a_lost_engine_is_reached_again_and_everything_is_shown(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """After the connection broke, the window connects anew and lists what happened meanwhile."""
    engine.script("hold")
    job = generate(qtbot, onetake, "a boat", JobState.RUNNING)
    engine.crash(restarts=False)
    qtbot.waitUntil(lambda: onetake.link.connection.reach is Reach.LOST)
    assert onetake.status.retry.isVisible()
    engine.finish(job)
    engine.is_up = True
    onetake.status.retry.click()
    qtbot.waitUntil(lambda: onetake.link.connection.reach is Reach.RUNNING)
    qtbot.waitUntil(lambda: onetake.jobs.records()[0].state is JobState.DONE)
    assert engine.connections == 2


def test_generate_without_an_engine_waits_for_it(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """A request made while the engine is away is sent once it answers, and is shown as waiting until then."""
    engine.crash(restarts=False)
    qtbot.waitUntil(lambda: onetake.link.connection.reach is Reach.LOST)
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    assert "waits until it is" in onetake.notices.text
    assert rows(onetake) == [("a boat", "pending")]
    engine.is_up = True
    onetake.link.reconnect_now()
    qtbot.waitUntil(lambda: [record.state for record in onetake.jobs.records()] == [JobState.DONE])


def test_time_is_read_at_a_glance() -> None:
    """Seconds become minutes and hours with two digits behind."""
    assert [clock(seconds) for seconds in (0.4, 42, 65, 3661)] == ["0:00", "0:42", "1:05", "1:01:01"]
