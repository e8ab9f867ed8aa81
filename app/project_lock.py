"""Who may save a project: one window at a time. The lock is the system's and ends with its process. No Qt."""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import BaseFileLock

LOCK = ".lock"


class WhyReadOnly(Enum):
    """Why a project that is open cannot be saved in its place."""

    NEWER = "newer"
    """A newer version of the program wrote it."""
    UNREAD = "unread"
    """Parts of it cannot be read."""
    ELSEWHERE = "elsewhere"
    """Another window has it."""
    FOLDER = "folder"
    """The folder cannot be written or locked."""


class ProjectLock:
    """The right to save one project. A lock file that was left behind is nobody's, and is taken over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: BaseFileLock | None = None

    def take(self) -> WhyReadOnly | None:
        """Take the lock at once, or say why it cannot be had."""
        if not os.access(self._folder, os.W_OK):
            return WhyReadOnly.FOLDER
        held = take_lock(self._folder / LOCK)
        if isinstance(held, WhyReadOnly):
            return held
        self._held = held
        return None

    def release(self) -> None:
        """Let others have it. The file stays: removing it could take it from under another's lock."""
        if self._held is not None:
            self._held.release()
            self._held = None


def take_lock(file: Path, *, within_s: float = 0.0) -> BaseFileLock | WhyReadOnly:
    """A lock that is held from now on, or why there is none; who holds it has this long to let it go."""
    # Loaded only now: a window without a project locks nothing.
    from filelock import FileLock, Timeout  # noqa: PLC0415

    lock = FileLock(file, timeout=within_s, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return WhyReadOnly.ELSEWHERE
    except (OSError, NotImplementedError):
        return WhyReadOnly.FOLDER
    return lock
