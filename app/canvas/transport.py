"""The strip under the player: go through time, time itself, and what can be done with the take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.canvas.strips import action_button, polish
from app.widgets.fitting import fit_in
from app.words import timecode

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.actions import Actions
    from app.icons import Icons
    from app.playhead import Playhead

DIGITS = "0123456789"


class TransportStrip(QFrame):
    """Buttons of actions, and labels that follow the playhead."""

    def __init__(self, actions: Actions, icons: Icons, playhead: Playhead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._actions, self._icons, self._playhead = actions, icons, playhead
        self.time, self.number, self.zoom = QLabel(), QLabel(), QLabel()
        self.zoom.setObjectName("quiet")
        self.number.setObjectName("quiet")
        self.zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("0000 %"))
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        views = (actions.fit, actions.actual, actions.double)
        moves = (actions.previous, actions.play, actions.next, actions.loop, actions.mark_in, actions.mark_out)
        uses = (actions.compare, actions.star, actions.save_as, actions.export)
        uses = (*uses, actions.copy_picture, actions.copy_settings)
        made = {action: action_button(action) for action in (*views, *moves, *uses, actions.reuse)}
        self.buttons: list[QWidget] = list(made.values())
        self.play_button: QToolButton = made[actions.play]
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        for action in views:
            row.addWidget(made[action])
        row.addSpacing(8)
        row.addWidget(self.zoom)
        row.addStretch(1)
        row.addWidget(self.time)
        row.addSpacing(8)
        for action in moves:
            row.addWidget(made[action])
        row.addSpacing(8)
        row.addWidget(self.number)
        row.addStretch(1)
        for action in (*uses, actions.reuse):
            row.addWidget(made[action])
        self._groups = (
            [self.time],
            [made[action] for action in (actions.export, actions.compare)],
            [made[action] for action in (actions.loop, actions.mark_in, actions.mark_out)],
            [self.number],
            [made[actions.fit]],
            [made[action] for action in (actions.star, actions.copy_picture)],
            [made[actions.actual], made[actions.double], self.zoom],
            [made[action] for action in (actions.save_as, actions.copy_settings, actions.reuse)],
        )
        playhead.moved.connect(self._show_time)
        playhead.changed.connect(self._show_state)
        polish(self)
        self._show_state()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_in(self, self._groups)

    def show_zoom(self, zoom: float) -> None:
        """Say how large the frame is."""
        self.zoom.setText(f"{zoom * 100:.0f} %")

    def _show_time(self) -> None:
        for label, words in zip((self.time, self.number), self._words(self._playhead.frame), strict=True):
            label.setText(words)

    def _words(self, frame: int) -> tuple[str, str]:
        words = self.tr("{number} of {count}")
        return timecode(frame, self._playhead.fps), words.format(number=frame + 1, count=self._playhead.length)

    def _make_room(self) -> None:
        """For the last frame: a label that does not change its size has nothing laid out anew while a take plays."""
        for label, words in zip((self.time, self.number), self._words(self._playhead.length - 1), strict=True):
            metrics = label.fontMetrics()
            widest = max(DIGITS, key=metrics.horizontalAdvance)
            longest = words.translate(str.maketrans(DIGITS, widest * len(DIGITS)))
            label.setFixedSize(metrics.horizontalAdvance(longest), metrics.height())

    def _show_state(self) -> None:
        playhead, actions = self._playhead, self._actions
        self._make_room()
        self._icons.dress(actions.play, "pause" if playhead.is_playing else "play")
        actions.play.setText(self.tr("Stop") if playhead.is_playing else self.tr("Play"))
        self.play_button.setAccessibleName(actions.play.text())
        actions.loop.setChecked(playhead.loops)
        actions.mark_in.setChecked(playhead.first is not None)
        actions.mark_out.setChecked(playhead.end is not None)
        self._show_time()
