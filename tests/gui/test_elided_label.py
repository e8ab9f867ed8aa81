"""The label of one line: whole where it fits, shortened where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

WIDE, NARROW, HEIGHT = 400, 60, 30


def shown(qtbot: QtBot, text: str, width: int, *, enabled: bool = True) -> tuple[ElidedLabel, QImage]:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText(text)
    label.setContentsMargins(12, 0, 0, 0)
    label.resize(width, HEIGHT)
    label.setEnabled(enabled)
    return label, label.grab().toImage()


def drawn(label: QWidget, text: str) -> QImage:
    """A picture of the label with this text drawn over its empty ground, at the left whatever its script."""
    empty = ElidedLabel()
    empty.resize(label.size())
    picture = empty.grab()
    painter = QPainter(picture)
    painter.setLayoutDirection(label.layoutDirection())
    painter.setFont(label.font())
    painter.setPen(label.palette().color(label.foregroundRole()))
    painter.drawText(label.contentsRect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return picture.toImage()


@pytest.mark.parametrize(
    "text", ["Prompt", "a & b &c", "<b>not bold</b>", "プロンプト", "שלום 12", "12 مرحبا", "", "  spaces  "]
)
@pytest.mark.parametrize("enabled", [True, False])
def test_a_line_that_fits_is_painted_whole(qtbot: QtBot, text: str, enabled: bool) -> None:
    """As plain text, on the line's middle, in the colour of the state."""
    label, picture = shown(qtbot, text, WIDE, enabled=enabled)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert picture == drawn(label, text)


def test_a_line_that_does_not_fit_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    """And the label's own text stays whole."""
    text = "winter mountains at night"
    label, picture = shown(qtbot, text, NARROW)
    shortened = label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, label.contentsRect().width())
    assert shortened.endswith("…")
    assert picture == drawn(label, shortened)
    assert label.text() == text


def test_several_lines_are_painted_as_one(qtbot: QtBot) -> None:
    """A label of one line has room for no other."""
    label, picture = shown(qtbot, "one\ntwo", WIDE)
    assert picture == drawn(label, "one two")


def test_at_every_width_the_whole_line_is_painted_or_shortened_as_qt_would(qtbot: QtBot) -> None:
    """There is no width at which the line is neither."""
    text = "Steuerung"
    for width in range(12, 12 + 90):
        label, picture = shown(qtbot, text, width)
        room = label.contentsRect().width()
        assert picture == drawn(label, label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)), width
