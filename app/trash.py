"""The desktop's trash: results that the artist throws away are moved there, never deleted, and can be brought back.

Their jobs stay in the engine's list; which files are gone is kept here, so that the gallery leaves them out.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QFile

from app.stars import Stars


class Trashed(Stars):
    """The paths of results that were thrown away, in a file of their own."""


class Thrown(NamedTuple):
    """A file that went: from where, and where in the trash it lies (empty where the desktop does not say)."""

    path: str
    in_trash: str


def throw_away(paths: list[str]) -> tuple[list[Thrown], list[str]]:
    """Move files, or folders of frames, to the trash.

    Returns:
        What went, and the paths that did not: the desktop has no trash for their disk, or may not move them. A file
        that is not there any more counts as gone.
    """
    gone: list[Thrown] = []
    stayed: list[str] = []
    for path in paths:
        if not Path(path).exists():
            gone.append(Thrown(path, ""))
            continue
        is_moved, in_trash = QFile.moveToTrash(path)
        if is_moved:
            gone.append(Thrown(path, in_trash))
        else:
            stayed.append(path)
    return gone, stayed


def bring_back(thrown: list[Thrown]) -> list[str]:
    """Move files back from the trash; returns the paths that are there again."""
    back: list[str] = []
    for path, in_trash in thrown:
        source = Path(in_trash)
        if not in_trash or Path(path).exists():
            continue
        with contextlib.suppress(OSError):
            source.rename(path)
            back.append(path)
            # What freedesktop.org's trash keeps about a file, beside it.
            (source.parent.parent / "info" / f"{source.name}.trashinfo").unlink(missing_ok=True)
    return back
