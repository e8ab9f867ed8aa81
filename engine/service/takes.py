"""The folders of videos: the take that outlives its attempts, and the meeting place of one attempt's ranks.

Owns: where they are, making and removing them. Does not own: what is in a take (engine.media.clip, the worker), or
when a job has ended (ledger).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInputError

if TYPE_CHECKING:
    from engine.paths import Paths

CLIP = "clip"


def take_folder(paths: Paths, job: str) -> Path:
    """The folder of a job's frames and latents.

    Raises:
        BadInputError: `job` is no job's id, so that it could lead anywhere.
    """
    if not re.fullmatch(r"[0-9a-z]{1,64}", job):
        raise BadInputError(f"{job!r} is no job; `onetake queue list` shows those there are")
    return paths.takes / job


def find_take(paths: Paths, job: str) -> Path:
    """The folder of a take that has frames.

    Raises:
        BadInputError: There is none.
    """
    folder = take_folder(paths, job)
    if not (folder / CLIP).is_dir():
        raise BadInputError(f"job {job} has no frames; name a video that was at least begun")
    return folder


def has_latents(paths: Paths, job: str, step: int) -> bool:
    """Whether a job's folder holds latents behind so many steps; whether these are good, a worker finds out."""
    # engine.tasks.checkpoint names the files.
    return any((take_folder(paths, job) / "latents").glob(f"*.{step:05d}.*.latents"))


def make_take(paths: Paths, job: str) -> Path:
    """Make a job's folder unless an earlier attempt did.

    Raises:
        OSError: It cannot be made.
    """
    folder = take_folder(paths, job)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def remove_take(paths: Paths, job: str) -> None:
    """Remove a job's frames and latents. Repeating it after a crash completes it."""
    shutil.rmtree(take_folder(paths, job), ignore_errors=True)


def make_meeting(paths: Paths) -> Path:
    """A fresh folder, private to the user, where the ranks of an attempt find each other.

    Raises:
        OSError: It cannot be made.
    """
    # mkdtemp draws the name and makes it with mode 0700: nobody can have put it there before.
    return Path(tempfile.mkdtemp(prefix=_meeting_prefix(paths), dir=_meeting_place(paths)))


def remove_meeting(folder: Path) -> None:
    """Remove what is left of a meeting; ranks that still come find nothing."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep_meetings(paths: Paths) -> None:
    """Remove the meetings that a killed service left behind. Only for the one service of this home."""
    for folder in _meeting_place(paths).glob(f"{_meeting_prefix(paths)}*"):
        with contextlib.suppress(OSError):
            if sys.platform == "win32" or folder.lstat().st_uid == os.getuid():
                remove_meeting(folder)


def _meeting_place(paths: Paths) -> Path:
    return Path(tempfile.gettempdir()) if sys.platform == "win32" else Path(paths.address).parent


def _meeting_prefix(paths: Paths) -> str:
    return f"onetake-{hashlib.sha256(str(paths.home).encode()).hexdigest()[:16]}-meeting-"
