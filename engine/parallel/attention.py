"""Temporal self-attention over scopes: frames at every pixel attend to the frames of their scope.

Owns: the arithmetic, on plain tensors. Does not own: which frames are in a scope (scopes.py, as indices plan.py),
how they got here (exchange.py), the layer around it (transformer.py).

Attention projects W(h + p) with p the embedding of a position. A frame takes part in many scopes at other positions,
so W h is computed once a frame and W p once a position, and they are added where they meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.parallel.pixels import elements_at_once
from engine.parallel.plan import Batch, Gather, PlannedWindows, WindowPlan

KEYS_PER_ELEMENT = 4
"""A frame's key is gathered for many scopes: so many times what is worked on at once are, of all of them."""
MAX_SEQUENCES_PER_CALL = 2**15
"""CUDA's attention kernels put the batch in a grid dimension of at most 65,535."""


class SelfAttention(Protocol):
    """The layers of an attention module, as diffusers names them. `to_out` is a projection and a dropout."""

    @property
    def heads(self) -> int: ...
    @property
    def to_q(self) -> nn.Module: ...
    @property
    def to_k(self) -> nn.Module: ...
    @property
    def to_v(self) -> nn.Module: ...
    @property
    def to_out(self) -> nn.ModuleList: ...


class ScopedAttention:
    """One attention layer over one piece: projects its frames once, then attends scope by scope."""

    def __init__(self, layers: SelfAttention, hidden: Tensor, first: int, length: int, table: Tensor | None) -> None:
        """Project.

        Args:
            layers: The projections.
            hidden: The piece's frames and context, (N, T, C), N pixels.
            first: Index of the first frame that asks.
            length: How many do, from there on.
            table: Embeddings of the positions, (positions, C), or None for a module without positions.
        """
        self._layers = layers
        self._queries: Tensor = layers.to_q(hidden.narrow(1, first, length))
        self._keys: Tensor = layers.to_k(hidden)
        self._values: Tensor = layers.to_v(hidden)
        self._query_table = _projected(layers.to_q, table)
        self._key_table = _projected(layers.to_k, table)
        self._value_table = _projected(layers.to_v, table)

    def attend(self, batches: Sequence[Batch]) -> Tensor:
        """The layer's output for the queries of `batches`, (N, queries, C), in their order."""
        outputs = [output for batch in batches for output in self._attend_to(batch)]
        return torch.cat(outputs, dim=1) if len(outputs) > 1 else outputs[0]

    def _attend_to(self, batch: Batch) -> Iterator[Tensor]:
        scopes, length = batch.keys.indices.shape
        pixels, _, channels = self._keys.shape
        size = max(1, KEYS_PER_ELEMENT * elements_at_once(self._keys) // (pixels * length * channels))
        for first in range(0, scopes, size):
            count = min(size, scopes - first)
            queries, keys = batch.queries.part(first, count), batch.keys.part(first, count)
            yield self._attend(
                _gathered(self._queries, queries, self._query_table),
                _gathered(self._keys, keys, self._key_table),
                _gathered(self._values, keys, self._value_table),
            )

    def _attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """(N, G, Q, C) over (N, G, K, C) gives (N, G * Q, C)."""
        pixels, groups, length, channels = query.shape
        query, key, value = (self._heads(each) for each in (query, key, value))
        size = MAX_SEQUENCES_PER_CALL
        parts = [
            functional.scaled_dot_product_attention(
                query[low : low + size], key[low : low + size], value[low : low + size]
            )
            for low in range(0, pixels * groups, size)
        ]
        attended = torch.cat(parts) if len(parts) > 1 else parts[0]
        attended = attended.transpose(1, 2).reshape(pixels, groups * length, channels)
        projection, dropout = self._layers.to_out
        return dropout(projection(attended))

    def _heads(self, projected: Tensor) -> Tensor:
        """(N, G, T, C) as (N * G, heads, T, C / heads)."""
        heads, channels = self._layers.heads, projected.shape[-1]
        return projected.reshape(-1, projected.shape[2], heads, channels // heads).transpose(1, 2)


def blended_windows(
    hidden: Tensor, windows: WindowPlan, transform: Callable[[PlannedWindows, Tensor], Tensor]
) -> Tensor:
    """Windows computed each on its own and averaged where they overlap, in window order.

    Args:
        hidden: The piece's frames and context, (N, T, C).
        windows: All windows with weight on a frame of the piece's part of the run.
        transform: What is done in G windows of L frames, few enough for the device: their hidden states,
            (N, G * L, C), to the same shape.

    Returns:
        The frames of the piece's part of the run, (N, length, C).
    """
    pixels, _, channels = hidden.shape
    made = hidden.new_empty((pixels, windows.frames, channels))
    place = 0
    for equal in windows.groups:
        size = max(1, elements_at_once(hidden) // (pixels * equal.length * channels))
        for first in range(0, equal.count, size):
            part = equal.part(first, min(size, equal.count - first))
            seen = _gathered(hidden, part.frames, None).flatten(1, 2)
            made.narrow(1, place, seen.shape[1]).copy_(transform(part, seen))
            place += seen.shape[1]
    (places, shares), *others = windows.blend
    blended = made.index_select(1, places).mul_(shares.to(hidden)[:, None])
    for places, shares in others:
        blended.addcmul_(made.index_select(1, places), shares.to(hidden)[:, None])
    return blended


def _projected(layer: nn.Module, table: Tensor | None) -> Tensor | None:
    """W p of each position, without the bias, which W h has already."""
    if table is None:
        return None
    return layer(table) - layer(torch.zeros_like(table[:1]))


def _gathered(projected: Tensor, gather: Gather, table: Tensor | None) -> Tensor:
    """(N, T, C) at G scopes of K frames, each with its position: (N, G, K, C)."""
    groups, length = gather.indices.shape
    if gather.start is not None:
        chosen = projected.narrow(1, gather.start, length).unsqueeze(1)
    else:
        chosen = projected.index_select(1, gather.indices.flatten().to(projected.device))
        chosen = chosen.reshape(-1, groups, length, projected.shape[-1])
    return chosen if table is None else chosen + table[gather.positions.to(projected.device)]
