"""More than anybody means to give: the window takes what makes sense, says so, and goes on."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import picture_source
from tests.engine.media.pictures import animation, png_chunk, png_of
from tests.gui.test_control_panel import drop, files_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application

MANY = 500
READING_MS = 60_000
"""A process is started to read a picture, and the machine may be busy."""


@pytest.fixture
def many(tmp_path: Path) -> list[Path]:
    """Files by the names of pictures, of which none is one."""
    files = [tmp_path / f"{number:03}.png" for number in range(MANY)]
    for file in files:
        file.write_bytes(b"no picture")
    return files


def test_many_files_over_the_window_leave_the_work_as_it_is(
    qtbot: QtBot, onetake: Application, many: list[Path]
) -> None:
    """One is looked at, and the sentence says of how many; nothing is changed, nothing is lost."""
    onetake.project.change("typing", prompt="my own words")
    before = onetake.project.edit
    onetake.window.files_dropped.emit(many)
    qtbot.waitUntil(lambda: "500" in onetake.notices.text)
    assert "000.png" in onetake.notices.text
    assert onetake.project.edit == before


def test_many_files_over_the_control_panel_become_few_layers(onetake: Application, many: list[Path]) -> None:
    """The first of them, as one step of undo, and the sentence says how many were left out."""
    drop(onetake, files_of(*many))
    assert [Path(control.picture).name for control in onetake.project.edit.controls][::19] == ["000.png", "019.png"]
    assert f"Only the first 20 of these {MANY} files" in onetake.notices.text
    onetake.project.undo_stack.undo()
    assert onetake.project.edit.controls == ()


def write_bad(folder: Path, name: str) -> Path:
    """A file that is no picture, or too much of one."""
    file = folder / name
    if name == "frames.png":
        animation(file, frames=2)
        honest, claimed = (png_chunk(b"acTL", count.to_bytes(4, "big") + bytes(4)) for count in (2, 10_000))
        file.write_bytes(file.read_bytes().replace(honest, claimed))
    else:
        file.write_bytes({"empty.png": b"", "text.png": b"no picture", "bomb.png": png_of(100_000, 100_000)}[name])
    return file


SAID = {"empty.png": "is empty", "text.png": "is no picture", "bomb.png": "more than 100,000,000 pixels"}


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads that pictures are read in."""
    found: list[threading.Thread] = []
    read = picture_source.read_picture_of

    def watched(file: Path, frame: int | None) -> object:
        found.append(threading.current_thread())
        return read(file, frame)

    monkeypatch.setattr(picture_source, "read_picture_of", watched)
    return found


@pytest.mark.parametrize("name", SAID)
def test_a_bad_file_as_a_control_is_one_line(
    qtbot: QtBot, onetake: Application, tmp_path: Path, readers: list[threading.Thread], name: str
) -> None:
    """Dropped and opened: its map's place says why, the file is as it was, and the interface's thread never reads."""
    file = write_bad(tmp_path, name)
    before = file.read_bytes()
    drop(onetake, files_of(file))
    assert [Path(control.picture) for control in onetake.project.edit.controls] == [file]
    problem = onetake.editing.edit_map(0).editor.page.problem.sentence
    qtbot.waitUntil(lambda: name in problem.text() and SAID[name] in problem.text(), timeout=READING_MS)
    assert "\n" not in problem.text()
    assert readers
    assert threading.main_thread() not in readers
    assert file.read_bytes() == before
    onetake.project.undo_stack.undo()
    assert onetake.project.edit.controls == ()


def test_of_ten_thousand_frames_the_first_is_shown(
    qtbot: QtBot, onetake: Application, tmp_path: Path, readers: list[threading.Thread]
) -> None:
    """An animation that claims so many is not decoded to its end; which frame counts is a field of the layer."""
    drop(onetake, files_of(write_bad(tmp_path, "frames.png")))
    desk = onetake.editing.edit_map(0)
    qtbot.waitUntil(lambda: not desk.board.mask.isNull(), timeout=READING_MS)
    assert onetake.control.layers.rows[0].details.frame.isEnabled()
    assert threading.main_thread() not in readers
