"""The hidden parts that workers write, and how parts become results. A picture sequence is a folder.

Owns: part names, renaming, sweeping. Does not own: where results go (targets), or the row that says a result is
committed (store).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def numbered(target: Path, count: int) -> tuple[Path, ...]:
    """The files of `count` results: the target itself, or `name-001.png`, `name-002.png`, ... in seed order."""
    if count == 1:
        return (target,)
    return tuple(target.with_name(f"{target.stem}-{index:03d}{target.suffix}") for index in range(1, count + 1))


def part_paths(job: str, attempt: int, targets: Sequence[str]) -> tuple[str, ...]:
    """The hidden files, or the one folder, next to the targets that attempt number `attempt` writes."""
    if len(targets) == 1:
        return (str(Path(targets[0]).with_name(f".{job}.{attempt}.tmp")),)
    return tuple(str(Path(target).with_name(f".{job}.{attempt}.{index}.tmp")) for index, target in enumerate(targets))


def missing(parts: Sequence[str]) -> list[str]:
    """The parts that are not there."""
    return [part for part in parts if not Path(part).exists()]


def publish(parts: Sequence[str], targets: Sequence[str]) -> None:
    """Give every part its final name, durably. Repeating it after a crash at any point completes it.

    All parts were there when this was first tried, so one that is missing now already bears its final name.

    Raises:
        OSError: A folder does not take a part, or both part and target are gone; no part of the result is left.
    """
    try:
        for part, target in zip(parts, targets, strict=True):
            try:
                Path(part).replace(target)
            except FileNotFoundError:
                if not Path(target).exists():
                    raise
        for folder in {Path(target).parent for target in targets}:
            sync_folder(folder)
    except OSError:
        for part, target in zip(parts, targets, strict=True):
            _remove(Path(part) if Path(part).exists() else Path(target))
        raise


def sweep(job: str, targets: Sequence[str]) -> None:
    """Remove all that the attempts of a job left next to its targets.

    A folder that is gone or read-only has nothing that we could remove.
    """
    for folder in {Path(target).parent for target in targets}:
        with contextlib.suppress(OSError):
            for left in list(folder.glob(f".{job}.*")):
                _remove(left)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the platform can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
