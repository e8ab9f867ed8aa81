"""A video job on one rank: the take's folder, its ranks, its events, and the finished file.

Owns what happens around the algorithm of engine.tasks.video. Final names are the service's.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadInputError, JobFailedError, WorkerLostError
from engine.media.clip import Clip
from engine.media.movie import write_movie
from engine.media.pixels import to_uint8
from engine.media.video_metadata import VideoRecord, video_texts
from engine.messages import FramesReady, Notice, Preview, Progress, VideoRequest, decode_request, encode_request
from engine.parallel.mesh import open_mesh
from engine.tasks.checkpoint import Checkpoints, digest_of
from engine.tasks.drawn import as_drawn, drawn_facts, drawn_notes
from engine.tasks.frame_controls import TakeControls
from engine.tasks.pace import Pacemeter
from engine.tasks.previews import PreviewBudget, encode_preview, spread_evenly
from engine.tasks.provenance import model_facts, plan_facts, versions
from engine.tasks.reel import Reel
from engine.tasks.reroll import BaseTake
from engine.tasks.take_inputs import hold_to_inputs
from engine.tasks.video import Take, make_take

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.protocol import Group, Run
    from engine.tasks.controls import ControlSupply
    from engine.tasks.loading import LoadedVideo

    Emit = Callable[[Progress | Preview | FramesReady | Notice], None]

PEER_TIMEOUT_S = 3600.0
"""How long a rank waits for another. A dead one is noticed at once by its socket, a hung one by the service."""
LOOK_EVERY_S = 0.1
FRAMES_LOOKED_AT = 500
ESTIMATES_PER_FRAME = 1 / 16
"""Of a run's frames, so many are shown behind a step (but at least two): decoding all would cost a step's time."""


def run_video_job(
    run: Run,
    loaded: LoadedVideo,
    emit: Emit,
    check_stop: Callable[[], None],
    supply: ControlSupply | None = None,
) -> float:
    """Do this rank's part of a take; rank 0 also encodes it, to `run.parts[0]`.

    Args:
        run: The job, with its group.
        loaded: The model of the job's spec.
        emit: Takes each event.
        check_stop: Called between steps and frames; raises JobCancelledError when the job is to end.
        supply: Where controls come from; needed by a request that has some.

    Returns:
        This rank's pace, in latent frames a second through a step; 0 where it denoised nothing.

    Raises:
        EngineError: The job failed or was stopped. Frames and latents stay in the take's folder, no part is left.
    """
    request, group = run.request, run.group
    assert isinstance(request, VideoRequest)
    assert group is not None, "a video is made by a group, if only of one"
    assert run.spec is not None
    run.spec.check(request)
    check_stop()
    for note in drawn_notes(request, run.spec) if group.rank == 0 else ():
        emit(Notice(job=run.job, attempt=run.attempt, message=note))
    controls = _controls(run, loaded, emit, check_stop, supply)
    inputs = controls.digests() if controls and group.rank == 0 else {}
    take = replace(_open_take(request, run.spec, group), control_frames=controls.of_frames if controls else None)
    if inputs:
        hold_to_inputs(Path(group.take), inputs)
    redo = [range(span.start, span.stop) for span in request.redo]
    reel = Reel(request.timeline.shots(), redo, loaded.model, group.speeds)
    if take.base:
        take.base.check(reel, loaded.model)
    report = _Report(run, group, loaded, emit, check_stop)
    try:
        with open_mesh(Path(group.meeting), group.rank, len(group.devices), PEER_TIMEOUT_S) as mesh:
            frames = len(reel.partition(mesh.world_size).runs[mesh.rank])
            report.pace = pace = Pacemeter(frames, lambda: mesh.waited_s)
            make_take(take, reel, loaded, mesh, report)
    except WorkerLostError:
        check_stop()  # when a job is stopped, some rank hears of it first
        raise
    report.pace = None
    report.all_done()
    if group.rank == 0:
        _wait_for_frames(take.clip, check_stop)
        take.clip.settle()
        record = VideoRecord(
            request=request,
            model=model_facts(run.spec),
            plan=plan_facts(loaded.plan) | drawn_facts(request, run.spec),
            versions=versions(),
            inputs=inputs,
        )
        write_movie(
            take.clip,
            Path(run.parts[0]),
            codec=request.codec,
            fps=request.fps,
            texts=video_texts(record),
            after_frame=lambda _: check_stop(),
        )
    return pace.frames_per_s


def _controls(
    run: Run,
    loaded: LoadedVideo,
    emit: Emit,
    check_stop: Callable[[], None],
    supply: ControlSupply | None,
) -> TakeControls | None:
    """The request's controls, if it has any; what is wrong with them is said before the take's folder is made."""
    request = run.request
    assert isinstance(request, VideoRequest)
    if not any(layer.enabled for layer in request.controls):
        return None
    assert supply is not None, "a worker has a supply of controls"

    def note(text: str) -> None:
        emit(Notice(job=run.job, attempt=run.attempt, message=text))

    return TakeControls(request, loaded, supply, note, check_stop)


def _open_take(request: VideoRequest, spec: ModelSpec, group: Group) -> Take:
    """The take's folder, new or as earlier attempts left it.

    Raises:
        BadInputError: It belongs to another request, or holds frames of another edition of the model, or the take to
            start from does not suit this one.
    """
    folder = Path(group.take)
    note = encode_request(request).decode()
    clip = Clip.create(
        folder / "clip", width=request.width, height=request.height, fps=request.fps, frames=request.frames, note=note
    )
    if _without_devices(_request_of(clip)) != _without_devices(request):
        raise BadInputError(f"{folder} holds frames of another request; submit this one as a new job")
    checkpoints = Checkpoints(folder / "latents", digest_of(request, spec))
    if checkpoints.is_foreign and len(clip.missing(clip.frames)) < len(clip.frames):
        # Only the missing frames would be made, and would not go with those that are there.
        raise BadInputError(
            f"the frames in {folder} are from another edition of {spec.name}; submit this take as a new job"
        )
    base = _open_base(request, spec, Path(group.base)) if request.base else None
    return Take(as_drawn(request, spec), clip, checkpoints, base)


def _open_base(request: VideoRequest, spec: ModelSpec, folder: Path) -> BaseTake:
    clip = Clip.open(folder / "clip")
    base = _request_of(clip)
    wanted, found = ((each.width, each.height, each.model) for each in (request, base))
    if wanted != found:
        raise BadInputError(f"the take {request.base} differs in size or model; keep these to keep frames of it")
    checkpoints = Checkpoints(folder / "latents", digest_of(base, spec))
    if not checkpoints.has(base.steps):
        raise BadInputError(
            f"the latents of the take {request.base} are gone, or from another edition of {spec.name}; make it anew"
        )
    return BaseTake(base, clip, checkpoints)


def _request_of(clip: Clip) -> VideoRequest:
    request = decode_request(clip.manifest.note)
    if not isinstance(request, VideoRequest):
        raise JobFailedError(f"{clip.folder} was made by no video request; move that folder away")
    return request


def _without_devices(request: VideoRequest) -> VideoRequest:
    return msgspec.structs.replace(request, devices=())


def _wait_for_frames(clip: Clip, check_stop: Callable[[], None]) -> None:
    """Return when all frames of all ranks are in the Clip. The service ends this rank if another one dies."""
    start = 0
    while start < len(clip.frames):
        stop = min(start + FRAMES_LOOKED_AT, len(clip.frames))
        missing = clip.missing(range(start, stop))
        start = missing[0] if missing else stop
        while missing and clip.missing(range(start, start + 1)):
            check_stop()
            time.sleep(LOOK_EVERY_S)


class _Report:
    """Turns what a rank does into events; a Watch."""

    def __init__(self, run: Run, group: Group, loaded: LoadedVideo, emit: Emit, check_stop: Callable[[], None]) -> None:
        assert isinstance(run.request, VideoRequest)
        self.check_stop = check_stop
        self._run = run
        self._device = group.devices[group.rank]
        self._loaded = loaded
        self._emit = emit
        self._steps = run.request.steps + 1  # decoding counts as one
        self._budget = PreviewBudget(len(group.devices))
        self._turn = 0
        self.pace: Pacemeter | None = None
        """Measures the steps, while there are any."""

    def steps_done(self, steps: int) -> None:
        run = self._run
        if self.pace is not None:
            self.pace.step_done()
        self._emit(Progress(job=run.job, attempt=run.attempt, step=steps, steps=self._steps, device=self._device))

    def all_done(self) -> None:
        """This rank's frames are all in the Clip."""
        self.steps_done(self._steps)

    def estimated(self, frames: Sequence[int], clean: Tensor) -> None:
        """Show some of the frames, others each time."""
        most = min(len(frames), max(2, int(len(frames) * ESTIMATES_PER_FRAME)))
        chosen = spread_evenly(self._budget.take(most), len(frames), self._turn) if frames else ()
        self._turn += 1
        if not chosen:
            return
        pictures = to_uint8(self._loaded.model.preview(clean[0, :, list(chosen)].transpose(0, 1))).numpy()
        for index, pixels in zip(chosen, pictures, strict=True):
            self._show(frames[index], pixels, final=False)

    def decoded(self, frame: int, pixels: NDArray[np.uint8]) -> None:
        if self._budget.take(1):
            self._show(frame, pixels, final=True)

    def frames_ready(self, start: int, stop: int) -> None:
        run = self._run
        self._emit(FramesReady(job=run.job, attempt=run.attempt, start=start, stop=stop, device=self._device))

    def _show(self, frame: int, pixels: NDArray[np.uint8], *, final: bool) -> None:
        run, image = self._run, encode_preview(pixels)
        self._emit(
            Preview(job=run.job, attempt=run.attempt, index=frame, image=image, final=final, device=self._device)
        )
