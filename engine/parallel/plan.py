"""A scope on one rank, as indices into tensors: made once, used by every temporal layer in every step.

Owns: the translation of scopes by global frame id (scopes.py) into what attention.py gathers.
Does not own: either of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor

from engine.parallel.exchange import Exchange, Piece
from engine.parallel.scopes import Blocks, Group, Scope, Window


@dataclass(frozen=True)
class Gather:
    """Frames of G scopes of equal length K: their indices in a tensor and their positions, (G, K) each."""

    indices: Tensor
    positions: Tensor
    start: int | None
    """The first index where they are a single scope of neighbours in order, so that a view will do; else None."""

    def part(self, first: int, count: int) -> Gather:
        """Some of the scopes."""
        if count == len(self.indices):
            return self
        return Gather(self.indices.narrow(0, first, count), self.positions.narrow(0, first, count), None)


@dataclass(frozen=True)
class Batch:
    """Scopes that are computed alike: `queries` index the frames that ask, `keys` all frames of the piece."""

    queries: Gather
    keys: Gather


@dataclass(frozen=True)
class PlannedWindows:
    """Windows of equal length, in frame order."""

    frames: Gather
    """Their frames of the piece, each at its place in the window."""
    alone: Batch
    """The frames of a window as all that there is."""

    @property
    def count(self) -> int:
        return self.frames.indices.shape[0]

    @property
    def length(self) -> int:
        return self.frames.indices.shape[1]

    def part(self, first: int, count: int) -> PlannedWindows:
        """Some of the windows."""
        return PlannedWindows(self.frames.part(first, count), self.alone)


@dataclass(frozen=True)
class WindowPlan:
    """The windows on a piece, and how the frames of the run are averaged from them."""

    groups: tuple[PlannedWindows, ...]
    blend: tuple[tuple[Tensor, Tensor], ...]
    """For the first, second, ... window that a frame is in: where that window's estimate of it lies among those of all
    windows' frames, and its part in the average (fp32), one number for each frame of the run."""

    @property
    def frames(self) -> int:
        """Frames of all windows together."""
        return sum(windows.count * windows.length for windows in self.groups)


@dataclass(frozen=True)
class PiecePlan:
    """What a rank does with one piece: scopes of the frames of its run, in their order, or windows."""

    first: int
    """Index of the run's first frame among the piece's frames."""
    length: int
    batches: tuple[Batch, ...]
    windows: WindowPlan | None


def plan_pieces(scope: Scope, context: Exchange, device: torch.device) -> tuple[PiecePlan, ...]:
    """The plan of each of the rank's pieces.

    Args:
        scope: What a frame sees.
        context: The exchange with the reach of `scope`.
        device: Where the indices are kept.
    """
    return tuple(_plan(scope, piece, device) for piece in context.pieces)


def batches_of(groups: Sequence[Group], frames: Sequence[int], queried: int, device: torch.device) -> tuple[Batch, ...]:
    """Neighbouring scopes of equal sizes.

    Args:
        groups: The scopes.
        frames: Global ids of the frames that may be asked, in the order of their tensor.
        queried: Global id of the first frame in the tensor of those that ask, which has no gaps.
        device: Where the indices are kept.
    """
    index = {frame: position for position, frame in enumerate(frames)}
    batches: list[Batch] = []
    for _, same in groupby(groups, key=lambda group: (len(group.queries), len(group.keys))):
        equal = list(same)
        asking = [[frame - queried for frame in group.queries] for group in equal]
        asked = [[index[frame] for frame in group.keys] for group in equal]
        batches.append(
            Batch(
                _gather(asking, [group.query_positions for group in equal], device),
                _gather(asked, [group.key_positions for group in equal], device),
            )
        )
    return tuple(batches)


def plan_windows(windows: Sequence[Window], frames: Sequence[int], run: range, device: torch.device) -> WindowPlan:
    """Windows on a piece of gapless `frames`, with the part of each in the average over those of a frame of `run`."""
    groups: list[PlannedWindows] = []
    for length, same in groupby(windows, key=lambda window: len(window.frames)):
        indices = [[frame - frames[0] for frame in window.frames] for window in same]
        seen = _gather(indices, [tuple(range(length))] * len(indices), device)
        alone = _gather([list(range(length))], [tuple(range(length))], device)
        groups.append(PlannedWindows(seen, Batch(alone, alone)))
    found: dict[int, list[tuple[int, float]]] = {frame: [] for frame in run}
    place = 0
    for window in windows:
        for frame, weight in zip(window.frames, window.weights, strict=True):
            if weight and frame in found:
                found[frame].append((place, weight))
            place += 1
    blend: list[tuple[Tensor, Tensor]] = []
    for turn in range(max(map(len, found.values()))):
        # A frame in fewer windows counts one of its own again, with nothing.
        places = [of_frame[min(turn, len(of_frame) - 1)][0] for of_frame in found.values()]
        shares = [
            of_frame[turn][1] / sum(weight for _, weight in of_frame) if turn < len(of_frame) else 0.0
            for of_frame in found.values()
        ]
        blend.append((torch.tensor(places, device=device), torch.tensor(shares, device=device)))
    return WindowPlan(tuple(groups), tuple(blend))


def _plan(scope: Scope, piece: Piece, device: torch.device) -> PiecePlan:
    first, length = len(piece.before), len(piece.run)
    if isinstance(scope, Blocks):
        windows = plan_windows(scope.windows(piece.shot, piece.run), piece.frames, piece.run, device)
        return PiecePlan(first, length, (), windows)
    groups = scope.groups(piece.shot, piece.run)
    return PiecePlan(first, length, batches_of(groups, piece.frames, piece.run.start, device), None)


def _gather(indices: list[list[int]], positions: list[tuple[int, ...]], device: torch.device) -> Gather:
    first = indices[0][0]
    in_order = len(indices) == 1 and indices[0] == list(range(first, first + len(indices[0])))
    return Gather(
        torch.tensor(indices, device=device), torch.tensor(positions, device=device), first if in_order else None
    )
