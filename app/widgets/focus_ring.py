"""The ring around whatever has the keyboard: 2 px in the accent, drawn around every kind of widget alike.

It lies outside the widget, so what fills the window or a scroll area leaves WIDTH_PX of margin for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFocusFrame,
    QMenu,
    QMenuBar,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)

if TYPE_CHECKING:
    from app.theme import Theme

WIDTH_PX, RADIUS_PX = 2, 4


class _Above(QProxyStyle):
    """Lets the ring lie above the window or the scroll area, where the borders of a group of fields do not clip it."""

    def styleHint(  # noqa: N802 - Qt's name
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - Qt's name
    ) -> int:
        if hint is QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1
        return super().styleHint(hint, option, widget, returnData)


class FocusRing(QFocusFrame):
    """Follows the focus inside one window."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._above = _Above()
        self.setStyle(self._above)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def follow(self, focus: QWidget | None) -> None:
        """Go around this widget, or nowhere."""
        self._follow(None, focus)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        is_ours = new is not None and new.window() is self._window and not isinstance(new, QMenu | QMenuBar)
        # Qt's own frame cannot be given None by its signature, though it understands it.
        self.setWidget(new if is_ours else None)  # pyright: ignore[reportArgumentType]
        # A page that has just come to the front of a stack would cover the ring.
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The accent on the accent could not be seen.
        is_on_accent = self.widget().objectName() in ("generate", "primary")
        painter.setPen(QPen(self._theme.tokens.color("text" if is_on_accent else "accent"), WIDTH_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = WIDTH_PX / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), RADIUS_PX, RADIUS_PX)
