"""Prompt and noise travel: what each frame of a timeline is made from.

Owns the weights of transitions and the mixing of prompts and of noise. Which random numbers a frame of one seed gets
is engine.parallel.noise's and engine.sampling.noise's.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.parallel.noise import INITIAL, frame_noise, orbit, rescheduled_frames
from engine.sampling.noise import ORBIT, draw_noise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.messages import Timeline, VideoRequest, VideoSpec
    from engine.tasks.reel import Reel


@dataclass(frozen=True)
class Place:
    """Where a frame is on its timeline: `weight` of segment `new`, the rest of segment `old`, in 0..1."""

    old: int
    new: int
    weight: float


class Itinerary:
    """The place of every frame of a timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self._segments = timeline.segments
        self._starts = [span.start for span in timeline.spans()]

    def place(self, frame: int) -> Place:
        """Frame i of a transition of n frames has u = (i + 1) / (n + 1) of the way, of which `strength` is walked
        evenly and the rest at once."""
        new = bisect_right(self._starts, frame) - 1
        segment, index = self._segments[new], frame - self._starts[new]
        if index >= segment.transition:
            return Place(new, new, 1.0)
        way = (index + 1) / (segment.transition + 1)
        return Place(new - 1, new, segment.strength * way + (1.0 - segment.strength))


def travel_prompts(timeline: Timeline, frames: Sequence[int], encode: Callable[[str], Tensor]) -> Tensor:
    """The prompt of each frame: on the straight line from the one to the other within a transition.

    Args:
        timeline: The segments with their prompts.
        frames: Global frame ids; may be empty.
        encode: The encoded prompt, (1, tokens, channels); asked once for each.

    Returns:
        (frames, tokens, channels); a view of one where all are alike.
    """
    itinerary, encoded = Itinerary(timeline), dict[str, Tensor]()

    def prompt(segment: int) -> Tensor:
        text = timeline.segments[segment].prompt
        if text not in encoded:
            encoded[text] = encode(text)
        return encoded[text]

    places = [itinerary.place(frame) for frame in frames]
    ends = [(prompt(place.old), prompt(place.new), place.weight) for place in places]
    if not ends:
        return prompt(0)[:0]
    if all(old is ends[0][1] and new is ends[0][1] for old, new, _ in ends):
        return ends[0][1].expand(len(ends), -1, -1)
    return torch.cat([new if old is new else torch.lerp(old, new, weight) for old, new, weight in ends])


class TakeNoise:
    """The noise of every latent frame of a take, a function of the request and the frame alone."""

    def __init__(self, request: VideoRequest, spec: VideoSpec, reel: Reel, shape: tuple[int, int, int]) -> None:
        """`shape` is that of one latent frame, (C, h, w)."""
        self._spec = spec
        self._reel = reel
        self._shape = shape
        self._itinerary = Itinerary(request.timeline)
        self._seeds = segment_seeds(request)
        self._circles: dict[int, tuple[Tensor, Tensor]] = {}
        self._orders: dict[tuple[int, range], tuple[int, ...]] = {}

    def initial(self, latents: Sequence[int]) -> Tensor:
        """The noise that latent frames start from, standard normal, fp32 on the CPU, (1, C, T, h, w)."""
        return self._mixed(latents, self._initial)

    def fresh(self, step: int, latents: Sequence[int]) -> Tensor:
        """The noise that step `step` adds, likewise; one for a whole shot where the initial noise is one that turns."""
        if self._spec.noise == "orbit":  # a noise of their own would make frames flicker that are alike so far
            return self._mixed(latents, lambda seed, _: frame_noise(seed, step, 0, self._shape))
        return self._mixed(latents, lambda seed, latent: frame_noise(seed, step, latent, self._shape))

    def _mixed(self, latents: Sequence[int], draw: Callable[[int, int], Tensor]) -> Tensor:
        channels, height, width = self._shape
        noise = torch.empty(1, channels, len(latents), height, width)
        for index, latent in enumerate(latents):
            place = self._itinerary.place(self._reel.frame_of(latent))
            old, new = self._seeds[place.old], self._seeds[place.new]
            noise[0, :, index] = draw(new, latent)
            if old != new:  # on the arc, which keeps the variance
                angle = math.pi / 2 * place.weight
                noise[0, :, index] *= math.sin(angle)
                noise[0, :, index] += math.cos(angle) * draw(old, latent)
        return noise

    def _initial(self, seed: int, latent: int) -> Tensor:
        shot = self._reel.latent_shot(latent)
        if self._spec.noise == "orbit":
            first, second = self._circle(seed)
            return orbit(first, second, [latent - shot.start], self._spec.orbit_frames)[0, :, 0]
        if self._spec.noise == "rescheduled":
            latent = self._order(seed, shot)[latent - shot.start]
        return frame_noise(seed, INITIAL, latent, self._shape)

    def _circle(self, seed: int) -> tuple[Tensor, Tensor]:
        if seed not in self._circles:
            first, second = draw_noise(self._shape, seed), draw_noise(self._shape, seed, ORBIT)
            for east, north in self._spec.orbit_pairs:
                second[east], second[north] = -first[north], first[east]
            self._circles[seed] = first, second
        return self._circles[seed]

    def _order(self, seed: int, shot: range) -> tuple[int, ...]:
        if (seed, shot) not in self._orders:
            self._orders[seed, shot] = rescheduled_frames(seed, shot, self._spec.window, self._spec.stride)
        return self._orders[seed, shot]


def segment_seeds(request: VideoRequest) -> tuple[int, ...]:
    """The seed of each segment: its own, else that of its shot's first segment, else the request's."""
    seeds: list[int] = []
    shot_seed = request.seed
    for index, segment in enumerate(request.timeline.segments):
        if segment.cut or not index:
            shot_seed = request.seed if segment.seed is None else segment.seed
        seeds.append(shot_seed if segment.seed is None else segment.seed)
    return tuple(seeds)
