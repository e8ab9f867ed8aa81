"""What steers the sampler of a picture: the encoded prompt, controls, and guidance away from the negative prompt.

Owns the order guidance(control(model)). Shared by pictures from noise and from pictures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.control.controlled import ControlledDenoiser
from engine.errors import BadModelError
from engine.models.families.flow_transformer import FlowTransformer
from engine.sampling.guidance import GuidedDenoiser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from engine.control.unet_adapters import Control
    from engine.messages import ImageRequest
    from engine.models.denoiser import Conditioning, Denoiser
    from engine.tasks.loading import LoadedModel


def steer(
    request: ImageRequest, loaded: LoadedModel, beside: Tensor | None = None, controls: Sequence[Control] = ()
) -> tuple[Denoiser, Conditioning]:
    """The denoiser that follows the request, and what to hand it.

    Args:
        request: The request.
        loaded: The model.
        beside: For inpainting networks, Conditioning's field of that name.
        controls: Those of the request, made ready (engine.tasks.controls).

    Raises:
        BadModelError: The network sees a mask, and there is none; its catalogue entry lets that pass.
    """
    if loaded.model.sees_mask and beside is None:
        raise BadModelError(f"{loaded.spec.name} paints into masks only; say so in models.toml (draws = false)")
    conditioning = replace(loaded.prompts.encode(request.prompt), beside=beside, guidance=request.guidance_scale)
    denoiser: Denoiser = loaded.model
    if controls:
        denoiser = ControlledDenoiser(loaded.model, loaded.model.noise_levels, controls)
    if loaded.spec.embeds_guidance or not loaded.spec.takes_guidance or request.guidance_scale <= 1.0:
        return denoiser, conditioning
    negative = replace(loaded.prompts.encode(request.negative_prompt), beside=beside)
    keeps_length = isinstance(loaded.model, FlowTransformer) and loaded.model.keeps_length
    return GuidedDenoiser(denoiser, negative, request.guidance_scale, keeps_length=keeps_length), conditioning
