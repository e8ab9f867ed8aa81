"""Temporal convolutions over a shot, with halos.

Owns: a stack of (norm, activation, convolution over time) stages computed on one run of frames.
Does not own: how the halo got here (exchange.py).

Each stage reads one frame more on each side than it gives, so a halo as deep as the stack allows all stages after
one exchange; only the norms' few numbers travel between them. At the ends of the shot a stage sees the zeros that
the stock layer pads with; elsewhere it sees frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.parallel.exchange import Entrance, Exchange, Piece
from engine.parallel.norms import Statistics, begin_statistics, normalise
from engine.parallel.pixels import by_pixel, parts_of


@dataclass(frozen=True)
class Stage:
    """A norm, what follows it frame by frame, and a convolution over time of kernel (2 * reach + 1, 1, 1)."""

    norm: nn.GroupNorm
    pointwise: tuple[nn.Module, ...]
    convolution: nn.Conv3d

    @property
    def reach(self) -> int:
        return self.convolution.kernel_size[0] // 2


def stack_depth(stages: Sequence[Stage]) -> int:
    """The halo that a stack needs, in frames on each side."""
    return sum(stage.reach for stage in stages)


class TemporalConvolution:
    """Replaces the forward of one residual stack of temporal convolutions for one mesh and partition."""

    def __init__(self, stages: Sequence[Stage], halo: Exchange, norms: Exchange) -> None:
        """Take over a stack.

        Args:
            stages: In order.
            halo: An exchange with the reach `Halo(stack_depth(stages))`.
            norms: An exchange with the reach of the whole shot.
        """
        self.entrance = Entrance(halo)
        self._stages = tuple(stages)
        self._halo = halo
        self._norms = norms

    def __call__(self, hidden: Tensor) -> Tensor:
        """The stack's output for (batch * frames, C, H, W), batch outermost, in the memory of `hidden`.

        The frames are this rank's run.
        """
        video = self.entrance.as_video(hidden)
        context = self.entrance.pending(hidden).arrive()
        memory = video.untyped_storage().data_ptr()
        extended = [
            part.clone() if part.untyped_storage().data_ptr() == memory else part for part in context.around(video)
        ]
        convolved = convolve(self._stages, extended, self._halo.pieces, self._norms)
        for own, part in zip(torch.split(video, [part.shape[1] for part in convolved], 1), convolved, strict=True):
            own.add_(part)
        return hidden


def convolve(stages: Sequence[Stage], extended: list[Tensor], pieces: Sequence[Piece], norms: Exchange) -> list[Tensor]:
    """Run the stack on the pieces of this rank, in their memory.

    Args:
        stages: In order.
        extended: For each piece, its frames and a halo of `stack_depth(stages)`, (B, T, C, H, W); overwritten.
        pieces: What `extended` holds.
        norms: An exchange that gives each piece all the other frames of its shot.

    Returns:
        For each piece its own frames, (B, T, C, H, W), without the residual.
    """
    spans = [range(piece.frames[0], piece.frames[-1] + 1) for piece in pieces]
    depth = stack_depth(stages)
    for stage in stages:
        own = [
            hidden.narrow(1, piece.run.start - span.start, len(piece.run))
            for hidden, piece, span in zip(extended, pieces, spans, strict=True)
        ]
        statistics = begin_statistics(own, stage.norm.num_groups, norms).finish()
        depth -= stage.reach
        reached = [_around(piece, depth) for piece in pieces]
        extended = [
            _convolve_in_place(stage, hidden, shared, span=span, target=target, shot=piece.shot)
            for hidden, shared, span, target, piece in zip(extended, statistics, spans, reached, pieces, strict=True)
        ]
        spans = reached
    return extended


def _around(piece: Piece, depth: int) -> range:
    return range(max(piece.shot.start, piece.run.start - depth), min(piece.shot.stop, piece.run.stop + depth))


def _convolve_in_place(
    stage: Stage, hidden: Tensor, statistics: Statistics, *, span: range, target: range, shot: range
) -> Tensor:
    """One stage, a few pixels at a time; the frames `target` of `hidden`, overwritten."""
    pixels = by_pixel(hidden)
    target_start, convolved = target.start - span.start, len(target)
    for start, length in parts_of(pixels):
        part = pixels.narrow(3, start, length)
        made = convolved_frames(stage, part.unsqueeze(-1), statistics, span=span, target=target, shot=shot)
        part.narrow(1, target_start, convolved).copy_(made.squeeze(-1))
    return hidden.narrow(1, target_start, convolved)


def convolved_frames(
    stage: Stage, hidden: Tensor, statistics: Statistics, *, span: range, target: range, shot: range
) -> Tensor:
    """One stage.

    Args:
        stage: The stage.
        hidden: The frames `span` of its input, all of one shot, (B, T, C, H, W).
        statistics: Of its input over the whole shot.
        span: Must reach as far beyond `target` as the stage does, or to the end of the shot.
        target: The frames to compute.
        shot: Beyond its ends the stage sees zeros.

    Returns:
        (B, len(target), C, H, W).
    """
    low, high = max(target.start - stage.reach, shot.start), min(target.stop + stage.reach, shot.stop)
    values = normalise(hidden.narrow(1, low - span.start, high - low), statistics, stage.norm).transpose(1, 2)
    for layer in stage.pointwise:
        values = layer(values)
    padding = (0, 0, 0, 0, low - (target.start - stage.reach), target.stop + stage.reach - high)
    convolution = stage.convolution
    return functional.conv3d(functional.pad(values, padding), convolution.weight, convolution.bias).transpose(1, 2)
