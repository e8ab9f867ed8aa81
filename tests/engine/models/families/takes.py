"""A take made by a loaded model of any family, and by the stock pipeline from the same noise."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.models.denoiser import Conditioning
from engine.parallel.noise import INITIAL, noise_of_frames
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks
from engine.sampling.guidance import GuidedDenoiser
from engine.sampling.schedule import make_schedule
from engine.sampling.solvers import sample
from tests.parallel.virtual import on_ranks

if TYPE_CHECKING:
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.models.video_model import VideoModel
    from engine.parallel.mesh import Mesh

PROMPT, NEGATIVE = "winter mountains at night", "summer"
SIDE = 64


class StockPipeline(Protocol):
    """What the tests use of a stock pipeline."""

    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, prompt: str, **options: object) -> tuple[Tensor]: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> StockPipeline: ...


def stock_pipeline(pipeline_class: object, spec: ModelSpec) -> StockPipeline:
    """The stock pipeline of the spec's folder, in fp32."""
    pipeline = cast("_PipelineClass", pipeline_class).from_pretrained(spec.folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def noise(model: VideoModel, num_latent_frames: int, seed: int = 7) -> Tensor:
    """(1, C, T, h, w)."""
    return noise_of_frames(seed, INITIAL, range(num_latent_frames), model.latent_shape(SIDE, SIDE))


def make_run(
    model: VideoModel,
    mesh: Mesh,
    partition: Partition,
    scope: Blocks,
    *,
    steps: int,
    guidance_scale: float = 1.0,
) -> Tensor:
    """One rank's clean latents of a take with one prompt."""
    run = partition.runs[mesh.rank]
    levels = model.noise_levels_of(SIDE, SIDE, min(scope.length, max(map(len, partition.shots))))
    embeddings = model.encode_prompts([PROMPT, NEGATIVE])
    wanted, unwanted = (Conditioning(each[None].expand(len(run), -1, -1)) for each in embeddings)

    def no_noise(_step: object) -> Tensor:
        raise AssertionError("no step of these schedules noises afresh")

    with model.spread(mesh, partition, scope):
        return sample(
            model if guidance_scale == 1.0 else GuidedDenoiser(model, unwanted, guidance_scale),
            noise(model, partition.num_frames)[:, :, run.start : run.stop],
            make_schedule(levels, steps),
            wanted,
            signal_scale=levels.signal_scale,
            fresh_noise=no_noise,
            after_step=lambda _step, _clean: None,
        )


def make_take(
    model: VideoModel, partition: Partition, scope: Blocks, *, steps: int = 2, guidance_scale: float = 1.0
) -> Tensor:
    """The clean latents of a take, on as many virtual ranks as the partition has."""
    copies = [deepcopy(model) for _ in partition.runs]

    def work(mesh: Mesh) -> Tensor:
        return make_run(copies[mesh.rank], mesh, partition, scope, steps=steps, guidance_scale=guidance_scale)

    return torch.cat(on_ranks(partition.world_size, work), dim=2)


def decode(model: VideoModel, latents: Tensor, first: int, last: int) -> Tensor:
    """Frames of a part of a shot from its latents and as much around it as the model asks for, (n, 3, H, W)."""
    before, after = model.decode_halo
    start, stop = max(0, first - before), min(latents.shape[2], last + after)
    return torch.cat(list(model.decode(latents[:, :, start:stop], first - start, last - start)))
