"""A temporal transformer on one run of frames: norm, projection, blocks, projection, residual.

Owns: the order of work and of exchanges in a temporal transformer. Does not own: the arithmetic of attention
(attention.py) and of norms (norms.py), nor which modules of a model are temporal transformers (engine.models).

The first exchange carries what enters the module, before its norm, so it can run while the layer before makes the
frames that nobody else wants. Behind it, each attention that reads other frames exchanges its own input; the scope
`blocks` recomputes whole windows and so exchanges once a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from engine.parallel.attention import ScopedAttention, SelfAttention, blended_windows
from engine.parallel.exchange import Entrance, Exchange
from engine.parallel.norms import CHUNK_FRAMES, Statistics, begin_statistics, normalise
from engine.parallel.plan import Phase, PiecePlan, PlannedWindow


class Block(Protocol):
    """One transformer block, as diffusers names its layers; `attn2` attends to the frames too, or is None."""

    norm1: nn.Module
    attn1: SelfAttention
    norm2: nn.Module
    attn2: SelfAttention | None
    norm3: nn.Module
    ff: nn.Module


class Transformer(Protocol):
    """A temporal transformer, as diffusers names its layers."""

    norm: nn.GroupNorm
    proj_in: nn.Module
    proj_out: nn.Module


class TemporalTransformer:
    """Replaces the forward of one temporal transformer for one mesh, partition and scope."""

    def __init__(
        self,
        layers: Transformer,
        blocks: Sequence[Block],
        positions: Sequence[Tensor | None],
        *,
        plans: Sequence[PiecePlan],
        context: Exchange,
        norms: Exchange,
    ) -> None:
        """Take over a module.

        Args:
            layers: The norm and the projections.
            blocks: Its blocks.
            positions: For each block the embeddings of its positions, (positions, C), or None.
            plans: What a frame sees, for each piece of the rank.
            context: The exchange that brings it.
            norms: An exchange with the reach of the whole shot.
        """
        self.entrance = Entrance(context)
        self._layers = layers
        self._blocks = tuple(zip(blocks, positions, strict=True))
        self._plans = tuple(plans)
        self._context = context
        self._norms = norms

    def __call__(self, hidden: Tensor) -> Tensor:
        """The module's output for (batch * frames, C, H, W), batch outermost; the frames are this rank's run."""
        video = self.entrance.as_video(hidden)
        batch, _, _, height, width = video.shape
        pending = self.entrance.pending(hidden)
        statistics = begin_statistics(video, self._layers.norm.num_groups, self._norms).finish()
        extended = [self._embed(part, shared) for part, shared in zip(pending.finish(video), statistics, strict=True)]
        tokens = self._own(extended)
        for index, (block, positions) in enumerate(self._blocks):
            if index:
                extended = self._context.begin(tokens, dim=1).finish(tokens)
            attend = self._blend if self._plans[0].windows else self._attend
            tokens = attend(block, positions, tokens, extended)
            tokens = torch.cat(
                [part + block.ff(block.norm3(part)) for part in torch.split(tokens, CHUNK_FRAMES, 1)], dim=1
            )
        output = torch.cat([self._layers.proj_out(part) for part in torch.split(tokens, CHUNK_FRAMES, 1)], dim=1)
        return (output.reshape(batch, height, width, *output.shape[1:]).permute(0, 3, 4, 1, 2) + video).flatten(0, 1)

    def _embed(self, video: Tensor, statistics: Statistics) -> Tensor:
        """(B, T, C, H, W) to tokens (B * H * W, T, inner)."""
        chunks = torch.split(video, CHUNK_FRAMES, dim=1)
        normed = (normalise(frames, statistics, self._layers.norm) for frames in chunks)
        return torch.cat([self._layers.proj_in(each.permute(0, 3, 4, 1, 2).flatten(0, 2)) for each in normed], dim=1)

    def _own(self, extended: Sequence[Tensor]) -> Tensor:
        """This rank's frames out of its pieces with context."""
        pieces = zip(extended, self._plans, strict=True)
        return torch.cat([part.narrow(1, plan.first, plan.length) for part, plan in pieces], dim=1)

    def _attend(self, block: Block, positions: Tensor | None, tokens: Tensor, extended: Sequence[Tensor]) -> Tensor:
        """Both attentions of a block, with an exchange between them that is begun before the first is through."""
        early, late = [plan.early for plan in self._plans], [plan.late for plan in self._plans]
        layers = self._scoped(block.norm1, block.attn1, positions, extended)
        tokens = tokens.clone()
        _add(tokens, layers, early)
        pending = None if block.attn2 is None else self._context.begin(tokens, dim=1)
        _add(tokens, layers, late)
        if block.attn2 is not None and pending is not None:
            layers = self._scoped(block.norm2, block.attn2, positions, pending.finish(tokens))
            _add(tokens, layers, early)
            _add(tokens, layers, late)
        return tokens

    def _scoped(
        self, norm: nn.Module, layers: SelfAttention, positions: Tensor | None, extended: Sequence[Tensor]
    ) -> list[ScopedAttention]:
        pieces = zip(extended, self._plans, strict=True)
        return [ScopedAttention(layers, norm(part), plan.first, plan.length, positions) for part, plan in pieces]

    def _blend(self, block: Block, positions: Tensor | None, _: Tensor, extended: Sequence[Tensor]) -> Tensor:
        """Both attentions of a block, window by window."""
        blended: list[Tensor] = []
        for part, plan in zip(extended, self._plans, strict=True):
            first = ScopedAttention(block.attn1, block.norm1(part), 0, part.shape[1], positions)

            def attend(window: PlannedWindow, tokens: Tensor, first: ScopedAttention = first) -> Tensor:
                tokens = tokens + first.attend([window.within_piece])
                if block.attn2 is None:
                    return tokens
                second = ScopedAttention(block.attn2, block.norm2(tokens), 0, window.length, positions)
                return tokens + second.attend([window.within_window])

            blended.append(blended_windows(part, plan.length, plan.windows, attend))
        return torch.cat(blended, dim=1)


def _add(tokens: Tensor, layers: Sequence[ScopedAttention], phases: Sequence[Phase | None]) -> None:
    """Add the attention of a phase of each piece to the frames that ask, in place."""
    for attention, phase in zip(layers, phases, strict=True):
        if phase is not None:
            tokens.index_add_(1, phase.frames.to(tokens.device), attention.attend(phase.batches))
