"""Rows that lose their least important parts where there is no room, instead of pushing their neighbours away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


def fit_in(row: QWidget, groups: Sequence[Sequence[QWidget]]) -> None:
    """Show as many groups of a row as its width has room for, the first ones first; what is hidden is in the menus."""
    layout = row.layout()
    assert layout is not None
    for group in groups:
        for widget in group:
            widget.show()
    for group in reversed(groups):
        layout.invalidate()
        if layout.minimumSize().width() <= row.width():
            return
        for widget in group:
            widget.hide()
