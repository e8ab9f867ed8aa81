"""A scope on one rank, as indices into tensors: made once, used by every temporal layer in every step.

Owns: the translation of scopes by global frame id (scopes.py) into what attention.py gathers.
Does not own: either of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor

from engine.parallel.exchange import Exchange, Piece
from engine.parallel.scopes import Blocks, Group, Scope, Window, whole

MAX_KEYS_PER_CALL = 256
"""Frames whose keys and values are gathered at once: bounds the memory of many small scopes."""


@dataclass(frozen=True)
class Gather:
    """Frames of G scopes of equal length K: their indices in a tensor and their positions, (G, K) each."""

    indices: Tensor
    positions: Tensor
    start: int | None
    """The first index where they are a single scope of neighbours in order, so that a view will do; else None."""


@dataclass(frozen=True)
class Batch:
    """Scopes that are computed at once: `queries` index the frames that ask, `keys` all frames of the piece."""

    queries: Gather
    keys: Gather


@dataclass(frozen=True)
class Phase:
    """Scopes of some frames of a piece, and the indices of these frames in the rank's run, in the same order."""

    frames: Tensor
    batches: tuple[Batch, ...]


@dataclass(frozen=True)
class PlannedWindow:
    """A window: frames `start` to `start + length` of the piece, of which those from `skip` on count for the run."""

    start: int
    length: int
    skip: int
    target: int
    """Where in the piece's part of the run they count."""
    share: Tensor
    """With which part of the average, fp32, one number for each."""
    within_piece: Batch
    within_window: Batch


@dataclass(frozen=True)
class PiecePlan:
    """What a rank does with one piece: scopes in two phases, or windows."""

    first: int
    """Index of the run's first frame among the piece's frames."""
    length: int
    early: Phase | None
    """Scopes of frames that other ranks wait for."""
    late: Phase | None
    windows: tuple[PlannedWindow, ...]


def plan_pieces(scope: Scope, context: Exchange, device: torch.device) -> tuple[PiecePlan, ...]:
    """The plan of each of the rank's pieces.

    Args:
        scope: What a frame sees.
        context: The exchange with the reach of `scope`.
        device: Where the indices are kept.
    """
    start = context.pieces[0].run.start if context.pieces else 0
    exported = {start + index for index in context.exported}
    return tuple(_plan(scope, piece, start, exported, device) for piece in context.pieces)


def batches_of(groups: Sequence[Group], frames: Sequence[int], queried: int, device: torch.device) -> tuple[Batch, ...]:
    """Neighbouring scopes of equal sizes, as many at once as memory allows.

    Args:
        groups: The scopes.
        frames: Global ids of the frames that may be asked, in the order of their tensor.
        queried: Global id of the first frame in the tensor of those that ask, which has no gaps.
        device: Where the indices are kept.
    """
    index = {frame: position for position, frame in enumerate(frames)}
    batches: list[Batch] = []
    for equal in _equal(groups):
        asking = [[frame - queried for frame in group.queries] for group in equal]
        asked = [[index[frame] for frame in group.keys] for group in equal]
        batches.append(
            Batch(
                _gather(asking, [group.query_positions for group in equal], device),
                _gather(asked, [group.key_positions for group in equal], device),
            )
        )
    return tuple(batches)


def plan_windows(
    windows: Sequence[Window], frames: Sequence[int], run: range, device: torch.device
) -> tuple[PlannedWindow, ...]:
    """Windows on a piece of gapless `frames`, with the part of each in the average over those of a frame of `run`."""
    total = dict.fromkeys(run, 0.0)
    for window in windows:
        for frame, weight in zip(window.frames, window.weights, strict=True):
            if frame in total:
                total[frame] += weight
    planned: list[PlannedWindow] = []
    for window in windows:
        counted = range(max(window.frames.start, run.start), min(window.frames.stop, run.stop))
        share = [window.weights[frame - window.frames.start] / total[frame] for frame in counted]
        group = whole(window.frames)
        planned.append(
            PlannedWindow(
                start=window.frames.start - frames[0],
                length=len(window.frames),
                skip=counted.start - window.frames.start,
                target=counted.start - run.start,
                share=torch.tensor(share, device=device),
                within_piece=batches_of([group], frames, frames[0], device)[0],
                within_window=batches_of([group], window.frames, window.frames.start, device)[0],
            )
        )
    return tuple(planned)


def _plan(scope: Scope, piece: Piece, start: int, exported: set[int], device: torch.device) -> PiecePlan:
    first, length = len(piece.before), len(piece.run)
    if isinstance(scope, Blocks):
        windows = plan_windows(scope.windows(piece.shot, piece.run), piece.frames, piece.run, device)
        return PiecePlan(first, length, None, None, windows)
    groups = scope.groups(piece.shot, piece.run)
    early = [group for group in groups if not exported.isdisjoint(group.queries)]
    late = [group for group in groups if exported.isdisjoint(group.queries)]
    return PiecePlan(first, length, _phase(early, piece, start, device), _phase(late, piece, start, device), ())


def _phase(groups: Sequence[Group], piece: Piece, start: int, device: torch.device) -> Phase | None:
    if not groups:
        return None
    frames = torch.tensor([frame - start for group in groups for frame in group.queries], device=device)
    return Phase(frames, batches_of(groups, piece.frames, piece.run.start, device))


def _equal(groups: Sequence[Group]) -> Iterator[list[Group]]:
    for (_, keys), same in groupby(groups, key=lambda group: (len(group.queries), len(group.keys))):
        batch = list(same)
        size = max(1, MAX_KEYS_PER_CALL // keys)
        for low in range(0, len(batch), size):
            yield batch[low : low + size]


def _gather(indices: list[list[int]], positions: list[tuple[int, ...]], device: torch.device) -> Gather:
    first = indices[0][0]
    in_order = len(indices) == 1 and indices[0] == list(range(first, first + len(indices[0])))
    return Gather(
        torch.tensor(indices, device=device), torch.tensor(positions, device=device), first if in_order else None
    )
