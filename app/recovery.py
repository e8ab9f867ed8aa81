"""Unsaved work of projects, on disk: each window's own journal, and those that windows left behind. No Qt.

A journal lies in the home folder, never in the project; one that nobody holds belongs to a window that crashed. It is
kept until its project is saved next, or its work has gone on into another journal.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.image_edit import ImageEdit
from app.project_file import Made, name_of
from app.window_file import WindowFile, remove_file
from engine.errors import BadInputError

FORMAT = 1
LOOK_WITHIN_S = 1.0
"""How long a look at what was left behind waits for windows that hold it: some look, too, and let go at once."""


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
    """The folder of journals, and this window's own one, which is there only while something is unsaved.

    One thread at a time keeps and discards; another may look for what was left behind meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        self._file = WindowFile(folder)

    def keep(self, project: Path, edit: ImageEdit, made: tuple[Made, ...]) -> None:
        """Write the journal.

        Raises:
            OSError: It cannot be written; the last one stands.
        """
        journal = Journal(project=str(project), written=time.time(), edit=edit, made=made)
        self._file.write(msgspec.json.encode(journal))

    def discard(self) -> None:
        """Remove this window's journal: its work is saved, or not wanted."""
        self._file.discard()

    def left_behind(self) -> list[Left]:
        """The journals of windows that crashed, newest first. Takes LOOK_WITHIN_S where others are at work."""
        with self._file.claim_left_behind(within_s=LOOK_WITHIN_S) as files:
            found = [Left(file, journal) for file in files if (journal := _read(file)) is not None]
        return sorted(found, key=lambda left: left.journal.written, reverse=True)

    def forget(self, left: Left) -> None:
        """Remove a journal that was left behind."""
        remove_file(left.file)


def _read(file: Path) -> Journal | None:
    """None for one of a newer version or a damaged one; it stays where it is."""
    try:
        journal = msgspec.json.decode(file.read_bytes(), type=Journal)
    except (OSError, msgspec.DecodeError, BadInputError):
        return None
    sound = msgspec.structs.replace(journal, edit=journal.edit.sound())
    return sound if journal.onetake_recovery == FORMAT else None
