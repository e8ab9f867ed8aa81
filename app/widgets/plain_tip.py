"""Tooltips that say names of files: a file may be called `<b>x</b>.png`, and Qt would take that for markup."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtGui import Qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def set_plain_tip(widget: QWidget, text: str) -> None:
    """Show `text` under the mouse, to the letter."""
    widget.setToolTip(plain_tip(text))


def plain_tip(text: str) -> str:
    """What makes Qt show `text` to the letter in a tooltip."""
    if not Qt.mightBeRichText(text):
        return text
    lines = "<br>".join(html.escape(line) for line in text.split("\n"))
    return f"<qt>{lines}</qt>"
