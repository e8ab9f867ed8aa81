"""A scroll area whose horizontal axis is time: zoom, scroll, and fitting everything in. It paints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.timeline.scale import LEAST_PX, MOST_PX, Lanes, TimeScale

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

NAMES_PX = 92
"""Where the lanes have their names; time begins a little right of it."""
ORIGIN_PX, MARGIN_PX = NAMES_PX + 8, 16
ZOOM_STEP = 1.25


class TimeArea(QAbstractScrollArea):
    """The wheel zooms at the mouse; with Shift, or turned sideways, it scrolls. Fitted until the artist zooms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame_px = 8.0
        self._is_fitted = True
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    @property
    def length(self) -> int:
        """Frames there are to show."""
        raise NotImplementedError

    @property
    def anchor(self) -> int:
        """The frame that stays in place when the keyboard zooms."""
        raise NotImplementedError

    @property
    def scale(self) -> TimeScale:
        return TimeScale(self._frame_px, self.horizontalScrollBar().value(), ORIGIN_PX)

    @property
    def lanes(self) -> Lanes:
        return Lanes.fit(self.viewport().height(), self.fontMetrics().height())

    def column(self, first: int, stop: int, margin: int) -> QRect:
        """Where frames are seen, with a margin in pixels; empty where they are not."""
        left, right = self.scale.x(first) - margin, self.scale.x(stop) + margin
        left, right = max(left, 0), min(right, self.viewport().width())
        return QRect(int(left), 0, max(int(right - left) + 1, 0), self.viewport().height())

    def zoom_to(self, frame_px: float, at_x: float | None = None) -> None:
        """Make a frame so wide, and keep the time under `at_x` (else the anchor) where it is."""
        x = at_x if at_x is not None else self.scale.x(self.anchor)
        if at_x is None and not NAMES_PX <= x <= self.viewport().width():
            x = self.viewport().width() / 2
        frame = self.scale.frame(x)
        self._frame_px = min(max(frame_px, LEAST_PX), MOST_PX)
        self._is_fitted = False
        self._set_scroll_range()
        self.horizontalScrollBar().setValue(round(frame * self._frame_px - (x - ORIGIN_PX)))
        self.viewport().update()

    def zoom_by(self, steps: float) -> None:
        """Zoom in, or out with a negative number, at the anchor."""
        self.zoom_to(self._frame_px * ZOOM_STEP**steps)

    def fit(self) -> None:
        """Show everything, now and as it grows."""
        self._is_fitted = True
        room = self.viewport().width() - ORIGIN_PX - MARGIN_PX
        self._frame_px = min(max(room / max(self.length, 1), LEAST_PX), MOST_PX)
        self._set_scroll_range()
        self.viewport().update()

    def settle(self, *, may_fit: bool) -> None:
        """Length or size have changed: fit again if that is wanted, and allowed now."""
        if self._is_fitted and may_fit:
            self.fit()
        else:
            self._set_scroll_range()
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        sideways = turn.x() or (turn.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - sideways)
        elif turn.y():
            self.zoom_to(self._frame_px * ZOOM_STEP ** (turn.y() / 120), event.position().x())
        event.accept()

    def _set_scroll_range(self) -> None:
        room = self.viewport().width() - ORIGIN_PX
        # Zoomed in, the end can be scrolled to the middle: there is room to drag it out, and to zoom at it.
        wide = self.length * self._frame_px + (MARGIN_PX if self._is_fitted else room // 2)
        self.horizontalScrollBar().setRange(0, max(0, round(wide - room)))
        self.horizontalScrollBar().setPageStep(max(room, 1))
        self.horizontalScrollBar().setSingleStep(40)
