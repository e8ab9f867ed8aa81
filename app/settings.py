"""How the window looked when it was closed, and how the artist likes it: geometry, panels, appearance, keys.

Nothing of the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from PySide6.QtCore import QByteArray, QSettings

from app.languages import Language
from app.theme import Appearance, Scheme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

# Raised when panels are added: an old arrangement has no places for them.
LAYOUT_VERSION = 3
CHECKSUM_BYTES = 4
MOST_RECENT = 10
"""Projects that are remembered."""


def with_checksum(layout: QByteArray) -> QByteArray:
    """A layout or geometry as the file has it: its CRC-32, big-endian, and then itself."""
    content = layout.data()
    return QByteArray(crc32(content).to_bytes(CHECKSUM_BYTES, "big") + content)


class WindowSettings:
    """A small file in the home folder; losing it loses only comfort."""

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def appearance(self) -> Appearance:
        value = str(self._store.value("appearance", Appearance.SYSTEM))
        return Appearance(value) if value in list(Appearance) else Appearance.SYSTEM

    @appearance.setter
    def appearance(self, appearance: Appearance) -> None:
        self._store.setValue("appearance", str(appearance))

    @property
    def scheme(self) -> Scheme | None:
        """What the system was last seen to like; None at first."""
        value = str(self._store.value("scheme", ""))
        return Scheme(value) if value in list(Scheme) else None

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._store.setValue("scheme", str(scheme))

    @property
    def language(self) -> Language:
        """What the window speaks."""
        value = str(self._store.value("language", Language.SYSTEM))
        return Language(value) if value in list(Language) else Language.SYSTEM

    @language.setter
    def language(self, language: Language) -> None:
        self._store.setValue("language", str(language))

    @property
    def cleared_at(self) -> float:
        """When the ended jobs were last cleared from the queue, in Unix seconds."""
        try:
            return float(str(self._store.value("cleared_at", 0.0)))
        except ValueError:
            return 0.0

    @cleared_at.setter
    def cleared_at(self, when: float) -> None:
        self._store.setValue("cleared_at", when)

    @property
    def notifies(self) -> bool:
        """Whether the desktop is told of the end of long jobs; at first it is."""
        return str(self._store.value("notifies", "true")) == "true"

    @notifies.setter
    def notifies(self, on: bool) -> None:
        self._store.setValue("notifies", "true" if on else "false")

    @property
    def reopens(self) -> bool:
        """Whether the next window begins with the project that was open last; at first it does."""
        return str(self._store.value("reopens", "true")) == "true"

    @reopens.setter
    def reopens(self, on: bool) -> None:
        self._store.setValue("reopens", "true" if on else "false")

    @property
    def open_project(self) -> Path | None:
        """The folder of the project that is open, or was when the window was closed; None for Untitled."""
        folder = str(self._store.value("open_project", ""))
        return Path(folder) if folder else None

    @open_project.setter
    def open_project(self, folder: Path | None) -> None:
        self._store.setValue("open_project", str(folder or ""))

    @property
    def project_to_reopen(self) -> Path | None:
        """What the next window begins with, unless it is given a project."""
        return self.open_project if self.reopens else None

    @property
    def keys(self) -> dict[str, str]:
        """The keys that the artist chose, by the name of the action, as portable text; empty for no key."""
        self._store.beginGroup("keys")
        keys = {name: str(self._store.value(name, "")) for name in self._store.childKeys()}
        self._store.endGroup()
        return keys

    @keys.setter
    def keys(self, keys: dict[str, str]) -> None:
        self._store.remove("keys")
        for name, text in keys.items():
            self._store.setValue(f"keys/{name}", text)

    @property
    def recent_projects(self) -> list[str]:
        """The folders of projects that were opened, the latest first."""
        count = self._store.beginReadArray("recent")
        paths: list[str] = []
        # A damaged count may be anything.
        for index in range(min(count, MOST_RECENT)):
            self._store.setArrayIndex(index)
            paths.append(str(self._store.value("folder", "")))
        self._store.endArray()
        return [path for path in paths if path]

    @recent_projects.setter
    def recent_projects(self, paths: list[str]) -> None:
        self._store.beginWriteArray("recent", len(paths))
        for index, path in enumerate(paths):
            self._store.setArrayIndex(index)
            self._store.setValue("folder", path)
        self._store.endArray()

    @property
    def workspace(self) -> str:
        """The name of the workspace that the window was left in; empty at first."""
        return str(self._store.value("workspace", ""))

    @workspace.setter
    def workspace(self, name: str) -> None:
        self._store.setValue("workspace", name)

    def layout_of(self, workspace: str) -> QByteArray | None:
        """How the artist left a workspace, as QMainWindow.saveState gives it; None if never, or if it was damaged."""
        return self._intact(f"layouts/{workspace}")

    def keep_layout(self, workspace: str, layout: QByteArray) -> None:
        """Remember how a workspace is arranged."""
        self._store.setValue(f"layouts/{workspace}", with_checksum(layout))

    def restore(self, window: QMainWindow) -> bool:
        """Arrange the window as it was; False when nothing was kept, or what was kept is damaged."""
        geometry, state = self._intact("geometry"), self._intact("layout")
        if geometry is None or state is None:
            return False
        return window.restoreGeometry(geometry) and window.restoreState(state, LAYOUT_VERSION)

    def keep(self, window: QMainWindow) -> None:
        """Remember how the window is arranged."""
        self._store.setValue("geometry", with_checksum(window.saveGeometry()))
        self._store.setValue("layout", with_checksum(window.saveState(LAYOUT_VERSION)))
        self._store.sync()

    def _intact(self, key: str) -> QByteArray | None:
        """What `with_checksum` made for a key; None without it, or if a byte of it is not as it was."""
        kept = self._store.value(key)
        if not isinstance(kept, QByteArray):
            return None
        # Qt trusts the lengths and counts in a layout: one wrong byte there may end the process.
        layout = QByteArray(kept.data()[CHECKSUM_BYTES:])
        return layout if with_checksum(layout) == kept else None
