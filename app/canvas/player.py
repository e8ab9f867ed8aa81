"""The canvas for a take: the frame under the playhead, as large as it is known, and the buttons to go through time.

What is decoded plays while the rest is generated; before that, the previews loop. Time is the playhead's, pixels are
the take's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.canvas.compare_view import CompareView, name_of
from app.canvas.transport import TransportStrip
from app.take import FrameState
from engine.messages import JobState

if TYPE_CHECKING:
    from app.actions import Actions
    from app.icons import Icons
    from app.playhead import Playhead
    from app.take import Take
    from app.theme import Theme

CAPTION_PAD = 8


class FrameView(CompareView):
    """A CompareView with a caption in its corner, and a sentence in its middle while there is no picture."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._theme_of_caption = theme
        self.caption = ""
        self.vacancy = ""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tokens = self._theme_of_caption.tokens
        if self.image.isNull():
            painter.setPen(tokens.color("quiet"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.vacancy)
        if self.caption:
            metrics = self.fontMetrics()
            width = metrics.horizontalAdvance(self.caption) + 2 * CAPTION_PAD
            box = QRectF(12, 12, width, metrics.height() + CAPTION_PAD)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("panel", 0.9))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(tokens.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.caption)


class PlayerPage(QWidget):
    """Shows the take and follows its playhead while it can be seen. Who places the page places its `transport`."""

    frame_shown = Signal()
    """Another picture is on the screen."""

    def __init__(
        self,
        *,
        take: Take,
        other: Take,
        playhead: Playhead,
        theme: Theme,
        icons: Icons,
        actions: Actions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.take, self.other, self.playhead = take, other, playhead
        self._compares = False
        self._is_still = self._loops_making = False
        self._preview: tuple[tuple[int, QSize], QImage] = (0, QSize()), QImage()
        """The preview that was shown last: which one, how large, and itself at that size."""
        self.view = FrameView(theme)
        self.transport = TransportStrip(actions, icons, playhead)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        playhead.follow(take.is_there, self._is_read)
        playhead.moved.connect(self._show_frame)
        other.frames_changed.connect(self._take_others)
        take.frames_changed.connect(self._take_frames)
        take.changed.connect(self._take_change)
        self.view.space_tapped.connect(self._toggle)
        self.view.closed.connect(self._toggle)

    def show_job(self, key: str) -> None:
        """Put this take on the canvas; one that is still being made begins to loop by itself."""
        if key == self.take.key:
            return
        self.playhead.pause()
        self._is_still = self._loops_making = False
        self.take.show_job(key)
        request = self.take.request
        if request is not None:
            self.playhead.set_range(max(self.playhead.length, request.frames), request.fps)
            self.playhead.set_range(request.frames, request.fps)
            self.playhead.seek(0)
        self.view.show_image(QImage(), "", "")
        self._show_frame()

    @property
    def compared(self) -> str:
        """The key of the other take; empty for none."""
        return self.other.key if self._compares else ""

    def compare_with(self, key: str) -> None:
        """Show the same frame of this take too, under one playhead; an empty key for no other take."""
        self._compares = bool(key)
        self.other.show_job(key)
        self._show_frame()

    def _is_read(self, frame: int) -> bool:
        # Both are asked, so that both read ahead.
        is_read = self.take.is_read(frame)
        return (not self._compares or frame >= self.other.length or self.other.is_read(frame)) and is_read

    def _take_others(self, first: int, stop: int) -> None:
        if self._compares and first <= self.playhead.frame < stop:
            self._show_frame()

    def _show_other(self) -> None:
        mine, its, frame = self.take.record, self.other.record, self.playhead.frame
        if not self._compares or mine is None or its is None:
            self.view.show_other(None, None)
            return
        image = None
        if frame < self.other.length:
            image = self.other.picture(frame) or self.other.preview(frame)
            if image is None and self.other.is_ready(frame):
                image = self.view.other  # it is being read: the frame before stays until then
        self.view.show_other(image, (name_of(mine), name_of(its)))

    def close_player(self) -> None:
        """Stand still for good."""
        self._is_still = True
        self.playhead.pause()

    def _toggle(self) -> None:
        self._is_still = self.playhead.is_playing
        self.playhead.toggle()

    def _take_frames(self, first: int, stop: int) -> None:
        if first <= self.playhead.frame < stop:
            self._show_frame()
        self._loop_while_made()

    def _take_change(self) -> None:
        self._show_frame()
        record = self.take.record
        if record is not None and record.state.is_final and self._loops_making:
            # The loop of the making ends with it, once: a finished take waits on its first frame until it is played.
            self._loops_making = False
            if self.playhead.is_playing and not self._is_still:
                self.playhead.pause()
                self.playhead.seek(0)

    def _loop_while_made(self) -> None:
        record = self.take.record
        is_made = record is not None and record.state is JobState.RUNNING
        if is_made and not self._is_still and not self.playhead.is_playing and self.isVisible():
            self._loops_making = True
            self.playhead.play(1)

    def stop_by_hand(self) -> None:
        """The artist has taken over: nothing begins to play by itself any more."""
        self._is_still = True

    def _show_frame(self) -> None:
        request, frame = self.take.request, self.playhead.frame
        if request is None or not self.isVisible():
            return
        state = self.take.state(frame)
        image = self.take.picture(frame)
        if image is None:
            preview = self.take.preview(frame)
            if preview is not None:
                image = self._enlarged(preview, QSize(request.width, request.height))
        self._say(state)
        self._show_other()
        if image is None and state is FrameState.READY:
            # It is being read: the frame before stays until then.
            self.view.update()
            return
        words = self.tr("Frame {number} of {count}: {prompt}")
        words = words.format(number=frame + 1, count=request.frames, prompt=request.prompt)
        self.view.show_image(image or QImage(), "", words)
        self.frame_shown.emit()

    def _enlarged(self, preview: QImage, size: QSize) -> QImage:
        """A preview in the size of its frame, so that zoom and place stay when the frame itself comes."""
        if self._preview[0] != (preview.cacheKey(), size):
            ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._preview = (preview.cacheKey(), size), preview.scaled(size, *ways)
        return self._preview[1]

    def _say(self, state: FrameState) -> None:
        record = self.take.record
        self.view.caption = self.view.vacancy = ""
        if record is not None and record.state is JobState.FAILED and state is FrameState.VACANT:
            self.view.vacancy = self.tr("This frame was not finished")
        if record is None or record.state.is_final:
            return
        if record.state is JobState.PENDING:
            self.view.vacancy = self.tr("Waiting for its turn")
        elif not record.steps:
            self.view.vacancy = self.tr("Starting")
        elif state is FrameState.VACANT:
            self.view.vacancy = self.tr("Step {step} of {steps}").format(step=record.step, steps=record.steps)
        elif state is FrameState.PREVIEW:
            words = self.tr("Preview, step {step} of {steps}")
            self.view.caption = words.format(step=record.step, steps=record.steps)

    def showEvent(self, event: object) -> None:  # noqa: ARG002 - Qt's signature
        self._show_frame()
        self._loop_while_made()
