"""Other words for the same picture, as the algorithm runs. Which models can is said here, too.

Owns the stages of the method "cycle" but the reading and encoding of the picture (engine.tasks.edit) and the two
chains (engine.sampling.cycle).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import torch

from engine.errors import BadInputError
from engine.media.pixels import to_uint8
from engine.sampling.cycle import sample_cycle
from engine.sampling.noise import INITIAL, draw_noise, step_stream
from engine.tasks.finite import check_finite
from engine.tasks.steering import steer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from engine.control.unet_adapters import Control
    from engine.messages import ImageRequest
    from engine.models.denoiser import StepContext
    from engine.tasks.loading import LoadedModel


def check_cycle(loaded: LoadedModel) -> None:
    """Raise BadInputError, with the reason, unless the method is defined for the model."""
    if loaded.model.noise_levels.parametrisation != "variance":
        raise BadInputError(
            f"{loaded.spec.name} cannot cycle: it moves along straight flows, which have no noise of steps to keep; "
            "use img2img, or a Stable Diffusion model"
        )
    if loaded.model.sees_mask:
        raise BadInputError(f"{loaded.spec.name} cannot cycle: it paints into masks only; use inpaint")


@torch.inference_mode()
def make_cycled(
    request: ImageRequest,
    picture: Tensor,
    schedule: Sequence[StepContext],
    loaded: LoadedModel,
    seeds: Sequence[int],
    *,
    after_step: Callable[[int], None],
    controls: Sequence[Control],
) -> Tensor:
    """What becomes of the picture's latents (1, C, h, w) under the request's prompt, (B, H, W, 3) uint8.

    Controls act in both chains, so that what they hold comes from the picture. Guidance is the new prompt's alone.
    """
    assert request.edit is not None
    shape = loaded.model.latent_shape(request.width, request.height)

    def noise_of(stream: int) -> Tensor:
        return torch.stack([draw_noise(shape, seed, stream) for seed in seeds]).to(loaded.plan.torch_device)

    def after(step: StepContext, clean: Tensor) -> None:
        check_finite(clean, f"step {step.index + 1} of {step.count}", loaded)
        after_step((step.index + 1) * len(seeds))

    described = msgspec.structs.replace(request, prompt=request.edit.source_prompt, guidance_scale=1.0)
    latents = sample_cycle(
        steer(described, loaded, controls=controls),
        steer(request, loaded, controls=controls),
        picture,
        schedule,
        first_noise=noise_of(INITIAL),
        fresh_noise=lambda step: noise_of(step_stream(step.index)),
        after_step=after,
    )
    pictures = loaded.model.decode(latents)
    check_finite(pictures, "the decoded picture", loaded)
    return to_uint8(pictures)
