"""Projects in the window: new, open, save, close, recovery, read-only, and what goes wrong."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QUndoCommand
from PySide6.QtWidgets import QLabel

from app.control_edit import ControlEdit
from app.image_edit import ImageEdit, keep_edit, read_edit
from app.project_dialogs import Answer
from app.project_file import MANIFEST, TIMELINE, Made, read_project, write_project
from app.project_lock import ProjectLock, WhyReadOnly
from app.project_media import stamps_of
from app.recovery import Recovery
from app.video_edit import SegmentEdit, VideoEdit
from app.widgets.project_bar import Say
from engine.errors import OutputError
from engine.messages import JobState
from tests.gui.test_restore import drop
from tests.patience import ENDING_S
from tests.unit.app.other_window import other_process
from tests.unit.app.test_project_lock import HOLDER
from tests.unit.app.test_recovery import WRITER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.project_file import ProjectFile
    from app.project_media import Stamp
    from app.recovery import Left
    from app.widgets.project_bar import ProjectLine
    from engine.errors import EngineError
    from engine.paths import Paths

PLAN = VideoEdit(segments=(SegmentEdit(prompt="dawn"),), selected=(0,))


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A project of an earlier day."""
    folder = tmp_path / "Lake.onetake"
    write_project(folder, ImageEdit(prompt="a lake", seed=7, video=PLAN), (), None)
    return folder


def press(onetake: Application, name: str) -> None:
    """Choose a command of the menus."""
    next(action for action in onetake.desk.keymap.actions if action.objectName() == name).trigger()


def answer(onetake: Application, monkeypatch: pytest.MonkeyPatch, given: Answer | None) -> list[str]:
    """Answer the question before work is lost; returns the names that were asked about. None: it must not be asked."""
    asked: list[str] = []

    def ask(name: str) -> Answer:
        assert given is not None, "nothing is lost, so nothing may be asked"
        asked.append(name)
        return given

    monkeypatch.setattr(onetake.files.dialogs, "ask_unsaved", ask)
    return asked


def name_folder(onetake: Application, monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Answer where a project is to be saved."""
    monkeypatch.setattr(onetake.files.dialogs, "new_folder", lambda _name, _beside: folder)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a project but its lock."""
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.name != ".lock"}


def said(onetake: Application, name: str) -> str:
    """A line above the canvas, or nothing."""
    line = onetake.files.bar.line(name)
    return line.text if line is not None and line.isVisible() else ""


def wait_for_offer(qtbot: QtBot, onetake: Application) -> ProjectLine:
    """The line that offers the work of another window, which is looked for in a thread."""
    qtbot.waitUntil(lambda: said(onetake, "recovery") != "")
    line = onetake.files.bar.line("recovery")
    assert line is not None
    return line


