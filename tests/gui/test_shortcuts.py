"""The shortcut editor: choosing, taking over, removing and resetting keys, kept from one window to the next."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QAbstractItemModelTester

from app.settings import WindowSettings
from app.widgets.keys_table import KeyColumn
from app.widgets.shortcut_editor import ShortcutEditor

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths

CONTROL = Qt.KeyboardModifier.ControlModifier


def action(onetake: Application, name: str) -> QAction:
    """One of the window's actions."""
    return next(action for action in onetake.desk.keymap.actions if action.objectName() == name)


@pytest.fixture
def editor(onetake: Application) -> ShortcutEditor:
    """The dialog, on the first command."""
    action(onetake, "shortcuts").trigger()
    dialog = onetake.window.findChild(ShortcutEditor)
    assert isinstance(dialog, ShortcutEditor)
    return dialog


def test_a_key_that_the_artist_chose_is_not_taken_by_a_newer_command(
    open_window: Callable[[], Application], paths: Paths
) -> None:
    """A command that came with an update leaves the artist's keys alone, until it is given its own back."""
    WindowSettings(paths.home / "window.ini").keys = {"export": "Ctrl+N"}
    onetake = open_window()
    assert action(onetake, "export").shortcuts() == [QKeySequence("Ctrl+N")]
    assert QKeySequence("Ctrl+N") not in action(onetake, "new_project").shortcuts()
    onetake.desk.keymap.reset(action(onetake, "new_project"))
    assert QKeySequence("Ctrl+N") in action(onetake, "new_project").shortcuts()
    assert action(onetake, "export").shortcuts() == []


def choose(qtbot: QtBot, editor: ShortcutEditor, search: str, key: Qt.Key) -> None:
    """Find a command and press Ctrl and a key for it."""
    editor.search.setText(search)
    editor.capture.setFocus()
    qtbot.keyClick(editor.capture, key, CONTROL)


def test_a_new_key_works_at_once_and_the_old_one_no_longer(
    qtbot: QtBot, onetake: Application, editor: ShortcutEditor
) -> None:
    """The action has the pressed key alone, and says so under the mouse."""
    choose(qtbot, editor, "roll a new seed", Qt.Key.Key_D)
    qtbot.mouseClick(editor.assign, Qt.MouseButton.LeftButton)
    roll = action(onetake, "roll_seed")
    assert roll.shortcuts() == [QKeySequence("Ctrl+D")]
    assert roll.toolTip() == "Roll a new seed  (Ctrl+D)"
    before = onetake.project.edit.seed
    editor.close()
    onetake.window.activateWindow()
    qtbot.waitUntil(onetake.window.isActiveWindow)
    qtbot.keyClick(onetake.window, Qt.Key.Key_R, CONTROL)
    assert onetake.project.edit.seed == before
    qtbot.keyClick(onetake.window, Qt.Key.Key_D, CONTROL)
    assert onetake.project.edit.seed != before


def test_a_key_that_is_taken_is_named_and_can_be_taken_over(
    qtbot: QtBot, onetake: Application, editor: ShortcutEditor
) -> None:
    """The message says whose it is; pressing the button leaves that action without it."""
    choose(qtbot, editor, "roll a new seed", Qt.Key.Key_E)
    assert "Ctrl+E belongs to “Export take as…”" in editor.message.text()
    assert editor.assign.text() == "Take over"
    assert action(onetake, "export").shortcuts() == [QKeySequence("Ctrl+E")]
    editor.assign.click()
    assert action(onetake, "roll_seed").shortcuts() == [QKeySequence("Ctrl+E")]
    assert action(onetake, "export").shortcuts() == []
    assert "“Export take as…” no longer has it" in editor.message.text()


def test_taking_one_of_two_keys_leaves_the_other(qtbot: QtBot, onetake: Application, editor: ShortcutEditor) -> None:
    """Full screen has F and F11; a command that takes F11 leaves F."""
    editor.search.setText("roll a new seed")
    qtbot.keyClick(editor.capture, Qt.Key.Key_F11)
    editor.assign.click()
    assert action(onetake, "full_screen").shortcuts() == [QKeySequence("F")]


def test_a_key_can_be_removed_and_reset(qtbot: QtBot, onetake: Application, editor: ShortcutEditor) -> None:
    """Reset gives the program's keys back, also from whoever took one."""
    choose(qtbot, editor, "roll a new seed", Qt.Key.Key_E)
    editor.assign.click()
    editor.search.setText("export take")
    editor.reset.click()
    assert action(onetake, "export").shortcuts() == [QKeySequence("Ctrl+E")]
    assert action(onetake, "roll_seed").shortcuts() == []
    editor.remove.click()
    assert action(onetake, "export").shortcuts() == []
    editor.reset_all.click()
    assert all(map(onetake.desk.keymap.is_own, onetake.desk.keymap.actions))
    assert not editor.reset_all.isEnabled()


def test_keys_are_kept(
    qtbot: QtBot, onetake: Application, editor: ShortcutEditor, open_window: Callable[[], Application]
) -> None:
    """The next window has them, a removed one too, and forgets them when they are reset there."""
    choose(qtbot, editor, "roll a new seed", Qt.Key.Key_D)
    editor.assign.click()
    editor.search.setText("show in folder")
    editor.remove.click()
    editor.close()
    onetake.window.close()
    second = open_window()
    assert action(second, "roll_seed").shortcuts() == [QKeySequence("Ctrl+D")]
    assert action(second, "reveal").shortcuts() == []
    second.desk.keymap.reset_all()
    second.window.close()
    third = open_window()
    assert action(third, "roll_seed").shortcuts() == [QKeySequence("Ctrl+R")]
    assert action(third, "reveal").shortcuts() == [QKeySequence("Ctrl+Shift+R")]


def test_search_finds_by_name_menu_and_key(qtbot: QtBot, editor: ShortcutEditor) -> None:
    """A key finds what it does; nonsense finds nothing and offers nothing."""
    rows = editor.table.model()
    editor.search.setText("ctrl+shift+c")
    assert rows.index(0, KeyColumn.NAME).data() == "Copy settings"
    editor.search.setText("queue pause")
    assert rows.index(0, KeyColumn.NAME).data() == "Pause the queue"
    editor.search.setText("qqqq")
    assert rows.rowCount() == 0
    assert not editor.capture.isEnabled()
    assert not editor.assign.isEnabled()


def test_the_table_keeps_qts_rules(qtbot: QtBot, editor: ShortcutEditor) -> None:
    """Qt's own checker finds nothing wrong while keys change."""
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(editor.table.model(), mode)]
    choose(qtbot, editor, "roll a new seed", Qt.Key.Key_E)
    editor.assign.click()
    editor.reset_all.click()
    del testers


def test_everything_in_the_dialog_has_a_name(editor: ShortcutEditor) -> None:
    """What takes the keyboard can be spoken."""
    for widget in (editor.search, editor.table, editor.capture):
        assert widget.accessibleName()
    for button in (editor.assign, editor.remove, editor.reset, editor.reset_all):
        assert button.text()
