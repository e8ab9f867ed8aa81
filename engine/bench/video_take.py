"""One rank's part of a take, made as the product makes it and measured from within.

Owns the clock, the timed wire and what they add up to. How a take is made is engine.tasks.video's.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from diffusers.models.unets.unet_motion_model import UNetMotionModel

from engine.bench.video_commands import LinkMeasured, MakeTake, MeasureLink, TakeMeasured
from engine.bench.video_memory import Memory, skip_elements
from engine.errors import BadModelError
from engine.media.clip import Clip
from engine.media.movie import write_movie
from engine.models.families import motion_unet
from engine.models.families.video_unet import VideoUNet
from engine.parallel.agreement import PURPOSE as AGREEMENT
from engine.parallel.agreement import gather_numbers
from engine.parallel.cost import Bytes, received_bytes
from engine.parallel.mesh import Mesh, Parcel, open_mesh
from engine.tasks.checkpoint import Checkpoints, digest_of
from engine.tasks.reel import Reel
from engine.tasks.video import Take, make_take, scope_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from engine.parallel.mesh import Delivery
    from engine.tasks.loading import LoadedVideo

PEER_TIMEOUT_S = 600.0
LINK_BYTES = 4 * 2**20
LINK_ROUNDS = 20
LATENCY_ROUNDS = 200


def measure_take(command: MakeTake, loaded: LoadedVideo) -> TakeMeasured:
    """Make this rank's part of a take in an empty folder; every rank of the group calls it alike.

    Raises:
        BadModelError: The model's bytes and skips are not known here.
        EngineError: The take failed.
    """
    request, group = command.request, command.group
    unet = motion_unet_of(loaded)
    folder = Path(group.take)
    world_size = len(group.devices)
    memory = Memory(loaded.plan.device)
    started = time.perf_counter()
    clip = Clip.create(
        folder / "clip", width=request.width, height=request.height, fps=request.fps, frames=request.frames
    )
    take = Take(request, clip, Checkpoints(folder / "latents", digest_of(request, command.spec)))
    reel = Reel(request.timeline.shots(), [], loaded.model)
    with open_mesh(Path(group.meeting), group.rank, world_size, PEER_TIMEOUT_S) as inner:
        wire = TimedWire(inner)
        mesh = Mesh(group.rank, world_size, wire)
        watch = _Stopwatch(mesh, wire, loaded.plan.torch_device)
        make_take(take, reel, loaded, mesh, watch)
        frames_s = time.perf_counter() - started
        peak_bytes = memory.peak_bytes()
        gather_numbers(mesh, [0])  # now the frames of all ranks are in the Clip
        if group.rank == 0:
            clip.settle()
            write_movie(
                clip, Path(command.movie), codec=request.codec, fps=request.fps, texts={}, after_frame=lambda _: None
            )
        whole_s = time.perf_counter() - started
    partition = reel.partition(world_size)
    _, height, width = loaded.model.latent_shape(request.width, request.height)
    scope = scope_of(request, loaded.video)
    profile = motion_unet.profile(unet, height, width, scope)
    element_bytes = loaded.plan.torch_dtype.itemsize
    forwards = 2 if loaded.spec.takes_guidance and request.guidance_scale > 1.0 else 1
    expected = received_bytes(profile, partition, group.rank, scope, batch=1, element_bytes=element_bytes)
    return TakeMeasured(
        frames=len(partition.runs[group.rank]),
        denoise_s=watch.denoise_s,
        exchange_s=watch.exchange_s,
        frames_s=frames_s,
        whole_s=whole_s,
        received_bytes=watch.received_of_a_step(),
        formula=Bytes(forwards * expected.attention, forwards * expected.convolution, forwards * expected.norm),
        rest_bytes=memory.rest_bytes,
        peak_bytes=peak_bytes,
        skip_bytes=skip_elements(unet, height, width) * element_bytes,
        profile=profile,
        forwards=forwards,
        element_bytes=element_bytes,
        dtype=loaded.plan.dtype,
        threads=torch.get_num_threads(),
    )


def motion_unet_of(loaded: LoadedVideo) -> UNetMotionModel:
    """The network of a model that this benchmark knows.

    Raises:
        BadModelError: It is of another family.
    """
    if isinstance(loaded.model, VideoUNet) and isinstance(loaded.model.unet, UNetMotionModel):
        return loaded.model.unet
    raise BadModelError(f"{loaded.spec.name} has no stock pipeline with FreeNoise to compare with; measure papercut")


def measure_link(command: MeasureLink) -> LinkMeasured:
    """What the wire between two ranks of this machine gives, in both directions at once, as exchanges do."""
    with open_mesh(Path(command.meeting), command.rank, 2, PEER_TIMEOUT_S) as mesh:
        small_s = _swap(mesh, 8, LATENCY_ROUNDS)
        large_s = _swap(mesh, LINK_BYTES, LINK_ROUNDS)
    return LinkMeasured(bytes_per_s=LINK_BYTES / max(large_s - small_s, 1e-9), latency_s=small_s)


def _swap(mesh: Mesh, size_bytes: int, rounds: int) -> float:
    """Median seconds of a swap with the other rank, after one that does not count."""
    peer = 1 - mesh.rank
    mine, theirs = torch.zeros(size_bytes, dtype=torch.uint8), torch.empty(size_bytes, dtype=torch.uint8)
    seconds: list[float] = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        mesh.post("link", [Parcel(peer, mine)], [Parcel(peer, theirs)]).wait()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds[1:])[rounds // 2]


class TimedWire:
    """The wire of a mesh, as a Transport that knows how long it took."""

    def __init__(self, mesh: Mesh) -> None:
        self.seconds = 0.0
        self._mesh = mesh

    def post(self, sends: Sequence[Parcel], receives: Sequence[Parcel]) -> Delivery:
        started = time.perf_counter()
        delivery = self._mesh.post("wire", sends, receives)
        self.seconds += time.perf_counter() - started
        return _TimedDelivery(self, delivery)


class _TimedDelivery:
    def __init__(self, wire: TimedWire, delivery: Delivery) -> None:
        self._wire = wire
        self._delivery = delivery

    def wait(self) -> None:
        started = time.perf_counter()
        try:
            self._delivery.wait()
        finally:
            self._wire.seconds += time.perf_counter() - started


class _Stopwatch:
    """A Watch that notes when steps end, and what was received within each. It shows no previews."""

    # ruff: noqa: ARG002 -- a Watch is told more than the clock needs

    def __init__(self, mesh: Mesh, wire: TimedWire, device: torch.device) -> None:
        self._mesh = mesh
        self._wire = wire
        self._device = device
        self._times: list[float] = []
        self._waited: list[float] = []
        self._received: list[dict[str, int]] = []

    @property
    def denoise_s(self) -> float:
        return self._times[-1] - self._times[0]

    @property
    def exchange_s(self) -> float:
        return self._waited[-1] - self._waited[0]

    def received_of_a_step(self) -> dict[str, int]:
        """Bytes by purpose; the same in each step, which is checked. Agreement is no exchange of the network's."""
        first, *rest = self._received[1:]
        assert all(step == first for step in rest), "steps differ in their traffic"
        return {purpose: size for purpose, size in first.items() if purpose != AGREEMENT}

    def steps_done(self, steps: int) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        self._times.append(time.perf_counter())
        self._waited.append(self._wire.seconds)
        self._received.append(self._mesh.take_traffic().received_bytes)

    def check_stop(self) -> None:
        return

    def estimated(self, frames: Sequence[int], clean: Tensor) -> None:
        return

    def decoded(self, frame: int, pixels: NDArray[np.uint8]) -> None:
        return

    def frames_ready(self, start: int, stop: int) -> None:
        return
