"""A word from the desktop when a long job ends while the artist is elsewhere. Can be turned off.

Owns which jobs are worth it and what is said. How it gets out of the window is `desktop_portal`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app.desktop_portal import DesktopPortal
from app.words import clock, sentence
from engine.messages import ExportRequest, JobState

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.settings import WindowSettings

LONG_S = 30.0
LONGEST_WORDS = 80


class Notifications(QObject):
    """Follows the jobs. The portal is asked first, else the tray; the window's entry in the task bar is marked too."""

    def __init__(self, jobs: JobModel, window: QWidget, *, settings: WindowSettings, switch: QAction) -> None:
        super().__init__(window)
        self._jobs, self._window, self._settings = jobs, window, settings
        self.tell = DesktopPortal(self).tell
        self._tray: QSystemTrayIcon | None = None
        switch.setChecked(settings.notifies)
        switch.toggled.connect(self._turn)
        jobs.job_ended.connect(self._take)

    def close(self) -> None:
        """Take the tray's icon away, if there is one."""
        if self._tray is not None:
            self._tray.hide()

    def _turn(self, on: bool) -> None:
        self._settings.notifies = on

    def _take(self, key: str) -> None:
        record = self._jobs.record(key)
        if record is None or not self._settings.notifies or self._window.isActiveWindow():
            return
        if record.state is JobState.CANCELLED or seconds_of(record) < LONG_S:
            return
        title, body = self._title(record), self._body(record)
        QApplication.alert(self._window)
        self.tell(key, title, body, partial(self._show_in_tray, title, body))

    def _title(self, record: JobRecord) -> str:
        if record.state is JobState.FAILED:
            return self.tr("Onetake: a job failed")
        if record.video is not None:
            return self.tr("Onetake: the take is finished")
        if isinstance(record.request, ExportRequest):
            return self.tr("Onetake: the export is finished")
        return self.tr("Onetake: the pictures are finished")

    def _body(self, record: JobRecord) -> str:
        if record.state is JobState.FAILED:
            return sentence(record.info.error_message)
        words = " ".join(record.request.prompt.split())
        short = words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"
        return self.tr("{prompt}\nafter {time}").format(prompt=short, time=clock(seconds_of(record)))

    def _show_in_tray(self, title: str, body: str, is_told: bool) -> None:
        if is_told or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.messageClicked.connect(self._come_forward)
            self._tray.activated.connect(self._come_forward)
        self._tray.show()
        self._tray.showMessage(title, body, self._window.windowIcon())

    def _come_forward(self) -> None:
        self._window.raise_()
        self._window.activateWindow()


def seconds_of(record: JobRecord) -> float:
    """How long the job worked, without its wait, in seconds."""
    info = record.info
    worked = info.finished - info.started if info.finished and info.started else 0.0
    return max(worked, info.seconds)
