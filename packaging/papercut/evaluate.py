"""Owns the evaluation: held-out captions in, pictures out, what is seen in them compared with what was said.

Writes CARD.md, card.json, sheet.png and sizes.jpg beside the weights. Everything is read from the shipped folder
through stock classes, so that the table speaks of what users run. Measures of all columns are of the same captions, so
that what they owe to their number is the same in all.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor

from papercut.card import Result, write_card
from papercut.distill import GUIDANCE, TEACHER_STEPS
from papercut.engine_steps import sample_as_engine
from papercut.judge import Judge, load_judge, validate_judge
from papercut.measures import (
    BATCH,
    Estimate,
    Reference,
    Seen,
    judge_features,
    resample,
    see,
    share,
    spread_in_features,
    spread_in_pixels,
)
from papercut.measures_card import MORE, ONE_STEP, RENDERS, TEACHER, Measures
from papercut.motion_score import CLIPS, score_motion
from papercut.questions import Questions, draw_questions, render_scenes, right_and_named, score
from papercut.sheet import tile
from papercut.shipped import ShippedModel
from papercut.sizes_score import score_sizes
from papercut.stream import to_signal
from papercut.training import in_parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from papercut.grammar import Scene

    Draw = Callable[[Tensor], Tensor]
    """Makes pictures (B, 3, H, W) of the rows of `Asked` whose numbers it is given."""

CAPTIONS = 500
FEW = 200
"""Captions of every column but one step's, and of all measures."""
SEED = 2026
SEVERAL = 20
"""Captions of which several pictures are made, each from a noise of its own."""
NOISES = 4
SHEET = 32
REBUILT = 80


@dataclass(frozen=True)
class Asked:
    """The pictures that every column makes: one of each caption, and for the first captions NOISES of each.

    Those come first, caption by caption; the first of each and the rest are the `main` ones, one of each caption.
    """

    questions: Questions
    several: int
    caption: Tensor
    """Which question a row asks, (rows,)."""
    noise: Tensor
    """From which it starts, (rows, 24, 16, 16)."""
    fresh: Tensor
    """Noise that the renderer did not lay the scene out from, likewise."""
    main: Tensor
    """Rows, (captions,)."""

    @classmethod
    def draw(cls, count: int, seed: int) -> Asked:
        """Captions and noise of a seed."""
        questions = draw_questions(count, seed)
        several = min(SEVERAL, count)
        generator = torch.Generator().manual_seed(seed)
        more = torch.randn(several, NOISES - 1, *questions.noise.shape[1:], generator=generator)
        first = torch.cat([questions.noise[:several, None], more], 1).flatten(0, 1)
        noise = torch.cat([first, questions.noise[several:]])
        rest = torch.arange(several, count)
        return cls(
            questions, several,
            caption=torch.cat([torch.arange(several).repeat_interleave(NOISES), rest]),
            noise=noise, fresh=torch.randn(noise.shape, generator=generator),
            main=torch.cat([torch.arange(several) * NOISES, rest + several * (NOISES - 1)]),
        )  # fmt: skip

    def first(self, count: int) -> Asked:
        """The pictures of the first `count` captions, which are all that have several, or more."""
        rows = min(count + self.several * (NOISES - 1), len(self.noise))
        return replace(
            self, questions=self.questions.first(count), caption=self.caption[:rows], noise=self.noise[:rows],
            fresh=self.fresh[:rows], main=self.main[:count],
        )  # fmt: skip

    def scenes(self, rows: Tensor) -> list[Scene]:
        """What rows ask for."""
        return [self.questions.scenes[int(row)] for row in self.caption[rows]]


@dataclass(frozen=True)
class Column:
    """What was seen of one way to make the pictures."""

    seen: Seen
    """Of the main rows."""
    in_features: Tensor
    """How far apart a caption's pictures are, (several,)."""
    in_pixels: Tensor

    def first(self, count: int) -> Column:
        """Of the first `count` captions alone."""
        return replace(self, seen=Seen(*(each[:count] for each in self.seen)))


def look(name: str, asked: Asked, judge: Judge, draw: Draw) -> Column:
    """Make all pictures of a column and measure them; prints how far it is."""
    groups, every = asked.several * NOISES, torch.arange(len(asked.noise))
    parts = [part for rows in (every[:groups], every[groups:]) for part in in_parts(rows, BATCH) if len(part)]
    found: list[Seen] = []
    in_pixels: list[Tensor] = []
    start = time.monotonic()
    for index, rows in enumerate(parts):
        pictures = draw(rows)
        found.append(see(judge, pictures))
        if rows[0] < groups:
            in_pixels.append(spread_in_pixels(pictures.reshape(-1, NOISES, *pictures.shape[1:])))
        if (index + 1) % 10 == 0 or index + 1 == len(parts):
            print(f"{name}: {int(rows[-1]) + 1} pictures of {len(every)}, {time.monotonic() - start:.0f} s", flush=True)
    seen = Seen(*(torch.cat(each) for each in zip(*found, strict=True)))
    several = seen.features[:groups].reshape(asked.several, NOISES, -1)
    return Column(Seen(*(each[asked.main] for each in seen)), spread_in_features(several), torch.cat(in_pixels))


