"""ControlNets for SD3 and SD3.5: how they are called. As diffusers' StableDiffusion3ControlNetPipeline.

Owns that the hint is encoded by the model's autoencoder, without its shift for those that were trained so, and that
SD3.5's own take no prompt, tokens that the model has given their places, and edges from 0.5 to 128: that for Canny was
trained so, and its authors tell users of diffusers to hand them in so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.control.block_spread import spread_evenly
from engine.models.denoiser import TokenResiduals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor, nn

    from engine.control.adapter_loading import Adapter
    from engine.messages import ControlLayer
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.families.flow_transformer import FlowTransformer

_EDGE = 127.5


@dataclass(frozen=True)
class Sd3ControlNet:
    """An SD3ControlNetModel with its hint; a TokenNet.

    Attributes:
        network: The ControlNet.
        transformer: The model's network.
        hint: The encoded map, (1, C, h, w).
        patch: Latents along the side of a token.
        takes_prompt: It sees the prompt's tokens.
        places: What makes latents the tokens that it takes; None where it does so itself.
        forgets_pooled: It was trained with zeros for the pooled prompt.
    """

    network: nn.Module
    transformer: nn.Module
    hint: Tensor
    patch: int
    takes_prompt: bool
    places: Callable[[Tensor], Tensor] | None
    forgets_pooled: bool

    def run(self, noisy: Tensor, step: StepContext, conditioning: Conditioning) -> TokenResiduals:
        count = noisy.shape[0]
        assert conditioning.pooled is not None
        pooled = torch.zeros_like(conditioning.pooled) if self.forgets_pooled else conditioning.pooled
        words = conditioning.hidden_states.expand(count, -1, -1) if self.takes_prompt else None
        (found,) = cast(
            "tuple[Sequence[Tensor]]",
            self.network(
                hidden_states=noisy if self.places is None else self.places(noisy),
                timestep=torch.tensor([step.timestep], device=noisy.device).expand(count),
                encoder_hidden_states=words,
                pooled_projections=pooled.expand(count, -1),
                controlnet_cond=self.hint.expand(count, -1, -1, -1),
                return_dict=False,
            ),
        )
        return TokenResiduals(spread_evenly(found, len(cast("nn.ModuleList", self.transformer.transformer_blocks))))


def sd3_net(
    adapter: Adapter, layer: ControlLayer, signal: Tensor, model: FlowTransformer, dtype: torch.dtype
) -> Sd3ControlNet:
    """The ControlNet for a map, (1, 3, H, W) in [-1, 1]."""
    takes_prompt = adapter.config.get("joint_attention_dim", 0) is not None
    if layer.kind == "canny" and not takes_prompt:
        signal = (signal + 1.0) * _EDGE / 2.0 + 0.5
    forgets, latents = adapter.config.get("force_zeros_for_pooled_projection", True) is True, model.encode(signal)
    if forgets:  # these were trained on latents without the shift
        latents = latents + model.latents.shift * model.latents.scale
    transformer = model.network.network
    has_places = adapter.config.get("use_pos_embed", True) is True
    return Sd3ControlNet(
        adapter.network,
        transformer,
        latents.to(dtype),
        cast("int", adapter.config.get("patch_size", 2)),
        takes_prompt,
        None if has_places else cast("Callable[[Tensor], Tensor]", transformer.pos_embed),
        forgets,
    )
