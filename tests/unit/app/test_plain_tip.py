"""Tooltips that show names to the letter."""

from __future__ import annotations

import pytest
from PySide6.QtGui import Qt, QTextDocument

from app.widgets.plain_tip import plain_tip


@pytest.mark.parametrize("text", ["/a/b.png", "/a/<b>x</b>.png\nPress to choose", "a < b & c > d", "<i>&amp;</i>"])
def test_a_tooltip_shows_what_it_was_given(text: str) -> None:
    """Whether Qt takes it for markup or not, the letters are those of the name."""
    tip = plain_tip(text)
    shown = tip
    if Qt.mightBeRichText(tip):
        document = QTextDocument()
        document.setHtml(tip)
        shown = document.toPlainText()
    assert shown == text
