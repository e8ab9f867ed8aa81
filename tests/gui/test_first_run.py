"""The first start, the examples, and which project a window begins with."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from examples import EXAMPLES, write_examples
from PySide6.QtCore import Qt

from app.__main__ import is_project
from app.examples import Example
from app.image_edit import ImageEdit, keep_edit, read_edit
from app.opening import begin_home, open_frame
from app.project_file import MANIFEST, read_project, write_project
from app.project_lock import WhyReadOnly
from engine.messages import VideoRequest
from tests.gui.test_project_files import answer, content, name_folder, press, said
from tests.unit.app.other_window import other_process
from tests.unit.app.test_project_lock import HOLDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A project of an earlier day."""
    folder = tmp_path / "Lake.onetake"
    write_project(folder, ImageEdit(prompt="a lake", seed=7), (), None)
    return folder


def test_the_first_start_opens_on_the_example(
    qtbot: QtBot, open_window: Callable[[], Application], paths: Paths
) -> None:
    """The prompt is there with the first frame, one button makes its pictures, and the example stays as it is."""
    before = content(Example.PICTURE.folder)
    begin_home(paths.home / "edit.json")
    onetake = open_window()
    assert read_edit(paths.home / "edit.json") == EXAMPLES[Example.PICTURE]
    assert onetake.prompt.prompt.toPlainText() == EXAMPLES[Example.PICTURE].prompt
    assert not onetake.project.undo_stack.canUndo()
    qtbot.mouseClick(onetake.prompt.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [record.request.prompt for record in onetake.jobs.records()] != [])
    onetake.project.change("typing", prompt="a boat")
    onetake.window.close()
    assert content(Example.PICTURE.folder) == before


def test_later_starts_never_touch_the_work_there_is(paths: Paths) -> None:
    """Whatever the file holds, even nothing that can be read."""
    untitled = paths.home / "edit.json"
    for document in (b'{"prompt": "mine"}', b"", b"damaged"):
        untitled.write_bytes(document)
        begin_home(untitled)
        assert untitled.read_bytes() == document


