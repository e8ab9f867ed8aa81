"""Owns what is measured of pictures beside the judge's reading, and the intervals of all measures.

E, the features in which pictures are compared, is the trunk of the judge, averaged over the picture: it sees what is in
a picture, in which colours and how much of it, and hardly where. Intervals are those of a bootstrap over captions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, TypedDict, cast

import numpy as np
import torch
from torch.nn import functional

from engine.distill.hipa import edges
from papercut.judge import answers
from papercut.training import as_tensor, in_parts

if TYPE_CHECKING:
    from torch import Tensor

    from papercut.judge import Judge

BATCH = 20
DRAWS = 400
LEVELS = 127.5
"""Of 255, in a difference of 1 between pictures in [-1, 1]."""


class Figure(TypedDict):
    """A number and its 95 % interval."""

    value: float
    interval: tuple[float, float]


class Seen(NamedTuple):
    """What is kept of pictures."""

    answers: Tensor
    """The judge's slot values, (B, slots)."""
    features: Tensor
    """In E, (B, 128)."""
    edges: Tensor
    """Edge energy, (B,)."""


@torch.no_grad()
def judge_features(judge: Judge, pictures: Tensor) -> Tensor:
    """Where pictures (B, 3, H, W) in [-1, 1] lie in E, (B, 128)."""
    parts = in_parts(pictures, BATCH)
    return torch.cat([judge.trunk(functional.avg_pool2d(part, 2)).mean((2, 3)) for part in parts])


def edge_energy(pictures: Tensor) -> Tensor:
    """Mean length of the brightness's gradient, in levels of 255 a pixel, (B,); soft pictures have little of it."""
    across, down = edges(pictures.mean(1, keepdim=True)).unbind(1)
    return torch.hypot(across, down).mean((1, 2)) * LEVELS


def see(judge: Judge, pictures: Tensor) -> Seen:
    """Measure pictures (B, 3, H, W) in [-1, 1]."""
    return Seen(answers(judge, pictures), judge_features(judge, pictures), edge_energy(pictures))


def spread_in_features(features: Tensor) -> Tensor:
    """Mean distance of each two of a caption's pictures, (captions,) for features (captions, pictures, d)."""
    pairs = combinations(range(features.shape[1]), 2)
    return torch.stack([(features[:, a] - features[:, b]).square().sum(1).sqrt() for a, b in pairs]).mean(0)


def spread_in_pixels(pictures: Tensor) -> Tensor:
    """Mean absolute difference of each two of a caption's pictures, in levels of 255, (captions,).

    `pictures` are (captions, pictures, 3, H, W) in [-1, 1].
    """
    pairs = combinations(range(pictures.shape[1]), 2)
    each = [(pictures[:, a] - pictures[:, b]).abs().mean((1, 2, 3)) for a, b in pairs]
    return torch.stack(each).mean(0) * LEVELS


@dataclass(frozen=True)
class Estimate:
    """A number, and what it is in each of a bootstrap's samples."""

    value: float
    drawn: Tensor
    """(draws,)"""

    def over(self, other: Estimate) -> Estimate:
        """This number over another, sample by sample: what both have in common cancels."""
        return Estimate(self.value / other.value, self.drawn / other.drawn)

    def minus(self, other: Estimate) -> Estimate:
        """Likewise, their difference."""
        return Estimate(self.value - other.value, self.drawn - other.drawn)

    def figure(self) -> Figure:
        """As it is written down."""
        low, high = np.percentile(self.drawn.numpy(), (2.5, 97.5))
        return {"value": round(self.value, 5), "interval": (round(float(low), 5), round(float(high), 5))}


def resample(count: int, draws: int = DRAWS, seed: int = 0) -> Tensor:
    """How often each of `count` captions is in a bootstrap's samples, (1 + draws, count); the first has each once."""
    chosen = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), draws)
    return as_tensor(np.concatenate([np.ones((1, count)), chosen]))


def share(part: Tensor, whole: Tensor, samples: Tensor) -> Estimate:
    """The sum of `part` over the sum of `whole`, (captions,) each, with the samples of `resample`."""
    values = (samples @ part.double()) / (samples @ whole.double())
    return Estimate(float(values[0]), values[1:])


class Reference:
    """The pictures to which others' Fréchet distance is measured."""

    def __init__(self, features: Tensor, samples: Tensor) -> None:
        """`features` (captions, d) are one picture's of each caption; `samples` are those of `resample`."""
        self._samples = samples
        self._mean, self._covariance = _moments(features, samples)
        values, vectors = _eigen(self._covariance)
        # The root of a product has the trace of that of a symmetric one.
        self._root = (vectors * values.clamp_min(0).sqrt()[:, None]) @ vectors.mT

    def distance(self, features: Tensor) -> Estimate:
        """The squared Fréchet distance of the Gaussians of two sets of pictures, of the same captions.

        A sample repeats captions, and fewer different pictures are further apart: the samples are moved by as much as
        that adds on average, so that the interval lies about the number it belongs to.

        Source: Heusel et al., arXiv:1706.08500, equation 6. Sets smaller than d are compared in what they span.
        """
        mean, covariance = _moments(features, self._samples)
        between = cast("Tensor", torch.linalg.eigvalsh(self._root @ covariance @ self._root))  # pyright: ignore[reportUnknownMemberType]
        spread = _trace(self._covariance) + _trace(covariance) - 2 * between.clamp_min(0).sqrt().sum(1)
        values = ((mean - self._mean).square().sum(1) + spread).clamp_min(0)
        value, drawn = values[0], values[1:]
        return Estimate(float(value), (drawn - drawn.mean() + value if len(drawn) else drawn).clamp_min(0))


def frechet_distance(x: Tensor, y: Tensor) -> float:
    """The distance of features (B, d) to others as many, without an interval."""
    whole = resample(len(y), 0)
    return Reference(y, whole).distance(x).value


def _moments(features: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (S, d) and covariance (S, d, d) of features (captions, d) in each sample."""
    rows, count = features.double(), len(features)
    mean = samples @ rows / count
    squares = (rows[:, :, None] * rows[:, None]).flatten(1)
    second = (samples @ squares).reshape(len(samples), rows.shape[1], -1)
    return mean, (second - count * mean[:, :, None] * mean[:, None]) / (count - 1)


def _eigen(matrices: Tensor) -> tuple[Tensor, Tensor]:
    return cast("tuple[Tensor, Tensor]", torch.linalg.eigh(matrices))  # pyright: ignore[reportUnknownMemberType]


def _trace(matrices: Tensor) -> Tensor:
    return matrices.diagonal(dim1=1, dim2=2).sum(1)
