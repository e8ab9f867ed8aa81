"""Text to image: from a frozen request to pictures, as the algorithm runs.

Owns the order of the stages. Files and events are engine.tasks.image_job's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.media.pixels import to_uint8
from engine.sampling.noise import INITIAL, draw_noise, step_stream
from engine.sampling.schedule import begin_solver, make_schedule
from engine.sampling.solvers import sample
from engine.tasks.finite import check_finite
from engine.tasks.steering import steer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from engine.control.unet_adapters import Control
    from engine.messages import ImageRequest
    from engine.models.denoiser import StepContext
    from engine.tasks.loading import LoadedModel


@dataclass(frozen=True)
class Picture:
    """Picture `index` of a batch, made from `seed` alone: (H, W, 3) uint8 RGB."""

    index: int
    seed: int
    pixels: NDArray[np.uint8]


def picture_schedule(request: ImageRequest, loaded: LoadedModel) -> tuple[StepContext, ...]:
    """Every evaluation of the network for each picture; some solvers ask more often than the request has steps."""
    _, *latent_size = loaded.model.latent_shape(request.width, request.height)
    levels = loaded.model.noise_levels.for_latents(*latent_size)
    return make_schedule(levels, request.steps, loaded.spec.schedule)


def make_pictures(
    request: ImageRequest,
    loaded: LoadedModel,
    after_step: Callable[[int], None],
    controls: Sequence[Control] = (),
) -> Iterator[Picture]:
    """Make the request's pictures in seed order, each handed out as soon as it is decoded.

    Args:
        request: A request that the model's spec has checked.
        loaded: The model.
        after_step: Told the number of denoising steps done, over all pictures; may raise to stop.
        controls: Those of the request, made ready (engine.tasks.controls).

    Raises:
        NotFiniteError: Latents or pixels became NaN or infinite.
    """
    seeds = range(request.seed, request.seed + request.count)
    steps = len(picture_schedule(request, loaded))
    for start in range(0, request.count, loaded.plan.pictures_at_once):
        chunk = seeds[start : start + loaded.plan.pictures_at_once]
        done = start * steps
        pixels = _make_chunk(request, loaded, chunk, lambda steps, done=done: after_step(done + steps), controls)
        for offset, seed in enumerate(chunk):
            yield Picture(start + offset, seed, pixels[offset].numpy())


@torch.inference_mode()
def _make_chunk(
    request: ImageRequest,
    loaded: LoadedModel,
    seeds: Sequence[int],
    after_step: Callable[[int], None],
    controls: Sequence[Control],
) -> Tensor:
    """Pictures of `seeds`, (B, H, W, 3) uint8."""
    model, device = loaded.model, loaded.plan.torch_device
    shape = model.latent_shape(request.width, request.height)
    levels = model.noise_levels.for_latents(*shape[1:])

    def noise_of(stream: int) -> Tensor:
        return torch.stack([draw_noise(shape, seed, stream) for seed in seeds]).to(device)

    def after(step: StepContext, clean: Tensor) -> None:
        check_finite(clean, f"step {step.index + 1} of {step.count}", loaded)
        after_step((step.index + 1) * len(seeds))

    denoiser, conditioning = steer(request, loaded, controls=controls)
    schedule = picture_schedule(request, loaded)
    latents = sample(
        denoiser,
        noise_of(INITIAL) * levels.initial_scale(schedule[0].sigma),
        schedule,
        conditioning,
        signal_scale=levels.signal_scale,
        fresh_noise=lambda step: noise_of(step_stream(step.index)),
        after_step=after,
        solver=begin_solver(levels, request.steps, loaded.spec.schedule, schedule),
    )
    pictures = model.decode(latents)
    check_finite(pictures, "the decoded picture", loaded)
    return to_uint8(pictures)
