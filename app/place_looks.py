"""What lies at a path that anyone may have written. No Qt, nothing is raised.

Path.exists and its like raise where a folder is locked or a name is too long; here that counts as nothing there.
"""

from __future__ import annotations

import os
from pathlib import Path


def real_place(path: Path) -> Path:
    """The path without links; one that leads to itself stays as it is."""
    return Path(os.path.realpath(path))


def is_there(path: str) -> bool:
    """Whether there is anything at all."""
    return os.path.exists(path)  # noqa: PTH110 - see above


def is_folder(path: str) -> bool:
    """Whether there is a folder."""
    return os.path.isdir(path)  # noqa: PTH112 - see above


def is_file(path: str) -> bool:
    """Whether there is a file of bytes: a pipe or a device is none, and reading one may never end."""
    return os.path.isfile(path)  # noqa: PTH113 - see above
