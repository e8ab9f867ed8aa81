"""The command palette: what it lists, how it is used from the keyboard, and that it leaves nothing changed behind."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from app.actions import Actions
from app.commands import commands_of
from app.widgets.command_list import CommandRole

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.commands import Command
    from app.widgets.command_palette import CommandPalette


def open_palette(qtbot: QtBot, onetake: Application) -> CommandPalette:
    """By its key, from the prompt."""
    onetake.prompt.prompt.setFocus()
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(onetake.prompt.prompt, Qt.Key.Key_P, control)
    palette = onetake.desk.palette
    assert palette is not None
    assert palette.isVisible()
    assert palette.field.hasFocus()
    return palette


def shown(palette: CommandPalette) -> list[str]:
    """The names in the list, from above."""
    return [str(palette.rows.index(row).data()) for row in range(palette.rows.rowCount())]


def test_every_action_of_the_window_is_in_the_palette(qtbot: QtBot, onetake: Application) -> None:
    """What the program can do, it can be asked for by name; each once."""
    palette = open_palette(qtbot, onetake)
    listed: list[Command] = [palette.rows.index(row).data(CommandRole.COMMAND) for row in range(len(shown(palette)))]
    actions = onetake.window.findChild(Actions) or onetake.project.findChild(Actions)
    assert isinstance(actions, Actions)
    missing = set(actions.findChildren(QAction)) - {command.action for command in listed}
    assert {action.text() for action in missing} == set()
    assert len(listed) == len({command.action for command in listed})


def test_letters_and_return_run_a_command(qtbot: QtBot, onetake: Application) -> None:
    """Typing finds the mode switch, Return runs it, and the keyboard is in the prompt again."""
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    palette = open_palette(qtbot, onetake)
    qtbot.keyClicks(palette.field, "make vid")
    assert shown(palette)[0] == "Make videos"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert onetake.project.video.is_active
    assert not palette.isVisible()
    assert QApplication.focusWidget() is onetake.prompt.prompt


def test_what_ran_lately_comes_first(qtbot: QtBot, onetake: Application) -> None:
    """An empty field begins with the last command."""
    palette = open_palette(qtbot, onetake)
    qtbot.keyClicks(palette.field, "lock seed")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert shown(open_palette(qtbot, onetake))[0] == "Lock seed"


def test_what_cannot_be_done_now_comes_last_and_does_nothing(qtbot: QtBot, onetake: Application) -> None:
    """Without a picture there is nothing to save: the row is there, greyed, and Return leaves the palette open."""
    palette = open_palette(qtbot, onetake)
    names = shown(palette)
    usable = [bool(palette.rows.index(row).flags() & Qt.ItemFlag.ItemIsEnabled) for row in range(len(names))]
    assert usable == sorted(usable, reverse=True)
    qtbot.keyClicks(palette.field, "save picture")
    assert shown(palette)[0] == "Save picture as…"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_keys_move_through_the_list_and_escape_closes_without_cancelling(qtbot: QtBot, onetake: Application) -> None:
    """Down and page down move and stop at the end; Escape only closes; no key is a shortcut meanwhile."""
    palette = open_palette(qtbot, onetake)
    last = palette.rows.usable - 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    for _ in range(last):
        qtbot.keyClick(palette.field, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() == last
    assert palette.field.accessibleDescription()
    qtbot.keyClicks(palette.field, "g1")
    assert palette.field.text() == "g1"
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert QApplication.focusWidget() is onetake.prompt.prompt


def test_it_goes_when_the_keyboard_goes_elsewhere(qtbot: QtBot, onetake: Application) -> None:
    """A click into the window closes it, and the click's place keeps the keyboard."""
    palette = open_palette(qtbot, onetake)
    onetake.form.model.setFocus()
    assert not palette.isVisible()
    assert QApplication.focusWidget() is onetake.form.model


def test_menus_and_keys_are_told(qtbot: QtBot, onetake: Application) -> None:
    """A screen reader hears name, menu and key."""
    palette = open_palette(qtbot, onetake)
    qtbot.keyClicks(palette.field, "full screen")
    key = QKeySequence("F").toString(QKeySequence.SequenceFormat.NativeText)
    assert palette.field.accessibleDescription().startswith(f"Full screen, View, {key}")


def test_a_search_without_a_find_says_so(qtbot: QtBot, onetake: Application) -> None:
    """Instead of an empty list there is a sentence, and Return has no effect."""
    palette = open_palette(qtbot, onetake)
    qtbot.keyClicks(palette.field, "qqqq")
    assert palette.none.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_the_rows_keep_qts_rules(qtbot: QtBot, onetake: Application) -> None:
    """Qt's own checker finds nothing wrong while one types."""
    palette = open_palette(qtbot, onetake)
    tester = QAbstractItemModelTester(palette.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.keyClicks(palette.field, "seed")
    palette.field.clear()
    del tester


def test_no_two_actions_share_a_key(onetake: Application) -> None:
    """Every key means one thing."""
    owners: dict[str, str] = {}
    for command in commands_of(onetake.window.menuBar()):
        for key in command.action.shortcuts():
            text = key.toString()
            assert text not in owners, f"{text} is both {owners.get(text)} and {command.text}"
            owners[text] = command.text
