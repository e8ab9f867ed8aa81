"""Undo, autosave and requests of the project."""

from __future__ import annotations

from functools import partial
from threading import Event, Timer
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QTimer

from app.background import Background
from app.image_edit import ImageEdit, read_edit, write_atomically
from app.project import Project
from engine.messages import ImageRequest
from tests.patience import ENDING_S
from tests.requests import FREE_TEXT, PAPERCUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def writing(qtbot: QtBot) -> Iterator[Background]:
    """The thread that writes."""
    made = Background(threads=1)
    yield made
    made.close()


@pytest.fixture
def project(tmp_path: Path, writing: Background) -> Project:
    """A project that knows two models."""
    made = Project(tmp_path / "edit.json", writing)
    made.set_models((PAPERCUT, FREE_TEXT))
    return made


def type_words(project: Project, text: str) -> None:
    """One change per character, as typing makes them."""
    start = len(project.edit.prompt)
    for end in range(start + 1, start + len(text) + 1):
        project.change("typing", prompt=(project.edit.prompt[:start] + text)[:end])


def test_typing_is_undone_by_words(project: Project) -> None:
    """Characters of a word merge into one step; the next word is the next step."""
    type_words(project, "a red boat")
    project.undo_stack.undo()
    assert project.edit.prompt == "a red "
    project.undo_stack.undo()
    assert project.edit.prompt == "a "
    project.close()


def test_a_dragged_value_is_one_step(project: Project) -> None:
    """Quick changes of one field merge; another field begins a new step."""
    for count in (5, 6, 7):
        project.change("settings", count=count)
    project.change("settings", steps=9)
    project.undo_stack.undo()
    project.undo_stack.undo()
    assert project.edit.count == ImageEdit().count
    assert not project.undo_stack.canUndo()
    project.close()


def test_restoring_is_its_own_step(project: Project) -> None:
    """Settings of a picture never merge with what was typed before."""
    project.change("typing", prompt="mine")
    project.restore(ImageRequest(prompt="theirs", seed=3))
    project.undo_stack.undo()
    assert project.edit.prompt == "mine"
    project.close()


def test_drawing_a_seed_is_no_step_of_undo(project: Project) -> None:
    """Generating changes the seed that is shown, but leaves nothing to undo."""
    project.change("typing", prompt="a boat")
    steps = project.undo_stack.count()
    project.image_request()
    assert project.undo_stack.count() == steps
    project.close()


def test_choosing_a_model_takes_its_defaults_and_one_undo_gives_all_back(project: Project) -> None:
    """Steps, guidance and an impossible size follow the model, in one step."""
    project.change("settings", width=1024, height=1024)
    before = project.edit
    project.choose_model("free-text")
    assert (project.edit.steps, project.edit.guidance_scale) == (25, 7.5)
    project.choose_model("papercut")
    assert (project.edit.width, project.edit.height) == (256, 256)
    project.undo_stack.undo()
    project.undo_stack.undo()
    assert project.edit == before
    project.close()


def test_every_change_reaches_the_disk_by_itself(
    qtbot: QtBot, project: Project, tmp_path: Path, writing: Background
) -> None:
    """Shortly after a change the file holds it, so a crash loses no text; the next start reads it."""
    with qtbot.waitSignal(project.saved):
        project.change("typing", prompt="a boat")
    assert read_edit(tmp_path / "edit.json") == project.edit
    assert Project(tmp_path / "edit.json", writing).edit == project.edit


def test_closing_saves_what_still_waits(project: Project, tmp_path: Path) -> None:
    """Nothing typed in the last moment is lost."""
    project.change("typing", prompt="a boat")
    project.close()
    saved = read_edit(tmp_path / "edit.json")
    assert saved is not None
    assert saved.prompt == "a boat"


def test_a_save_that_fails_says_so(qtbot: QtBot, tmp_path: Path, writing: Background) -> None:
    """When the home cannot be written the window hears of it, and the text stays in memory."""
    (tmp_path / "edit.json").mkdir()
    project = Project(tmp_path / "edit.json", writing)
    with qtbot.waitSignal(project.save_failed):
        project.change("typing", prompt="a boat")
    assert project.edit.prompt == "a boat"


def test_a_slow_disk_holds_nobody_up_and_gets_the_newest(qtbot: QtBot, project: Project, tmp_path: Path) -> None:
    """While one state is being written the next ones wait, and all but the last are passed over."""
    written, answers = list[str](), Event()

    def slowly(file: Path, edit: ImageEdit) -> None:
        assert answers.wait(ENDING_S)
        written.append(edit.prompt)
        write_atomically(file, msgspec.json.encode(edit))

    project.keep_with(partial(partial, slowly, tmp_path / "edit.json"))
    heard = list[str]()
    project.saved.connect(lambda: heard.append(project.edit.prompt))
    timer = project.findChild(QTimer)
    assert timer is not None
    for words in ("a boat", "a lake", "a moon"):
        project.change("typing", prompt=words)
        # The interface thread goes on at once, with the disk still busy.
        qtbot.waitUntil(lambda: not timer.isActive())
    assert (written, heard) == ([], [])
    answers.set()
    qtbot.waitUntil(lambda: bool(heard))
    assert (written, heard) == (["a boat", "a moon"], ["a moon"])
    kept = read_edit(tmp_path / "edit.json")
    assert kept is not None
    assert kept.prompt == "a moon"
    assert project.close()


def test_closing_comes_after_what_is_being_written(qtbot: QtBot, project: Project) -> None:
    """An older state never lands on the newest."""
    written, begun, answers = list[str](), Event(), Event()

    def slowly(edit: ImageEdit) -> None:
        begun.set()
        assert answers.wait(ENDING_S)
        written.append(edit.prompt)

    project.keep_with(partial(partial, slowly))
    project.change("typing", prompt="a boat")
    qtbot.waitUntil(begun.is_set)
    project.change("typing", prompt="a lake")
    late = Timer(0.05, answers.set)
    late.start()
    assert project.close()
    late.join()
    assert written == ["a boat", "a lake"]


def test_closing_does_not_wait_for_a_disk_that_does_not_answer(
    qtbot: QtBot, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a moment it says that the newest is not kept, and says so at once from then on; when it answers, it is."""
    monkeypatch.setattr("app.keeper.KEPT_WITHIN_S", 0.05)
    written, answers = list[str](), Event()

    def hang(edit: ImageEdit) -> None:
        assert answers.wait(ENDING_S)
        written.append(edit.prompt)

    project.keep_with(partial(partial, hang))
    project.change("typing", prompt="a boat")
    told = list[str]()
    project.save_failed.connect(told.append)
    assert not project.close()
    assert told == ["the disk of the home folder does not answer; look after it, then try again"]
    monkeypatch.setattr("app.keeper.KEPT_WITHIN_S", ENDING_S)
    assert not project.close()
    answers.set()
    qtbot.waitUntil(lambda: written == ["a boat"])
    qtbot.waitUntil(project.close)
    assert written[-1] == "a boat"
