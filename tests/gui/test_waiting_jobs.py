"""Waiting jobs in the queue panel: moved by mouse and key, edited in their place, cancelled all at once."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.queue_rows import MIME
from app.reports import Reach
from engine.messages import ImageRequest, JobState
from tests.fake_takes import video_request
from tests.gui.test_queue import generate, rows

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine

ALT = Qt.KeyboardModifier.AltModifier
NOWHERE = QModelIndex()


@pytest.fixture
def waiting(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> list[str]:
    """One job that runs and three that wait: a, b, c."""
    engine.script("hold", default="wait")
    generate(qtbot, onetake, "a boat", JobState.RUNNING)
    return [generate(qtbot, onetake, name, JobState.PENDING) for name in "abc"]


def order(onetake: Application) -> str:
    """The waiting jobs' prompts, from above."""
    return "".join(prompt for prompt, state in rows(onetake) if state == "pending")


def drop(onetake: Application, job: str, row: int) -> bool:
    """Let go of a dragged job above that row; -1 for the empty room below all."""
    data = QMimeData()
    data.setData(MIME, job.encode())
    model = onetake.queue.list.model()
    assert model.canDropMimeData(data, Qt.DropAction.MoveAction, row, 0, NOWHERE)
    return model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, NOWHERE)


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    ("dragged", "row", "wanted"), [("c", 1, "cab"), ("a", 3, "bac"), ("a", -1, "bca"), ("b", 0, "bac"), ("a", 4, "bca")]
)
def test_dragging_moves_a_job(qtbot: QtBot, onetake: Application, dragged: str, row: int, wanted: str) -> None:
    """Among those that wait, wherever it is let go; above the one that runs means first of them."""
    drop(onetake, next(record.info.job for record in onetake.jobs.records() if record.request.prompt == dragged), row)
    qtbot.waitUntil(lambda: order(onetake) == wanted)
    assert rows(onetake)[0][1] == "running"


@pytest.mark.parametrize("row", [1, 2])
def test_letting_go_where_it_was_asks_for_nothing(
    onetake: Application, engine: FakeEngine, waiting: list[str], row: int
) -> None:
    """Neither just above nor just below itself."""
    drop(onetake, waiting[0], row)
    assert engine.calls == []


def test_only_waiting_jobs_can_be_dragged(onetake: Application, waiting: list[str]) -> None:
    """The one that runs stays where it is, also when something claims to be it."""
    model = onetake.queue.list.model()
    can = [bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsDragEnabled) for row in range(4)]
    assert can == [False, True, True, True]
    assert not drop(onetake, "job-1", 3)
    data = model.mimeData([model.index(2, 0)])
    assert data.data(MIME).toStdString() == waiting[1]
    other = QMimeData()
    other.setText("something else")
    assert not model.canDropMimeData(other, Qt.DropAction.MoveAction, 1, 0, NOWHERE)


def test_keys_move_the_job_that_the_keyboard_is_on(
    qtbot: QtBot, onetake: Application, waiting: list[str], engine: FakeEngine
) -> None:
    """Alt+Up and Alt+Down, to the ends and no further; elsewhere in the window these keys do not move jobs."""
    queue = onetake.queue.list
    queue.setFocus()
    queue.setCurrentIndex(queue.model().index(3, 0))
    for wanted in ("acb", "cab"):
        qtbot.keyClick(queue, Qt.Key.Key_Up, ALT)
        qtbot.waitUntil(lambda wanted=wanted: order(onetake) == wanted)
    qtbot.keyClick(queue, Qt.Key.Key_Up, ALT)
    qtbot.keyClick(queue, Qt.Key.Key_Down, ALT)
    qtbot.waitUntil(lambda: order(onetake) == "acb")
    assert [call for call, _ in engine.calls] == ["move"] * 3
    onetake.form.model.setFocus()
    qtbot.keyClick(onetake.form.model, Qt.Key.Key_Up, ALT)
    assert len(engine.calls) == 3


