"""The ring around what has the keyboard."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.widgets.focus_ring import WIDTH_PX, FocusRing

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application


def test_the_ring_is_whole_around_every_setting(qtbot: QtBot, onetake: Application) -> None:
    """It lies around the field on all sides, and no group of fields or column cuts any of it off."""
    qtbot.keyClick(onetake.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    [ring] = onetake.window.findChildren(FocusRing)
    seen = 0
    for field in onetake.form.in_tab_order:
        if not (field.isVisible() and field.isEnabled()):
            continue
        field.setFocus()
        around = field.rect().adjusted(-WIDTH_PX, -WIDTH_PX, WIDTH_PX, WIDTH_PX)
        qtbot.waitUntil(lambda wanted=around: ring.size() == wanted.size())
        assert ring.mapToGlobal(ring.rect().topLeft()) == field.mapToGlobal(around.topLeft()), field.accessibleName()
        assert ring.visibleRegion().boundingRect() == ring.rect(), field.accessibleName()
        seen += 1
    assert seen >= 6