def ways(model: ShippedModel, asked: Asked) -> dict[str, Draw]:
    """The columns, each with how its pictures are made: the model's, the ceilings, and the controls."""
    parts = range(0, len(asked.questions.captions), BATCH)
    said = torch.cat([model.read(asked.questions.captions[first : first + BATCH]) for first in parts])
    empty, shuffled = model.read([""]), model.with_shuffled_weights()

    def scheduled(steps: int) -> Draw:
        return lambda rows: model.show(model.scheduled(asked.noise[rows], said[asked.caption[rows]], steps))

    def refined(steps: int) -> Draw:
        return lambda rows: model.show(
            sample_as_engine(model.unet, asked.noise[rows], said[asked.caption[rows]], steps, asked.fresh[rows])
        )

    def rendered(rows: Tensor) -> Tensor:
        return to_signal(render_scenes(asked.scenes(rows), asked.noise[rows]))

    return {
        ONE_STEP: scheduled(1),
        **{f"{steps} steps": scheduled(steps) for steps in MORE},
        TEACHER: lambda rows: model.show(
            model.many_steps(asked.fresh[rows], said[asked.caption[rows]], empty, TEACHER_STEPS, GUIDANCE)
        ),
        **{f"{steps} steps, Onetake's way": refined(steps) for steps in (2, 4)},
        RENDERS: rendered,
        "renders through the autoencoder": lambda rows: model.show(model.keep(rendered(rows))),
        "control: wrong captions": lambda rows: model.show(
            model.one_step(asked.noise[rows], said.roll(1, 0)[asked.caption[rows]])
        ),
        "control: shuffled weights": lambda rows: shuffled.show(
            shuffled.one_step(asked.noise[rows], said[asked.caption[rows]])
        ),
    }


@torch.no_grad()
def evaluate(folder: Path, count: int = CAPTIONS, *, seed: int = SEED) -> None:
    """Judge the model of a folder and write its card.

    Args:
        folder: The shipped folder.
        count: Held-out captions of one step; everything else has the first FEW of them.
        seed: Of captions and noise; recorded in the card.
    """
    start = time.monotonic()
    model, judge, every = ShippedModel.load(folder), load_judge(), Asked.draw(count, seed)
    some = every.first(FEW)
    draws = ways(model, every)
    one_step = look(ONE_STEP, every, judge, draws.pop(ONE_STEP))
    columns = {ONE_STEP: one_step.first(FEW)}
    columns |= {name: look(name, some, judge, draw) for name, draw in draws.items()}
    others = render_scenes(some.questions.scenes, draw_questions(count, seed + 1).noise[:FEW])
    reference = torch.cat([judge_features(judge, to_signal(part)) for part in in_parts(others, BATCH)])
    table = {name: score(column.seen.answers, some.questions) for name, column in columns.items()}
    moving = (folder / "motion_adapter").is_dir()
    result: Result = {
        "seed": seed,
        "captions": count,
        "autoencoder_psnr_db": round(_rebuilding_psnr(model, others[:REBUILT]), 2),
        "weights_mb": round(sum(path.stat().st_size for path in folder.rglob("*.safetensors")) / 1e6, 1),
        "table": table | {ONE_STEP: score(one_step.seen.answers, every.questions)},
        "measured": {
            "captions": len(some.questions.scenes),
            "several": some.several,
            "noises": NOISES,
            "columns": measure(columns, some.questions, reference),
        },
        "judge": validate_judge(300),
        "sizes": score_sizes(folder, model, judge, seed),
        "takes": score_motion(folder, model, judge, some.questions.first(CLIPS), seed) if moving else [],
        "examples": some.questions.captions[:SHEET],
    }
    shown = some.main[:SHEET]
    features = model.read(some.questions.captions[:SHEET])
    _write_sheet(folder, model.show(model.scheduled(some.noise[shown], features, 1)))
    write_card(folder, result)
    (folder / "card.json").write_text(json.dumps(result, indent=1) + "\n")
    print(f"{folder / 'CARD.md'}: {time.monotonic() - start:.0f} s", flush=True)


def measure(columns: dict[str, Column], questions: Questions, reference: Tensor) -> dict[str, Measures]:
    """The measures of each column, with their intervals over captions.

    Args:
        columns: With TEACHER and RENDERS among them, beside which the others stand.
        questions: What was asked.
        reference: Features of renders of the same captions from other noise, (captions, d).
    """
    samples = resample(len(questions.scenes))
    several = len(columns[RENDERS].in_pixels)
    few, held = resample(several), Reference(reference, samples)
    accuracy: dict[str, Estimate] = {}
    for name, column in columns.items():
        right, named = right_and_named(column.seen.answers, questions)
        accuracy[name] = share(right, named, samples)
    distances = {name: held.distance(column.seen.features) for name, column in columns.items()}
    renders = columns[RENDERS]
    return {
        name: {
            "accuracy": accuracy[name].figure(),
            "of_teacher": accuracy[name].over(accuracy[TEACHER]).figure(),
            "fd_e": distances[name].figure(),
            "fd_e_of_teacher": distances[name].over(distances[TEACHER]).figure(),
            "diversity": share(column.in_features, renders.in_features, few).figure(),
            "diversity_in_pixels": share(column.in_pixels, renders.in_pixels, few).figure(),
            "edges": share(column.seen.edges, renders.seen.edges, samples).figure(),
        }
        for name, column in columns.items()
    }


def _rebuilding_psnr(model: ShippedModel, pixels: Tensor) -> float:
    """How well the autoencoder gives pictures back, in dB."""
    errors = [(model.show(model.keep(to_signal(part))) - to_signal(part)).square() for part in in_parts(pixels, BATCH)]
    return float(-10 * torch.log10(torch.cat(errors).mean() / 4))


def _write_sheet(folder: Path, pictures: Tensor) -> None:
    """Write sheet.png: the pictures in full rows of eight, at half size."""
    pixels = ((pictures.permute(0, 2, 3, 1) + 1) * 127.5).round().clamp(0, 255).byte().numpy()
    across = min(8, len(pixels))
    whole = tile(list(pixels[: len(pixels) // across * across]), across)
    half = whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.LANCZOS)
    half.save(folder / "sheet.png", optimize=True)
