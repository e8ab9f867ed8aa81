"""The status bar: devices and their memory, whether the engine answers, and when the edit was last saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from app.reports import Connection, Reach
from app.widgets.elided_label import ElidedLabel
from app.words import decimal_text

if TYPE_CHECKING:
    from app.icons import Icons
    from app.theme import Theme
    from engine.protocol import Status, WorkerStatus

GIB = 2**30


class StatusBar(QStatusBar):
    """Three places: devices on the left, engine and saving on the right."""

    retry_pressed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._connection = Connection(Reach.STARTING)
        self.setSizeGripEnabled(False)
        self.devices = ElidedLabel()
        self.devices.setObjectName("quiet")
        self.devices.setContentsMargins(12, 0, 0, 0)
        self._engine_icon = QLabel()
        self.engine = QLabel()
        self.engine.setObjectName("quiet")
        self.retry = QPushButton(self.tr("Retry"))
        self.retry.setObjectName("link")
        self.retry.setAccessibleName(self.tr("Reach the engine again"))
        self.retry.clicked.connect(self.retry_pressed)
        self.saved = QLabel()
        self.saved.setObjectName("quiet")
        self.saved.setContentsMargins(12, 0, 12, 0)
        self.addWidget(self.devices, 1)
        for widget in (self._engine_icon, self.engine, self.retry, self.saved):
            self.addPermanentWidget(widget)
        theme.changed.connect(self._recolour)
        self.show_connection(self._connection)

    def show_connection(self, connection: Connection) -> None:
        """Say whether the engine answers."""
        self._connection = connection
        icon, token, words = {
            Reach.STARTING: ("wait", "warn", self.tr("engine starting")),
            Reach.RUNNING: ("check", "good", self.tr("engine running")),
            Reach.LOST: ("error", "bad", self.tr("engine not reachable")),
        }[connection.reach]
        self._engine_icon.setPixmap(self._icons.pixmap(icon, token, self.devicePixelRatioF(), 16))
        self.engine.setText(words)
        self.engine.setToolTip(connection.reason)
        self.retry.setVisible(connection.reach is Reach.LOST)
        if connection.reach is not Reach.RUNNING:
            self.devices.setText("")

    def show_status(self, status: Status) -> None:
        """Name the devices and their memory."""
        text = "    |    ".join(self._device(worker) for worker in status.workers)
        self.devices.setText(text or self.tr("no device"))
        self.devices.setToolTip("\n".join(self._device(worker) for worker in status.workers))

    def show_saved(self) -> None:
        """The edit has just been saved."""
        self.saved.setText(self.tr("saved {time}").format(time=QTime.currentTime().toString("HH:mm:ss")))
        self.saved.setToolTip(self.tr("Your prompt and settings are kept, also through a crash"))

    def show_kept(self) -> None:
        """Unsaved work of a project has just been kept for recovery."""
        self.saved.setText(self.tr("kept {time}").format(time=QTime.currentTime().toString("HH:mm:ss")))
        self.saved.setToolTip(self.tr("Not saved in the project yet, but kept through a crash"))

    def show_project_saved(self, name: str) -> None:
        """A project has just been saved."""
        self.show_saved()
        self.saved.setToolTip(self.tr("“{name}” is saved").format(name=name))

    def show_not_saved(self, reason: str) -> None:
        """The edit could not be saved."""
        self.saved.setText(self.tr("not saved"))
        self.saved.setToolTip(reason)

    def _recolour(self) -> None:
        self.show_connection(self._connection)

    def _device(self, worker: WorkerStatus) -> str:
        words = "  ·  ".join(part for part in (worker.device, worker.name) if part)
        if worker.memory_total_bytes:
            used, total = worker.memory_used_bytes / GIB, worker.memory_total_bytes / GIB
            words += self.tr("  ·  {used} of {total} GB").format(used=decimal_text(used), total=round(total))
        return words