def test_without_a_project_the_work_is_untitled(onetake: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept by itself as ever, so it is never marked as modified and nothing is asked at the end."""
    answer(onetake, monkeypatch, None)
    onetake.project.change("typing", prompt="a boat")
    assert onetake.window.windowTitle() == "Untitled[*] \N{EN DASH} Onetake"
    assert not onetake.window.isWindowModified()
    assert onetake.window.close()


def test_untitled_is_saved_as_a_project_and_leaves_an_empty_untitled(
    onetake: Application, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Save asks for a name the first time; title, folder and the recent menu know it from then on."""
    onetake.project.change("typing", prompt="a boat")
    name_folder(onetake, monkeypatch, tmp_path / "Boat")
    press(onetake, "save_project")
    assert onetake.window.windowTitle() == "Boat[*] \N{EN DASH} Onetake"
    assert not onetake.window.isWindowModified()
    assert read_project(tmp_path / "Boat.onetake").edit.prompt == "a boat"
    assert [action.text() for action in onetake.window.menus.recent.actions()] == ["Boat"]
    assert onetake.status.saved.toolTip() == "“Boat” is saved"
    assert onetake.project.undo_stack.canUndo()
    kept = read_edit(paths.home / "edit.json")
    assert kept is not None
    assert kept.prompt == ""


def test_a_change_is_marked_until_it_is_saved_or_undone(
    qtbot: QtBot, onetake: Application, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Undoing back to what was saved takes the mark away, and saving never asks twice."""
    onetake.files.open(lake)
    assert onetake.prompt.prompt.toPlainText() == "a lake"
    assert not onetake.project.undo_stack.canUndo()
    qtbot.keyClicks(onetake.prompt.prompt, "!")
    assert onetake.window.isWindowModified()
    onetake.project.undo_stack.undo()
    assert not onetake.window.isWindowModified()
    onetake.project.undo_stack.redo()
    name_folder(onetake, monkeypatch, None)
    press(onetake, "save_project")
    assert not onetake.window.isWindowModified()
    assert read_project(lake).edit == onetake.project.edit


def test_the_folder_changes_by_saving_alone(qtbot: QtBot, onetake: Application, paths: Paths, lake: Path) -> None:
    """Unsaved work is kept in the home folder, and saving removes it there."""
    onetake.files.open(lake)
    before = content(lake)
    with qtbot.waitSignal(onetake.project.saved):
        onetake.project.change("typing", prompt="a boat")
    assert content(lake) == before
    assert onetake.status.saved.text().startswith("kept")
    assert len(list((paths.home / "recovery").glob("*.json"))) == 1
    press(onetake, "save_project")
    assert list((paths.home / "recovery").iterdir()) == []
    assert content(lake) != before


@pytest.mark.parametrize("command", ["new_project", "close_project", "quit"])
def test_what_is_unsaved_is_asked_about_before_it_is_lost(
    onetake: Application, lake: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Cancel stays with it, saving that fails stays as well, giving up goes on and leaves the folder as it was."""
    onetake.files.open(lake)
    onetake.project.change("typing", prompt="a boat")
    asked = answer(onetake, monkeypatch, Answer.CANCEL)
    press(onetake, command)
    assert asked == ["Lake"]
    assert (onetake.project.edit.prompt, onetake.window.isVisible()) == ("a boat", True)
    answer(onetake, monkeypatch, Answer.GIVE_UP)
    before = content(lake)
    press(onetake, command)
    assert content(lake) == before
    assert onetake.window.isVisible() == (command != "quit")
    assert not list((paths.home / "recovery").glob("*"))


def test_closing_the_window_saves_when_asked_to(
    onetake: Application, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project holds the last change."""
    onetake.files.open(lake)
    onetake.project.change("typing", prompt="a boat")
    answer(onetake, monkeypatch, Answer.SAVE)
    assert onetake.window.close()
    assert read_project(lake).edit.prompt == "a boat"


def test_closing_a_project_gives_untitled_back(
    onetake: Application, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening one asks nothing about Untitled, and its words are there again afterwards."""
    answer(onetake, monkeypatch, None)
    onetake.project.change("typing", prompt="my own words")
    onetake.files.open(lake)
    press(onetake, "close_project")
    assert onetake.prompt.prompt.toPlainText() == "my own words"
    assert onetake.window.windowTitle().startswith("Untitled")


def test_new_can_be_undone(onetake: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """It empties Untitled as one step."""
    answer(onetake, monkeypatch, None)
    onetake.project.change("typing", prompt="my own words")
    press(onetake, "new_project")
    assert onetake.prompt.prompt.toPlainText() == ""
    press(onetake, "undo")
    assert onetake.prompt.prompt.toPlainText() == "my own words"


def test_work_of_a_crashed_window_is_offered_and_recovered(
    qtbot: QtBot, open_window: Callable[[], Application], paths: Paths, tmp_path: Path
) -> None:
    """The offer is a line above the canvas; taking it opens the project with the unsaved work on top, not yet saved."""
    lake = tmp_path / "Lake.onetake"
    write_project(lake, ImageEdit(prompt="saved", seed=7), (), None)
    with other_process(WRITER, paths.home / "recovery", lake):
        pass
    onetake = open_window()
    line = wait_for_offer(qtbot, onetake)
    assert said(onetake, "recovery").startswith("“Lake” has unsaved changes of ")
    qtbot.mouseClick(line.pressed, Qt.MouseButton.LeftButton)
    assert onetake.prompt.prompt.toPlainText() == "a lake"
    assert onetake.window.isWindowModified()
    assert said(onetake, "recovery") == ""
    assert read_project(lake).edit.prompt == "saved"
    # Still there if this window crashes as well.
    assert len(list((paths.home / "recovery").glob("*.json"))) == 1
    press(onetake, "undo")
    assert onetake.prompt.prompt.toPlainText() == "saved"
    press(onetake, "redo")
    press(onetake, "save_project")
    saved = read_project(lake)
    assert (saved.edit.prompt, saved.made) == ("a lake", (Made(job="3"),))


@pytest.mark.parametrize("workspace", ["image", "review"])
@pytest.mark.parametrize("button", ["pressed", "closed"])
def test_the_keyboard_goes_on_where_the_work_is_when_an_offer_is_answered(
    qtbot: QtBot, open_window: Callable[[], Application], paths: Paths, tmp_path: Path, *, button: str, workspace: str
) -> None:
    """In the prompt, or on the canvas where there is no prompt; not in whatever field comes next."""
    write_project(tmp_path / "Lake.onetake", ImageEdit(prompt="saved", seed=7), (), None)
    with other_process(WRITER, paths.home / "recovery", tmp_path / "Lake.onetake"):
        pass
    onetake = open_window()
    press(onetake, f"workspace_{workspace}")
    line = wait_for_offer(qtbot, onetake)
    pressed = line.pressed if button == "pressed" else line.closed
    pressed.setFocus()
    assert pressed.hasFocus()
    qtbot.keyClick(pressed, Qt.Key.Key_Space)
    assert said(onetake, "recovery") == ""
    wanted = onetake.prompt.prompt if workspace == "image" else onetake.stage.page
    assert onetake.window.focusWidget() is wanted


@pytest.mark.parametrize("button", ["pressed", "closed"])
def test_a_line_that_says_something_else_keeps_the_keyboard(onetake: Application, button: str) -> None:
    """Of several missing files the next is named where the last one was: who presses on stays in the line."""
    bar = onetake.files.bar
    for name in ("a.png", "b.png"):
        before = bar.line("missing")
        bar.say("missing", Say(f"{name} is missing.", "Relink…"))
        line = bar.line("missing")
        assert line is not None
        assert line is not before
        wanted = line.pressed if button == "pressed" else line.closed
        if before is None:
            wanted.setFocus()
        assert wanted.hasFocus()


def test_a_declined_recovery_is_kept_until_the_project_is_saved(
    qtbot: QtBot, open_window: Callable[[], Application], paths: Paths, lake: Path
) -> None:
    """The next window offers it again; once the project is saved it is gone."""
    with other_process(WRITER, paths.home / "recovery", lake):
        pass
    for _ in range(2):
        onetake = open_window()
        line = wait_for_offer(qtbot, onetake)
        qtbot.mouseClick(line.closed, Qt.MouseButton.LeftButton)
        assert said(onetake, "recovery") == ""
        onetake.files.open(lake)
        assert len(list((paths.home / "recovery").glob("*.json"))) == 1
        onetake.window.close()
    onetake = open_window()
    onetake.files.open(lake)
    line = wait_for_offer(qtbot, onetake)
    press(onetake, "save_project")
    assert said(onetake, "recovery") != "", "it has not been decided about yet"
    qtbot.mouseClick(line.closed, Qt.MouseButton.LeftButton)
    press(onetake, "save_project")
    assert list((paths.home / "recovery").iterdir()) == []


def test_work_of_a_project_that_is_gone_comes_back_as_untitled(
    qtbot: QtBot, open_window: Callable[[], Application], paths: Paths, tmp_path: Path
) -> None:
    """The message says so, and undo gives back what Untitled was."""
    with other_process(WRITER, paths.home / "recovery", tmp_path / "Gone.onetake"):
        pass
    onetake = open_window()
    line = wait_for_offer(qtbot, onetake)
    qtbot.mouseClick(line.pressed, Qt.MouseButton.LeftButton)
    assert "the unsaved work is here, as Untitled" in onetake.notices.text
    assert onetake.prompt.prompt.toPlainText() == "a lake"
    assert onetake.window.windowTitle().startswith("Untitled")


def test_a_newer_project_is_shown_and_never_written(
    qtbot: QtBot, onetake: Application, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Save asks for another name; the folder of the newer version keeps every byte, and gets no lock."""
    manifest = lake / MANIFEST
    manifest.write_text(manifest.read_text().replace('"onetake_project": 1', '"onetake_project": 99'))
    before = content(lake)
    onetake.files.open(lake)
    assert onetake.prompt.prompt.toPlainText() == "a lake"
    assert onetake.window.windowTitle() == "Lake[*] (read-only) \N{EN DASH} Onetake"
    assert "comes from a newer version" in said(onetake, "read_only")
    with qtbot.waitSignal(onetake.project.saved):
        onetake.project.change("typing", prompt="a boat")
    name_folder(onetake, monkeypatch, tmp_path / "Copy")
    press(onetake, "save_project")
    assert content(lake) == before
    assert not (lake / ".lock").exists()
    assert read_project(tmp_path / "Copy.onetake").edit.prompt == "a boat"
    assert onetake.window.windowTitle() == "Copy[*] \N{EN DASH} Onetake"
    assert said(onetake, "read_only") == ""


def test_a_project_of_another_window_is_read_only_and_says_so(
    onetake: Application, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be looked at; when the other window is gone, opening it again gives it back whole."""
    with other_process(HOLDER, lake):
        onetake.files.open(lake)
        assert onetake.files.session.read_only is WhyReadOnly.ELSEWHERE
        assert "is open in another window" in said(onetake, "read_only")
        assert "(read-only)" in onetake.window.windowTitle()
        before = content(lake)
        onetake.project.change("typing", prompt="a boat")
        name_folder(onetake, monkeypatch, None)
        press(onetake, "save_project")
        assert content(lake) == before
        assert onetake.window.isWindowModified()
    answer(onetake, monkeypatch, Answer.GIVE_UP)
    press(onetake, "close_project")
    onetake.files.open(lake)
    assert onetake.files.session.read_only is None
    assert said(onetake, "read_only") == ""


def test_a_folder_that_cannot_be_written_is_read_only(
    onetake: Application, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says what remains to be done."""
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    onetake.files.open(lake)
    assert said(onetake, "read_only") == "The folder of “Lake” cannot be written. Changes need another place."


def test_parts_that_cannot_be_read_make_it_read_only(onetake: Application, lake: Path) -> None:
    """The rest is shown, the parts are named, and saving in place would lose them."""
    manifest = lake / MANIFEST
    manifest.write_text(manifest.read_text().replace('"count": 4', '"count": "some"'))
    onetake.files.open(lake)
    assert said(onetake, "read_only") == "Parts of “Lake” cannot be read: count. They stay in its folder."
    assert onetake.prompt.prompt.toPlainText() == "a lake"


def test_what_cannot_be_opened_is_named_and_the_open_project_stays(
    onetake: Application, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged manifest, a folder that is none, one that is gone: one sentence each, and unsaved work is untouched."""
    damaged = tmp_path / "Damaged.onetake"
    damaged.mkdir()
    (damaged / MANIFEST).write_bytes(b'{"onetake_project": 1, "ed')
    onetake.files.open(lake)
    onetake.project.change("typing", prompt="a boat")
    answer(onetake, monkeypatch, Answer.GIVE_UP)
    for place, words in (
        (damaged, "“Damaged” cannot be read: its project.json is damaged"),
        (tmp_path, "is no project: it holds no project.json"),
        (tmp_path / "Gone.onetake", "is no project: it is not there"),
    ):
        onetake.files.open(place)
        assert words in onetake.notices.text
        assert (onetake.files.session.folder, onetake.project.edit.prompt) == (lake, "a boat")
        assert onetake.window.isWindowModified()


def test_a_full_disk_loses_nothing(
    onetake: Application, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the old project nor what is in the window; saving again later works."""
    onetake.files.open(lake)
    onetake.project.change("typing", prompt="a boat")
    before = content(lake)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        press(onetake, "save_project")
        assert "free some space on that disk" in onetake.notices.text
        name_folder(onetake, monkeypatch, tmp_path / "Other")
        press(onetake, "save_project_as")
    assert content(lake) == before
    assert onetake.window.isWindowModified()
    assert onetake.files.session.folder == lake
    press(onetake, "save_project")
    assert read_project(lake).edit.prompt == "a boat"


def test_saving_under_the_name_of_something_else_is_refused(
    onetake: Application, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other project is ever written over; its own name is just a save."""
    other = tmp_path / "Other.onetake"
    write_project(other, ImageEdit(prompt="other"), (), None)
    before = content(other)
    onetake.files.open(lake)
    name_folder(onetake, monkeypatch, other)
    press(onetake, "save_project_as")
    assert "choose another name" in onetake.notices.text
    assert (content(other), onetake.files.session.folder) == (before, lake)
    onetake.project.change("typing", prompt="a boat")
    name_folder(onetake, monkeypatch, lake)
    press(onetake, "save_project_as")
    assert read_project(lake).edit.prompt == "a boat"


def test_missing_files_are_named_and_found_again(
    qtbot: QtBot, onetake: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is shown where it is now brings the others beside it along, as one step of undo."""
    control = ControlEdit(kind="depth", picture=str(tmp_path / "old" / "a.png"))
    controls = (control, replace(control, picture=str(tmp_path / "old" / "b.png")))
    made = (Made(job="9", paths=(str(tmp_path / "old" / "take.mp4"),)),)
    write_project(tmp_path / "P.onetake", ImageEdit(seed=1, controls=controls), made, None)
    onetake.files.open(tmp_path / "P.onetake")
    qtbot.waitUntil(lambda: said(onetake, "missing") == "3 files are missing, the first is a.png.")
    (tmp_path / "new").mkdir()
    for name in ("a.png", "take.mp4"):
        (tmp_path / "new" / name).write_bytes(b"")
    monkeypatch.setattr(onetake.files.dialogs, "find_file", lambda _missing: tmp_path / "new" / "a.png")  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    line = onetake.files.bar.line("missing")
    assert line is not None
    qtbot.mouseClick(line.pressed, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said(onetake, "missing") == "b.png is missing; everything else is here.")
    assert onetake.project.edit.controls[0].picture == str(tmp_path / "new" / "a.png")
    assert onetake.window.isWindowModified()
    press(onetake, "save_project")
    assert read_project(tmp_path / "P.onetake").made == (Made(job="9", paths=(str(tmp_path / "new" / "take.mp4"),)),)


def test_a_disk_that_does_not_answer_does_not_hold_up_opening(
    qtbot: QtBot, onetake: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project is open and can be left before its files have been looked for; what is said is of the last one."""
    may_look, looked = threading.Semaphore(0), list[list[str]]()

    def look(paths: list[str]) -> list[str]:
        looked.append(paths)
        may_look.acquire()
        return paths

    monkeypatch.setattr("app.project_notices.missing_files", look)
    for name in ("A", "B", "C"):
        control = ControlEdit(kind="depth", picture=str(tmp_path / f"{name}.png"))
        write_project(tmp_path / f"{name}.onetake", ImageEdit(seed=1, controls=(control,)), (), None)
        onetake.files.open(tmp_path / f"{name}.onetake")
        assert onetake.project.edit.controls == (control,)
        assert said(onetake, "missing") == ""
    may_look.release(9)
    qtbot.waitUntil(lambda: said(onetake, "missing") == "C.png is missing; everything else is here.")
    assert [str(tmp_path / "B.png")] not in looked, "one look at a time, and the newest next"


def test_a_missing_timeline_and_a_changed_one_are_told(qtbot: QtBot, onetake: Application, lake: Path) -> None:
    """The first costs nothing; the second can be taken over, as one step of undo."""
    text = (lake / TIMELINE).read_text()
    (lake / TIMELINE).unlink()
    onetake.files.open(lake)
    assert "is missing. The timeline is here all the same" in said(onetake, "plan")
    press(onetake, "close_project")
    assert said(onetake, "plan") == ""
    (lake / TIMELINE).write_text(text.replace("dawn", "dusk"))
    onetake.files.open(lake)
    line = onetake.files.bar.line("plan")
    assert line is not None
    qtbot.mouseClick(line.pressed, Qt.MouseButton.LeftButton)
    assert [segment.prompt for segment in onetake.project.video.segments] == ["dusk"]
    onetake.project.undo_stack.undo()
    assert [segment.prompt for segment in onetake.project.video.segments] == ["dawn"]


def test_what_is_made_belongs_to_the_project(qtbot: QtBot, onetake: Application, lake: Path) -> None:
    """A finished job's pictures are referred to by job and path, and that is worth saving."""
    onetake.files.open(lake)
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    qtbot.waitUntil(lambda: [record.state for record in onetake.jobs.records()] == [JobState.DONE])
    assert onetake.window.isWindowModified()
    press(onetake, "save_project")
    (record,) = onetake.jobs.records()
    assert read_project(lake).made == (Made(job=record.info.job, paths=record.info.outputs),)
    assert not onetake.window.isWindowModified()


@pytest.fixture
def mask(onetake: Application, lake: Path, tmp_path: Path) -> Path:
    """Of the open project, saved as it is."""
    file = tmp_path / "mask.png"
    file.write_bytes(b"one")
    onetake.files.open(lake)
    canvas = replace(onetake.project.edit.canvas, mask=str(file))
    onetake.project.change("mask", canvas=canvas)
    press(onetake, "save_project")
    return file


def test_a_mask_that_is_painted_on_counts_as_a_change(
    onetake: Application, lake: Path, mask: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strokes change the mask's file, not the edit: closing asks about them all the same, and saving takes them in."""
    assert not onetake.files.session.lacks_something()
    mask.write_bytes(b"one more")
    asked = answer(onetake, monkeypatch, Answer.CANCEL)
    press(onetake, "close_project")
    assert (asked, onetake.files.session.folder) == (["Lake"], lake)
    press(onetake, "save_project")
    assert not onetake.files.session.lacks_something()
    saved = read_project(lake).edit.canvas.mask
    assert saved.startswith(str(lake))
    assert Path(saved).read_bytes() == b"one more"


def test_strokes_alone_are_marked_and_kept(qtbot: QtBot, onetake: Application, paths: Paths, mask: Path) -> None:
    """The mask is looked at behind the window after each change; what a crash would lose is in the home folder."""
    assert not onetake.window.isWindowModified()
    mask.write_bytes(b"one more")
    onetake.project.change("typing", prompt="a boat")
    onetake.project.undo_stack.undo()
    assert not onetake.window.isWindowModified()
    qtbot.waitUntil(onetake.window.isWindowModified)
    qtbot.waitUntil(lambda: len(list((paths.home / "recovery").glob("*.json"))) == 1)
    press(onetake, "save_project")
    assert not onetake.window.isWindowModified()


def test_a_disk_of_masks_that_does_not_answer_holds_up_nothing(
    onetake: Application, mask: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes are made all the same; whether there are strokes nobody knows, so that closing asks."""
    answers = threading.Event()

    def look(edit: ImageEdit) -> list[Stamp]:
        assert answers.wait(ENDING_S)
        return stamps_of(edit)

    with monkeypatch.context() as patch:
        patch.setattr("app.project_session.stamps_of", look)
        patch.setattr("app.project_session.KEPT_WITHIN_S", 0.01)
        onetake.project.change("typing", prompt="a boat")
        onetake.project.undo_stack.undo()
        asked = answer(onetake, monkeypatch, Answer.CANCEL)
        press(onetake, "close_project")
        assert asked == ["Lake"]
        answers.set()
    assert mask.exists()
    answer(onetake, monkeypatch, None)
    press(onetake, "close_project")
    assert onetake.files.session.folder is None


class Disk:
    """Of a project: it answers no sooner than it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers = threading.Event()
        self.error: EngineError | None = None
        self.written: list[str] = []
        monkeypatch.setattr("app.project_session.write_project", self._write)
        monkeypatch.setattr("app.project_session.KEPT_WITHIN_S", 0.05)

    def _write(self, folder: Path, edit: ImageEdit, made: tuple[Made, ...], before: ProjectFile | None) -> ProjectFile:
        assert self.answers.wait(ENDING_S)
        if self.error is not None:
            raise self.error
        self.written.append(edit.prompt)
        return write_project(folder, edit, made, before)


@pytest.fixture
def disk(onetake: Application, lake: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Of the open project, in which one word is new."""
    onetake.files.open(lake)
    onetake.project.change("typing", prompt="a boat")
    slow = Disk(monkeypatch)
    yield slow
    slow.answers.set()


def test_the_window_does_not_wait_for_a_slow_disk_of_a_project(
    qtbot: QtBot, onetake: Application, paths: Paths, lake: Path, disk: Disk
) -> None:
    """It says that it saves; the mark goes when it is saved, not before, and so does the copy in the home folder."""
    press(onetake, "save_project")
    assert onetake.notices.text == "“Lake” is being saved; its disk has not answered yet."
    assert onetake.window.isWindowModified()
    disk.answers.set()
    qtbot.waitUntil(lambda: not onetake.window.isWindowModified())
    assert read_project(lake).edit.prompt == "a boat"
    qtbot.waitUntil(onetake.notices.isHidden)
    assert onetake.status.saved.toolTip() == "“Lake” is saved"
    assert list((paths.home / "recovery").glob("*.json")) == []


def test_what_is_changed_while_a_disk_is_slow_is_not_saved_and_marked(
    qtbot: QtBot, onetake: Application, lake: Path, disk: Disk
) -> None:
    """Nor is what undo leads back to, before what was saved."""
    press(onetake, "save_project")
    onetake.project.change("size", width=128)
    disk.answers.set()
    qtbot.waitUntil(lambda: onetake.status.saved.toolTip() == "“Lake” is saved")
    saved = read_project(lake).edit
    assert (saved.prompt, saved.width) == ("a boat", 256)
    assert onetake.window.isWindowModified()
    for _ in range(2):
        onetake.project.undo_stack.undo()
    assert onetake.project.edit.prompt == "a lake"
    assert onetake.window.isWindowModified()
    press(onetake, "save_project")
    qtbot.waitUntil(lambda: not onetake.window.isWindowModified())
    assert read_project(lake).edit.prompt == "a lake"


def test_saving_again_waits_for_the_first_and_saves_what_is_there_then(
    qtbot: QtBot, onetake: Application, lake: Path, disk: Disk
) -> None:
    """However often it is pressed."""
    for prompt in ("a ship", "a raft", "a whale"):
        press(onetake, "save_project")
        onetake.project.change("typing", prompt=prompt)
    disk.answers.set()
    qtbot.waitUntil(lambda: not onetake.window.isWindowModified())
    assert disk.written == ["a boat", "a whale"]
    assert read_project(lake).edit.prompt == "a whale"


def test_a_slow_disk_that_fails_is_said_and_nothing_goes_on(
    qtbot: QtBot, onetake: Application, lake: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work stays open and marked, the old project stands."""
    disk.error = OutputError("the disk is gone; connect it")
    answer(onetake, monkeypatch, Answer.SAVE)
    press(onetake, "close_project")
    disk.answers.set()
    qtbot.waitUntil(lambda: "The disk is gone" in onetake.notices.text)
    assert onetake.files.session.folder == lake
    assert onetake.window.isWindowModified()
    assert read_project(lake).edit.prompt == "a lake"


@pytest.mark.parametrize("command", ["new_project", "close_project", "quit"])
def test_what_comes_after_saving_goes_on_when_a_slow_disk_has_answered(
    qtbot: QtBot, onetake: Application, lake: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch, *, command: str
) -> None:
    """Until then the project stays, whatever else is asked for."""
    answer(onetake, monkeypatch, Answer.SAVE)
    press(onetake, command)
    assert (onetake.files.session.folder, onetake.window.isVisible()) == (lake, True)
    answer(onetake, monkeypatch, None)
    disk.answers.set()
    qtbot.waitUntil(lambda: onetake.files.session.folder is None or not onetake.window.isVisible())
    assert read_project(lake).edit.prompt == "a boat"
    assert onetake.window.isVisible() == (command != "quit")


def test_nothing_takes_the_place_of_a_project_that_is_still_being_saved(
    qtbot: QtBot, onetake: Application, lake: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Giving up what has been changed since does not let go of the folder that is being written."""
    press(onetake, "save_project")
    answer(onetake, monkeypatch, Answer.GIVE_UP)
    press(onetake, "close_project")
    assert "“Lake” is still being saved; wait until its disk answers" in onetake.notices.text
    assert onetake.files.session.folder == lake
    disk.answers.set()
    qtbot.waitUntil(lambda: not onetake.window.isWindowModified())
    press(onetake, "close_project")
    assert onetake.files.session.folder is None


def test_a_closing_window_waits_for_what_it_was_asked_to_save(
    onetake: Application, lake: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk answers meanwhile, and the project is saved."""
    press(onetake, "save_project")
    answer(onetake, monkeypatch, Answer.GIVE_UP)
    later = threading.Timer(0.1, disk.answers.set)
    later.start()
    onetake.window.close()
    assert disk.written == ["a boat"]
    assert read_project(lake).edit.prompt == "a boat"
    later.join()


def stroke(onetake: Application) -> None:
    """What is painted is on the undo stack at once, and in the edit only when its file is written."""
    onetake.project.undo_stack.push(QUndoCommand("stroke"))


def test_a_stroke_while_a_disk_is_slow_stays_unsaved(
    qtbot: QtBot, onetake: Application, paths: Paths, disk: Disk
) -> None:
    """It leaves the edit as it is, and counts all the same."""
    press(onetake, "save_project")
    stroke(onetake)
    disk.answers.set()
    qtbot.waitUntil(lambda: not onetake.files.session.is_saving)
    assert onetake.window.isWindowModified()
    assert not onetake.project.undo_stack.isClean()
    qtbot.waitUntil(lambda: len(list((paths.home / "recovery").glob("*.json"))) == 1)


def test_a_second_save_after_a_stroke_is_made(qtbot: QtBot, onetake: Application, disk: Disk) -> None:
    """Whatever the edit says."""
    press(onetake, "save_project")
    stroke(onetake)
    press(onetake, "save_project")
    disk.answers.set()
    qtbot.waitUntil(lambda: len(disk.written) == 2)
    qtbot.waitUntil(lambda: not onetake.window.isWindowModified())


def test_going_back_while_a_disk_is_slow_is_a_change(
    qtbot: QtBot, onetake: Application, lake: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To what was saved before: that is not what the disk will have."""
    press(onetake, "save_project")
    onetake.project.undo_stack.undo()
    assert onetake.window.isWindowModified()
    asked = answer(onetake, monkeypatch, Answer.CANCEL)
    onetake.window.close()
    assert asked
    assert onetake.window.isVisible()
    disk.answers.set()
    qtbot.waitUntil(lambda: read_project(lake).edit.prompt == "a boat")
    assert onetake.window.isWindowModified()


def test_what_is_no_step_of_undo_is_no_change_while_a_disk_is_slow(
    qtbot: QtBot, onetake: Application, disk: Disk
) -> None:
    """Another selection is none at other times either."""
    press(onetake, "save_project")
    onetake.project.show_video(replace(onetake.project.video, selected=()))
    disk.answers.set()
    qtbot.waitUntil(lambda: not onetake.files.session.is_saving)
    assert not onetake.window.isWindowModified()


def test_a_save_that_fails_while_the_window_closes_leaves_the_work_to_the_next(
    qtbot: QtBot, onetake: Application, paths: Paths, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has just pressed Save may answer "Don't save"; nobody is there any more to be told."""
    qtbot.waitUntil(lambda: len(list((paths.home / "recovery").glob("*.json"))) == 1)
    press(onetake, "save_project")
    answer(onetake, monkeypatch, Answer.GIVE_UP)
    disk.error = OutputError("no room")
    threading.Timer(0.2, disk.answers.set).start()
    onetake.window.close()
    assert not disk.written
    [kept] = (paths.home / "recovery").glob("*.json")
    assert "a boat" in kept.read_text()


def test_a_window_opens_before_the_disk_says_what_crashed_windows_left(
    qtbot: QtBot, open_window: Callable[[], Application], paths: Paths, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The offer comes when it is known; a window that is closed before that does not wait."""
    with other_process(WRITER, paths.home / "recovery", lake):
        pass
    answers, look = threading.Event(), Recovery.left_behind

    def wait_and_look(recovery: Recovery) -> list[Left]:
        assert answers.wait(ENDING_S)
        return look(recovery)

    monkeypatch.setattr(Recovery, "left_behind", wait_and_look)
    # The first window's look goes on behind its end, and holds the file for as long as this machine takes.
    monkeypatch.setattr("app.recovery.LOOK_WITHIN_S", ENDING_S)
    open_window().window.close()
    onetake = open_window()
    assert said(onetake, "recovery") == ""
    answers.set()
    wait_for_offer(qtbot, onetake)


def test_a_dropped_project_is_opened(onetake: Application, lake: Path) -> None:
    """Like choosing it in the menu."""
    drop(onetake, lake)
    assert onetake.files.session.folder == lake


def test_recent_projects_are_in_the_next_window(
    open_window: Callable[[], Application], lake: Path, paths: Paths
) -> None:
    """The menu opens them; a project that was saved by this version can be read by it."""
    first = open_window()
    first.files.open(lake)
    first.window.close()
    second = open_window()
    (recent,) = second.window.menus.recent.actions()
    assert isinstance(recent, QAction)
    recent.trigger()
    assert second.files.session.folder == lake
    assert json.loads((lake / MANIFEST).read_text())["onetake_project"] == 1


def test_what_another_window_saved_in_the_moment_of_opening_is_not_lost(
    onetake: Application, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other saves and lets go between our reading and our lock: what it saved is what is open."""
    take = ProjectLock.take

    def take_late(lock: ProjectLock) -> WhyReadOnly | None:
        write_project(lake, ImageEdit(prompt="the other's", seed=7), (), None)
        return take(lock)

    monkeypatch.setattr(ProjectLock, "take", take_late)
    onetake.files.open(lake)
    assert onetake.project.edit.prompt == "the other's"


def test_numbers_that_no_field_takes_leave_the_open_work_as_it_is(onetake: Application, lake: Path) -> None:
    """A stranger's project is refused with a sentence, not half opened."""
    onetake.project.change("typing", prompt="a boat")
    manifest = json.loads((lake / MANIFEST).read_text(encoding="utf-8"))
    manifest["edit"]["width"] = 2**70
    (lake / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    onetake.files.open(lake)
    assert onetake.files.session.file is None
    assert onetake.project.edit.prompt == "a boat"
    assert "too large" in onetake.notices.text


def test_saving_as_a_project_leaves_the_untitled_of_another_window(
    onetake: Application, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another window has kept there since is not emptied."""
    onetake.project.change("typing", prompt="a boat")
    onetake.project.save()
    others = ImageEdit(prompt="the other's")
    keep_edit(paths.home / "edit.json", others)
    name_folder(onetake, monkeypatch, tmp_path / "Boat")
    press(onetake, "save_project")
    assert read_project(tmp_path / "Boat.onetake").edit.prompt == "a boat"
    assert read_edit(paths.home / "edit.json") == others


def test_names_of_files_are_shown_as_they_are(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """A name from a stranger's project is never taken for a page that loads what it names."""
    layer = ControlEdit(kind="depth", picture="/gone/<img src=x>.png")
    write_project(tmp_path / "<b>P.onetake", ImageEdit(seed=1, controls=(layer,)), (), None)
    onetake.files.open(tmp_path / "<b>P.onetake")
    qtbot.waitUntil(lambda: onetake.files.bar.line("missing") is not None)
    line = onetake.files.bar.line("missing")
    assert line is not None
    (words,) = (label for label in line.findChildren(QLabel) if label.text())
    assert words.text() == "<img src=x>.png is missing; everything else is here."
    assert words.textFormat() is Qt.TextFormat.PlainText
    assert "<img" not in words.toolTip()


def test_a_link_that_leads_to_itself_is_no_project(onetake: Application, tmp_path: Path) -> None:
    """It is said in a sentence, and the open work stays."""
    loop = tmp_path / "Loop.onetake"
    loop.symlink_to(loop)
    onetake.files.open(loop)
    assert "Too many levels of symbolic links" in onetake.notices.text
