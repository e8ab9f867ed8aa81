"""An export job: frames of a take streamed from its Clip to an encoder. Needs no model.

Owns what happens around engine.media.movie: which take, events, and what the file says about itself. Final names are
the service's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInputError
from engine.media.clip import Clip
from engine.media.movie import write_movie
from engine.media.video_metadata import VideoRecord, video_texts
from engine.messages import ExportRequest, Progress, Retimed, VideoRequest, decode_request
from engine.tasks.provenance import versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.protocol import Run


def run_export_job(run: Run, emit: Callable[[Progress], None], check_stop: Callable[[], None]) -> None:
    """Encode the frames of the take in `run.group.take` to `run.parts[0]`.

    Args:
        run: The job, with a group that names the take's folder.
        emit: Takes each event.
        check_stop: Called between frames; raises JobCancelledError when the job is to end.

    Raises:
        EngineError: The job failed or was stopped; no part of it is left.
    """
    request, group = run.request, run.group
    assert isinstance(request, ExportRequest)
    assert group is not None, "the group says where the take is"
    clip = Clip.open(Path(group.take) / "clip")
    frames = range(request.first, request.end or len(clip.frames))
    shown = Retimed(frames, clip.manifest.fps, request.fps) if request.retimed else frames
    percent_told = -1

    def after_frame(done: int) -> None:
        nonlocal percent_told
        check_stop()
        # A long take has more frames than anybody needs events.
        if done * 100 // len(shown) > percent_told:
            percent_told = done * 100 // len(shown)
            device = group.devices[group.rank]
            emit(Progress(job=run.job, attempt=run.attempt, step=done, steps=len(shown), device=device))

    record = VideoRecord(
        request=_source_of(clip),
        first=frames.start,
        frames=len(frames),
        fps=request.fps,
        retimed=request.retimed,
        versions=versions(),
    )
    write_movie(
        clip,
        Path(run.parts[0]),
        codec=request.codec,
        fps=request.fps,
        texts=video_texts(record),
        after_frame=after_frame,
        frames=shown,
        size=request.size(clip.manifest.width, clip.manifest.height),
        quality=request.quality,
    )


def _source_of(clip: Clip) -> VideoRequest:
    """The request of the take's frames."""
    request = decode_request(clip.manifest.note)
    if not isinstance(request, VideoRequest):
        raise BadInputError(f"{clip.folder} was made by no video request; export a take of `onetake video`")
    return request
