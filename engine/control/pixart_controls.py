"""What PixArt's ControlNets add to it in a step.

Owns how they are asked. Weight, steps and region are engine.control.token_controls', the network is
engine.control.pixart_controlnet's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.control.pixart_controlnet import PixArtControlNet
from engine.control.region import RegionMask
from engine.control.token_controls import TokenControl
from engine.errors import BadModelError
from engine.media.pixels import to_signal
from engine.models.denoiser import TokenResiduals
from engine.models.families.pixart_transformer import run_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from engine.control.adapter_loading import Adapter
    from engine.control.hints import Hint
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.families.pixart import PixArt
    from engine.models.families.pixart_transformer import PixArtTransformer


@dataclass(frozen=True)
class PixArtNet:
    """A ControlNet with its hint, tokens of the map's latents (1, tokens, channels); a TokenNet."""

    network: PixArtControlNet
    hint: Tensor
    transformer: PixArtTransformer

    @property
    def patch(self) -> int:
        return self.transformer.patch

    def run(self, noisy: Tensor, step: StepContext, conditioning: Conditioning) -> TokenResiduals:
        model = self.transformer
        begun = model.begin(noisy, step.timestep, conditioning.hidden_states)
        # Nothing is added before the model's second block, so that all controls see the same here.
        hidden = run_block(model.blocks[0], begun.tokens, begun)
        found = cast("list[Tensor]", self.network(hidden, self.hint, begun))
        nothing = hidden.new_zeros(1, 1, 1)
        return TokenResiduals((*found, *[nothing] * (len(model.blocks) - len(found))))


def make_pixart_controls(
    pairs: Sequence[tuple[Adapter, Hint]], model: PixArt, device: torch.device, dtype: torch.dtype
) -> tuple[TokenControl, ...]:
    """The controls of a request, in the order of its layers.

    Args:
        pairs: Each layer's adapter, loaded for `device` and `dtype`, and its hint.
        model: The model that they steer, whose autoencoder and first block they use.
        device: Where the model computes.
        dtype: In which format.

    Raises:
        BadModelError: An adapter is of another kind.
    """
    controls: list[TokenControl] = []
    for adapter, hint in pairs:
        if not isinstance(adapter.network, PixArtControlNet):
            raise BadModelError(f"{adapter.spec.folder} is no ControlNet for PixArt; choose an adapter that is")
        with torch.inference_mode():
            latents = model.encode(to_signal(hint.pixels)[None].to(device)).to(dtype)
            tokens = model.transformer.embed(latents)
        mask = RegionMask(hint.mask, device, dtype) if hint.mask is not None else None
        controls.append(TokenControl(hint.layer, PixArtNet(adapter.network, tokens, model.transformer), mask))
    return tuple(controls)
