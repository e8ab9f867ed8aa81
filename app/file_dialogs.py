"""Where to open from and save to: asks the artist for a file and hands it to `exchange`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.picture_file import file_name

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.canvas.stage import Stage
    from app.exchange import Exchange
    from app.project import Project


class FileDialogs(QObject):
    """One verb per dialog; a dialog that is cancelled has no effect."""

    def __init__(self, window: QWidget, project: Project, stage: Stage, exchange: Exchange) -> None:
        super().__init__(window)
        self._window, self._project, self._stage, self._exchange = window, project, stage, exchange

    def open_settings(self) -> None:
        """Ask for a picture and take over its settings."""
        title, kinds = self.tr("Open settings of a picture"), self.tr("Pictures (*.png *.jpg *.jpeg *.webp)")
        file, _ = QFileDialog.getOpenFileName(self._window, title, "", kinds)
        if file:
            self._exchange.open_files([Path(file)])

    def open_timeline(self) -> None:
        """Ask for a timeline and take it over."""
        title, kinds = self.tr("Open timeline"), self.tr("Timelines (*.json *.otio)")
        file, _ = QFileDialog.getOpenFileName(self._window, title, "", kinds)
        if file:
            self._exchange.open_files([Path(file)])

    def save_timeline(self) -> None:
        """Ask for a file and write the plan to it."""
        title, kinds = self.tr("Save timeline as"), self.tr("Onetake timeline (*.json);;OpenTimelineIO (*.otio)")
        name = file_name(self._project.prompt, self._project.edit.seed, ".json")
        file, _ = QFileDialog.getSaveFileName(self._window, title, name, kinds)
        if file:
            self._exchange.save_timeline(Path(file))

    def save_result(self) -> None:
        """Ask for a file and copy the current picture or take to it."""
        record, index = self._stage.record, self._stage.current_index()
        if record is None or index < 0:
            return
        suffix = Path(self._stage.current_path()).suffix or ".png"
        name = file_name(record.request.prompt, record.request.seed + index, suffix)
        title, kinds = self.tr("Save as"), self.tr("{kind} (*{suffix})").format(kind=suffix[1:].upper(), suffix=suffix)
        file = ask_target(self._window, title, name, kinds, suffix)
        if file is not None:
            self._exchange.save(file)


def ask_target(window: QWidget, title: str, name: str, kinds: str, suffix: str) -> Path | None:
    """Ask for a file to write; it ends in `suffix`, and the dialog has asked before an existing one is replaced."""
    file, _ = QFileDialog.getSaveFileName(window, title, name, kinds)
    if file and not file.lower().endswith(suffix.lower()):
        file += suffix
        if Path(file).exists():
            # The dialog asked about the name without the suffix.
            file, _ = QFileDialog.getSaveFileName(window, title, file, kinds)
    return Path(file) if file else None
