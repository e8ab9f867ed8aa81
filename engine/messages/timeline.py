"""The timeline that drives a take: segments of prompts, joined by transitions or cut into shots. Frames are counted.

A shot is a run of segments up to the next hard cut. Windows, anchors, norms and noise never reach across a cut, so a
shot can be made again alone.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from engine.errors import BadInputError
from engine.messages.checks import MAX_SEED, check_float, check_int, check_prompt

# Far beyond any disk: what a take really needs of memory and disk is weighed when it is submitted.
MAX_FRAMES = 100_000_000
MAX_SEGMENTS = 10_000


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stretch of one prompt.

    `transition` is how many of its first frames come over from the segment before it: prompt and noise travel there,
    the more evenly the nearer `strength` is to 1; at 0 they change at once. `cut` starts a new shot instead.
    """

    prompt: str
    frames: int
    seed: int | None = None
    """Noise of its own; None for that of the shot's first segment, or of the request."""
    transition: int = 0
    strength: float = 1.0
    cut: bool = False

    def __post_init__(self) -> None:
        check_prompt(self.prompt)
        check_int("segment frames", self.frames, 1, MAX_FRAMES)
        if self.seed is not None:
            check_int("segment seed", self.seed, 0, MAX_SEED)
        check_int("transition", self.transition, 0, MAX_FRAMES)
        check_float("transition strength", self.strength, 0.0, 1.0)
        if self.transition > self.frames:
            raise BadInputError(
                f"a transition of {self.transition} frames does not fit a segment of {self.frames}; shorten it"
            )
        if self.cut and self.transition:
            raise BadInputError("a segment cannot both cut and come over in a transition; choose one")


class Timeline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Segments in order, without gaps. The first one starts the first shot."""

    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        if not self.segments:
            raise BadInputError("the timeline is empty; give it at least one segment with a prompt")
        check_int("number of segments", len(self.segments), 1, MAX_SEGMENTS)
        check_int("frames", self.frames, 1, MAX_FRAMES)
        if self.segments[0].transition:
            raise BadInputError("the first segment has nothing to come over from; set its transition to 0")

    @property
    def frames(self) -> int:
        """Length in frames."""
        return sum(segment.frames for segment in self.segments)

    def spans(self) -> tuple[range, ...]:
        """The global frame ids of each segment."""
        spans: list[range] = []
        start = 0
        for segment in self.segments:
            spans.append(range(start, start + segment.frames))
            start += segment.frames
        return tuple(spans)

    def shots(self) -> tuple[range, ...]:
        """The global frame ids of each shot."""
        starts = [span.start for segment, span in zip(self.segments, self.spans(), strict=True) if segment.cut]
        edges = [0, *(start for start in starts if start), self.frames]
        return tuple(range(low, high) for low, high in pairwise(edges))
