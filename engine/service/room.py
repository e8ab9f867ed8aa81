"""What a job needs of disk and memory, weighed against what there is before it is stored.

Owns: the estimates and the refusal with its figures. Does not own: what happens when they were too low (a full disk in
the middle of a take fails the job, which keeps what it has).

The estimates are low on purpose: they refuse what cannot be done, and leave what is doubtful to the attempt.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInputError, DiskFullError
from engine.executor.devices import CPU, device_of, resolve_devices
from engine.messages import ExportRequest, VideoRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.messages import Request

# Bytes per pixel. An uncompressed picture; a lossless frame in the Clip; the latents of a frame, 16 channels at an
# eighth of the size in fp32, in two checkpoints and the one being written; an encoded frame; the skips of the U-Net.
PICTURE_BYTES, FRAME_BYTES, LATENT_BYTES, ENCODED_BYTES, HIDDEN_BYTES = 3, 2, 3, 1, 16
LOSSLESS = ("png", "exr", "ffv1")


@dataclass(frozen=True)
class Machine:
    """What is known of this machine: its devices, and the memory in bytes of those whose workers have told it."""

    devices: tuple[str, ...]
    memory_bytes: Mapping[str, int] = field(default_factory=dict[str, int])


def check_room(
    request: Request,
    target: Path,
    home: Path,
    machine: Machine,
    reserve_bytes: int,
    *,
    drawn: tuple[int, int] | None = None,
) -> None:
    """Refuse a job for which there is no room.

    Args:
        request: The job.
        target: Where its result goes.
        home: Where frames, latents and the queue go.
        machine: Its devices.
        reserve_bytes: What must stay free on a disk.
        drawn: Width and height at which a take is drawn, where these are not the request's.

    Raises:
        BadInputError: It needs more memory than its devices have, or names devices that are not there.
        DiskFullError: A disk has too little room.
    """
    if isinstance(request, VideoRequest):
        drawn = drawn or (request.width, request.height)
        _check_take(request, target.parent, home, machine, reserve_bytes, drawn=drawn)
        return
    pixels = 0 if isinstance(request, ExportRequest) else request.width * request.height * request.count
    needed = reserve_bytes + PICTURE_BYTES * pixels
    for folder in (target.parent, home):
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise DiskFullError(
                f"{folder} has {free / 2**20:.0f} MiB left of the {needed / 2**20:.0f} MiB this job needs free; "
                "make room or choose another folder"
            )


def _check_take(
    request: VideoRequest, folder: Path, home: Path, machine: Machine, reserve_bytes: int, *, drawn: tuple[int, int]
) -> None:
    pixels, seen = (width * height * request.frames for width, height in ((request.width, request.height), drawn))
    memory, have = HIDDEN_BYTES * seen, _memory_of(resolve_devices(request.devices, machine.devices), machine)
    # The take and the result may lie on one disk, which then has to hold both.
    disk = (FRAME_BYTES + (FRAME_BYTES if request.codec in LOSSLESS else ENCODED_BYTES)) * pixels + LATENT_BYTES * seen
    free, tightest = min((shutil.disk_usage(place).free, place) for place in (home, folder))
    lacks_memory, lacks_disk = have is not None and memory > have, disk + reserve_bytes > free
    if not lacks_memory and not lacks_disk:
        return
    memory_there = "" if have is None else f"its devices have {readable(have)} and "
    message = (
        f"{request.frames:,} frames of {request.width}x{request.height} need about {readable(memory)} of memory and "
        f"{readable(disk + reserve_bytes)} of disk; {memory_there}{tightest} has {readable(free)} free; "
        "make the take shorter or smaller"
    )
    raise BadInputError(message) if lacks_memory else DiskFullError(message)


def _memory_of(slots: Iterable[str], machine: Machine) -> int | None:
    """What the devices have together; None when one has not told yet. GPUs may keep in host memory what they lack."""
    found = [machine.memory_bytes.get(device) for device in {CPU, *map(device_of, slots)}]
    known = [size for size in found if size]
    return sum(known) if len(known) == len(found) else None


def readable(size_bytes: int) -> str:
    """A size for people."""
    size, units = float(size_bytes), ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.1f} {units[0]}"
