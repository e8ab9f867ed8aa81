"""What is checked before a request becomes a job, so that a job that cannot succeed is never stored.

Owns: the order of the checks. Does not own: target names (targets), room (room), storing. `admit` runs in the thread of
the client's connection, so that a slow disk holds up nobody else.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInputError
from engine.known_models import KnownModels
from engine.messages import (
    ControlMapRequest,
    ExportRequest,
    ImageRequest,
    VideoRequest,
    check_codec,
    check_rate,
    draw_job_id,
    retimed_length,
)
from engine.service.room import Machine, check_room
from engine.service.store import Phase, StoredJob
from engine.service.takes import find_take
from engine.service.targets import choose_targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import Request
    from engine.paths import Paths

RESERVE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Submission:
    """A request that may be stored, with its id and the files it will make."""

    job: str
    request: Request
    targets: tuple[str, ...]
    created: float


def admit(
    request: Request,
    output: str,
    paths: Paths,
    machine: Machine,
    *,
    job: str = "",
    models: KnownModels | None = None,
    reserve_bytes: int = RESERVE_BYTES,
) -> Submission:
    """Check a request and its target; returns what to store, under the id `job` or, if that is empty, a new one.

    `models` remembers what was read of them; without it that is read now.

    Raises:
        EngineError: The model cannot do it, a device, take or picture is not there, the target cannot be written, or
            there is too little memory or disk.
    """
    drawn: tuple[int, int] | None = None
    if isinstance(request, ExportRequest):
        check_rate(request.codec, request.fps)
        find_take(paths, request.take)
    elif isinstance(request, ControlMapRequest):
        _check_picture(Path(request.picture))
    else:
        spec = (models or KnownModels(paths)).find(request.model)
        spec.check(request)
        drawn = spec.drawn_size(request.width, request.height)
    if isinstance(request, ImageRequest) and request.edit is not None:
        for file in request.edit.files:
            _check_picture(Path(file))
    if isinstance(request, VideoRequest) and request.base:
        find_take(paths, request.base)
    created = time.time()
    job = job or draw_job_id(created)
    targets = choose_targets(request, output, paths.outputs, job, created)
    check_room(request, targets[0], paths.home, machine, reserve_bytes, drawn=drawn)
    return Submission(job=job, request=request, targets=tuple(map(str, targets)), created=created)


def _check_picture(file: Path) -> None:
    """Refuse a picture that is not there; what is in it, the worker finds out."""
    if not file.is_absolute():
        raise BadInputError(f"picture {file} is no absolute path; give the full path of a file")
    try:
        is_there = file.is_file()
    except OSError as error:
        raise BadInputError(f"{file} cannot be read ({error.strerror}); choose another picture") from error
    if not is_there:
        raise BadInputError(f"{file} is not there, or no file; choose another picture")


def check_source(request: Request, get: Callable[[str], StoredJob]) -> None:
    """Check a request that uses another job's frames against that job's row.

    Raises:
        EngineError: There is no such job, or its frames are not what the request needs.
    """
    if isinstance(request, ExportRequest):
        source = get(request.take).request
        if not isinstance(source, VideoRequest):
            raise BadInputError(f"job {request.take} is no video; only frames of videos can be exported")
        check_codec(request.codec, *request.size(source.width, source.height))
        if max(request.first + 1, request.end) > source.frames:
            raise BadInputError(f"the take {request.take} has {source.frames} frames; move the in and out points")
        if request.retimed:
            retimed_length((request.end or source.frames) - request.first, source.fps, request.fps)
    elif isinstance(request, VideoRequest) and request.base:
        row = get(request.base)
        source = row.request
        # Of a failed one what it has is kept; whether that is all that is wanted of it, the worker finds out.
        if not isinstance(source, VideoRequest) or row.phase not in (Phase.DONE, Phase.RUNNING, Phase.FAILED):
            raise BadInputError(f"job {request.base} is no video with frames; name one that was at least begun")
        if (source.width, source.height) != (request.width, request.height) or request.kept_stop > source.frames:
            raise BadInputError(
                f"the take {request.base} has {source.frames} frames of {source.width}x{source.height}; "
                "its frames can be kept at that size, and up to that length"
            )
