"""What the canvas shows for a job that ended without pictures: one sentence, a remedy, and details on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.words import sentence
from engine.messages import JobState

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.icons import Icons
    from app.job_record import JobRecord

CARD_PX, LEAST_CARD_PX = 440, 240


class OutcomeCard(QWidget):
    """A failed or cancelled job."""

    retry_pressed = Signal()
    frames_pressed = Signal()
    """The frames that a failed take has are wanted."""

    def __init__(self, icons: Icons, log_file: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._log_file = log_file
        self._icon = QLabel()
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QLabel()
        self.details.setObjectName("quiet")
        self.details.setWordWrap(True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details.hide()
        self.fold = QToolButton()
        self.fold.setText(self.tr("Details"))
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self.details.setVisible)
        self.retry = QPushButton(self.tr("Try again"))
        self.retry.setObjectName("primary")
        self.retry.clicked.connect(self.retry_pressed)
        self.frames = QPushButton(self.tr("Show its frames"))
        self.frames.setToolTip(self.tr("What was finished of the take is there, and can be branched"))
        self.frames.clicked.connect(self.frames_pressed)
        card = self._card = QFrame()
        card.setObjectName("card")
        card.setFixedWidth(CARD_PX)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.message, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.fold)
        buttons.addStretch(1)
        buttons.addWidget(self.frames)
        buttons.addWidget(self.retry)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 16, 16, 12)
        inside.setSpacing(12)
        inside.addLayout(line)
        inside.addWidget(self.details)
        inside.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_CARD_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In the narrowest window it is narrower, instead of pushing the panels away.
        self._card.setFixedWidth(max(LEAST_CARD_PX, min(CARD_PX, event.size().width() - 24)))

    def show_record(self, record: JobRecord) -> None:
        """Say how the job ended."""
        info = record.info
        is_failed = record.state is JobState.FAILED
        scale = self.devicePixelRatioF()
        self._icon.setPixmap(
            self._icons.pixmap("error" if is_failed else "info", "bad" if is_failed else "quiet", scale)
        )
        self.message.setText(
            sentence(info.error_message)
            if is_failed
            else self.tr("Cancelled before it was finished.")
            if record.image is None
            else self.tr("Cancelled before its pictures were finished.")
        )
        self.retry.setText(self.tr("Try again") if is_failed else self.tr("Run again"))
        # What came before this window is looked for on the disk when it is shown.
        self.frames.setVisible(is_failed and record.video is not None and bool(record.take.ready or not record.is_live))
        self.fold.setVisible(is_failed)
        if not is_failed:
            self.fold.setChecked(False)
        lines = [
            self.tr("Kind: {kind}").format(kind=info.error_kind),
            self.tr("Job: {job}, attempt {attempt}").format(job=info.job, attempt=info.attempt),
            self.tr("Device: {devices}").format(devices=", ".join(info.devices) or record.device or self.tr("none")),
            self.tr("Log: {file}").format(file=self._log_file),
        ]
        self.details.setText("\n".join(lines))
