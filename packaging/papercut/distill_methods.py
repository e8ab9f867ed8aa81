"""Owns what each method of engine/distill is given on Papercut: batches, levels, rates, and what it trains.

Rates and batches are for minutes on a CPU; the papers' own are for days on GPUs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from engine.distill.boot import Bootstrap
from engine.distill.hipa import hipa_loss
from engine.distill.lora import ATTENTION, CONVOLUTIONS, LowRankAdapter
from engine.distill.mmd import mmd_loss
from engine.distill.paths import add_noise, step_at, steps_down
from engine.distill.reflow import Pairs, distil_loss, make_pairs, reflow_loss
from engine.distill.slam import subpath_loss
from engine.models.denoiser import Conditioning
from papercut.distill import FIRST, LEVELS, TEACHER_STEPS, Material, Method, PapercutDenoiser, Turn
from papercut.distill_sight import Sight, linear_decoder
from papercut.unet import WEIGHT_LIMIT

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    from engine.models.denoiser import Denoiser, StepContext

PAIRS = 8
"""Made in a turn: in fewer a CPU takes half as long again for each."""


def even_levels(count: int) -> list[float]:
    """Levels at equal distances from that of noise alone down, 0 not among them."""
    return [float(sigma) for sigma in np.linspace(FIRST, 0.0, count + 1)[:-1]]


class _Whole:
    """A method that trains a copy of the whole denoiser and keeps nothing else."""

    batch = 8
    learning_rate = 1e-4

    def __init__(self, material: Material) -> None:
        self.material = material
        self.student: UNet2DConditionModel = material.student()
        self.module: nn.Module = self.student
        self.denoiser = PapercutDenoiser(self.student)

    def kept(self) -> dict[str, Tensor]:
        return {}

    def restore(self, kept: dict[str, Tensor]) -> None:
        assert not kept

    def schedule(self, steps: int) -> tuple[StepContext, ...]:
        return steps_down(LEVELS, even_levels(steps))


class PairStore:
    """Pairs of noise and picture with the captions they were made for, on the CPU, as checkpoints hold them."""

    def __init__(self, material: Material) -> None:
        self._examples = material.examples
        self.kept: dict[str, Tensor] = {}

    def add(self, denoiser: Denoiser, schedule: tuple[StepContext, ...], count: int, turn: Turn) -> None:
        rows = self._examples.draw(count, turn.rng)
        pairs = make_pairs(denoiser, turn.noise(count), schedule, self._examples.captions(rows))
        fresh = {"start": pairs.start.cpu(), "clean": pairs.clean.cpu(), "rows": rows}
        self.kept = {name: torch.cat([self.kept[name], new]) if self.kept else new for name, new in fresh.items()}

    def draw(self, count: int, turn: Turn) -> tuple[Pairs, Conditioning]:
        chosen = torch.as_tensor(turn.rng.integers(0, len(self.kept["rows"]), count))
        start, clean = (self.kept[end][chosen].to(turn.device) for end in ("start", "clean"))
        pairs = Pairs(start, clean, FIRST)
        return pairs, self._examples.captions(self.kept["rows"][chosen])


class InstaFlow(_Whole):
    """Four tenths of the budget for the teacher's pairs, three for reflow, one for new pairs, two for distillation."""

    learning_rate = 2e-4

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self._first, self._second = PairStore(material), PairStore(material)

    def loss(self, turn: Turn) -> Tensor | None:
        if turn.share < 0.4:
            self._first.add(self.material.teacher, steps_down(LEVELS, even_levels(TEACHER_STEPS)), PAIRS, turn)
            return None
        if turn.share < 0.7:
            pairs, captions = self._first.draw(self.batch, turn)
            step = step_at(LEVELS, float(turn.rng.uniform(0.02, FIRST)))
            return reflow_loss(self.denoiser, pairs, step, captions, weight_limit=WEIGHT_LIMIT)
        if turn.share < 0.8 or not self._second.kept:
            # Straight paths need few steps, and the guidance is learnt.
            self._second.add(self.denoiser, steps_down(LEVELS, even_levels(8)), PAIRS, turn)
            return None
        pairs, captions = self._second.draw(self.batch, turn)
        return distil_loss(self.denoiser, pairs, step_at(LEVELS, FIRST), captions)

    def kept(self) -> dict[str, Tensor]:
        stores = {"first": self._first, "second": self._second}
        return {f"{name}.{key}": value for name, store in stores.items() for key, value in store.kept.items()}

    def restore(self, kept: dict[str, Tensor]) -> None:
        for name, store in (("first", self._first), ("second", self._second)):
            store.kept = {key.partition(".")[2]: value for key, value in kept.items() if key.startswith(f"{name}.")}


