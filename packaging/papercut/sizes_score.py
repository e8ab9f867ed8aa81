"""Owns the measures of other sizes: one step's pictures at each, beside the renderer's of the same captions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine.catalogue import find_model
from engine.media import pixels
from engine.paths import Paths
from engine.tasks.drawn import enlarged
from papercut.judge import answers
from papercut.measures import Reference, edge_energy, judge_features, resample, see, share
from papercut.questions import draw_questions, render_scenes, right_and_named
from papercut.sizes_card import AS_IT_IS, CONTROL, SizeScore
from papercut.stream import to_signal
from papercut.training import in_parts

if TYPE_CHECKING:
    from pathlib import Path

    from papercut.judge import Judge
    from papercut.measures import Estimate
    from papercut.questions import Questions
    from papercut.shipped import ShippedModel

TRAINED = (256, 256)
SIZES = (
    TRAINED, (384, 256), (256, 384), (448, 256), (256, 448), (512, 288), (288, 512), (512, 320), (384, 384), (512, 512),
)  # fmt: skip
"""Width and height. The application draws those of a shorter side above 256 smaller and enlarges them."""
FOURFOLD = (512, 512)
"""Where the control has its place, and how the model itself draws a large picture."""
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
    spec = find_model("papercut", Paths(folder))
    for size in SIZES:
        questions, other = (_questions(count, each, size) for each in (seed, seed + 1))
        truth = _Truth(questions, *(render_scenes(questions.scenes, each.noise) for each in (questions, other)))
        drawn = spec.drawn_size(*size)
        pictures = _brought_to(size, _draw(model, questions, _questions(count, seed, drawn).noise))
        look.at(named(size), drawn, pictures, truth)
        sheet.append(pictures[:SHOWN])
        if size == FOURFOLD:
            look.at(f"{named(size)} {AS_IT_IS}", size, _draw(model, questions, questions.noise), truth)
            noises = in_parts(_questions(4 * count, seed, TRAINED).noise, count)
            four = _in_one([_draw(model, questions, noise) for noise in noises])
            look.at(CONTROL, TRAINED, four, truth)
    _write_sheet(folder / "sizes.jpg", sheet)
    return look.scores


def named(size: tuple[int, int]) -> str:
    """A size in words."""
    return "{}x{}".format(*size)


def _questions(count: int, seed: int, size: tuple[int, int]) -> Questions:
    width, height = size
    return draw_questions(count, seed, (height, width))


def _brought_to(size: tuple[int, int], pictures: Tensor) -> Tensor:
    """Pictures (B, 3, h, w) as the application hands them out."""
    if pictures.shape[:1:-1] == size:
        return pictures
    return torch.stack([pixels.to_signal(enlarged(each.numpy(), size)) for each in pixels.to_uint8(pictures)])


def _draw(model: ShippedModel, questions: Questions, noise: Tensor) -> Tensor:
    """One step's pictures of the questions from this noise, (B, 3, H, W)."""
    said = model.read(questions.captions)
    parts = zip(in_parts(noise, BATCH), in_parts(said, BATCH), strict=True)
    return torch.cat([model.show(model.one_step(*part)) for part in parts])


class _Truth(NamedTuple):
    """What the pictures of a size are to be."""

    questions: Questions
    renders: Tensor
    """Of the same layouts, (B, 3, H, W) uint8."""
    others: Tensor
    """From other noise, likewise."""


@dataclass
class _Look:
    """Scores size after size; the first is the one that the others stand beside."""

    judge: Judge
    samples: Tensor
    scores: list[SizeScore] = field(default_factory=list)
    trained: Estimate | None = None

    def at(self, name: str, drawn: tuple[int, int], pictures: Tensor, truth: _Truth) -> None:
        """Add the score of these pictures, (B, 3, H, W) in [-1, 1], which the model drew at the size `drawn`."""
        questions, renders = truth.questions, to_signal(truth.renders)
        seen, ceiling = see(self.judge, fitted(pictures)), answers(self.judge, fitted(renders))
        accuracy = share(*right_and_named(seen.answers, questions), self.samples)
        rendered = share(*right_and_named(ceiling, questions), self.samples)
        reached = accuracy.over(rendered)
        self.trained = self.trained or reached
        reference = Reference(judge_features(self.judge, fitted(to_signal(truth.others))), self.samples)
        self.scores.append({
            "name": name,
            "drawn": named(drawn),
            "captions": len(pictures),
            "accuracy": accuracy.figure(),
            "of_trained": reached.over(self.trained).figure(),
            "rendered": rendered.figure(),
            "fd_e": reference.distance(seen.features).figure(),
            "edges": share(edge_energy(pictures), edge_energy(renders), self.samples).figure(),
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
