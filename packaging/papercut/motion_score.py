"""Owns the measures of motion: generated clips beside the renderer's own clips of the same captions and noise.

Clips are sampled as a take of the engine is, with its schedule and one noise for all frames where the student's frames
are noised again. A clip is one window of the motion modules, so that the stock motion model gives what the engine does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import torch
from diffusers.models.unets.unet_motion_model import MotionAdapter, UNetMotionModel
from torch import Tensor

from papercut.engine_steps import sample_as_engine
from papercut.judge import answers
from papercut.layout import draw_noise, orbit
from papercut.measures import LEVELS, Figure, resample, share
from papercut.motion import FRAMES
from papercut.motion_card import CONTROL, MotionScore
from papercut.questions import Questions, render_scenes, right_and_named
from papercut.stream import to_signal
from papercut.training import as_tensor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from papercut.judge import Judge
    from papercut.shipped import ShippedModel

STILL = 2 / 255 * 2  # a pixel in [-1, 1] that changes less within a rendered clip stands still
CLIPS = 24
EDITIONS = {1: CLIPS, 4: 8, 25: 8}
"""Steps, and clips of so many."""


class _Moves(NamedTuple):
    """What was seen of one clip, and of the truth beside it."""

    change: float
    """Mean difference of neighbouring frames."""
    rendered_change: float
    flicker: float
    """Sum of the differences of neighbouring frames where the rendered clip stands still."""
    rendered_flicker: float
    still_numbers: int
    """How many differences those are the sum of."""
    right: int
    """Named slots that the judge reads rightly, over all frames."""
    right_still: int
    """In the single picture, once for each frame."""
    asked: int


class _Clip(NamedTuple):
    """One caption's clip as it is to be."""

    question: Questions
    features: Tensor
    noise: Tensor
    """Of its frames, (1, C, T, h, w)."""
    fresh: Tensor
    unrelated: Tensor
    """Noise of which no frame's tells of another's, likewise."""
    truth: Tensor
    """The renderer's frames through the autoencoder, (T, 3, H, W)."""


@torch.no_grad()
def score_motion(folder: Path, model: ShippedModel, judge: Judge, questions: Questions, seed: int) -> list[MotionScore]:
    """Make a clip of each question in one step, of the first ones in more, and compare them with the truth.

    Args:
        folder: The shipped folder, with a motion adapter.
        model: Its parts.
        judge: Who reads the frames.
        questions: What the clips show.
        seed: Of their noise.
    """
    adapter = MotionAdapter.from_pretrained(folder / "motion_adapter")  # pyright: ignore[reportUnknownMemberType] - untyped in diffusers
    moving = cast("UNetMotionModel", UNetMotionModel.from_unet2d(model.unet, adapter)).eval()  # pyright: ignore[reportUnknownMemberType] - untyped in diffusers
    rng = np.random.default_rng([seed, 1])
    count = len(questions.scenes)
    found: dict[tuple[str, int], list[_Moves]] = {}
    for index in range(count):
        clip = _draw_clip(model, questions.at(index), rng)
        ways = {
            (f"{steps} step{'s'[: steps > 1]}", steps): clip.noise for steps, clips in EDITIONS.items() if index < clips
        }
        if index < min(EDITIONS.values()):
            ways[CONTROL, 1] = clip.unrelated
        for (name, steps), noise in ways.items():
            found.setdefault((name, steps), []).append(_compare(model, moving, judge, clip, noise=noise, steps=steps))
        print(f"clips: {index + 1} of {count}", flush=True)
    return [_summary(name, steps, moves) for (name, steps), moves in found.items()]


def _draw_clip(model: ShippedModel, question: Questions, rng: np.random.Generator) -> _Clip:
    first, second = draw_noise(rng), draw_noise(rng)
    noises = as_tensor(np.stack([orbit(first, second, frame) for frame in range(FRAMES)]))
    fresh = as_tensor(draw_noise(rng))[None, :, None].expand(-1, -1, FRAMES, -1, -1)
    unrelated = as_tensor(np.stack([draw_noise(rng) for _ in range(FRAMES)], 1))[None]
    pictures = to_signal(render_scenes(question.scenes * FRAMES, noises))
    truth = model.show(model.keep(pictures))
    return _Clip(question, model.read(question.captions), noises.transpose(0, 1)[None], fresh, unrelated, truth)


def _compare(
    model: ShippedModel, moving: UNetMotionModel, judge: Judge, clip: _Clip, *, noise: Tensor, steps: int
) -> _Moves:
    features = clip.features.expand(FRAMES, -1, -1)
    latents = sample_as_engine(moving, noise, features, steps, clip.fresh)
    frames = model.show(latents[0].transpose(0, 1))
    single = model.show(sample_as_engine(model.unet, noise[:, :, 0], clip.features, steps, clip.fresh[:, :, 0]))
    change, rendered = _changes(frames), _changes(clip.truth)
    rests = (clip.truth.amax(0) - clip.truth.amin(0)).amax(0) < STILL
    right, named = right_and_named(answers(judge, frames), clip.question.repeated(FRAMES))
    right_still, _ = right_and_named(answers(judge, single), clip.question)
    return _Moves(
        float(change.mean()), float(rendered.mean()),
        float(change[:, :, rests].sum()), float(rendered[:, :, rests].sum()), int(rests.sum()) * 3 * (FRAMES - 1),
        int(right.sum()), int(right_still.sum()) * FRAMES, int(named.sum()),
    )  # fmt: skip


def _summary(name: str, steps: int, moves: Sequence[_Moves]) -> MotionScore:
    """All clips of an edition, with intervals over clips."""
    samples = resample(len(moves))
    change, rendered_change, flicker, rendered_flicker, numbers, right, right_still, asked = (
        torch.tensor(each, dtype=torch.float64) for each in zip(*moves, strict=True)
    )
    per_frame, still = share(right, asked, samples), share(right_still, asked, samples)

    def level(sums: Tensor) -> Figure:
        return share(sums * LEVELS, numbers, samples).figure()

    return {
        "name": name,
        "steps": steps,
        "clips": len(moves),
        "magnitude": share(change, rendered_change, samples).figure(),
        "flicker": level(flicker),
        "rendered_flicker": level(rendered_flicker),
        "flicker_of_rendered": share(flicker, rendered_flicker, samples).figure(),
        "per_frame": per_frame.figure(),
        "still": still.figure(),
        "over_still": per_frame.minus(still).figure(),
    }


def _changes(clip: Tensor) -> Tensor:
    """Absolute differences of neighbouring frames, (T - 1, 3, H, W)."""
    return (clip[1:] - clip[:-1]).abs()
