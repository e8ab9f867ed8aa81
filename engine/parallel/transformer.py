"""A temporal transformer on one run of frames: norm, projection, blocks, projection, residual.

Owns: the order of work and of exchanges in a temporal transformer. Does not own: the arithmetic of attention
(attention.py) and of norms (norms.py), nor which modules of a model are temporal transformers (engine.models).

The first exchange carries what enters the module, before its norm, so it can run while the layer before makes the
frames that nobody else wants. Behind it, each attention that reads other frames exchanges its own input; the scope
`blocks` recomputes whole windows and so exchanges once a block.

What lies between two exchanges is a pass. It works on all frames of a few pixels at a time, so only what enters the
module, which its output overwrites, and the tokens between two passes take memory that grows with the run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from engine.parallel.attention import ScopedAttention, SelfAttention, blended_windows
from engine.parallel.exchange import Context, Entrance, Exchange
from engine.parallel.norms import Statistics, begin_statistics, normalise
from engine.parallel.pixels import by_pixel, parts_of
from engine.parallel.plan import Batch, PiecePlan, PlannedWindows


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


FEED_FORWARD_PARTS = 4
"""Feed-forward layers widen their tokens eightfold on the way."""
Parts = Sequence[tuple[int, int]]
"""The first of some pixels and how many they are."""
Source = Callable[[int, int], list[Tensor]]
"""The frames and context of each piece at some pixels (the first, how many), as tokens (N, T, C)."""
Pass = Callable[[list[Tensor]], Tensor]
"""From these to the frames of the run, (N, run, C), in memory of their own."""


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
        self._plans = tuple(plans)
        self._context = context
        self._norms = norms
        self._passes: list[Pass] = []
        for block, table in zip(blocks, positions, strict=True):
            self._passes += self._passes_of(block, table)

    def __call__(self, hidden: Tensor) -> Tensor:
        """The module's output for (batch * frames, C, H, W), batch outermost, in the memory of `hidden`.

        The frames are this rank's run.
        """
        video = by_pixel(self.entrance.as_video(hidden))
        context = self.entrance.pending(hidden).arrive().flatten(3)
        statistics = begin_statistics([video.unsqueeze(-1)], self._layers.norm.num_groups, self._norms).finish()
        batch, _, _, pixels = video.shape
        parts = list(parts_of(video))

        def entering(start: int, count: int) -> list[Tensor]:
            around = context.at(3, start, count).around(video.narrow(3, start, count))
            return [self._embed(part, shared) for part, shared in zip(around, statistics, strict=True)]

        source, tokens = entering, None
        for work in self._passes[:-1]:
            tokens = _pass(work, source, parts, tokens, pixels * batch)
            source = _Tokens(tokens, self._context.begin(tokens, dim=1).arrive(), batch)
        for start, count in parts:
            made: Tensor = self._layers.proj_out(self._passes[-1](source(start, count)))
            video.narrow(3, start, count).add_(made.reshape(count, batch, *made.shape[1:]).permute(1, 2, 3, 0))
        return hidden

    def _embed(self, pixels: Tensor, statistics: Statistics) -> Tensor:
        """(B, T, C, P) to tokens (P * B, T, inner)."""
        normed = normalise(pixels.unsqueeze(-1), statistics, self._layers.norm)
        return self._layers.proj_in(normed.squeeze(-1).permute(3, 0, 1, 2).flatten(0, 1))

    def _passes_of(self, block: Block, positions: Tensor | None) -> list[Pass]:
        """What a block does between exchanges: both attentions window by window, or one attention after the other."""

        def fed(attend: Pass) -> Pass:
            return lambda extended: _feed_forward(block, attend(extended))

        if any(plan.windows for plan in self._plans):
            return [fed(lambda extended: self._blend(block, positions, extended))]
        first = self._attention(block.norm1, block.attn1, positions)
        if block.attn2 is None:
            return [fed(first)]
        return [first, fed(self._attention(block.norm2, block.attn2, positions))]

    def _attention(self, norm: nn.Module, layers: SelfAttention, positions: Tensor | None) -> Pass:
        def attend(extended: list[Tensor]) -> Tensor:
            made: list[Tensor] = []
            for part, plan in zip(extended, self._plans, strict=True):
                scoped = ScopedAttention(layers, norm(part), plan.first, plan.length, positions)
                made.append(scoped.attend(plan.batches).add_(part.narrow(1, plan.first, plan.length)))
            return _joined(made)

        return attend

    def _blend(self, block: Block, positions: Tensor | None, extended: list[Tensor]) -> Tensor:
        """Both attentions of a block, window by window."""
        blended: list[Tensor] = []
        for part, plan in zip(extended, self._plans, strict=True):
            first = ScopedAttention(block.attn1, block.norm1(part), 0, part.shape[1], positions)

            def attend(windows: PlannedWindows, tokens: Tensor, first: ScopedAttention = first) -> Tensor:
                tokens = tokens + first.attend([Batch(windows.frames, windows.frames)])
                if block.attn2 is None:
                    return tokens
                alone = tokens.reshape(-1, windows.length, tokens.shape[-1])
                second = ScopedAttention(block.attn2, block.norm2(alone), 0, windows.length, positions)
                return (alone + second.attend([windows.alone])).reshape(tokens.shape)

            assert plan.windows is not None, "a scope is made of windows in all pieces or in none"
            blended.append(blended_windows(part, plan.windows, attend))
        return _joined(blended)


class _Tokens:
    """What a pass left, with the context that the next one needs: for a part of the pixels."""

    def __init__(self, tokens: Tensor, context: Context, batch: int) -> None:
        self._tokens = tokens
        self._context = context
        self._batch = batch

    def __call__(self, start: int, count: int) -> list[Tensor]:
        first, number = start * self._batch, count * self._batch
        return self._context.at(0, first, number).around(self._tokens.narrow(0, first, number))


def _pass(work: Pass, source: Source, parts: Parts, tokens: Tensor | None, total: int) -> Tensor:
    """The tokens of all pixels, (pixels * batch, run, inner), behind a pass; in the memory of those before it."""
    place = 0
    for start, count in parts:
        made = work(source(start, count))
        if tokens is None:
            tokens = made.new_empty((total, *made.shape[1:]))
        tokens.narrow(0, place, len(made)).copy_(made)
        place += len(made)
    assert tokens is not None, "frames have pixels"
    return tokens


def _feed_forward(block: Block, tokens: Tensor) -> Tensor:
    """`tokens` with the block's feed-forward added, in their memory."""
    for part in torch.split(tokens, -(-tokens.shape[1] // FEED_FORWARD_PARTS), 1):
        part.add_(block.ff(block.norm3(part)))
    return tokens


def _joined(pieces: list[Tensor]) -> Tensor:
    return torch.cat(pieces, dim=1) if len(pieces) > 1 else pieces[0]
