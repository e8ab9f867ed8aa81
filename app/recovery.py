"""Unsaved work of projects, on disk: each window's own journal, and those that windows left behind. No Qt.

A journal lies in the home folder, never in the project. Its lock ends with its process: one that nobody holds belongs
to a window that crashed. It is kept until its project is saved next, or its work has gone on into another journal.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from app.image_edit import ImageEdit, write_atomically
from app.project_file import Made, name_of
from app.project_lock import WhyReadOnly, take_lock
from engine.errors import BadInputError

if TYPE_CHECKING:
    from filelock import BaseFileLock

FORMAT = 1


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """What a window has that its project's folder has not."""

    onetake_recovery: int = FORMAT
    project: str
    """Absolute path of the folder."""
    written: float
    """In Unix seconds."""
    edit: ImageEdit
    made: tuple[Made, ...] = ()


class Left(NamedTuple):
    """A journal that a window left behind."""

    file: Path
    journal: Journal

    @property
    def folder(self) -> Path:
        return Path(self.journal.project)

    @property
    def name(self) -> str:
        """Of the project."""
        return name_of(self.folder)


class Recovery:
    """The folder of journals, and this window's own one, which is there only while something is unsaved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: BaseFileLock | None = None
        self._file: Path | None = None

    def keep(self, project: Path, edit: ImageEdit, made: tuple[Made, ...]) -> None:
        """Write the journal.

        Raises:
            OSError: It cannot be written; the last one stands.
        """
        if self._file is None:
            self._begin()
        assert self._file is not None
        journal = Journal(project=str(project), written=time.time(), edit=edit, made=made)
        write_atomically(self._file, msgspec.json.encode(journal))

    def discard(self) -> None:
        """Remove this window's journal: its work is saved, or not wanted."""
        if self._file is not None:
            _remove(self._file)
            if self._lock is not None:
                self._lock.release()
            self._file = self._lock = None

    def left_behind(self) -> list[Left]:
        """The journals of windows that crashed, newest first."""
        found: list[Left] = []
        for file in self._folder.glob("*.json"):
            journal = _read(file) if file != self._file and _is_free(file) else None
            if journal is not None:
                found.append(Left(file, journal))
        return sorted(found, key=lambda left: left.journal.written, reverse=True)

    def forget(self, left: Left) -> None:
        """Remove a journal that was left behind."""
        _remove(left.file)

    def _begin(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{uuid.uuid4().hex}.json"
        lock = take_lock(_lock_of(file))
        if isinstance(lock, WhyReadOnly):
            raise OSError(f"{self._folder} cannot be locked; check its permissions and room")
        self._file, self._lock = file, lock


def _lock_of(file: Path) -> Path:
    return file.with_suffix(".lock")


def _is_free(file: Path) -> bool:
    lock = take_lock(_lock_of(file))
    if isinstance(lock, WhyReadOnly):
        return False
    lock.release()
    return True


def _read(file: Path) -> Journal | None:
    """None for one of a newer version or a damaged one; it stays where it is."""
    try:
        journal = msgspec.json.decode(file.read_bytes(), type=Journal)
    except (OSError, msgspec.DecodeError, BadInputError):
        return None
    sound = msgspec.structs.replace(journal, edit=journal.edit.sound())
    return sound if journal.onetake_recovery == FORMAT else None


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    _lock_of(file).unlink(missing_ok=True)
