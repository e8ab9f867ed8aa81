"""What ControlNets add to the picture tokens of a flow-matching transformer: weight, steps and region mask.

Owns the sums, and the spreading of a ControlNet's few blocks over the model's many. How each class is called is
sd3_control.py's and flux_control.py's: they give a `TokenNet`. Other families add one of their own to
`make_token_controls`.
Control modes but "balanced" weaken the blocks of a U-Net and have no meaning here; engine.messages refuses them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import torch

from engine.control.flux_control import flux_net
from engine.control.qwen_control import qwen_net
from engine.control.region import RegionMask
from engine.control.sd3_control import sd3_net
from engine.media.pixels import to_signal
from engine.models.denoiser import TokenResiduals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from engine.control.adapter_loading import Adapter
    from engine.control.hints import Hint
    from engine.messages import ControlLayer
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.families.flow_transformer import FlowTransformer


class TokenNet(Protocol):
    """A ControlNet with its hint."""

    @property
    def patch(self) -> int:
        """Latents along the side of a token."""
        ...

    def run(self, noisy: Tensor, step: StepContext, conditioning: Conditioning) -> TokenResiduals:
        """What it adds behind each of the model's blocks, unweighted. `noisy` are latents (B, C, h, w)."""
        ...


class TokenControl:
    """A layer at work; implements Control."""

    only_positive = False

    def __init__(self, layer: ControlLayer, net: TokenNet, mask: RegionMask | None) -> None:
        self._layer, self._net, self._mask = layer, net, mask

    def add_to(self, conditioning: Conditioning, noisy: Tensor, step: StepContext) -> Conditioning:
        if not self._layer.weight or not self._layer.acts_in(step.index, step.count):
            return conditioning
        factor: Tensor | float = self._layer.weight
        if self._mask is not None:
            height, width = (side // self._net.patch for side in noisy.shape[-2:])
            factor = self._mask.at(height, width).flatten(2).transpose(1, 2) * factor
        found = self._net.run(noisy, step, conditioning)
        return replace(conditioning, tokens=add_tokens(conditioning.tokens, found, factor))


def make_token_controls(
    pairs: Sequence[tuple[Adapter, Hint]], model: FlowTransformer, device: torch.device, dtype: torch.dtype
) -> tuple[TokenControl, ...]:
    """The controls of a request, in the order of its layers.

    Args:
        pairs: Each layer's adapter, loaded for `device` and `dtype`, and its hint.
        model: That they steer, whose autoencoder encodes the hints.
        device: Where it computes.
        dtype: In which format.

    Raises:
        BadInputError: A union does not know a layer's kind.
    """
    makers = {
        "SD3ControlNetModel": sd3_net,
        "FluxControlNetModel": flux_net,
        "QwenImageControlNetModel": qwen_net,
    }
    controls: list[TokenControl] = []
    for adapter, hint in pairs:
        with torch.inference_mode():
            signal = to_signal(hint.pixels)[None].to(device)
            net = makers[adapter.class_name](adapter, hint.layer, signal, model, dtype)
        mask = RegionMask(hint.mask, device, dtype) if hint.mask is not None else None
        controls.append(TokenControl(hint.layer, net, mask))
    return tuple(controls)


def add_tokens(earlier: TokenResiduals | None, found: TokenResiduals, factor: Tensor | float) -> TokenResiduals:
    """`earlier` and `found` times `factor`, (1 or B, tokens, 1); blocks that share a tensor still share one."""
    known: dict[tuple[int, int], Tensor] = {}

    def joined(old: Tensor | None, new: Tensor) -> Tensor:
        key = (id(old), id(new))
        if key not in known:
            known[key] = new * factor if old is None else old + new * factor
        return known[key]

    def sums(before: tuple[Tensor, ...], own: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        if not own:
            return before
        return tuple(joined(old, new) for old, new in zip(before or (None,) * len(own), own, strict=True))

    before = earlier or TokenResiduals()
    return TokenResiduals(sums(before.blocks, found.blocks), sums(before.single_blocks, found.single_blocks))
