"""More than anybody means to give: the window takes what makes sense, says so, and goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.gui.test_control_panel import drop, files_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application

MANY = 500


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
