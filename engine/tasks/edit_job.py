"""An edit job: its files read, its pictures made and written, with events on the way.

Owns what happens around the algorithm of engine.tasks.edit but the writing, which is engine.tasks.image_job's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from engine.messages import ImageRequest, Notice, Preview, Progress
from engine.tasks.controls import ready_controls
from engine.tasks.drawn import as_drawn, drawn_notes
from engine.tasks.edit import edit_schedule, lay_out, make_edits
from engine.tasks.edit_source import read_source
from engine.tasks.image_job import at_size, write_pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.control.hints import Hint
    from engine.media.known_pictures import KnownPictures
    from engine.protocol import Run
    from engine.tasks.controls import ControlSupply
    from engine.tasks.edit import Layout
    from engine.tasks.loading import LoadedModel


def run_edit_job(
    run: Run,
    loaded: LoadedModel,
    emit: Callable[[Progress | Preview | Notice], None],
    check_stop: Callable[[], None],
    supply: ControlSupply | None = None,
    *,
    known: KnownPictures | None = None,
) -> None:
    """Make and write every picture of the job.

    Args:
        run: The job, whose request has an edit part; picture i goes to `run.parts[i]`.
        loaded: The model of the job's spec.
        emit: Takes each event; what reading did to the files is a Notice each.
        check_stop: Called between steps; raises JobCancelledError when the job is to end.
        supply: Where controls come from; needed by a request that has some.
        known: Pictures that the worker keeps read.

    Raises:
        EngineError: The job failed or was stopped; no part of it is left.
    """
    request, spec = run.request, run.spec
    assert isinstance(request, ImageRequest)
    assert request.edit is not None
    assert spec is not None
    spec.check(request)
    check_stop()
    source = read_source(request.edit, known)
    drawn = as_drawn(request, spec)
    layout = lay_out(drawn, source)
    check_stop()
    # A control covers the whole picture, of which the model sees a part; the same part of the control goes along.
    cut, whole = (None, None) if layout is None else (partial(_cut, layout), layout.picture_size)
    ready = ready_controls(request, loaded, supply, check_stop, cut=cut, size=whole)
    for note in (*drawn_notes(request, spec), *source.notes, *ready.notes):
        emit(Notice(job=run.job, attempt=run.attempt, message=note))
    steps = request.count * len(edit_schedule(drawn, loaded))

    def after_step(done: int) -> None:
        emit(Progress(job=run.job, attempt=run.attempt, step=done, steps=steps, device=loaded.plan.device))
        check_stop()

    shape = (request.width, request.height)
    pictures = make_edits(drawn, source, layout, loaded, after_step, controls=ready.controls, shape=shape)
    if layout is None:
        pictures = at_size(pictures, request)
    write_pictures(run, loaded, pictures, emit, {**source.digests, **(ready.digests or {})})


def _cut(layout: Layout, hint: Hint) -> Hint:
    """The part of a control that lies over the part of the picture that the model sees."""
    mask = None if hint.mask is None else layout.area.cut_mask(hint.mask.astype(np.float32))
    region = None if mask is None else np.rint(mask).astype(np.uint8)
    return replace(hint, pixels=layout.area.cut(hint.pixels), mask=region)
