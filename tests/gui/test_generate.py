"""From a typed prompt to pictures on the canvas, through the whole window."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.application import EXAMPLE, Application
from app.cells import CellRole
from app.jobs import JobRole
from app.reports import Submitted
from engine.messages import ImageRequest, JobInfo, JobState
from engine.protocol import JobChanged

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from engine.paths import Paths
    from tests.fakes import FakeEngine

PROMPT = "winter mountains at night, a moon on the left"


def type_prompt(qtbot: QtBot, onetake: Application, text: str) -> None:
    """Type into the prompt as a person does."""
    onetake.prompt.prompt.setFocus()
    qtbot.keyClicks(onetake.prompt.prompt, text)


def press_generate(qtbot: QtBot, onetake: Application) -> None:
    """Ctrl+Return, wherever the focus is."""
    qtbot.keyClick(onetake.prompt.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def states(onetake: Application) -> list[JobState]:
    """States of all jobs, oldest first."""
    jobs = onetake.jobs
    return [jobs.index(row).data(JobRole.STATE) for row in range(jobs.rowCount())]


def shown_pictures(onetake: Application) -> list[bool]:
    """Which cells of the grid have a picture."""
    model = onetake.stage.candidates
    return [model.index(row).data(CellRole.PICTURE) is not None for row in range(model.rowCount())]


def test_typing_and_ctrl_return_send_exactly_what_is_shown(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Typing a prompt and pressing Ctrl+Return submits one frozen request with the panel's values."""
    type_prompt(qtbot, onetake, PROMPT)
    onetake.form.count.setValue(3)
    onetake.form.seed.number.selectAll()
    qtbot.keyClicks(onetake.form.seed.number, "77")
    press_generate(qtbot, onetake)
    qtbot.waitUntil(lambda: bool(engine.requests))
    assert engine.requests == [ImageRequest(prompt=PROMPT, seed=77, count=3)]


def test_a_batch_ends_with_all_its_pictures_on_the_canvas_and_in_the_gallery(
    qtbot: QtBot, onetake: Application
) -> None:
    """When the job is done the grid shows every picture from its file, and so does the gallery."""
    type_prompt(qtbot, onetake, PROMPT)
    press_generate(qtbot, onetake)
    qtbot.waitUntil(lambda: states(onetake) == [JobState.DONE])
    assert shown_pictures(onetake) == [True] * 4
    assert onetake.stage.current_path().endswith("-0.png")
    assert onetake.gallery.list.model().rowCount() == 4


