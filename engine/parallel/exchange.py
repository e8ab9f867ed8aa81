"""Frames of other ranks, as hidden states, in one exchange that other work can hide.

Owns: who sends which frames to whom, packing, and the split of an exchange into begin and finish.
Does not own: which frames are needed (scopes.py), the wire (mesh.py), what is computed from them.

`begin` reads only the frames that others want and returns at once; `finish` blocks until the wanted frames are
here. A layer that makes frames can so make the wanted ones first, begin, make the rest meanwhile, and hand the
running exchange over to the temporal layer behind it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.parallel.mesh import Delivery, Mesh, Parcel
from engine.parallel.partition import Partition
from engine.parallel.scopes import Reach


@dataclass(frozen=True)
class Piece:
    """One shot's part of this rank's run, and the frames of other ranks that it needs."""

    shot: range
    run: range
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def frames(self) -> tuple[int, ...]:
        """The piece's own frames and its context: global ids in the order of the tensors that `finish` returns."""
        return (*self.before, *self.run, *self.after)


class Exchange:
    """The exchange of one purpose: the same frames each time, for tensors of any shape."""

    def __init__(self, mesh: Mesh, partition: Partition, reach: Reach, purpose: str) -> None:
        """Plan it: `purpose` names it in the mesh's count of traffic."""
        if partition.world_size != mesh.world_size:
            raise ValueError(f"{partition.world_size} runs for {mesh.world_size} ranks; make one run per rank")
        self._mesh = mesh
        self._purpose = purpose
        run = partition.runs[mesh.rank]
        self.pieces = pieces_of(partition, mesh.rank, reach)
        mine = [frame for piece in self.pieces for frame in (*piece.before, *piece.after)]
        self._receives = sorted(Counter(partition.owner(frame) for frame in mine).items())
        self._sends: list[tuple[int, list[int]]] = []
        for peer in range(mesh.world_size):
            theirs = {frame for piece in pieces_of(partition, peer, reach) for frame in (*piece.before, *piece.after)}
            wanted = sorted(frame - run.start for frame in theirs if frame in run)
            if wanted:
                self._sends.append((peer, wanted))
        self.exported = tuple(sorted({frame for _, frames in self._sends for frame in frames}))
        """Local indices of the frames that other ranks want, ascending."""

    def begin(self, hidden: Tensor, dim: int) -> Pending:
        """Start sending the exported frames of `hidden`; nothing else of it is read.

        Args:
            hidden: This rank's frames along `dim`; any other dimensions, equal on all ranks. The exported frames
                must keep their values until `finish`.
            dim: The dimension of frames, >= 0.
        """
        sends = [Parcel(peer, _chosen(hidden, frames, dim)) for peer, frames in self._sends]
        receives = [
            Parcel(peer, hidden.new_empty((*hidden.shape[:dim], frames, *hidden.shape[dim + 1 :])))
            for peer, frames in self._receives
        ]
        delivery = self._mesh.post(self._purpose, sends, receives)
        return Pending(
            pieces=self.pieces,
            before=[parcel.tensor for parcel in receives if parcel.peer < self._mesh.rank],
            after=[parcel.tensor for parcel in receives if parcel.peer > self._mesh.rank],
            delivery=delivery,
            dim=dim,
        )


class Pending:
    """An exchange under way."""

    def __init__(
        self, pieces: tuple[Piece, ...], before: list[Tensor], after: list[Tensor], delivery: Delivery, dim: int
    ) -> None:
        self._pieces = pieces
        self._before = before
        self._after = after
        self._delivery = delivery
        self._dim = dim

    def arrive(self) -> Context:
        """Wait for the frames of the other ranks; the frames that were sent may be overwritten from now on."""
        self._delivery.wait()
        return Context(self._pieces, self._before, self._after, self._dim)

    def finish(self, hidden: Tensor) -> list[Tensor]:
        """Wait for the frames of the other ranks, and put them around this rank's own.

        Args:
            hidden: All frames of this rank, as in `begin`.

        Returns:
            As `Context.around`.
        """
        return self.arrive().around(hidden)


@dataclass(frozen=True)
class Context:
    """The frames that arrived from other ranks, along the dimension `dim`."""

    pieces: tuple[Piece, ...]
    before: list[Tensor]
    after: list[Tensor]
    dim: int

    def at(self, dim: int, start: int, length: int) -> Context:
        """The context of a part of each frame: indices `start` to `start + length` of another dimension."""
        before, after = ([each.narrow(dim, start, length) for each in side] for side in (self.before, self.after))
        return Context(self.pieces, before, after, self.dim)

    def flatten(self, dim: int) -> Context:
        """The context with the dimensions from `dim` on, all behind that of frames, made one."""
        before, after = ([each.flatten(dim) for each in side] for side in (self.before, self.after))
        return Context(self.pieces, before, after, self.dim)

    def around(self, own: Tensor) -> list[Tensor]:
        """Each piece's own frames with its context.

        Args:
            own: All frames of this rank, of the same part of each frame.

        Returns:
            For each piece, its frames and its context in ascending order (`Piece.frames`), along the same dimension;
            a view of `own` where there is no context.
        """
        parts = [[part] for part in torch.split(own, [len(piece.run) for piece in self.pieces], self.dim)]
        # A run is contiguous, so a shot begun on a lower rank is its first piece, and one that goes on its last.
        if parts:
            parts[0] = [*self.before, *parts[0]]
            parts[-1] = [*parts[-1], *self.after]
        return [torch.cat(tensors, self.dim) if len(tensors) > 1 else tensors[0] for tensors in parts]


class Entrance:
    """The exchange of what enters a temporal layer, which the layer before it may begin."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._begun: tuple[Tensor, Pending] | None = None

    @property
    def exported(self) -> tuple[int, ...]:
        """Local indices of the frames that other ranks want, ascending."""
        return self._exchange.exported

    @property
    def num_frames(self) -> int:
        """Frames of this rank."""
        return sum(len(piece.run) for piece in self._exchange.pieces)

    def as_video(self, hidden: Tensor) -> Tensor:
        """(batch * frames, ...), batch outermost, as (batch, frames, ...)."""
        return hidden.reshape(-1, self.num_frames, *hidden.shape[1:])

    def begin(self, hidden: Tensor) -> None:
        """Start, as soon as the exported frames of `hidden` (batch * frames, ...) have their values."""
        assert self._begun is None, "an exchange was begun and never finished"
        self._begun = (hidden, self._exchange.begin(self.as_video(hidden), dim=1))

    def pending(self, hidden: Tensor) -> Pending:
        """The exchange of `hidden`, (batch * frames, ...), begun now unless the layer before did."""
        if self._begun is None:
            self.begin(hidden)
        assert self._begun is not None
        (begun, pending), self._begun = self._begun, None
        assert begun.data_ptr() == hidden.data_ptr(), "frames changed after their exchange was begun"
        return pending


def pieces_of(partition: Partition, rank: int, reach: Reach) -> tuple[Piece, ...]:
    """The pieces of a rank's run with the context that `reach` gives them, in frame order."""
    pieces: list[Piece] = []
    for shot, run in partition.pieces(rank):
        needed = reach.needed(shot, run)
        before = tuple(frame for frame in needed if frame < run.start)
        pieces.append(Piece(shot, run, before, needed[len(before) :]))
    return tuple(pieces)


def _chosen(hidden: Tensor, frames: list[int], dim: int) -> Tensor:
    if len(frames) == hidden.shape[dim]:
        return hidden.contiguous()
    return hidden.index_select(dim, torch.tensor(frames, device=hidden.device)).contiguous()
