"""Group normalisation over all frames of a shot, whichever ranks hold them.

Owns: the statistics that cross frames. Norms within a frame (spatial layers, LayerNorm) need nothing from here.

Each frame's fp32 sum and squared deviation about its own mean are exchanged, a few numbers a frame, and combined in
global frame order over the shot. Every rank adds the same numbers in the same order, so neither the number of ranks
nor the lengths of their runs changes the result. One exchange gives both mean and variance (two-pass within the
frame, count-weighted between frames), where mean first and deviation later would take two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.parallel.exchange import Exchange, Pending

CHUNK_FRAMES = 16


@dataclass(frozen=True)
class Statistics:
    """Mean and biased variance of one shot, fp32, (batch, groups) each."""

    mean: Tensor
    variance: Tensor


@dataclass(frozen=True)
class PendingStatistics:
    """Statistics whose exchange is under way."""

    moments: Tensor
    pending: Pending
    count: int

    def finish(self) -> list[Statistics]:
        """The statistics of the shot of each of the rank's pieces, in frame order."""
        return [combine(moments, self.count) for moments in self.pending.finish(self.moments)]


def frame_moments(hidden: Tensor, groups: int) -> Tensor:
    """Sum and squared deviation about the frame's own mean, of each group of channels of each frame.

    Args:
        hidden: (B, T, C, H, W).
        groups: A divisor of C.

    Returns:
        fp32, (B, T, groups, 2).
    """
    batch, frames = hidden.shape[:2]
    moments: list[Tensor] = []
    for chunk in torch.split(hidden, CHUNK_FRAMES, dim=1):
        values = chunk.reshape(batch, chunk.shape[1], groups, -1).float()
        total = values.sum(-1)
        deviation = values - (total / values.shape[-1]).unsqueeze(-1)
        moments.append(torch.stack([total, deviation.square_().sum(-1)], dim=-1))
    return torch.cat(moments, dim=1) if moments else hidden.new_empty((batch, frames, groups, 2), dtype=torch.float32)


def combine(moments: Tensor, count: int) -> Statistics:
    """Statistics over frames from their moments.

    Args:
        moments: (B, T, groups, 2) of all frames of the shot, in frame order.
        count: Values behind each of them.
    """
    total, squares = moments.unbind(-1)
    number = moments.shape[1] * count
    mean = total.sum(1) / number
    between = (total / count - mean.unsqueeze(1)).square().sum(1) * count
    return Statistics(mean, (squares.sum(1) + between) / number)


def begin_statistics(parts: Sequence[Tensor], groups: int, exchange: Exchange) -> PendingStatistics:
    """Measure this rank's frames and start telling the ranks that share a shot.

    Args:
        parts: This rank's frames in one or several parts, (B, T, C, H, W) each.
        groups: Groups of the norm.
        exchange: One that gives each piece all the other frames of its shot (reach `Full`).
    """
    moments = torch.cat([frame_moments(part, groups) for part in parts], dim=1)
    channels, height, width = parts[0].shape[2:]
    count = channels // groups * height * width
    return PendingStatistics(moments, exchange.begin(moments, dim=1), count)


def normalise(hidden: Tensor, statistics: Statistics, norm: nn.GroupNorm) -> Tensor:
    """`norm` applied with the statistics of the whole shot.

    Args:
        hidden: Frames of one shot, (B, T, C, H, W).
        statistics: Of that shot.
        norm: The layer whose groups, weight, bias and eps count.

    Returns:
        (B, T, C, H, W) in the dtype of `hidden`.
    """
    scale = torch.rsqrt(statistics.variance + norm.eps)
    shift = -statistics.mean * scale
    per_group = hidden.shape[2] // norm.num_groups
    scale, shift = scale.repeat_interleave(per_group, 1), shift.repeat_interleave(per_group, 1)  # (B, C)
    if norm.affine:
        scale, shift = scale * norm.weight.float(), shift * norm.weight.float() + norm.bias.float()
    scale, shift = scale[:, None, :, None, None], shift[:, None, :, None, None]
    return torch.addcmul(shift, hidden.float(), scale).to(hidden.dtype)
