"""The field for frames a second."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale, Qt

from app.widgets.rate_field import RateField

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(("fps", "shown"), [(24.0, "24 fps"), (23.976, "23.976 fps"), (12.5, "12.5 fps")])
def test_a_rate_is_shown_as_it_is_written(qtbot: QtBot, fps: float, shown: str) -> None:
    """No zeros behind the point, and nothing lost."""
    field = RateField(1.0, 120.0)
    qtbot.addWidget(field)
    field.setLocale(QLocale.c())
    field.setValue(fps)
    assert field.text() == shown
    assert field.value() == pytest.approx(fps)


def test_broken_rates_are_typed_over_whole_ones(qtbot: QtBot) -> None:
    """Whatever was there before."""
    field = RateField(1.0, 120.0)
    qtbot.addWidget(field)
    field.setLocale(QLocale.c())
    field.setValue(24.0)
    field.selectAll()
    qtbot.keyClicks(field, "29.97")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == pytest.approx(29.97)
    field.setLocale(QLocale(QLocale.Language.German))
    assert field.text() == "29,97 fps"
