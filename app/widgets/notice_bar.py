"""One sentence that floats over the canvas, with at most one button; it goes by itself or when closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.icons import Icons

SHORT_MS, LONG_MS, UNDO_MS = 3_000, 10_000, 5_000
EDGE_PX, WIDEST_PX = 16, 640


class NoticeBar(QFrame):
    """Shows the latest notice only; an older one is gone when a newer comes."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._icons = icons
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self.tr("Undo"))
        self.button.setObjectName("link")
        self.button.clicked.connect(self._act)
        close = QToolButton()
        close.setAccessibleName(self.tr("Close this notice"))
        close.setToolTip(self.tr("Close"))
        icons.dress(close, "cancel", "quiet")
        close.clicked.connect(self.close_notice)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(close)
        self._area: QWidget | None = None
        self._action: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_notice)
        self.hide()

    def float_over(self, area: QWidget) -> None:
        """Keep to the lower edge of `area`, above what it shows: nothing moves when a notice comes."""
        self.setParent(area)
        self._area = area
        area.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._area and event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        if self._area is None or self.isHidden():
            return
        # A wrapping label hints at a narrow column; one line is what we want while there is room for it.
        in_one_line = self._text.fontMetrics().horizontalAdvance(self._text.text()) - self._text.sizeHint().width()
        wanted = self.sizeHint().width() + max(0, in_one_line) + EDGE_PX
        width = min(self._area.width() - 2 * EDGE_PX, wanted, WIDEST_PX)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        left = (self._area.width() - width) // 2
        self.setGeometry(left, self._area.height() - height - EDGE_PX, width, height)
        self.raise_()

    @property
    def text(self) -> str:
        """The sentence shown, or empty."""
        return self._text.text() if not self.isHidden() else ""

    def say(
        self,
        text: str,
        *,
        icon: str = "info",
        tint: str = "quiet",
        button: str = "",
        action: Callable[[], None] | None = None,
        for_ms: int = LONG_MS,
    ) -> None:
        """Show a sentence; `for_ms` 0 keeps it until it is closed or replaced."""
        self._icon.setPixmap(self._icons.pixmap(icon, tint, self.devicePixelRatioF()))
        self._text.setText(text)
        self._action = action
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._timer.stop()
        if for_ms:
            self._timer.start(for_ms)

    def close_notice(self) -> None:
        """Take the notice away."""
        self._timer.stop()
        self._action = None
        self.hide()

    def _act(self) -> None:
        action = self._action
        self.close_notice()
        if action is not None:
            action()
