"""Workspaces: what each shows at first, that each is kept as it was left, and the way back."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from app.panels.prompt import PromptPanel
from app.settings import WindowSettings
from app.workspaces import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths

KEYS = dict(zip(Workspace, (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4), strict=True))


def go(qtbot: QtBot, onetake: Application, workspace: Workspace) -> None:
    """By key."""
    qtbot.keyClick(onetake.window, KEYS[workspace], Qt.KeyboardModifier.ControlModifier)


def shown(onetake: Application) -> set[str]:
    """The panels that are to be seen."""
    return {dock.objectName() for dock in onetake.window.docks if not dock.isHidden()}


@pytest.mark.parametrize(
    ("workspace", "panels"),
    [
        (Workspace.IMAGE, {"prompt", "control", "queue", "gallery"}),
        (Workspace.CONTROL, {"prompt", "control"}),
        (Workspace.VIDEO, {"prompt", "control", "queue", "gallery", "timeline"}),
        (Workspace.REVIEW, {"gallery"}),
    ],
)
def test_each_workspace_has_its_panels(
    qtbot: QtBot, onetake: Application, workspace: Workspace, panels: set[str]
) -> None:
    """Chosen by key; menu and switch show which one it is."""
    go(qtbot, onetake, workspace)
    assert shown(onetake) == panels
    assert [button.text() for button in onetake.desk.switch.buttons] == ["Image", "Control", "Video", "Review"]
    assert all(button.visibleRegion().boundingRect() == button.rect() for button in onetake.desk.switch.buttons)
    checked = [button.isChecked() for button in onetake.desk.switch.buttons]
    assert checked == [other is workspace for other in Workspace]


def test_the_video_workspace_has_a_timeline_that_works(qtbot: QtBot, onetake: Application) -> None:
    """Its panel is built, though nothing asks for videos yet, and its button starts a plan."""
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    go(qtbot, onetake, Workspace.VIDEO)
    parts = onetake.wing.parts
    assert parts is not None
    qtbot.waitUntil(parts.panel.empty.button.isVisible)
    parts.panel.empty.button.click()
    assert len(onetake.project.video.segments) == 2


def test_the_keyboard_stays_where_it_is(qtbot: QtBot, onetake: Application) -> None:
    """Whoever types goes on typing after the panels have moved."""
    onetake.prompt.prompt.setFocus()
    for workspace in (Workspace.CONTROL, Workspace.VIDEO, Workspace.CONTROL):
        go(qtbot, onetake, workspace)
        assert QApplication.focusWidget() is onetake.prompt.prompt


def test_sizes_follow_the_workspace(qtbot: QtBot, onetake: Application) -> None:
    """The gallery is wide for review, the prompt panel wide for control."""
    prompt, _, gallery, *_ = onetake.window.docks
    widths = (prompt.width(), gallery.width())
    go(qtbot, onetake, Workspace.CONTROL)
    qtbot.waitUntil(lambda: prompt.width() > widths[0] + 50)
    go(qtbot, onetake, Workspace.REVIEW)
    qtbot.waitUntil(lambda: gallery.width() > widths[1] + 100)
    go(qtbot, onetake, Workspace.IMAGE)
    qtbot.waitUntil(lambda: (prompt.width(), gallery.width()) == widths)


def test_a_workspace_is_found_as_it_was_left(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application]
) -> None:
    """A panel that was closed stays closed there and nowhere else, in the next window as well."""
    onetake.window.docks[1].close()
    go(qtbot, onetake, Workspace.VIDEO)
    assert "queue" in shown(onetake)
    onetake.window.docks[2].close()
    go(qtbot, onetake, Workspace.IMAGE)
    assert shown(onetake) == {"prompt", "control", "gallery"}
    onetake.window.close()
    second = open_window()
    assert shown(second) == {"prompt", "control", "gallery"}
    go(qtbot, second, Workspace.VIDEO)
    assert shown(second) == {"prompt", "control", "queue", "timeline"}


def test_a_window_opens_in_the_workspace_it_was_left_in(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application]
) -> None:
    """The switch says so, and the timeline that is in sight is built."""
    go(qtbot, onetake, Workspace.VIDEO)
    onetake.window.close()
    second = open_window()
    assert second.desk.workspaces.current is Workspace.VIDEO
    assert second.desk.switch.buttons[2].isChecked()
    qtbot.waitUntil(lambda: second.wing.parts is not None)


def test_a_window_that_was_killed_opens_in_its_workspace_again(
    qtbot: QtBot, onetake: Application, paths: Paths
) -> None:
    """What the next window reads is there as soon as one goes to a workspace, not only when the window is closed."""
    go(qtbot, onetake, Workspace.REVIEW)
    left = WindowSettings(paths.home / "window.ini")
    assert left.workspace == Workspace.REVIEW
    frame = MainWindow(PromptPanel(onetake.theme))
    qtbot.addWidget(frame)
    assert left.restore(frame)
    assert {dock.objectName() for dock in frame.docks if not dock.isHidden()} == {"gallery"}


def test_reset_brings_a_workspace_back(qtbot: QtBot, onetake: Application) -> None:
    """Closed and floating panels are where they were at first."""
    onetake.window.docks[0].close()
    onetake.window.docks[2].setFloating(True)
    qtbot.keyClick(onetake.window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert shown(onetake) == {"prompt", "control", "queue", "gallery"}
    assert not onetake.window.docks[2].isFloating()


def test_choosing_the_present_workspace_changes_nothing(qtbot: QtBot, onetake: Application) -> None:
    """It stays checked, and a closed panel stays closed."""
    onetake.window.docks[1].close()
    go(qtbot, onetake, Workspace.IMAGE)
    assert shown(onetake) == {"prompt", "control", "gallery"}
    assert onetake.desk.switch.buttons[0].isChecked()


def test_hidden_panels_come_back_with_a_workspace(qtbot: QtBot, onetake: Application) -> None:
    """The action that hid them is no longer checked."""
    onetake.window.toggle_panels()
    go(qtbot, onetake, Workspace.REVIEW)
    assert shown(onetake) == {"gallery"}
    assert not onetake.window.panels_are_hidden
    go(qtbot, onetake, Workspace.IMAGE)
    assert shown(onetake) == {"prompt", "control", "queue", "gallery"}


def test_a_damaged_layout_gives_the_first_one(qtbot: QtBot, onetake: Application) -> None:
    """What cannot be read is no layout."""
    onetake.desk.workspaces.settings.keep_layout(Workspace.REVIEW, QByteArray(b"no layout"))
    go(qtbot, onetake, Workspace.REVIEW)
    assert shown(onetake) == {"gallery"}


def test_a_workspace_has_its_first_layout_whichever_byte_of_its_own_is_wrong(
    qtbot: QtBot, onetake: Application, paths: Paths
) -> None:
    """Qt would read counts and lengths from it that end the process; untouched, it is as the artist left it."""
    store = QSettings(str(paths.home / "window.ini"), QSettings.Format.IniFormat)
    go(qtbot, onetake, Workspace.REVIEW)
    onetake.window.docks[1].show()
    go(qtbot, onetake, Workspace.IMAGE)
    kept = store.value("layouts/review")
    assert isinstance(kept, QByteArray)
    # Every byte is tried in `test_settings`; here the window goes there for each of some.
    for position in range(17, kept.size(), 64):
        damaged = bytearray(kept.data())
        damaged[position] ^= 0xFF
        store.setValue("layouts/review", QByteArray(bytes(damaged)))
        go(qtbot, onetake, Workspace.REVIEW)
        assert shown(onetake) == {"gallery"}, f"byte {position} changed"
        go(qtbot, onetake, Workspace.IMAGE)
        assert shown(onetake) == {"prompt", "control", "queue", "gallery"}
    store.setValue("layouts/review", kept)
    go(qtbot, onetake, Workspace.REVIEW)
    assert shown(onetake) == {"queue", "gallery"}
