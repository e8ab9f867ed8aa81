"""Which rank computes which frames, and where shots begin and end.

Owns: the division of a take's (latent) frames into contiguous runs, one per rank, and into shots by hard cuts.
Does not own: what frames need of each other (scopes.py) or how it gets there (exchange.py).
Frames are named by global id, 0 to num_frames - 1, everywhere. Nothing here touches tensors.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


def even_runs(num_frames: int, world_size: int) -> tuple[range, ...]:
    """Contiguous runs whose lengths differ by at most one; ranks beyond the frames get empty runs."""
    return weighted_runs(num_frames, [1.0] * world_size)


def weighted_runs(num_frames: int, speeds: Sequence[float]) -> tuple[range, ...]:
    """Contiguous runs in proportion to the ranks' speeds, by largest remainder, ties to the lower rank.

    Args:
        num_frames: Frames of the take, >= 0.
        speeds: One positive number per rank, in any unit (frames a second, FLOP a second).
    """
    if num_frames < 0:
        raise ValueError(f"{num_frames} frames; use 0 or more")
    if not speeds:
        raise ValueError("no ranks; give at least one speed")
    if any(not (math.isfinite(speed) and speed > 0) for speed in speeds):
        raise ValueError(f"speeds {list(speeds)} are not all positive; leave out devices that do no work")
    shares = [num_frames * speed / math.fsum(speeds) for speed in speeds]
    lengths = [math.floor(share) for share in shares]
    by_remainder = sorted(range(len(speeds)), key=lambda rank: (lengths[rank] - shares[rank], rank))
    for rank in by_remainder[: num_frames - sum(lengths)]:
        lengths[rank] += 1
    return _consecutive(lengths)


def shots_from_cuts(num_frames: int, cuts: Sequence[int]) -> tuple[range, ...]:
    """The shots of a take with hard cuts before the frames `cuts` (ascending, each within 1 to num_frames - 1)."""
    if num_frames < 1:
        raise ValueError(f"{num_frames} frames; a take has at least one")
    bounds = [0, *cuts, num_frames]
    if any(low >= high for low, high in pairwise(bounds)):
        raise ValueError(f"cuts {list(cuts)} do not ascend within 1 to {num_frames - 1}; a shot needs a frame")
    return tuple(range(low, high) for low, high in pairwise(bounds))


def _consecutive(lengths: Sequence[int]) -> tuple[range, ...]:
    runs: list[range] = []
    start = 0
    for length in lengths:
        runs.append(range(start, start + length))
        start += length
    return tuple(runs)


@dataclass(frozen=True)
class Partition:
    """The runs of the ranks and the shots of one take; both cover frames 0 to num_frames - 1 without gaps."""

    runs: tuple[range, ...]
    shots: tuple[range, ...]

    def __post_init__(self) -> None:
        for name, parts in (("runs", self.runs), ("shots", self.shots)):
            stops = [0, *(part.stop for part in parts)]
            if any(part.step != 1 or part.start != stop for part, stop in zip(parts, stops, strict=False)):
                raise ValueError(f"{name} {parts} leave gaps or overlap; they must follow each other from frame 0")
        if self.num_frames != (self.shots[-1].stop if self.shots else 0):
            raise ValueError(f"the runs end at frame {self.num_frames}, the shots {self.shots} do not")

    @staticmethod
    def even(num_frames: int, world_size: int, cuts: Sequence[int] = ()) -> Partition:
        """Equal devices: runs that differ by at most one frame."""
        return Partition(even_runs(num_frames, world_size), shots_from_cuts(num_frames, cuts))

    @staticmethod
    def weighted(num_frames: int, speeds: Sequence[float], cuts: Sequence[int] = ()) -> Partition:
        """Unequal devices: runs in proportion to `speeds`."""
        return Partition(weighted_runs(num_frames, speeds), shots_from_cuts(num_frames, cuts))

    @property
    def num_frames(self) -> int:
        return self.runs[-1].stop if self.runs else 0

    @property
    def world_size(self) -> int:
        return len(self.runs)

    def owner(self, frame: int) -> int:
        """The rank that computes `frame`."""
        # Empty runs share their stop with the run before them; bisect_right on the starts passes over them.
        rank = bisect_right([run.start for run in self.runs], frame) - 1
        assert frame in self.runs[rank], f"frame {frame} is outside of 0 to {self.num_frames - 1}"
        return rank

    def pieces(self, rank: int) -> tuple[tuple[range, range], ...]:
        """The rank's run cut at the shots: (shot, the part of it that is in the run), in frame order."""
        run = self.runs[rank]
        parts = ((shot, range(max(shot.start, run.start), min(shot.stop, run.stop))) for shot in self.shots)
        return tuple((shot, part) for shot, part in parts if len(part))
