"""A file of one window among those of others, in a folder of the home. No Qt.

It has a lock of the system's, which ends with its process: a file that nobody holds was left behind, and may be taken
over by whoever claims it first. What is in it is its user's.
"""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from app.image_edit import write_atomically
from app.project_lock import WhyReadOnly, take_lock

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from filelock import BaseFileLock


class WindowFile:
    """This window's file, which is there only while it has something to keep, and those that others left behind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: BaseFileLock | None = None
        self._file: Path | None = None

    def write(self, content: bytes) -> None:
        """Replace the content.

        Raises:
            OSError: It cannot be written; the last content stands.
        """
        if self._file is None:
            self._begin()
        assert self._file is not None
        write_atomically(self._file, content)

    def discard(self) -> None:
        """Remove the file: nothing in it is wanted any more.

        Raises:
            OSError: It cannot be removed.
        """
        if self._file is not None:
            self._file.unlink(missing_ok=True)
            self.leave_behind()

    def leave_behind(self) -> None:
        """Let go of the file, for the next window."""
        file, lock, self._file, self._lock = self._file, self._lock, None, None
        if file is not None and lock is not None:
            lock.release()
            if not file.exists():
                _remove_lock(file)

    @contextmanager
    def claim_left_behind(self, *, within_s: float = 0.0) -> Generator[list[Path]]:
        """The files of windows that are gone. Until the block ends no other window gets them.

        Args:
            within_s: For as long one is waited for that another window has, which may only be looking at it.
        """
        held: dict[Path, BaseFileLock] = {}
        ends = time.monotonic() + within_s
        for file in sorted(self._folder.glob("*.json")):
            if file == self._file:
                continue
            lock = take_lock(_lock_of(file), within_s=max(0.0, ends - time.monotonic()))
            if not isinstance(lock, WhyReadOnly):
                held[file] = lock
        try:
            # One that went since it was listed has been claimed by another.
            yield [file for file in held if file.exists()]
        finally:
            for file, lock in held.items():
                lock.release()
                if not file.exists():
                    _remove_lock(file)

    def _begin(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{uuid.uuid4().hex}.json"
        lock = take_lock(_lock_of(file))
        if isinstance(lock, WhyReadOnly):
            raise OSError(f"{self._folder} cannot be locked; check its permissions and room")
        self._file, self._lock = file, lock


def remove_file(file: Path) -> None:
    """Remove what a window left behind.

    Raises:
        OSError: It cannot be removed.
    """
    file.unlink(missing_ok=True)
    _remove_lock(file)


def _lock_of(file: Path) -> Path:
    return file.with_suffix(".lock")


def _remove_lock(file: Path) -> None:
    """Only behind the file: who gets the lock meanwhile finds nothing under it. Some systems keep one that is held."""
    with suppress(OSError):
        _lock_of(file).unlink(missing_ok=True)
