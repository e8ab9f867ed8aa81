"""Which movie of a take an editing program can be led to: its newest whole export, or what the take itself became.

Shared by the window and the command line. No Qt.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.media.timeline_file import TakeMovie
from engine.messages import ExportRequest, JobInfo, JobState, VideoRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

_READ_BY_EDITORS = ("h264", "h265", "av1", "vp9", "prores", "dnxhr", "ffv1")


def find_movie(take: str, jobs: Iterable[JobInfo]) -> TakeMovie | None:
    """The movie of a take that is still there, shows each of its frames once, and shows most of them.

    Args:
        take: The take's job id.
        jobs: The queue, in any order.
    """
    known = list(jobs)
    length = next((job.request.frames for job in known if job.job == take and isinstance(job.request, VideoRequest)), 0)
    found: list[tuple[int, bool, float, TakeMovie]] = []
    for job in known:
        movie = _movie_of(job, take, length)
        if movie is not None:
            is_export = isinstance(job.request, ExportRequest)
            found.append((movie.frames, is_export, job.finished or 0.0, movie))
    return max(found, key=lambda each: each[:3])[3] if found else None


def _movie_of(job: JobInfo, take: str, length: int) -> TakeMovie | None:
    """What a finished job made of the take, if an editing program can use it."""
    request = job.request
    if job.state is not JobState.DONE or not job.outputs:
        return None
    if isinstance(request, ExportRequest) and request.take == take and not request.retimed:
        first, end = request.first, request.end or length
    elif isinstance(request, VideoRequest) and job.job == take:
        first, end = 0, length
    else:
        return None
    path = Path(job.outputs[0])
    if request.codec not in _READ_BY_EDITORS or not path.is_file():
        return None
    return TakeMovie(path=path, first=first, frames=end - first, fps=request.fps)
