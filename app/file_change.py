"""Changes to small files of the home folder, which other windows and their own changes do not get lost by. No Qt."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from app.image_edit import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOCK_TIMEOUT_S, LOOK_EVERY_S = 1.0, 0.005
"""Others hold the lock for as long as a small file takes to be written."""


def change_file(file: Path, edit: Callable[[bytes], bytes]) -> bytes:
    """Replace the content of a file by what `edit` makes of it; no other window changes it meanwhile.

    Args:
        file: In a folder that exists.
        edit: The new content from the present one, which is empty when there is no file.

    Returns:
        The new content.

    Raises:
        OSError: It cannot be locked, read or written; the old content stands.
    """
    # Not loaded with the module, which the window waits for.
    from filelock import FileLock, Timeout  # noqa: PLC0415

    try:
        with FileLock(file.with_name(f".{file.name}.lock")).acquire(LOCK_TIMEOUT_S, LOOK_EVERY_S):
            # What is there and cannot be read must not be lost to what is written over it.
            before = file.read_bytes() if file.exists() else b""
            after = edit(before)
            if after != before:
                write_atomically(file, after)
    except Timeout as error:
        raise OSError(f"{file} is held by another window; try again") from error
    except NotImplementedError as error:
        raise OSError(f"{file} cannot be locked; move ONETAKE_HOME to a local disk") from error
    return after


def read_file(file: Path) -> bytes:
    """The content of a file; empty when it is not there or cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def load_locks() -> None:
    """Load what the first change needs, for a thread that nobody waits for."""
    importlib.import_module("filelock")
