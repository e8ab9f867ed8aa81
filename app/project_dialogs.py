"""Asks the artist about projects: which folder, what to do with unsaved work, where a missing file is now."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.project_file import MANIFEST, SUFFIX

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Answer(Enum):
    """What becomes of unsaved work."""

    SAVE = "save"
    GIVE_UP = "give up"
    CANCEL = "cancel"


class ProjectDialogs(QObject):
    """One verb per dialog; None when it is cancelled."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def open_folder(self, beside: Path | None) -> Path | None:
        """Ask for a project."""
        title = self.tr("Open project: choose a folder that ends in {suffix}").format(suffix=SUFFIX)
        folder = QFileDialog.getExistingDirectory(self._window, title, _parent_of(beside))
        return Path(folder) if folder else None

    def new_folder(self, name: str, beside: Path | None) -> Path | None:
        """Ask where a project is to be, and what it is to be called."""
        place = str(Path(_parent_of(beside)) / (name + SUFFIX))
        kinds = self.tr("Onetake project (*{suffix})").format(suffix=SUFFIX)
        file, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save project as"), place, kinds)
        return Path(file) if file else None

    def find_file(self, missing: str) -> Path | None:
        """Ask where a file, or a folder of pictures, is now."""
        name = Path(missing).name
        title = self.tr("Where is {name} now?").format(name=name)
        if Path(name).suffix:
            file, _ = QFileDialog.getOpenFileName(self._window, title, "")
        else:
            file = QFileDialog.getExistingDirectory(self._window, title, "")
        return Path(file) if file else None

    def ask_unsaved(self, name: str) -> Answer:
        """Ask before work is lost."""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Onetake"))
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.tr("Save the changes to “{name}”?").format(name=name))
        box.setInformativeText(self.tr("What is not saved is lost."))
        standard = QMessageBox.StandardButton
        box.setStandardButtons(standard.Save | standard.Discard | standard.Cancel)
        box.setDefaultButton(standard.Save)
        box.button(standard.Discard).setText(self.tr("Don't save"))
        answers = {int(standard.Save): Answer.SAVE, int(standard.Discard): Answer.GIVE_UP}
        return answers.get(box.exec(), Answer.CANCEL)


def is_project(file: Path) -> bool:
    """Whether this is a project or its manifest, by its name."""
    return file.suffix.lower() == SUFFIX or (file.name == MANIFEST and file.parent.suffix.lower() == SUFFIX)


def _parent_of(beside: Path | None) -> str:
    return str(beside.parent if beside is not None else Path.home())