def test_a_first_start_without_examples_opens_on_nothing(
    open_window: Callable[[], Application], paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged installation is no reason not to open."""
    monkeypatch.setattr("app.examples.resources_folder", lambda: tmp_path)
    begin_home(paths.home / "edit.json")
    assert not (paths.home / "edit.json").exists()
    onetake = open_window()
    press(onetake, "example_take")
    assert "is no project" in onetake.notices.text


def test_the_empty_canvas_makes_the_ten_second_take(qtbot: QtBot, onetake: Application) -> None:
    """One press opens the timeline with its prompts and queues the take; undo gives the words back that were there."""
    onetake.project.change("typing", prompt="my own words")
    qtbot.mouseClick(onetake.stage.empty.other, Qt.MouseButton.LeftButton)
    (record,) = onetake.jobs.records()
    request = record.request
    assert isinstance(request, VideoRequest)
    assert (request.frames / request.fps, len(request.timeline.segments)) == (10.0, 3)
    assert onetake.window.timeline_dock.isVisible()
    qtbot.waitUntil(lambda: onetake.jobs.records()[0].state.is_final, timeout=30_000)
    press(onetake, "undo")
    assert onetake.project.edit.prompt == "my own words"


def test_an_example_is_opened_as_a_copy(onetake: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Untitled: saving asks for a place, and what is shipped keeps every byte and gets no lock."""
    answer(onetake, monkeypatch, None)
    before = content(Example.TAKE.folder)
    press(onetake, "example_take")
    assert onetake.window.windowTitle().startswith("Untitled")
    assert onetake.project.edit == EXAMPLES[Example.TAKE]
    name_folder(onetake, monkeypatch, tmp_path / "Mine")
    press(onetake, "save_project")
    assert read_project(tmp_path / "Mine.onetake").edit == EXAMPLES[Example.TAKE]
    assert content(Example.TAKE.folder) == before
    assert not (Example.TAKE.folder / ".lock").exists()


def test_the_next_window_begins_with_the_last_project(
    qapp: QApplication, open_window: Callable[[], Application], paths: Paths, lake: Path
) -> None:
    """Its prompt is in the first frame, nothing is to be undone, and Untitled keeps its own words."""
    keep_edit(paths.home / "edit.json", ImageEdit(prompt="untitled words", seed=1))
    first = open_window()
    first.files.open(lake)
    first.window.close()
    second = open_window()
    assert second.files.session.folder == lake
    assert second.prompt.prompt.toPlainText() == "a lake"
    assert not second.project.undo_stack.canUndo()
    assert not second.window.isWindowModified()
    press(second, "close_project")
    assert second.prompt.prompt.toPlainText() == "untitled words"
    second.window.close()
    assert open_window().files.session.folder is None


def test_what_is_typed_into_the_first_frame_belongs_to_the_project(
    qtbot: QtBot, qapp: QApplication, open_window: Callable[[], Application], lake: Path, paths: Paths
) -> None:
    """It is a change of the project that can be undone, not of Untitled."""
    first = open_window()
    first.files.open(lake)
    first.window.close()
    opening = open_frame(qapp, paths)
    assert opening.prompt.prompt.toPlainText() == "a lake"
    opening.window.deleteLater()
    second = open_window()
    qtbot.keyClicks(second.prompt.prompt, "!")
    assert second.window.isWindowModified()


def test_the_last_project_is_not_opened_when_the_artist_does_not_want_it(
    open_window: Callable[[], Application], lake: Path
) -> None:
    """The command in the File menu turns it off, for good."""
    first = open_window()
    first.files.open(lake)
    press(first, "reopen")
    first.window.close()
    assert open_window().files.session.folder is None


def test_a_last_project_that_is_gone_is_said_once(
    open_window: Callable[[], Application], lake: Path, paths: Paths
) -> None:
    """The window begins with Untitled, untouched, and the next one says nothing."""
    keep_edit(paths.home / "edit.json", ImageEdit(prompt="untitled words", seed=1))
    first = open_window()
    first.files.open(lake)
    first.window.close()
    shutil.rmtree(lake)
    second = open_window()
    assert "is no project: it is not there" in second.notices.text
    assert (second.files.session.folder, second.project.edit.prompt) == (None, "untitled words")
    assert second.prompt.prompt.toPlainText() == "untitled words"
    second.window.close()
    assert open_window().notices.text == ""


def test_a_damaged_last_project_does_not_write_its_words_into_untitled(
    open_window: Callable[[], Application], lake: Path, paths: Paths
) -> None:
    """The first frame may show them; the work behind it is Untitled's own."""
    keep_edit(paths.home / "edit.json", ImageEdit(prompt="untitled words", seed=1))
    first = open_window()
    first.files.open(lake)
    first.window.close()
    (lake / MANIFEST).write_text('{"edit": {"prompt": "of nowhere"}}')
    second = open_window()
    assert "does not say its version" in second.notices.text
    assert second.prompt.prompt.toPlainText() == second.project.edit.prompt == "untitled words"


def test_a_last_project_that_another_window_has_is_read_only(
    open_window: Callable[[], Application], lake: Path
) -> None:
    """Two windows on one project: the second one shows it and says so."""
    first = open_window()
    first.files.open(lake)
    first.window.close()
    with other_process(HOLDER, lake):
        second = open_window()
        assert second.files.session.read_only is WhyReadOnly.ELSEWHERE
        assert "is open in another window" in said(second, "read_only")


def test_work_that_cannot_be_wholly_read_is_kept_and_told(open_window: Callable[[], Application], paths: Paths) -> None:
    """The rest is in the window, and the line names the copy."""
    (paths.home / "edit.json").write_text('{"prompt": "a boat", "count": "many"}')
    onetake = open_window()
    assert onetake.project.edit.prompt == "a boat"
    assert str(paths.home / "edit.unread.json") in said(onetake, "unread")
    assert '"many"' in (paths.home / "edit.unread.json").read_text()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Lake.onetake", True),
        ("/home/me/Lake.onetake/", True),
        ("Lake.onetake/project.json", True),
        ("image", False),
        ("--help", False),
    ],
)
def test_the_argument_of_the_program_names_a_project_or_a_command(word: str, expected: bool) -> None:
    """`onetake PROJECT.onetake` opens the window on it, whether it is there or not."""
    assert is_project(word) is expected


def test_the_program_opens_the_project_that_it_is_given(
    qapp: QApplication, open_window: Callable[..., Application], lake: Path, paths: Paths, tmp_path: Path
) -> None:
    """Rather than the last one."""
    other = tmp_path / "Other.onetake"
    write_project(other, ImageEdit(prompt="another", seed=7), (), None)
    first = open_window()
    first.files.open(lake)
    first.window.close()
    opening = open_frame(qapp, paths, other)
    assert (opening.project, opening.prompt.prompt.toPlainText()) == (other, "another")
    opening.window.deleteLater()


def test_what_is_shipped_is_what_is_written(tmp_path: Path) -> None:
    """packaging/examples.py was run after the last change of the format: nothing in them is unknown or lost."""
    write_examples(tmp_path)
    for example in Example:
        shipped, written = read_project(example.folder), read_project(tmp_path / example.value)
        assert shipped.edit == written.edit == EXAMPLES[example]
        assert (shipped.unread, shipped.is_newer, shipped.plan) == ((), False, written.plan)
