"""An image job: pictures written to their parts, with events on the way and nothing left behind on failure.

Owns what happens around the algorithm of engine.tasks.image. Final names are the service's.
"""

from __future__ import annotations

import io
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from engine.media.metadata import PictureRecord, picture_texts
from engine.media.png import discard, write_png
from engine.messages import Preview, Progress
from engine.tasks.image import make_pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from engine.protocol import Run
    from engine.tasks.loading import LoadedModel

PREVIEW_SIDE = 256


def run_image_job(
    run: Run,
    loaded: LoadedModel,
    emit: Callable[[Progress | Preview], None],
    check_stop: Callable[[], None],
) -> None:
    """Make and write every picture of the job.

    Args:
        run: The job; picture i goes to `run.parts[i]`.
        loaded: The model of the job's spec.
        emit: Takes each event.
        check_stop: Called between steps; raises JobCancelledError when the job is to end.

    Raises:
        EngineError: The job failed or was stopped; no part of it is left.
    """
    request = run.request
    steps = request.count * request.steps
    device = loaded.plan.device

    def after_step(done: int) -> None:
        emit(Progress(job=run.job, attempt=run.attempt, step=done, steps=steps, device=device))
        check_stop()

    written: list[Path] = []
    try:
        run.spec.check(request)
        check_stop()
        for picture in make_pictures(request, loaded, after_step):
            part = Path(run.parts[picture.index])
            written.append(part)
            document = write_png(part, picture.pixels, picture_texts(_record(run, loaded, picture.seed)))
            image = _preview(document, picture.pixels)
            emit(Preview(job=run.job, attempt=run.attempt, index=picture.index, image=image, final=True))
    except BaseException:
        for part in written:
            discard(part)
        raise


def _record(run: Run, loaded: LoadedModel, seed: int) -> PictureRecord:
    digests = {file.path: file.sha256 for file in run.spec.files}
    plan = loaded.plan
    return PictureRecord(
        request=run.request,
        seed=seed,
        model={"name": run.spec.name, "family": run.spec.family, **digests},
        plan={name: getattr(plan, name) for name in plan.__struct_fields__},
        versions={name: _version(name) for name in ("onetake", "torch", "diffusers")},
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # ourselves, run from a checkout
        return "source"


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
