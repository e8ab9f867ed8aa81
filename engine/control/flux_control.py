"""ControlNets for FLUX.1, unions among them: how they are called. As diffusers' FluxControlNetPipeline.

Owns the two kinds of hints: latents of the model's autoencoder, or, for XLabs' networks, their own embedding of the
picture, and the type that a union is told. Like the stock pipeline's, layers of one union each have a run of their own,
and both sides of guidance, where a model is run twice, take what is said of the prompt's side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.control.block_spread import spread_in_runs, spread_in_turn
from engine.control.prompt_side import PromptSideNet
from engine.errors import BadInputError
from engine.models.denoiser import TokenResiduals
from engine.models.families.flow_transformer import pack
from engine.models.families.flux import flux_inputs
from engine.token_adapters import FLUX_MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from engine.control.adapter_loading import Adapter
    from engine.messages import ControlLayer
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.families.flow_transformer import FlowTransformer


@dataclass(frozen=True)
class FluxControlNet:
    """A FluxControlNetModel with its hint; a TokenNet.

    Attributes:
        network: The ControlNet.
        transformer: The model's network.
        hint: The map as tokens, (1, tokens, channels).
        embeds_guidance: It is told the guidance.
        mode: The type that a union is told, (1, 1); None for others.
        in_turn: Its residuals go round the model's blocks.
    """

    network: nn.Module
    transformer: nn.Module
    hint: Tensor
    embeds_guidance: bool
    mode: Tensor | None
    in_turn: bool

    patch = 2

    def run(self, noisy: Tensor, step: StepContext, conditioning: Conditioning) -> TokenResiduals:
        count = noisy.shape[0]
        blocks, single_blocks = cast(
            "tuple[Sequence[Tensor] | None, Sequence[Tensor] | None]",
            self.network(
                **flux_inputs(noisy, step, conditioning, embeds_guidance=self.embeds_guidance),
                controlnet_cond=self.hint.expand(count, -1, -1),
                controlnet_mode=None if self.mode is None else self.mode.expand(count, -1),
                return_dict=False,
            ),
        )
        spread = spread_in_turn if self.in_turn else spread_in_runs
        return TokenResiduals(
            spread(blocks or (), len(cast("nn.ModuleList", self.transformer.transformer_blocks))),
            # The model goes round its blocks of two streams only.
            spread_in_runs(single_blocks or (), len(cast("nn.ModuleList", self.transformer.single_transformer_blocks))),
        )


def flux_net(
    adapter: Adapter, layer: ControlLayer, signal: Tensor, model: FlowTransformer, dtype: torch.dtype
) -> PromptSideNet:
    """The ControlNet for a map, (1, 3, H, W) in [-1, 1].

    Raises:
        BadInputError: The network is a union that does not know the layer's kind.
    """
    config = adapter.config
    if adapter.embed is None:
        hint = pack(model.encode(signal))
    else:
        # Its patches are of patch_size, which is that of `pack` in all networks of this kind.
        hint = pack(cast("Tensor", adapter.embed(signal.to(dtype))))
    net = FluxControlNet(
        adapter.network,
        model.network.network,
        hint.to(dtype),
        config.get("guidance_embeds") is True,
        _mode_of(adapter, layer).to(signal.device) if config.get("num_mode") is not None else None,
        adapter.embed is not None,
    )
    return PromptSideNet(net)


def _mode_of(adapter: Adapter, layer: ControlLayer) -> Tensor:
    count = adapter.config.get("num_mode")
    known = {kind: mode for kind, mode in FLUX_MODES.items() if isinstance(count, int) and mode < count}
    if layer.kind not in known:
        raise BadInputError(f"{adapter.spec.name} knows no {layer.kind!r} control; use one of: {', '.join(known)}")
    return torch.tensor([[known[layer.kind]]])
