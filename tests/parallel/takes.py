"""A take computed on any mesh: the same lines for one rank, for threads and for processes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel
from diffusers.models.unets.unet_motion_model import UNetMotionModel

from engine.models.families import motion_unet, unet3d
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Scope
from tests.parallel.models import frame_prompts, latents, run_motion, run_unet3d
from tests.parallel.virtual import on_ranks

if TYPE_CHECKING:
    from torch import Tensor

Backbone = UNetMotionModel | UNet3DConditionModel


@dataclass(frozen=True)
class Take:
    """The input of one forward over all frames."""

    video: Tensor
    prompts: Tensor

    @staticmethod
    def of(num_frames: int) -> Take:
        return Take(latents(num_frames), frame_prompts(num_frames))


def stock(unet: Backbone, take: Take) -> Tensor:
    """The unpatched model on all frames at once."""
    with torch.inference_mode():
        if isinstance(unet, UNetMotionModel):
            return run_motion(unet, take.video, take.prompts)
        return run_unet3d(unet, take.video, take.prompts)


def compute_run(unet: Backbone, take: Take, mesh: Mesh, partition: Partition, scope: Scope) -> Tensor:
    """One rank's part."""
    run = partition.runs[mesh.rank]
    video = take.video[:, :, run.start : run.stop]
    if isinstance(unet, UNetMotionModel):
        with motion_unet.spread(unet, mesh, partition, scope):
            return run_motion(unet, video, take.prompts[:, run.start : run.stop])
    with unet3d.spread(unet, mesh, partition, scope):
        return run_unet3d(unet, video, take.prompts)


def compute(unet: Backbone, take: Take, partition: Partition, scope: Scope) -> Tensor:
    """All frames, on as many virtual ranks as the partition has."""
    copies: Sequence[Backbone] = [deepcopy(unet) for _ in partition.runs]
    runs = on_ranks(partition.world_size, lambda mesh: compute_run(copies[mesh.rank], take, mesh, partition, scope))
    return torch.cat(runs, dim=2)


def received(unet: Backbone, take: Take, partition: Partition, scope: Scope) -> list[dict[str, int]]:
    """Bytes that each rank received in one forward, by purpose."""
    copies: Sequence[Backbone] = [deepcopy(unet) for _ in partition.runs]

    def work(mesh: Mesh) -> dict[str, int]:
        compute_run(copies[mesh.rank], take, mesh, partition, scope)
        return mesh.take_traffic().received_bytes

    return on_ranks(partition.world_size, work)
