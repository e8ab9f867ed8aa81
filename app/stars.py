"""Which results the artist has starred, by their files' paths; kept in a small file in the home folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from app.shared_file import SharedFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Stars(QObject):
    """A set of paths that saves itself. All windows of the home have the same one."""

    changed = Signal(str)
    """The path; empty for several."""
    save_failed = Signal(str)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = SharedFile(file, self)
        self._unsaved: dict[str, bool] = {}
        """Whether these paths are in, where the file does not say so yet."""
        self._paths = _read(self._file.read()) or set()
        self._file.changed.connect(self._take_others)

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def toggle(self, path: str) -> None:
        """Star the picture, or take its star away."""
        self._set({path: path not in self._paths}, path)

    def add(self, paths: Iterable[str]) -> None:
        """Take these in."""
        self._set(dict.fromkeys(paths, True), "")

    def remove(self, paths: Iterable[str]) -> None:
        """Leave these out again."""
        self._set(dict.fromkeys(paths, False), "")

    def _set(self, wanted: dict[str, bool], changed: str) -> None:
        self._unsaved |= wanted
        expected = self._merged(self._paths)
        try:
            self._file.change(self._edit)
        except OSError as error:
            self._paths = expected
            self.save_failed.emit(str(error))
        else:
            self._unsaved.clear()
        # What others have changed since came in with it.
        self.changed.emit(changed if self._paths == expected else "")

    def _edit(self, document: bytes) -> bytes:
        there = _read(document)
        self._paths = self._merged(self._paths if there is None else there)
        return json.dumps(sorted(self._paths)).encode()

    def _merged(self, paths: set[str]) -> set[str]:
        inside = {path for path, is_in in self._unsaved.items() if is_in}
        return (paths | inside) - (self._unsaved.keys() - inside)

    def _take_others(self) -> None:
        there = _read(self._file.read())
        paths = self._merged(self._paths if there is None else there)
        if paths != self._paths:
            self._paths = paths
            self.changed.emit("")


def _read(document: bytes) -> set[str] | None:
    """The paths in a file; None where it is absent or damaged: then what the window knows is not given up."""
    try:
        found: object = json.loads(document)
    except ValueError:
        return None
    if not isinstance(found, list):
        return None
    return {item for item in cast("list[object]", found) if isinstance(item, str)}
