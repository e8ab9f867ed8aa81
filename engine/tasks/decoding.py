"""What of a rank's latent frames is to be decoded, with the context that an autoencoder over time reads.

Owns the cutting of a run into parts of shots and into spans without frames that are there already. Does not decode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.parallel.exchange import Exchange
from engine.parallel.scopes import Halo

if TYPE_CHECKING:
    from torch import Tensor

    from engine.media.clip import Clip
    from engine.parallel.mesh import Mesh
    from engine.tasks.reel import Reel


@dataclass(frozen=True)
class Part:
    """A rank's latent frames of one shot."""

    latents: list[int]
    """Their global ids, which follow each other."""
    clean: Tensor
    """They and their context, (1, C, T, h, w)."""
    first: int
    """Index in `clean` of the first of them."""
    halo: tuple[int, int]

    def cut(self, span: range) -> tuple[Tensor, int, int]:
        """Latents for VideoModel.decode of the part's latent frames `span` (indices), and where these are in them."""
        before, after = self.halo
        low = max(0, self.first + span.start - before)
        high = min(self.clean.shape[2], self.first + span.stop + after)
        return self.clean[:, :, low:high], self.first + span.start - low, self.first + span.stop - low


def with_context(clean: Tensor, reel: Reel, mesh: Mesh, halo: tuple[int, int]) -> list[Part]:
    """The parts of this rank's run, (1, C, T, h, w), with `halo` latent frames of the shot on each side.

    Raises:
        WorkerLostError: Another rank died before it sent its frames.
    """
    partition = reel.partition(mesh.world_size)
    pieces = partition.pieces(mesh.rank)
    if not pieces:
        return []
    if halo == (0, 0):
        parts = torch.split(clean, [len(run) for _, run in pieces], dim=2)
        return [Part(reel.latents_of(run), part, 0, halo) for (_, run), part in zip(pieces, parts, strict=True)]
    exchange = Exchange(mesh, partition, Halo(max(halo)), "decoding")
    extended = exchange.begin(clean, dim=2).finish(clean)
    return [
        Part(reel.latents_of(piece.run), part, len(piece.before), halo)
        for piece, part in zip(exchange.pieces, extended, strict=True)
    ]


def parts_to_decode(
    part: Part, reel: Reel, clip: Clip, frames_ready: Callable[[int, int], None]
) -> tuple[set[int], list[range]]:
    """The frames of a part that are to be made and not in the Clip, and the spans of its latent frames with one.

    `frames_ready` is told of the frames that are there already, as runs.
    """
    frames = range(reel.frames_of(part.latents[0]).start, reel.frames_of(part.latents[-1]).stop)
    absent = set(clip.missing(frames))
    for run in runs_of(frame for frame in frames if frame not in absent):
        frames_ready(run.start, run.stop)
    wanted = {frame for frame in absent if reel.is_redone(frame)}
    needed = (index for index, latent in enumerate(part.latents) if not wanted.isdisjoint(reel.frames_of(latent)))
    return wanted, list(runs_of(needed))


def runs_of(numbers: Iterable[int]) -> Iterator[range]:
    """Ascending numbers as runs without gaps."""
    start = stop = None
    for number in numbers:
        if start is not None and number == stop:
            stop = number + 1
            continue
        if start is not None and stop is not None:
            yield range(start, stop)
        start, stop = number, number + 1
    if start is not None and stop is not None:
        yield range(start, stop)
