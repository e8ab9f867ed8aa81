"""The files of a job: where results go, the hidden parts that workers write, and how parts become results.

Owns: target names, part names, renaming, sweeping. Does not own: the row that says a result is committed (store).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def draw_job_id(now: float) -> str:
    """A job's id: 13 characters that sort by creation time (milliseconds in base 32), the last four random."""
    milliseconds = int(now * 1000)
    digits = [_ALPHABET[milliseconds >> shift & 31] for shift in range(40, -1, -5)]
    return "".join([*digits, *(secrets.choice(_ALPHABET) for _ in range(4))])


def default_target(outputs: Path, job: str, created: float) -> Path:
    """Where a job that names no target puts its result: a folder per day, a generated name."""
    return outputs / time.strftime("%Y-%m-%d", time.localtime(created)) / f"{job}.png"


def numbered(target: Path, count: int) -> tuple[Path, ...]:
    """The files of `count` results: the target itself, or `name-001.png`, `name-002.png`, ... in seed order."""
    if count == 1:
        return (target,)
    return tuple(target.with_name(f"{target.stem}-{index:03d}{target.suffix}") for index in range(1, count + 1))


def part_paths(job: str, attempt: int, targets: Sequence[str]) -> tuple[str, ...]:
    """The hidden files next to the targets that attempt number `attempt` writes."""
    if len(targets) == 1:
        return (str(Path(targets[0]).with_name(f".{job}.{attempt}.tmp")),)
    return tuple(str(Path(target).with_name(f".{job}.{attempt}.{index}.tmp")) for index, target in enumerate(targets))


def missing(parts: Sequence[str]) -> list[str]:
    """The parts that are not there."""
    return [part for part in parts if not Path(part).is_file()]


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
                if not Path(target).is_file():
                    raise
        for folder in {Path(target).parent for target in targets}:
            sync_folder(folder)
    except OSError:
        for part, target in zip(parts, targets, strict=True):
            with contextlib.suppress(OSError):
                (Path(part) if Path(part).exists() else Path(target)).unlink()
        raise


def sweep(job: str, attempts: int, targets: Sequence[str]) -> None:
    """Remove the parts of attempts 1 to `attempts`. A folder that is gone or read-only has nothing we could remove."""
    for attempt in range(1, attempts + 1):
        for part in part_paths(job, attempt, targets):
            with contextlib.suppress(OSError):
                Path(part).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the platform can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
