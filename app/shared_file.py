"""A small file in the home folder that several windows change: nobody's change undoes another's.

Owns the watching; what is in the file is its user's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from app.file_change import change_file, read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class SharedFile(QObject):
    """Bytes that are changed as a whole, from what they are at that moment."""

    changed = Signal()
    """Another window has written the file."""

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._known = b""
        self._seen = self._state()
        # The folder: a file that is replaced is another one, and no watch of the old one tells of it.
        self._watch = QFileSystemWatcher([str(file.parent)], self)
        self._watch.directoryChanged.connect(self._look)

    def read(self) -> bytes:
        """What is in it now; empty when it is not there or cannot be read."""
        self._seen = self._state()
        self._known = read_file(self._file)
        return self._known

    def change(self, edit: Callable[[bytes], bytes]) -> bytes:
        """Replace the content by what `edit` makes of it; no other window changes it meanwhile.

        Returns:
            The new content.

        Raises:
            OSError: It cannot be locked, read or written; the old content stands.
        """
        known, found = self._known, b""

        def edit_found(document: bytes) -> bytes:
            nonlocal found
            found = document
            return edit(document)

        after = change_file(self._file, edit_found)
        now = self.read()
        if found != known or now != after:
            self.changed.emit()  # others came right before or behind
        return after

    def _look(self) -> None:
        if self._state() != self._seen:
            self.changed.emit()

    def _state(self) -> tuple[int, int, int]:
        """What tells one writing of the file from another."""
        try:
            found = self._file.stat()
        except OSError:
            return 0, 0, 0
        return found.st_ino, found.st_mtime_ns, found.st_size
