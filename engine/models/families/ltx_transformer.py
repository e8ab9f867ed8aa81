"""LTX-Video's transformer: how it is called, and how one clip's tokens are spread over ranks.

Owns both. Does not own where the network comes from (ltx.py) or what travels (engine.parallel.sequence).

Relied upon in diffusers 0.42.1 (the tests compare with the stock model):
    tokens are latents of patch size 1, in the order of frame, row, column; proj_in and proj_out are applied to each
    rope gives cosines and sines (1, tokens, channels of all heads)
    attn1 of transformer_blocks is self-attention: to_q, to_k, to_v, norm_q and norm_k over all heads, pairs of
    neighbouring channels rotated, to_out; called by keyword with hidden_states and image_rotary_emb
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.models.t5_text import text_mask
from engine.parallel.sequence import TokenSplit

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.models.denoiser import StepContext
    from engine.parallel.mesh import Mesh
    from engine.parallel.patch import Patches


@dataclass(frozen=True)
class LtxTransformer:
    """A loaded LTXVideoTransformer3DModel; a ClipNetwork."""

    network: nn.Module
    seconds_per_latent: float
    pixels_per_latent: int

    def velocity(self, latents: Tensor, step: StepContext, prompt: Tensor) -> Tensor:
        frames, height, width = latents.shape[2:]
        cell = self.pixels_per_latent
        (output,) = cast(
            "tuple[Tensor]",
            self.network(
                hidden_states=latents.flatten(2).transpose(1, 2),
                encoder_hidden_states=prompt,
                timestep=torch.tensor([step.timestep], device=latents.device),
                encoder_attention_mask=text_mask(prompt),
                num_frames=frames,
                height=height,
                width=width,
                rope_interpolation_scale=(self.seconds_per_latent, cell, cell),
                return_dict=False,
            ),
        )
        return output.transpose(1, 2).reshape(1, -1, frames, height, width)

    def split(self, step: StepContext, latents: Tensor, mesh: Mesh) -> TokenSplit:  # noqa: ARG002 -- one network for all
        attention = cast("nn.Module", self._blocks()[0].attn1)
        return TokenSplit(mesh, latents[0, 0].numel(), cast("int", attention.heads))

    def spread_tokens(self, step: StepContext, split: TokenSplit, patches: Patches) -> None:  # noqa: ARG002 -- the same
        rope, proj_in, proj_out = (
            cast("nn.Module", getattr(self.network, name)) for name in ("rope", "proj_in", "proj_out")
        )
        positions = cast("Callable[..., tuple[Tensor, Tensor]]", rope.forward)
        enter, leave = (cast("Callable[[Tensor], Tensor]", layer.forward) for layer in (proj_in, proj_out))

        def own_positions(*args: object) -> tuple[Tensor, ...]:
            return tuple(split.own(each) for each in positions(*args))

        def enter_own(hidden: Tensor) -> Tensor:
            return enter(split.own(hidden))

        def leave_all(hidden: Tensor) -> Tensor:
            return split.gather(leave(hidden))

        patches.forward(rope, own_positions)
        patches.forward(proj_in, enter_own)
        for block in self._blocks():
            attention = cast("nn.Module", block.attn1)
            patches.forward(attention, _self_attention(attention, split))
        patches.forward(proj_out, leave_all)

    def _blocks(self) -> list[nn.Module]:
        return list(cast("Iterable[nn.Module]", self.network.transformer_blocks))


def _self_attention(attention: nn.Module, split: TokenSplit) -> Callable[..., Tensor]:
    """The forward of a self-attention of which this rank has some of the tokens."""
    heads = cast("int", attention.heads)
    to_q, to_k, to_v, norm_q, norm_k = (
        cast("Callable[[Tensor], Tensor]", getattr(attention, name))
        for name in ("to_q", "to_k", "to_v", "norm_q", "norm_k")
    )
    to_out = cast("Iterable[Callable[[Tensor], Tensor]]", attention.to_out)

    def forward(hidden_states: Tensor, encoder_hidden_states: None, image_rotary_emb: tuple[Tensor, Tensor]) -> Tensor:
        assert encoder_hidden_states is None, "self-attention was given a prompt"
        query = _rotated(norm_q(to_q(hidden_states)), *image_rotary_emb)
        key = _rotated(norm_k(to_k(hidden_states)), *image_rotary_emb)
        query, key, value = (each.reshape(*each.shape[:2], heads, -1) for each in (query, key, to_v(hidden_states)))
        output = split.attend(query, key, value).flatten(2)
        for layer in to_out:
            output = layer(output)
        return output

    return forward


def _rotated(hidden: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Each pair of neighbouring channels turned by its angle, in fp32."""
    even, odd = hidden.float()[..., 0::2], hidden.float()[..., 1::2]
    turned = torch.stack([-odd, even], dim=-1).flatten(-2)
    return (hidden.float() * cosines + turned * sines).to(hidden.dtype)
