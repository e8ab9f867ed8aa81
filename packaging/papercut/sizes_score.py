"""Owns the measures of other sizes: one step's pictures at each, beside the renderer's of the same captions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from papercut.judge import answers
from papercut.measures import Reference, edge_energy, judge_features, resample, see, share
from papercut.questions import draw_questions, render_scenes, right_and_named
from papercut.sizes_card import CONTROL, SizeScore
from papercut.stream import to_signal
from papercut.training import in_parts

if TYPE_CHECKING:
    from pathlib import Path

    from papercut.judge import Judge
    from papercut.measures import Estimate
    from papercut.questions import Questions
    from papercut.shipped import ShippedModel

TRAINED = (256, 256)
SIZES = (TRAINED, (384, 256), (256, 384), (448, 256), (512, 288), (288, 512), (384, 384), (512, 512), (512, 320))
"""Width and height. Training never showed the last."""
FOURFOLD = (512, 512)
"""Where the control has its place."""
CAPTIONS = 60
BATCH = 10
SHOWN = 4


def fitted(pictures: Tensor) -> Tensor:
    """Pictures (B, 3, H, W) with the shorter side brought to 256 pixels, as the judge knows it."""
    height, width = pictures.shape[-2:]
    scale = 256 / min(height, width)
    size = (round(height * scale), round(width * scale))
    return functional.interpolate(pictures, size, mode="area") if scale < 1 else pictures


@torch.no_grad()
def score_sizes(folder: Path, model: ShippedModel, judge: Judge, seed: int, count: int = CAPTIONS) -> list[SizeScore]:
    """Judge one step at each size, and write sizes.jpg.

    Args:
        folder: Where the sheet goes.
        model: The shipped model.
        judge: Which reads the pictures.
        seed: Of captions and noise; the captions are the same at all sizes.
        count: Captions.
    """
    look, sheet = _Look(judge, resample(count)), list[Tensor]()
    for width, height in SIZES:
        questions = draw_questions(count, seed, (height, width))
        renders = [
            render_scenes(questions.scenes, noise)
            for noise in (questions.noise, draw_questions(count, seed + 1, (height, width)).noise)
        ]
        pictures = _draw(model, questions, questions.noise)
        look.at(f"{width}x{height}", pictures, questions, *renders)
        sheet.append(pictures[:SHOWN])
        if (width, height) == FOURFOLD:
            noises = in_parts(draw_questions(4 * count, seed).noise, count)
            look.at(CONTROL, _in_one([_draw(model, questions, noise) for noise in noises]), questions, *renders)
    _write_sheet(folder / "sizes.jpg", sheet)
    return look.scores


def _draw(model: ShippedModel, questions: Questions, noise: Tensor) -> Tensor:
    """One step's pictures of the questions from this noise, (B, 3, H, W)."""
    said = model.read(questions.captions)
    parts = zip(in_parts(noise, BATCH), in_parts(said, BATCH), strict=True)
    return torch.cat([model.show(model.one_step(*part)) for part in parts])


@dataclass
class _Look:
    """Scores size after size; the first is the one that the others stand beside."""

    judge: Judge
    samples: Tensor
    scores: list[SizeScore] = field(default_factory=list)
    trained: Estimate | None = None

    def at(self, name: str, pictures: Tensor, questions: Questions, renders: Tensor, others: Tensor) -> None:
        """Add the score of these pictures.

        Args:
            name: The size.
            pictures: (B, 3, H, W) in [-1, 1].
            questions: What they were asked for.
            renders: From the same noise, (B, 3, H, W) uint8.
            others: From another one.
        """
        truth = to_signal(renders)
        seen, ceiling = see(self.judge, fitted(pictures)), answers(self.judge, fitted(truth))
        accuracy = share(*right_and_named(seen.answers, questions), self.samples)
        rendered = share(*right_and_named(ceiling, questions), self.samples)
        reached = accuracy.over(rendered)
        self.trained = self.trained or reached
        reference = Reference(judge_features(self.judge, fitted(to_signal(others))), self.samples)
        self.scores.append({
            "name": name,
            "captions": len(pictures),
            "accuracy": accuracy.figure(),
            "of_trained": reached.over(self.trained).figure(),
            "rendered": rendered.figure(),
            "fd_e": reference.distance(seen.features).figure(),
            "edges": share(edge_energy(pictures), edge_energy(truth), self.samples).figure(),
        })  # fmt: skip
        print(f"{name}: accuracy {accuracy.value:.1%}", flush=True)


def _in_one(four: list[Tensor]) -> Tensor:
    """Four batches of pictures as one of twice their width and height."""
    return torch.cat([torch.cat(four[:2], 3), torch.cat(four[2:], 3)], 2)


def _write_sheet(path: Path, sizes: list[Tensor]) -> None:
    """A row for each caption, a column for each size, at half size."""
    columns = [sum(batch.shape[3] // 2 + 8 for batch in sizes[:index]) for index in range(len(sizes) + 1)]
    high = max(batch.shape[2] for batch in sizes) // 2 + 8
    sheet = Image.new("RGB", (columns[-1], high * min(SHOWN, len(sizes[0]))), "white")
    for left, batch in zip(columns, sizes, strict=False):
        pixels = ((batch.permute(0, 2, 3, 1) + 1) * 127.5).round().clamp(0, 255).byte().numpy()
        for row, picture in enumerate(pixels):
            sheet.paste(Image.fromarray(picture).reduce(2), (left, row * high))
    sheet.save(path, quality=88, optimize=True)
