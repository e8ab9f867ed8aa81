"""Owns the evaluation: held-out captions in, pictures out, the judge's reading compared with what was said.

Writes CARD.md, card.json and sheet.png beside the weights. Everything is read from the
shipped folder through stock classes, so that the table speaks of what users run.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from papercut.captions import write_caption
from papercut.card import Entry, Result, write_card
from papercut.grammar import SLOTS, Scene, named_slots, sample_scene
from papercut.judge import Judge, answers, load_judge, validate_judge
from papercut.layout import draw_noise
from papercut.motion_score import score_motion
from papercut.render import render
from papercut.sheet import tile
from papercut.shipped import ShippedModel
from papercut.stream import to_signal
from papercut.training import as_tensor, in_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

CAPTIONS = 500
SEED = 2026
BATCH = 20
CLIPS = 24
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


@dataclass(frozen=True)
class Questions:
    """Held-out scenes with the captions that name them, and the noise that each picture starts from."""

    scenes: list[Scene]
    captions: list[str]
    noise: Tensor
    """(count, 24, 16, 16)"""

    def first(self, count: int) -> Questions:
        """The first `count` of them."""
        return Questions(self.scenes[:count], self.captions[:count], self.noise[:count])


def draw_questions(count: int, seed: int) -> Questions:
    """Captions of combinations that training never shows; another seed gives others."""
    rng = np.random.default_rng(seed)
    scenes = [sample_scene(rng, held_out=True) for _ in range(count)]
    captions = [write_caption(scene, rng) for scene in scenes]
    return Questions(scenes, captions, as_tensor(np.stack([draw_noise(rng) for _ in range(count)])))


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
        An entry for each slot, and for "absent": unnamed objects that stay away.
    """
    right, total = dict.fromkeys([*SLOTS, "absent"], 0), dict.fromkeys([*SLOTS, "absent"], 0)
    rows = cast("list[list[int]]", read.tolist())  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15
    for row, scene, caption in zip(rows, questions.scenes, questions.captions, strict=True):
        labels, named = scene.labels(), named_slots(caption)
        for value, slot in zip(row, SLOTS, strict=True):
            if slot in named:
                total[slot] += 1
                right[slot] += value == labels[slot]
            elif slot in OBJECTS:
                total["absent"] += 1
                right["absent"] += value == 0
    return {
        slot: {"right": right[slot], "of": total[slot], "interval": wilson(right[slot], total[slot])} for slot in total
    }


def _judged(judge: Judge, pictures: Tensor, questions: Questions) -> dict[str, Entry]:
    return score(torch.cat([answers(judge, part) for part in in_parts(pictures, BATCH)]), questions)


def _shown(model: ShippedModel, latents: Tensor) -> Tensor:
    return torch.cat([model.show(part) for part in in_parts(latents, BATCH)])


def _drawn(model: ShippedModel, noise: Tensor, features: Tensor) -> Tensor:
    """Latents in one step."""
    parts = zip(in_parts(noise, BATCH), in_parts(features, BATCH), strict=True)
    return torch.cat([model.one_step(n, f) for n, f in parts])


@torch.no_grad()
def evaluate(folder: Path, count: int = CAPTIONS, *, few: int = 80, seed: int = SEED) -> None:
    """Judge the model of a folder and write its card.

    Args:
        folder: The shipped folder.
        count: Held-out captions for one step.
        few: Captions for the 25-step teacher, the ceilings and the controls.
        seed: Of captions and noise; recorded in the card.
    """
    model, judge = ShippedModel.load(folder), load_judge()
    every = draw_questions(count, seed)
    some = every.first(few)
    features, empty = model.read(every.captions), model.read([""])
    start = time.monotonic()
    latents = _drawn(model, every.noise, features)
    table = {"one step": _judged(judge, _shown(model, latents), every)}
    print(f"one step: {(time.monotonic() - start) / count * 1e3:.0f} ms a picture with judge", flush=True)
    print(
        {slot: round(entry["right"] / max(1, entry["of"]), 3) for slot, entry in table["one step"].items()}, flush=True
    )

    some_features = features[: len(some.scenes)]
    fresh = torch.randn(some.noise.shape, generator=torch.Generator().manual_seed(seed))
    parts = zip(in_parts(fresh, BATCH), in_parts(some_features, BATCH), strict=True)
    many = torch.cat([model.many_steps(n, f, empty, 25, 2.0) for n, f in parts])
    table["25 steps, guidance 2"] = _judged(judge, _shown(model, many), some)

    renders = _render(some)
    rebuilt = _shown(model, model.keep(renders))
    table["renders"] = _judged(judge, renders, some)
    table["renders through the autoencoder"] = _judged(judge, rebuilt, some)

    swapped = _drawn(model, some.noise, some_features.roll(1, 0))
    table["control: wrong captions"] = _judged(judge, _shown(model, swapped), some)
    shuffled = _drawn(model.with_shuffled_weights(), some.noise, some_features)
    table["control: shuffled weights"] = _judged(judge, _shown(model, shuffled), some)

    motion = (
        score_motion(folder, model, judge, every.first(CLIPS), seed) if (folder / "motion_adapter").is_dir() else None
    )
    print(motion, flush=True)
    _write_sheet(folder, model.show(latents[:32]))
    result: Result = {
        "seed": seed,
        "captions": count,
        "few_captions": len(some.scenes),
        "autoencoder_psnr_db": round(float(-10 * torch.log10((rebuilt - renders).square().mean() / 4)), 2),
        "weights_mb": round(sum(path.stat().st_size for path in folder.rglob("*.safetensors")) / 1e6, 1),
        "table": table,
        "judge": validate_judge(300),
        "motion": motion,
        "examples": every.captions[:32],
    }
    write_card(folder, result)
    (folder / "card.json").write_text(json.dumps(result, indent=1) + "\n")


def _render(questions: Questions) -> Tensor:
    """The renderer's own pictures of the questions, in [-1, 1]: what a perfect model would draw."""
    noise = cast("list[NDArray[np.float32]]", list(questions.noise.numpy()))
    pictures = [render(scene, each).picture for scene, each in zip(questions.scenes, noise, strict=True)]
    return to_signal(as_tensor(np.stack(pictures)).permute(0, 3, 1, 2))


def _write_sheet(folder: Path, pictures: Tensor) -> None:
    """Write sheet.png: the pictures in full rows of eight, at half size."""
    pixels = ((pictures.permute(0, 2, 3, 1) + 1) * 127.5).round().clamp(0, 255).byte().numpy()
    across = min(8, len(pixels))
    whole = tile(list(pixels[: len(pixels) // across * across]), across)
    half = whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.LANCZOS)
    half.save(folder / "sheet.png", optimize=True)
