"""Which results the artist has starred, by their files' paths; kept in a small file in the home folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from app.image_edit import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Stars(QObject):
    """A set of paths that saves itself."""

    changed = Signal(str)
    """The path; empty for several."""
    save_failed = Signal(str)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._paths = _read(file)

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def toggle(self, path: str) -> None:
        """Star the picture, or take its star away."""
        self._set(self._paths ^ {path}, path)

    def add(self, paths: Iterable[str]) -> None:
        """Take these in."""
        self._set(self._paths | set(paths), "")

    def remove(self, paths: Iterable[str]) -> None:
        """Leave these out again."""
        self._set(self._paths - set(paths), "")

    def _set(self, paths: set[str], changed: str) -> None:
        self._paths = paths
        try:
            write_atomically(self._file, json.dumps(sorted(paths)).encode())
        except OSError as error:
            self.save_failed.emit(str(error))
        self.changed.emit(changed)


def _read(file: Path) -> set[str]:
    try:
        document: object = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    items = cast("list[object]", document) if isinstance(document, list) else []
    return {item for item in items if isinstance(item, str)}