def test_a_waiting_job_is_edited_in_its_place(
    qtbot: QtBot, onetake: Application, waiting: list[str], engine: FakeEngine
) -> None:
    """Its settings come into the panel; Generate changes that job and makes no new one."""
    queue = onetake.queue.list
    queue.setCurrentIndex(queue.model().index(2, 0))
    qtbot.keyClick(
        onetake.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert onetake.project.prompt == "b"
    assert onetake.prompt.generate.text() == "Change the job"
    assert onetake.prompt.editing.isVisible()
    onetake.project.change("typing", prompt="a red balloon", count=2)
    onetake.prompt.generate.click()
    qtbot.waitUntil(lambda: ("a red balloon", "pending") in rows(onetake))
    assert [prompt for prompt, _ in rows(onetake)] == ["a boat", "a", "a red balloon", "c"]
    request = engine.info(waiting[1]).request
    assert isinstance(request, ImageRequest)
    assert request.count == 2
    assert onetake.prompt.generate.text() == "Queue another"
    assert not onetake.prompt.editing.isVisible()


def test_an_edit_can_be_left(qtbot: QtBot, onetake: Application, waiting: list[str], engine: FakeEngine) -> None:
    """The job stays as it is, and Generate makes new ones."""
    onetake.studio.edit_job(waiting[0])
    onetake.prompt.stop_editing.click()
    assert onetake.prompt.generate.text() == "Queue another"
    onetake.prompt.generate.click()
    qtbot.waitUntil(lambda: onetake.jobs.rowCount() == 5)
    assert engine.calls == []


def test_a_job_that_begins_is_edited_no_longer(
    qtbot: QtBot, onetake: Application, waiting: list[str], engine: FakeEngine
) -> None:
    """The window says so, and Generate makes a new one."""
    onetake.studio.edit_job(waiting[0])
    engine.start(waiting[0])
    qtbot.waitUntil(lambda: "no longer waits" in onetake.notices.text)
    assert onetake.prompt.generate.text() == "Queue another"


def test_a_change_that_comes_too_late_is_told_beside_generate(
    qtbot: QtBot, onetake: Application, waiting: list[str], engine: FakeEngine
) -> None:
    """The engine's sentence says that the job runs already."""
    onetake.studio.edit_job(waiting[0])
    engine.crash(restarts=False)
    qtbot.waitUntil(lambda: onetake.link.connection.reach is Reach.LOST)
    onetake.studio.generate()
    engine.start(waiting[0])
    engine.is_up = True
    onetake.link.reconnect_now()
    qtbot.waitUntil(lambda: "only pending jobs can be changed" in onetake.prompt.error.text())


def test_what_does_not_wait_is_not_edited(qtbot: QtBot, onetake: Application, waiting: list[str]) -> None:
    """A running job's settings can be used, and the notice says how."""
    onetake.studio.edit_job("job-1")
    assert "Use these settings" in onetake.notices.text
    assert onetake.project.prompt == "c"


def test_a_job_with_parts_that_the_settings_lack_is_not_edited(
    qtbot: QtBot, onetake: Application, waiting: list[str]
) -> None:
    """Changing it would lose what its frames see of each other, which no field shows."""
    onetake.studio.send(video_request("a red boat", scope="dual"))
    qtbot.waitUntil(lambda: len(rows(onetake)) == 5 and bool(onetake.jobs.records()[-1].info.job))
    onetake.studio.edit_job(onetake.jobs.records()[-1].info.job)
    assert "cancel it and start it anew" in onetake.notices.text
    assert onetake.prompt.generate.text() == "Queue another"


def test_signs_in_a_job_are_words_when_it_is_edited(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, waiting: list[str]
) -> None:
    """A prompt with braces of its own is sent as it was."""
    request = ImageRequest(prompt="a {red|blue} __boat__", seed=1)
    onetake.studio.send(request)
    qtbot.waitUntil(lambda: len(rows(onetake)) == 5 and bool(onetake.jobs.records()[-1].info.job))
    job = onetake.jobs.records()[-1].info.job
    onetake.studio.edit_job(job)
    onetake.studio.generate()
    qtbot.waitUntil(lambda: ("revise", job) in engine.calls)
    assert engine.info(job).request == request


def test_all_jobs_are_cancelled_from_the_end_and_come_back(
    qtbot: QtBot, onetake: Application, waiting: list[str], engine: FakeEngine
) -> None:
    """The running one last, so that none starts meanwhile; Undo queues all again in their order."""
    onetake.queue.cancel_all.click()
    qtbot.waitUntil(lambda: not onetake.jobs.unfinished())
    assert [job for _, job in engine.calls] == ["job-4", "job-3", "job-2", "job-1"]
    assert onetake.notices.text == "Cancelled 4 jobs."
    assert not onetake.queue.cancel_all.isEnabled()
    engine.calls.clear()
    onetake.notices.button.click()
    qtbot.waitUntil(lambda: len(onetake.jobs.unfinished()) == 4)
    assert engine.calls == [("retry", f"job-{number}") for number in (1, 2, 3, 4)]


def test_the_rows_keep_qts_rules(qtbot: QtBot, onetake: Application, waiting: list[str]) -> None:
    """Qt's own checker finds nothing wrong while jobs change places."""
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(onetake.queue.list.model(), mode)
    drop(onetake, waiting[2], 1)
    qtbot.waitUntil(lambda: order(onetake) == "cab")
    onetake.studio.cancel(waiting[0])
    qtbot.waitUntil(lambda: order(onetake) == "cb")
    del tester
