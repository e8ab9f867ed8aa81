"""ControlNets for Qwen-Image: how they are called. As diffusers' QwenImageControlNetPipeline.

Owns that the hint is the map as the model's autoencoder and packing make it. Unions are told no type: they see it. Like
the stock pipeline's, layers of one union each have a run of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from engine.control.block_spread import spread_in_runs
from engine.control.prompt_side import PromptSideNet
from engine.models.denoiser import TokenResiduals
from engine.models.families.flow_transformer import pack
from engine.models.families.qwen_image import qwen_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from torch import Tensor, nn

    from engine.control.adapter_loading import Adapter
    from engine.messages import ControlLayer
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.families.flow_transformer import FlowTransformer


@dataclass(frozen=True)
class QwenControlNet:
    """A QwenImageControlNetModel with its hint, tokens of the map's latents (1, tokens, channels); a TokenNet."""

    network: nn.Module
    transformer: nn.Module
    hint: Tensor

    patch = 2

    def run(self, noisy: Tensor, step: StepContext, conditioning: Conditioning) -> TokenResiduals:
        found = cast(
            "Sequence[Tensor]",
            self.network(
                **qwen_inputs(noisy, step, conditioning),
                controlnet_cond=self.hint.expand(noisy.shape[0], -1, -1),
                return_dict=False,
            ),
        )
        return TokenResiduals(spread_in_runs(found, len(cast("nn.ModuleList", self.transformer.transformer_blocks))))


def qwen_net(
    adapter: Adapter, layer: ControlLayer, signal: Tensor, model: FlowTransformer, dtype: torch.dtype
) -> PromptSideNet:
    """The ControlNet for a map, (1, 3, H, W) in [-1, 1]."""
    del layer  # there is one kind for each of these networks
    hint = pack(model.encode(signal)).to(dtype)
    return PromptSideNet(QwenControlNet(adapter.network, model.network.network, hint))
