"""What a worker is told to do: a rank's share of an attempt, with the places that it reads and writes.

Owns: making the command. Does not own: which worker gets it (scheduler), or what the places are for (takes, parts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.executor.devices import device_of
from engine.messages import ControlMapRequest, ImageRequest, VideoRequest
from engine.protocol import Group, Run
from engine.service import parts
from engine.service.takes import take_folder

if TYPE_CHECKING:
    from engine.messages import ModelSpec
    from engine.paths import Paths
    from engine.service.paces import Paces
    from engine.service.slots import ActiveRun


def order(run: ActiveRun, spec: ModelSpec | None, rank: int, paths: Paths, paces: Paces) -> Run:
    """The command for one rank; `spec` is None for a job that needs no model."""
    row = run.row
    files = parts.part_paths(row.job, row.attempt, row.targets)
    group = _group(run, rank, paths, paces)
    return Run(job=row.job, attempt=row.attempt, request=row.request, spec=spec, parts=files, group=group)


def _group(run: ActiveRun, rank: int, paths: Paths, paces: Paces) -> Group | None:
    request = run.row.request
    if isinstance(request, ImageRequest | ControlMapRequest):
        return None
    is_video = isinstance(request, VideoRequest)
    base = take_folder(paths, request.base) if is_video and request.base else None
    return Group(
        rank=rank,
        devices=tuple(map(device_of, run.devices)),
        meeting=str(run.meeting or ""),
        take=str(take_folder(paths, run.job if is_video else request.take)),
        base=str(base or ""),
        speeds=paces.speeds(run.devices, request) if is_video else (),
    )
