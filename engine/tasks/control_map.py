"""A control map job: read the picture, detect, write the map with what it came from.

Owns the order and the record in the file. Reading is engine.media.reading's, detecting engine.control's, final names
are the service's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.control.detect import detect, stand_in_note
from engine.errors import BadInputError
from engine.media.png import discard, write_png
from engine.media.reading import read_picture
from engine.messages import ControlMapRequest, Notice, Preview, Progress
from engine.tasks.previews import encode_preview
from engine.tasks.provenance import version_of, versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.control.shelf import DetectorShelf
    from engine.protocol import Run

RECORD_KEY = "onetake_control_map"
_STEPS = 2
_FORMAT = 1


class ControlMapRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Our JSON in a map, under RECORD_KEY: with the same picture and weights the request makes the same map.

    Attributes:
        request: The request.
        picture_sha256: Digest of the picture's file.
        notes: What reading did to the picture, and which detector stood in for another.
        versions: Of Onetake and of the libraries that decide pixels.
        format: Version of this record.
    """

    request: ControlMapRequest
    picture_sha256: str
    notes: tuple[str, ...]
    versions: dict[str, str]
    format: int = _FORMAT


def run_control_map_job(
    run: Run,
    detectors: DetectorShelf,
    emit: Callable[[Progress | Preview | Notice], None],
    check_stop: Callable[[], None],
) -> None:
    """Write the map of the job's picture to `run.parts[0]`.

    Args:
        run: The job.
        detectors: Those that the worker keeps loaded.
        emit: Takes each event; what reading did to the picture is a Notice, and so is a detector that stood in.
        check_stop: Called between the steps; raises JobCancelledError when the job is to end.

    Raises:
        EngineError: The job failed or was stopped; no part of it is left.
    """
    request = run.request
    assert isinstance(request, ControlMapRequest)
    file, part = Path(request.picture), Path(run.parts[0])
    check_stop()
    picture = read_picture(file, frame=request.frame)
    digest = _digest(file)
    notes = picture.notes
    for note in notes:
        emit(Notice(job=run.job, attempt=run.attempt, message=f"{file.name}: {note}"))
    if note := stand_in_note(request.kind, detectors):
        emit(Notice(job=run.job, attempt=run.attempt, message=note))
        notes = (*notes, note)
    emit(Progress(job=run.job, attempt=run.attempt, step=1, steps=_STEPS, device=detectors.device))
    check_stop()
    pixels = detect(
        request.kind,
        picture.over(),
        (request.width, request.height),
        request.seed,
        shelf=detectors,
        resize=request.resize,
        resolution=request.resolution,
        options=request.options,
    )
    check_stop()
    record = ControlMapRecord(request=request, picture_sha256=digest, notes=notes, versions=_versions())
    try:
        write_png(part, pixels, {RECORD_KEY: msgspec.json.encode(record).decode()})
        emit(Progress(job=run.job, attempt=run.attempt, step=_STEPS, steps=_STEPS, device=detectors.device))
        emit(Preview(job=run.job, attempt=run.attempt, index=0, image=encode_preview(pixels), final=True))
    except BaseException:
        discard(part)
        raise


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError(f"{file} cannot be read ({error.strerror}); choose another picture") from error


def _versions() -> dict[str, str]:
    packages = ("controlnet-aux", "numpy", "opencv-python-headless", "pillow", "transformers")
    return versions() | {name: version_of(name) for name in packages}
