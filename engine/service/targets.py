"""Where a job's results go: the names it may have, and whether a file or a folder can be made there.

Owns: the rules of target names, finding out by writing. Does not own: the hidden parts that become results (parts).
"""

from __future__ import annotations

import errno
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import DiskFullError, EngineError, OutputError
from engine.messages import SUFFIX_OF_CODEC, ControlMapRequest, ImageRequest
from engine.service.parts import numbered

if TYPE_CHECKING:
    from engine.messages import Request


def choose_targets(request: Request, output: str, outputs: Path, job: str, created: float) -> tuple[Path, ...]:
    """The files, or the one folder, that a job will make, after a look at whether they can be made.

    Args:
        request: What is made; a picture sequence is a folder.
        output: An absolute path as typed; empty for a generated name below `outputs`, in a folder per day.
        outputs: The folder of results that nobody named a place for.
        job: The job's id.
        created: When it was submitted, in Unix seconds.

    Raises:
        OutputError: The name does not suit the result, or nothing can be written there.
        DiskFullError: There is no room for even a name.
    """
    suffix = ".png" if isinstance(request, ImageRequest | ControlMapRequest) else SUFFIX_OF_CODEC[request.codec]
    if output:
        target = _named(output, suffix)
    else:
        target = outputs / time.strftime("%Y-%m-%d", time.localtime(created)) / f"{job}{suffix}"
    targets = numbered(target, request.count)
    try:
        if not output:
            target.parent.mkdir(parents=True, exist_ok=True)
        _probe(target.parent, job, targets, is_folder=not suffix)
    except OSError as error:
        raise _refusal(target, error) from error
    return targets


def _named(output: str, suffix: str) -> Path:
    target = Path(output)
    kind = f"{suffix} file" if suffix else "folder"
    if "\0" in output or not target.is_absolute():
        raise OutputError(f"output {output!r} is no absolute path; give the full path of a {kind}")
    if not suffix and target.suffix.lower() in {*SUFFIX_OF_CODEC.values(), ".png"} - {""}:
        raise OutputError(f"output {output} is named like a file; a picture sequence is a folder")
    if suffix and target.suffix.lower() != suffix:
        what = "pictures are written as PNG" if suffix == ".png" else f"this result is written as {suffix}"
        raise OutputError(f"output {output} does not end in {suffix}; {what}")
    return target


def _probe(folder: Path, job: str, targets: tuple[Path, ...], *, is_folder: bool) -> None:
    """Find out by writing whether the folder takes files: permission bits do not tell, least of all to root."""
    if not folder.is_dir():
        raise OutputError(f"the folder {folder} does not exist; make it or choose another")
    for target in targets:
        if is_folder:
            if target.is_dir() and any(target.iterdir()):
                raise OutputError(f"the folder {target} is not empty; name a new one")
            if target.exists() and not target.is_dir():
                raise OutputError(f"{target} is no folder; choose another name")
        elif target.is_dir():
            raise OutputError(f"{target} is a folder; name a file")
        elif target.exists() and not target.is_file():
            raise OutputError(f"{target} is no ordinary file; choose another name")
    # Of a name of its own: a client that lost its answer asks again, perhaps while the first question is looked into.
    probe = folder / f".{job}.{secrets.token_hex(4)}.tmp"
    probe.touch(exist_ok=False)
    probe.unlink()


def _refusal(target: Path, error: OSError) -> EngineError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"{target.parent} is full; make room or choose another folder")
    return OutputError(f"{target} cannot be written ({error.strerror or error}); choose another file or folder")
