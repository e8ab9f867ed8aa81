"""The line at the top of a panel: its title on the left, room for its buttons on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.widgets.elided_label import ElidedLabel
from app.widgets.fitting import fit_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

HEIGHT_PX, LEAST_TITLE_PX = 36, 72


class DockHead(QWidget):
    """As high with buttons as without, so that nothing moves when they come."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedHeight(HEIGHT_PX)
        label = ElidedLabel()
        label.setText(title)
        label.setObjectName("heading")
        # Its neighbours matter more than the end of a long word, and nothing is cut at the window's edge.
        label.setMinimumWidth(min(label.sizeHint().width(), LEAST_TITLE_PX))
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        label.setToolTip(title)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 8, 0)
        self._row.setSpacing(4)
        self._row.addWidget(label)
        self._row.addStretch(1)
        self._yielding: list[QWidget] = []

    def sizeHint(self) -> QSize:
        # The dock goes by the hint, not by the fixed height.
        return QSize(super().sizeHint().width(), HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(0, hint.height()) if self._yielding else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._yielding:
            fit_in(self, [[widget] for widget in self._yielding])

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget)

    def let_yield(self, widgets: Sequence[QWidget]) -> None:
        """Hide these where there is no room, the last one first: what they do must be in a menu, too."""
        self._yielding = list(widgets)