def test_candidates_fill_the_grid_in_order(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Every candidate appears in its own cell as it arrives, and the others stay empty."""
    engine.script("hold")
    type_prompt(qtbot, onetake, PROMPT)
    press_generate(qtbot, onetake)
    qtbot.waitUntil(lambda: states(onetake) == [JobState.RUNNING])
    assert shown_pictures(onetake) == [False] * 4
    for index in range(4):
        engine.show_candidate("job-1", index)
        qtbot.waitUntil(lambda index=index: shown_pictures(onetake)[index])
        assert shown_pictures(onetake) == [True] * (index + 1) + [False] * (3 - index)


def test_the_grid_is_there_before_the_engine_has_answered(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Generate shows the empty cells of the batch at once, and the window stays alive while submitting blocks."""
    engine.script("block")
    type_prompt(qtbot, onetake, PROMPT)
    press_generate(qtbot, onetake)
    assert onetake.stage.stack.currentWidget() is onetake.stage.grid
    qtbot.waitUntil(lambda: bool(engine.requests))
    type_prompt(qtbot, onetake, " and stars")
    QApplication.processEvents()
    assert onetake.project.edit.prompt.endswith("and stars")
    assert states(onetake) == [JobState.PENDING]
    engine.released.set()
    qtbot.waitUntil(lambda: states(onetake) == [JobState.DONE])


def test_an_empty_prompt_is_refused_beside_the_button(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Nothing is sent, the sentence stands in the panel, and typing takes it away."""
    press_generate(qtbot, onetake)
    error = onetake.prompt.error
    assert error.isVisible()
    assert "prompt is empty" in error.text()
    type_prompt(qtbot, onetake, "w")
    assert not error.isVisible()
    assert engine.requests == []


def test_a_refusal_of_the_engine_shows_beside_the_button(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """When the service refuses a request, its reason stands in the panel and no job is left."""
    engine.script("refuse")
    type_prompt(qtbot, onetake, PROMPT)
    press_generate(qtbot, onetake)
    qtbot.waitUntil(onetake.prompt.error.isVisible)
    assert "multiples of 16" in onetake.prompt.error.text()
    assert states(onetake) == []


def test_generate_becomes_queue_another_while_something_runs(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """The button says what a press will do."""
    engine.script("hold")
    type_prompt(qtbot, onetake, PROMPT)
    press_generate(qtbot, onetake)
    assert onetake.prompt.generate.text() == "Queue another"
    qtbot.waitUntil(lambda: states(onetake) == [JobState.RUNNING])
    engine.finish("job-1")
    qtbot.waitUntil(lambda: onetake.prompt.generate.text() == "Generate")


def test_the_example_of_an_empty_canvas_is_one_click_from_a_picture(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """The button on the empty canvas writes the example into the prompt and generates it."""
    qtbot.mouseClick(onetake.stage.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: states(onetake) == [JobState.DONE])
    assert onetake.project.edit.prompt == EXAMPLE
    assert engine.requests[0].prompt == EXAMPLE


def test_a_failure_shows_where_it_happened_and_can_be_tried_again(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """The canvas says in one sentence what happened, details unfold, and the button makes a new attempt."""
    engine.script("fail", "finish")
    type_prompt(qtbot, onetake, PROMPT)
    press_generate(qtbot, onetake)
    outcome = onetake.stage.outcome
    qtbot.waitUntil(outcome.isVisible)
    assert outcome.message.text().startswith("The job needs 6.1 GB")
    assert not outcome.details.isVisible()
    outcome.fold.click()
    assert outcome.details.isVisible()
    assert "out_of_memory" in outcome.details.text()
    outcome.retry.click()
    qtbot.waitUntil(lambda: states(onetake) == [JobState.DONE])
    assert engine.info("job-1").attempt == 2
    assert onetake.stage.stack.currentWidget() is onetake.stage.grid


def test_the_canvas_goes_on_to_the_next_job_unless_the_artist_looks_elsewhere(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """A queued job takes the canvas when it runs and the shown one has ended; a chosen job keeps it."""
    engine.script("finish", "hold")
    type_prompt(qtbot, onetake, PROMPT)
    press_generate(qtbot, onetake)
    qtbot.waitUntil(lambda: states(onetake) == [JobState.DONE])
    onetake.studio.show_job("job-1")
    press_generate(qtbot, onetake)
    qtbot.waitUntil(lambda: states(onetake)[-1] == JobState.RUNNING)
    assert onetake.stage.candidates.key == "job-2"
    onetake.studio.show_job("job-1")
    engine.show_candidate("job-2", 0)
    engine.finish("job-2")
    qtbot.waitUntil(lambda: states(onetake)[-1] == JobState.DONE)
    assert onetake.stage.candidates.key == "job-1"


def test_the_window_keeps_the_prompt_for_the_next_start(qtbot: QtBot, onetake: Application, paths: Paths) -> None:
    """What was typed is on disk shortly after typing, without any closing."""
    with qtbot.waitSignal(onetake.project.saved):
        type_prompt(qtbot, onetake, "a boat")
    assert b"a boat" in (paths.home / "edit.json").read_bytes()


def test_the_canvas_keeps_a_job_whose_news_overtake_its_name(onetake: Application) -> None:
    """The engine may tell of a job before whoever sent it hears its name: the canvas goes over to it."""
    request = ImageRequest(prompt=PROMPT, seed=1)
    token = onetake.jobs.add_submitting(request)
    onetake.studio.show_job(token)
    info = JobInfo(job="job-9", state=JobState.PENDING, request=request, outputs=(), created=1.0)
    onetake.jobs.take(JobChanged(info=info))
    onetake.jobs.take(Submitted(token, "job-9"))
    assert onetake.stage.candidates.key == "job-9"
    assert onetake.jobs.rowCount() == 1