class Hipa:
    """Four tenths of the budget for the teacher's pairs, the rest for an adapter of rank 1."""

    batch = 6
    learning_rate = 2e-3

    def __init__(self, material: Material) -> None:
        self.student: UNet2DConditionModel = material.student()
        generator = torch.Generator().manual_seed(0)
        self.adapter = LowRankAdapter(self.student, 1, (*ATTENTION, *CONVOLUTIONS), generator=generator)
        self.module: nn.Module = nn.ParameterList(self.adapter.parameters())
        self.denoiser = PapercutDenoiser(self.student)
        self._pairs, self._teacher = PairStore(material), material.teacher
        self._see, self._show = Sight(material), linear_decoder(material)

    def loss(self, turn: Turn) -> Tensor | None:
        if turn.share < 0.4 or not self._pairs.kept:
            self._pairs.add(self._teacher, steps_down(LEVELS, even_levels(TEACHER_STEPS)), PAIRS, turn)
            return None
        pairs, captions = self._pairs.draw(self.batch, turn)
        return hipa_loss(
            self.denoiser, pairs.start, pairs.clean, step_at(LEVELS, FIRST), captions,
            perceive=self._see.places, show=self._show,
        )  # fmt: skip

    def kept(self) -> dict[str, Tensor]:
        return self._pairs.kept

    def restore(self, kept: dict[str, Tensor]) -> None:
        self._pairs.kept = kept

    def schedule(self, steps: int) -> tuple[StepContext, ...]:
        return steps_down(LEVELS, even_levels(steps))


class Boot(_Whole):
    """A chain of eight steps; each fifth turn renews its beginning."""

    pieces = 8

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self.boot = Bootstrap(material.teacher, LEVELS, FIRST)

    def loss(self, turn: Turn) -> Tensor:
        examples = self.material.examples
        captions, noise = examples.captions(examples.draw(self.batch, turn.rng)), turn.noise(self.batch)
        piece = int(turn.rng.integers(-2, self.pieces))
        if piece < 0:
            return self.boot.boundary_loss(self.denoiser, noise, captions)
        sigmas = [*even_levels(self.pieces), 0.0]
        return self.boot.loss(self.denoiser, noise, (sigmas[piece], sigmas[piece + 1]), captions)

    def schedule(self, steps: int) -> tuple[StepContext, ...]:
        assert steps == 1, "the student draws in one step"
        return (self.boot.signal_step(0.0),)


class Slam(_Whole):
    """Eight sub-paths, sampled as consistency models are."""

    pieces = 8

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self.average: UNet2DConditionModel = material.student()
        self.average.requires_grad_(requires_grad=False)

    def loss(self, turn: Turn) -> Tensor:
        with torch.no_grad():  # the student as it was left by the last turn
            for mean, weight in zip(self.average.parameters(), self.student.parameters(), strict=True):
                mean.lerp_(weight, 0.05)
        examples = self.material.examples
        rows = examples.draw(self.batch, turn.rng)
        sigmas, piece = [*even_levels(self.pieces), 0.0], int(turn.rng.integers(self.pieces))
        return subpath_loss(
            self.denoiser, PapercutDenoiser(self.average), self.material.teacher,
            upper=add_noise(LEVELS, examples.latents(rows), turn.noise(self.batch), sigmas[piece]),
            sigmas=(sigmas[piece], sigmas[piece + 1]), gamma=float(turn.rng.random()),
            levels=LEVELS, conditioning=examples.captions(rows),
        )  # fmt: skip

    def kept(self) -> dict[str, Tensor]:
        return self.average.state_dict()

    def restore(self, kept: dict[str, Tensor]) -> None:
        self.average.load_state_dict(kept)

    def schedule(self, steps: int) -> tuple[StepContext, ...]:
        return steps_down(LEVELS, even_levels(steps), renoise=True)


class Mmd(_Whole):
    """Two steps, whose pictures' features shall be spread as those of 96 real ones."""

    batch = 12
    learning_rate = 5e-5
    steps = 2

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self._see = Sight(material)
        rows = material.examples.draw(96, np.random.default_rng(0))
        with torch.no_grad():
            real = torch.cat([self._see.spread(material.examples.latents(part)) for part in rows.chunk(8)])
        self._centre, self._deviation = real.mean(0), real.std(0).clamp_min(1e-4)
        self._real = self._standard(real)

    def loss(self, turn: Turn) -> Tensor:
        examples = self.material.examples
        captions = examples.captions(examples.draw(self.batch, turn.rng))
        return mmd_loss(
            self.denoiser, turn.noise(self.batch), self.schedule(self.steps), captions,
            real=self._real, features=lambda latents: self._standard(self._see.spread(latents)),
        )  # fmt: skip

    def _standard(self, features: Tensor) -> Tensor:
        return (features - self._centre) / self._deviation


METHODS: Mapping[str, tuple[Callable[[Material], Method], tuple[int, ...]]] = {
    "instaflow": (InstaFlow, (1,)),
    "hipa": (Hipa, (1,)),
    "boot": (Boot, (1,)),
    "slam": (Slam, (2, 4)),
    "mmd": (Mmd, (2,)),
}
"""Each method, and in how many steps its student is judged."""
