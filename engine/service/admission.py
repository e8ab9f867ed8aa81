"""What is checked before a request becomes a job, so that a job that cannot succeed is never stored.

Owns: the checks of model, target and room. Does not own: storing. Runs in the thread of the client's connection, so
that a slow disk holds up nobody else.
"""

from __future__ import annotations

import errno
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.catalogue import find_model
from engine.errors import DiskFullError, EngineError, OutputError
from engine.service.parts import default_target, draw_job_id, numbered

if TYPE_CHECKING:
    from engine.messages import Request
    from engine.paths import Paths

RESERVE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Submission:
    """A request that may be stored, with its new id and the files it will make."""

    job: str
    request: Request
    targets: tuple[str, ...]
    created: float


def admit(request: Request, output: str, paths: Paths, reserve_bytes: int = RESERVE_BYTES) -> Submission:
    """Check a request and its target; returns what to store.

    Raises:
        EngineError: The model cannot do it, the target cannot be written or the disk is full.
    """
    find_model(request.model, paths).check(request)
    created = time.time()
    job = draw_job_id(created)
    target = _target(output) if output else default_target(paths.outputs, job, created)
    targets = numbered(target, request.count)
    try:
        if not output:
            target.parent.mkdir(parents=True, exist_ok=True)
        _probe(target.parent, job, targets)
    except OSError as error:
        raise _output_error(target, error) from error
    # Uncompressed RGB is more than any result takes.
    needed = reserve_bytes + 3 * request.width * request.height * request.count
    for folder in (target.parent, paths.home):
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise DiskFullError(
                f"{folder} has {free / 2**20:.0f} MiB left of the {needed / 2**20:.0f} MiB this job needs free; "
                "make room or choose another folder"
            )
    return Submission(job=job, request=request, targets=tuple(map(str, targets)), created=created)


def _target(output: str) -> Path:
    target = Path(output)
    if "\0" in output or not target.is_absolute():
        raise OutputError(f"output {output!r} is no absolute path; give the full path of a .png file")
    if target.suffix.lower() != ".png":
        raise OutputError(f"output {output} does not end in .png; pictures are written as PNG")
    return target


def _probe(folder: Path, job: str, targets: tuple[Path, ...]) -> None:
    """Find out by writing whether the folder takes files: permission bits do not tell, least of all to root."""
    if not folder.is_dir():
        raise OutputError(f"the folder {folder} does not exist; make it or choose another")
    for target in targets:
        if target.is_dir():
            raise OutputError(f"{target} is a folder; name a file")
        if target.exists() and not target.is_file():
            raise OutputError(f"{target} is no ordinary file; choose another name")
    probe = folder / f".{job}.probe.tmp"
    probe.touch(exist_ok=False)
    probe.unlink()


def _output_error(target: Path, error: OSError) -> EngineError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"{target.parent} is full; make room or choose another folder")
    return OutputError(f"{target} cannot be written ({error.strerror or error}); choose another file or folder")
