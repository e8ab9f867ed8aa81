"""ControlNets for Z-Image: how they are called. As diffusers' ZImageControlNetPipeline.

Owns that such a network borrows the model's embeddings and refiners, and what its region is. It steers text and picture
in one stream, and its weight enters within it, so that several of them do not add up: a model takes one
(engine.messages refuses more).
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import torch
from torch.nn.functional import pad

from engine.control.region import RegionMask
from engine.media.pixels import to_signal
from engine.models.denoiser import TokenResiduals
from engine.models.families.z_image import z_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    from engine.control.adapter_loading import Adapter
    from engine.control.hints import Hint
    from engine.messages import ControlLayer
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.families.flow_transformer import FlowTransformer

_PATCH = 2


class ZImageControl:
    """A ZImageControlNetModel at work in one request; implements Control."""

    only_positive = False

    def __init__(
        self, network: nn.Module, layer: ControlLayer, hint: Tensor, mask: RegionMask | None, blocks: int
    ) -> None:
        """`hint` is the map's latents as the network takes them, (1, C, 1, h, w); `blocks` are the model's."""
        self._network, self._layer, self._hint, self._mask, self._blocks = network, layer, hint, mask, blocks

    def add_to(self, conditioning: Conditioning, noisy: Tensor, step: StepContext) -> Conditioning:
        count = noisy.shape[0]
        found = cast(
            "Mapping[int, Tensor]",
            self._network(
                **z_inputs(noisy, step, conditioning),
                control_context=list(self._hint.expand(count, -1, -1, -1, -1).unbind()),
                conditioning_scale=self._layer.weight,
            ),
        )
        nothing = noisy.new_zeros(1, 1, 1)
        weighed = {place: self._within_region(each, noisy) for place, each in found.items()}
        blocks = tuple(weighed.get(place, nothing) for place in range(self._blocks))
        return replace(conditioning, tokens=TokenResiduals(blocks))

    def _within_region(self, residual: Tensor, noisy: Tensor) -> Tensor:
        """`residual` (B, tokens, channels) times each token's share; the prompt, behind the picture, has the mean's."""
        if self._mask is None:
            return residual
        height, width = (side // _PATCH for side in noisy.shape[-2:])
        own = self._mask.at(height, width).flatten(1)
        rest = own.mean(dim=1, keepdim=True).expand(-1, residual.shape[1] - own.shape[1])
        return residual * torch.cat([own, rest], dim=1)[..., None]


def make_z_image_control(
    adapter: Adapter, hint: Hint, model: FlowTransformer, device: torch.device, dtype: torch.dtype
) -> ZImageControl:
    """The control of a request's only layer.

    Args:
        adapter: Loaded for `device` and `dtype`.
        hint: The layer's.
        model: That it steers.
        device: Where it computes.
        dtype: In which format.
    """
    with torch.inference_mode():
        latents = model.encode(to_signal(hint.pixels)[None].to(device)).to(dtype)
    # Networks that also inpaint have channels for a mask and a picture, which are empty without.
    wanted = cast("int", adapter.config["control_in_dim"])
    latents = pad(latents, (0, 0, 0, 0, 0, wanted - latents.shape[1]))[:, :, None]
    mask = RegionMask(hint.mask, device, dtype) if hint.mask is not None else None
    transformer = model.network.network
    network = _borrowing(adapter.network, transformer)
    return ZImageControl(network, hint.layer, latents, mask, len(cast("nn.ModuleList", transformer.layers)))


def _borrowing(network: nn.Module, transformer: nn.Module) -> nn.Module:
    """`network` with the transformer's parts; itself it stays without, so that it does not keep the model alive."""
    own = copy.copy(network)
    for name in ("_modules", "_parameters"):
        vars(own)[name] = dict(vars(network)[name])
    return cast("Callable[[nn.Module, nn.Module], nn.Module]", own.from_transformer)(own, transformer)
