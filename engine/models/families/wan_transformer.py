"""Wan's transformers: how they are called, and how one clip's tokens are spread over ranks.

Owns both. Does not own where the networks come from (wan.py) or what travels (engine.parallel.sequence).

Relied upon in diffusers 0.42.1 (the tests compare with the stock model):
    rope gives cosines and sines (1, tokens, 1, head width), tokens in the order of frame, row, column
    blocks take (hidden, prompt, timestep, rope); attn1 is self-attention: to_q, to_k, to_v, norm_q and norm_k over all
    heads, pairs of neighbouring channels rotated, to_out; proj_out is applied token by token
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.parallel.sequence import TokenSplit

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.models.denoiser import StepContext
    from engine.parallel.mesh import Mesh
    from engine.parallel.patch import Patches


@dataclass(frozen=True)
class WanTransformers:
    """The network of a step: `low_noise` below `boundary`, if there is one, else `high_noise`. A ClipNetwork."""

    high_noise: nn.Module
    low_noise: nn.Module | None = None
    boundary: float = 0.0
    """Timestep, in the transformers' units."""

    def at(self, step: StepContext) -> nn.Module:
        """The one for this step."""
        return self.high_noise if self.low_noise is None or step.timestep >= self.boundary else self.low_noise

    def velocity(self, latents: Tensor, step: StepContext, prompt: Tensor) -> Tensor:
        timestep = torch.tensor([step.timestep], device=latents.device)
        return cast("tuple[Tensor]", self.at(step)(latents, timestep, prompt, return_dict=False))[0]

    def split(self, step: StepContext, latents: Tensor, mesh: Mesh) -> TokenSplit:
        attention = cast("nn.Module", _blocks(self.at(step))[0].attn1)
        patch = cast("nn.Conv3d", self.at(step).patch_embedding).kernel_size
        frames, rows, columns = (side // size for side, size in zip(latents.shape[2:], patch, strict=True))
        return TokenSplit(mesh, frames * rows * columns, cast("int", attention.heads))

    def spread_tokens(self, step: StepContext, split: TokenSplit, patches: Patches) -> None:
        network = self.at(step)
        rope, proj_out = cast("nn.Module", network.rope), cast("nn.Module", network.proj_out)
        positions = cast("Callable[[Tensor], tuple[Tensor, Tensor]]", rope.forward)
        first = _blocks(network)[0]
        block = cast("Callable[..., Tensor]", first.forward)
        project = cast("Callable[[Tensor], Tensor]", proj_out.forward)

        def own_positions(hidden: Tensor) -> tuple[Tensor, ...]:
            return tuple(split.own(each) for each in positions(hidden))

        def first_block(hidden: Tensor, *rest: object) -> Tensor:
            return block(split.own(hidden), *rest)

        def project_all(hidden: Tensor) -> Tensor:
            return split.gather(project(hidden))

        patches.forward(rope, own_positions)
        patches.forward(first, first_block)
        for each in _blocks(network):
            attention = cast("nn.Module", each.attn1)
            patches.forward(attention, _self_attention(attention, split))
        patches.forward(proj_out, project_all)


def _blocks(network: nn.Module) -> list[nn.Module]:
    return list(cast("Iterable[nn.Module]", network.blocks))


def _self_attention(attention: nn.Module, split: TokenSplit) -> Callable[..., Tensor]:
    """The forward of a self-attention of which this rank has some of the tokens."""
    heads = cast("int", attention.heads)
    to_q, to_k, to_v, norm_q, norm_k = (
        cast("Callable[[Tensor], Tensor]", getattr(attention, name))
        for name in ("to_q", "to_k", "to_v", "norm_q", "norm_k")
    )
    to_out = cast("Iterable[Callable[[Tensor], Tensor]]", attention.to_out)

    def forward(hidden: Tensor, _prompt: None, _mask: None, rope: tuple[Tensor, Tensor]) -> Tensor:
        query, key, value = (
            each.reshape(*each.shape[:2], heads, -1)
            for each in (norm_q(to_q(hidden)), norm_k(to_k(hidden)), to_v(hidden))
        )
        output = split.attend(_rotated(query, *rope), _rotated(key, *rope), value).flatten(2)
        for layer in to_out:
            output = layer(output)
        return output

    return forward


def _rotated(hidden: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Each pair of neighbouring channels turned by its angle."""
    even, odd = hidden[..., 0::2], hidden[..., 1::2]
    cosines, sines = cosines[..., 0::2], sines[..., 1::2]
    pairs = torch.stack([even * cosines - odd * sines, even * sines + odd * cosines], dim=-1)
    return pairs.flatten(-2).type_as(hidden)
