"""Layers over time that look at a few frames back and ahead, computed piece by piece as if on all frames at once.

Owns which frames are kept for later and which outputs are final. Does not own the layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class LocalLayer:
    """A layer on (1, C, T, h, w) whose output frames depend on input frames near them.

    Input frame i gives the output frames (i - 1) * stride + 1 to i * stride: the first of a shot one, others `stride`.
    They depend on the frames i - before to i + after. At the ends of what it gets, the layer pads by itself.
    """

    compute: Callable[[Tensor], Tensor]
    before: int
    after: int
    stride: int = 1


class _Stream:
    """One layer in the middle of its frames."""

    def __init__(self, layer: LocalLayer) -> None:
        self._layer = layer
        self._kept: Tensor | None = None
        self._done = 0  # of the kept frames, those whose outputs have been handed out

    def push(self, hidden: Tensor | None, *, ends: bool) -> Tensor | None:
        """The outputs that more frames make final, or None; `ends` says that no more will come."""
        layer = self._layer
        parts = [part for part in (self._kept, hidden) if part is not None]
        if not parts:
            return None
        self._kept = kept = torch.cat(parts, dim=2)
        ready = kept.shape[2] if ends else kept.shape[2] - layer.after
        if ready <= self._done:
            return None
        first, last = _outputs(self._done, layer.stride).start, _outputs(ready - 1, layer.stride).stop
        outputs = layer.compute(kept)[:, :, first:last]
        dropped = max(0, ready - layer.before)
        # A copy, for a view would keep all frames so far alive.
        self._kept = kept[:, :, dropped:].clone()
        self._done = ready - dropped
        return outputs


def stream(layers: Sequence[LocalLayer], pieces: Iterable[Tensor]) -> Iterator[Tensor]:
    """The output of all layers on the concatenation of `pieces` along time, piece by piece, in flat memory."""
    streams = [_Stream(layer) for layer in layers]
    waiting: Tensor | None = None
    for piece in pieces:
        if waiting is not None:
            yield from _through(streams, waiting, ends=False)
        waiting = piece
    yield from _through(streams, waiting, ends=True)


def reach(layers: Sequence[LocalLayer]) -> tuple[int, int]:
    """Input frames before and after its own that the outputs of an input frame depend on, away from the ends."""
    place = 1 << 20
    first = last = place
    for layer in layers:
        first, last = _outputs(first, layer.stride).start, _outputs(last, layer.stride).stop - 1
    for layer in reversed(layers):
        first = -(-first // layer.stride) - layer.before
        last = -(-last // layer.stride) + layer.after
    return place - first, last - place


def _outputs(frame: int, stride: int) -> range:
    return range(max(0, (frame - 1) * stride + 1), frame * stride + 1)


def _through(streams: Sequence[_Stream], piece: Tensor | None, *, ends: bool) -> Iterator[Tensor]:
    for each in streams:
        piece = each.push(piece, ends=ends)
    if piece is not None:
        yield piece
