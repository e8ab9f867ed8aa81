"""Owns what the model is asked, held-out captions and their noise, and how many of the answers are right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, cast

import numpy as np
import torch

from papercut.captions import write_caption
from papercut.grammar import MAX_COUNT, SLOTS, Scene, named_slots, sample_scene
from papercut.layout import draw_noise
from papercut.render import render
from papercut.training import as_tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

OBJECTS = (
    "balloons",
    "boats",
    "trees",
    "house",
    "castle",
    "clouds",
    "birds",
    "stars",
    "snow",
    "rain",
    "fog",
    "body",
    "water",
)
COUNTS = {
    f"{('no', 'one', 'two')[count]} {slot if count == MAX_COUNT else slot[:-1]}": (slot, count)
    for slot in ("balloons", "boats")
    for count in range(MAX_COUNT + 1)
}
"""What is counted: captions that ask for so many, or for none by leaving them out."""


class Entry(TypedDict):
    """How often a slot was read rightly, of how many times it was named, with the proportion's 95 % interval."""

    right: int
    of: int
    interval: tuple[float, float]


@dataclass(frozen=True)
class Questions:
    """Held-out scenes with the captions that name them, and the noise that each picture starts from."""

    scenes: list[Scene]
    captions: list[str]
    noise: Tensor
    """(count, 24, H/16, W/16)"""

    def first(self, count: int) -> Questions:
        """The first `count` of them."""
        return self._part(slice(count))

    def at(self, index: int) -> Questions:
        """One of them."""
        return self._part(slice(index, index + 1))

    def repeated(self, count: int) -> Questions:
        """All of them so many times."""
        return Questions(self.scenes * count, self.captions * count, self.noise.repeat(count, 1, 1, 1))

    def _part(self, part: slice) -> Questions:
        return Questions(self.scenes[part], self.captions[part], self.noise[part])


def draw_questions(count: int, seed: int, size: tuple[int, int] = (256, 256)) -> Questions:
    """Captions of combinations that training never shows; another seed gives others, another size the same.

    Args:
        count: Captions.
        seed: Of captions and noise.
        size: Height and width of the pictures that the noise is for.
    """
    rng = np.random.default_rng(seed)
    scenes = [sample_scene(rng, held_out=True) for _ in range(count)]
    captions = [write_caption(scene, rng) for scene in scenes]
    return Questions(scenes, captions, as_tensor(np.stack([draw_noise(rng, *size) for _ in range(count)])))


def render_scenes(scenes: Sequence[Scene], noise: Tensor) -> Tensor:
    """The renderer's own pictures: what a perfect model draws.

    Args:
        scenes: One for each picture.
        noise: From which it is laid out, (B, 24, H/16, W/16).

    Returns:
        (B, 3, H, W) uint8.
    """
    each = cast("list[NDArray[np.float32]]", list(noise.numpy()))
    pictures = [render(scene, noise).picture for scene, noise in zip(scenes, each, strict=True)]
    return as_tensor(np.stack(pictures)).permute(0, 3, 1, 2)


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a proportion of which `right` of `count` were seen."""
    if not count:
        return 0.0, 1.0
    z, p = 1.959964, right / count
    middle = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def score(read: Tensor, questions: Questions) -> dict[str, Entry]:
    """Compare what was read with what was said.

    Args:
        read: The judge's slot values, (B, slots).
        questions: The scenes behind them; a slot counts where its caption names it.

    Returns:
        An entry for each slot, for "absent": unnamed objects that stay away, and for each of COUNTS.
    """
    keys = [*SLOTS, "absent", *COUNTS]
    right, total = dict.fromkeys(keys, 0), dict.fromkeys(keys, 0)
    rows = cast("list[list[int]]", read.tolist())  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15
    for row, scene, caption in zip(rows, questions.scenes, questions.captions, strict=True):
        labels, named = scene.labels(), named_slots(caption)
        found = dict(zip(SLOTS, row, strict=True))
        for slot, value in found.items():
            if slot in named:
                total[slot] += 1
                right[slot] += value == labels[slot]
            elif slot in OBJECTS:
                total["absent"] += 1
                right["absent"] += value == 0
        for key, (slot, count) in COUNTS.items():
            total[key] += labels[slot] == count
            right[key] += labels[slot] == found[slot] == count
    return {key: {"right": right[key], "of": total[key], "interval": wilson(right[key], total[key])} for key in keys}


def right_and_named(read: Tensor, questions: Questions) -> tuple[Tensor, Tensor]:
    """Of each caption how many of its named slots were read rightly, and how many it names, (B,) each."""
    labels = torch.tensor([list(scene.labels().values()) for scene in questions.scenes])
    named = torch.tensor([[slot in named_slots(caption) for slot in SLOTS] for caption in questions.captions])
    return ((read == labels) & named).sum(1), named.sum(1)
