"""An image job: pictures written to their parts, with events on the way and nothing left behind on failure.

Owns what happens around the algorithm of engine.tasks.image. Final names are the service's.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from engine.media.metadata import PictureRecord, picture_texts
from engine.media.png import discard, write_png
from engine.messages import ImageRequest, Notice, Preview, Progress
from engine.tasks.controls import ready_controls
from engine.tasks.drawn import as_drawn, drawn_facts, drawn_notes, enlarged
from engine.tasks.image import make_pictures, picture_schedule
from engine.tasks.provenance import model_facts, plan_facts, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.protocol import Run
    from engine.tasks.controls import ControlSupply
    from engine.tasks.image import Picture
    from engine.tasks.loading import LoadedModel

PREVIEW_SIDE = 256


def run_image_job(
    run: Run,
    loaded: LoadedModel,
    emit: Callable[[Progress | Preview | Notice], None],
    check_stop: Callable[[], None],
    supply: ControlSupply | None = None,
) -> None:
    """Make and write every picture of the job.

    Args:
        run: The job; picture i goes to `run.parts[i]`.
        loaded: The model of the job's spec.
        emit: Takes each event; what was done to the files of controls is a Notice each.
        check_stop: Called between steps; raises JobCancelledError when the job is to end.
        supply: Where controls come from; needed by a request that has some.

    Raises:
        EngineError: The job failed or was stopped; no part of it is left.
    """
    request, spec = run.request, run.spec
    assert isinstance(request, ImageRequest)
    assert spec is not None
    device = loaded.plan.device

    def after_step(done: int) -> None:
        emit(Progress(job=run.job, attempt=run.attempt, step=done, steps=steps, device=device))
        check_stop()

    spec.check(request)
    check_stop()
    drawn = as_drawn(request, spec)
    steps = request.count * len(picture_schedule(drawn, loaded))
    ready = ready_controls(request, loaded, supply, check_stop)
    for note in (*drawn_notes(request, spec), *ready.notes):
        emit(Notice(job=run.job, attempt=run.attempt, message=note))
    pictures = make_pictures(drawn, loaded, after_step, ready.controls)
    write_pictures(run, loaded, at_size(pictures, request), emit, ready.digests)


def at_size(pictures: Iterable[Picture], request: ImageRequest) -> Iterator[Picture]:
    """The pictures at the size that was asked for, each as soon as it is made."""
    size = (request.width, request.height)
    return (replace(picture, pixels=enlarged(picture.pixels, size)) for picture in pictures)


def write_pictures(
    run: Run,
    loaded: LoadedModel,
    pictures: Iterable[Picture],
    emit: Callable[[Progress | Preview], None],
    inputs: Mapping[str, str] | None = None,
) -> None:
    """Write each picture to its part as soon as it is made, and show it.

    Args:
        run: The job; picture i goes to `run.parts[i]`.
        loaded: The model.
        pictures: The pictures, made as they are asked for.
        emit: Takes each event.
        inputs: Digests of the files that the pictures were made from, by path.

    Raises:
        EngineError: A picture could not be made or written; no part of the job is left.
    """
    request = run.request
    assert isinstance(request, ImageRequest)
    written: list[Path] = []
    try:
        for picture in pictures:
            part = Path(run.parts[picture.index])
            written.append(part)
            record = _record(request, loaded, picture.seed, inputs or {})
            document = write_png(part, picture.pixels, picture_texts(record))
            image = _preview(document, picture.pixels)
            emit(Preview(job=run.job, attempt=run.attempt, index=picture.index, image=image, final=True))
    except BaseException:
        for part in written:
            discard(part)
        raise


def _record(request: ImageRequest, loaded: LoadedModel, seed: int, inputs: Mapping[str, str]) -> PictureRecord:
    return PictureRecord(
        request=request,
        seed=seed,
        model=model_facts(loaded.spec),
        plan=plan_facts(loaded.plan) | drawn_facts(request, loaded.spec),
        versions=versions(),
        inputs=dict(inputs),
    )


def _preview(document: bytes, pixels: NDArray[np.uint8]) -> bytes:
    """The picture itself when it is small enough to travel in an event, else a smaller JPEG."""
    height, width = pixels.shape[:2]
    if max(height, width) <= PREVIEW_SIDE:
        return document
    image = Image.fromarray(pixels)
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()
