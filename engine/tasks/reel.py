"""The frames of a take as its model counts them: shots, latent frames, and which of them are to be made.

Owns the numbering. Frames are pictures, latent frames what the network works on; for U-Nets they are the same. Both
have global ids. Where only some shots are made (a re-roll), the network's frames are numbered through these shots
alone: that is the partition's numbering, and nothing outside of this module and the network sees it.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Protocol

from engine.parallel.partition import Partition, weighted_runs

if TYPE_CHECKING:
    from collections.abc import Sequence


class FrameCounts(Protocol):
    """What a video model says about its latent frames (engine.models.video_model)."""

    def latent_frames(self, frames: int) -> int: ...

    def frames_of(self, latent_frame: int) -> range: ...


class Reel:
    """The numbering of one take."""

    def __init__(
        self, shots: Sequence[range], redo: Sequence[range], counts: FrameCounts, speeds: Sequence[float] = ()
    ) -> None:
        """Number a take.

        Args:
            shots: Global frame ids of each shot, following each other from 0.
            redo: The frames to make; empty for all.
            counts: The model.
            speeds: Of the ranks; empty where they are alike.
        """
        self._counts = counts
        self.shots = tuple(shots)
        self.latent_shots = _consecutive([counts.latent_frames(len(shot)) for shot in shots])
        self._latent_starts = [shot.start for shot in self.latent_shots]
        self._redo = tuple(redo)
        self._speeds = tuple(speeds)
        self._made = [latents for shot, latents in zip(shots, self.latent_shots, strict=True) if self._is_made(shot)]
        self._network_shots = _consecutive([len(shot) for shot in self._made])

    @property
    def frames(self) -> range:
        """All frames of the take."""
        return range(self.shots[-1].stop)

    @property
    def latents(self) -> range:
        """All latent frames of the take."""
        return range(self.latent_shots[-1].stop)

    @property
    def longest_shot(self) -> int:
        """Latent frames of the longest shot, whether it is made or kept."""
        return max(map(len, self.latent_shots))

    @property
    def made_latents(self) -> list[int]:
        """The latent frames that the network works on: those of shots with a frame to make."""
        return [latent for shot in self._made for latent in shot]

    def partition(self, world_size: int) -> Partition:
        """Runs of the network's frames: by the speeds of the ranks, else equal."""
        speeds = self._speeds or (1.0,) * world_size
        assert len(speeds) == world_size, "each rank has a speed"
        return Partition(weighted_runs(sum(map(len, self._made)), speeds), self._network_shots)

    def latents_of(self, network_frames: Sequence[int]) -> list[int]:
        """The latent frames of some of the network's."""
        starts = [shot.start for shot in self._network_shots]
        found: list[int] = []
        for frame in network_frames:
            index = bisect_right(starts, frame) - 1
            found.append(self._made[index][frame - starts[index]])
        return found

    def is_redone(self, frame: int) -> bool:
        """Whether a frame is to be made; the others are kept as they are."""
        return not self._redo or any(frame in span for span in self._redo)

    def kept_latents(self, latents: Sequence[int]) -> list[int]:
        """Those of `latents` of whose frames none is to be made."""
        return [latent for latent in latents if not any(map(self.is_redone, self.frames_of(latent)))]

    def latent_shot(self, latent: int) -> range:
        """The latent frames of the shot that a latent frame is in."""
        return self.latent_shots[bisect_right(self._latent_starts, latent) - 1]

    def frames_of(self, latent: int) -> range:
        """The frames that a latent frame decodes to."""
        index = bisect_right(self._latent_starts, latent) - 1
        frames, start = self._counts.frames_of(latent - self._latent_starts[index]), self.shots[index].start
        return range(start + frames.start, start + frames.stop)

    def frame_of(self, latent: int) -> int:
        """The frame in the middle of a latent frame, whose prompt and noise it gets."""
        frames = self.frames_of(latent)
        return frames[len(frames) // 2]

    def _is_made(self, shot: range) -> bool:
        spans = self._redo or (shot,)
        return any(span.start < shot.stop and shot.start < span.stop for span in spans)


def _consecutive(lengths: Sequence[int]) -> tuple[range, ...]:
    return tuple(range(low, high) for low, high in pairwise(accumulate(lengths, initial=0)))
