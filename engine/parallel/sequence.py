"""One clip on all ranks: its tokens dealt out, and for attention its heads instead.

Owns: who has which tokens and heads, and the exchanges between. Does not own: which layers of a network are attention
(engine.models.families), or the wire (mesh.py).

Every layer but attention works on tokens alone. For attention each rank gets all tokens of some heads, and gives the
result back as all heads of its own tokens. Nothing is approximated. Ranks may be more than tokens or heads, and
neither need be a multiple of them; a rank without heads waits while the others attend.

Elements that a rank with t of S tokens and h of H heads of width d receives for one attention:
    d * (3 * h * (S - t) + t * (H - h))
Source: DeepSpeed-Ulysses, Jacobs et al., arXiv:2309.14509.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from engine.parallel.mesh import Mesh, Parcel
from engine.parallel.partition import even_runs


class TokenSplit:
    """The tokens and heads of one clip, dealt out evenly."""

    def __init__(self, mesh: Mesh, num_tokens: int, num_heads: int) -> None:
        """Plan it; the same on all ranks."""
        self._mesh = mesh
        self._tokens = even_runs(num_tokens, mesh.world_size)
        self._heads = even_runs(num_heads, mesh.world_size)

    def own(self, hidden: Tensor) -> Tensor:
        """This rank's tokens of all, (B, S, ...)."""
        run = self._tokens[self._mesh.rank]
        return hidden[:, run.start : run.stop]

    def gather(self, own: Tensor) -> Tensor:
        """All tokens, (B, S, ...), of each rank's own, (B, t, ...)."""
        return gather(self._mesh, "tokens", own, self._tokens, dim=1)

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attention of this rank's tokens to all tokens of the clip; queries, keys and values (B, t, H, d)."""
        mesh, tokens, heads = self._mesh, self._tokens, self._heads
        mine, own = heads[mesh.rank], tokens[mesh.rank]
        packed = torch.stack([query, key, value])
        sends = [packed[:, :, :, run.start : run.stop] for run in heads]
        shape = (*packed.shape[:2], 0, len(mine), packed.shape[4])
        by_rank = _swap(mesh, sends, [_like(packed, shape, 2, len(run)) for run in tokens])
        query, key, value = torch.cat(by_rank, dim=2).transpose(2, 3).unbind()
        # A kernel may refuse no heads.
        output = scaled_dot_product_attention(query, key, value) if len(mine) else query
        output = output.transpose(1, 2)
        sends = [output[:, run.start : run.stop] for run in tokens]
        shape = (packed.shape[1], len(own), 0, packed.shape[4])
        return torch.cat(_swap(mesh, sends, [_like(packed, shape, 2, len(run)) for run in heads]), dim=2)


def received_elements(num_tokens: int, num_heads: int, head_width: int, rank: int, world_size: int) -> int:
    """The formula above, for one rank and one sample."""
    own, mine = (len(even_runs(number, world_size)[rank]) for number in (num_tokens, num_heads))
    return head_width * (3 * mine * (num_tokens - own) + own * (num_heads - mine))


def gather(mesh: Mesh, purpose: str, own: Tensor, runs: Sequence[range], dim: int) -> Tensor:
    """All ranks' parts of a tensor along `dim`, of which rank i has `runs[i]`, in rank order."""
    shape = (*own.shape[:dim], 0, *own.shape[dim + 1 :])
    rooms = [_like(own, shape, dim, len(run)) for run in runs]
    return torch.cat(_swap(mesh, [own] * mesh.world_size, rooms, purpose), dim)


def _like(tensor: Tensor, shape: tuple[int, ...], dim: int, length: int) -> Tensor:
    return tensor.new_empty((*shape[:dim], length, *shape[dim + 1 :]))


def _swap(mesh: Mesh, sends: Sequence[Tensor], rooms: Sequence[Tensor], purpose: str = "heads") -> list[Tensor]:
    """Give each rank its tensor and get one of each; of this rank itself its own."""
    others = [peer for peer in range(mesh.world_size) if peer != mesh.rank]
    leaving = [Parcel(peer, sends[peer].contiguous()) for peer in others if sends[peer].numel()]
    arriving = [Parcel(peer, rooms[peer]) for peer in others if rooms[peer].numel()]
    mesh.post(purpose, leaving, arriving).wait()
    return [sends[peer] if peer == mesh.rank else rooms[peer] for peer in range(mesh.world_size)]
