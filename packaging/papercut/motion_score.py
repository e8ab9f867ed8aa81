"""Owns the measures of motion: generated clips beside the renderer's own clips of the same captions and noise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

import numpy as np
import torch
from diffusers.models.unets.unet_motion_model import MotionAdapter, UNetMotionModel
from torch import Tensor

from papercut.grammar import SLOTS, named_slots
from papercut.judge import Judge, answers
from papercut.layout import draw_noise, orbit
from papercut.motion import FRAMES
from papercut.render import render
from papercut.stream import to_signal
from papercut.training import as_tensor, half_precision
from papercut.unet import predict

if TYPE_CHECKING:
    from papercut.evaluate import Questions
    from papercut.shipped import ShippedModel

STILL = 2 / 255 * 2  # a pixel in [-1, 1] that changes less within a rendered clip stands still


class MotionScore(TypedDict):
    """How generated clips move beside rendered ones that went through the autoencoder.

    magnitude: mean difference of neighbouring frames over that of rendered clips. flicker: mean difference of
    neighbouring frames where the rendered clip stands still, of 255. rendered_flicker: the same in rendered clips.
    per_frame, still: share of named slots that the judge reads rightly, in the frames and in single pictures of
    the same captions.
    """

    clips: int
    magnitude: float
    flicker: float
    rendered_flicker: float
    per_frame: float
    still: float


@torch.no_grad()
def score_motion(folder: Path, model: ShippedModel, judge: Judge, questions: Questions, seed: int) -> MotionScore:
    """Make one clip in one step for each question and compare it with the truth."""
    adapter = MotionAdapter.from_pretrained(folder / "motion_adapter")  # pyright: ignore[reportUnknownMemberType] - untyped in diffusers
    moving = cast("UNetMotionModel", UNetMotionModel.from_unet2d(model.unet, adapter)).eval()  # pyright: ignore[reportUnknownMemberType] - untyped in diffusers
    features = model.read(questions.captions)
    rng = np.random.default_rng([seed, 1])
    sums = np.zeros(4)
    still_pixels = right = right_still = asked = 0
    for index, (scene, caption) in enumerate(zip(questions.scenes, questions.captions, strict=True)):
        first, second = draw_noise(rng), draw_noise(rng)
        noises = [orbit(first, second, frame) for frame in range(FRAMES)]
        pictures = [render(scene, noise).picture for noise in noises]
        truth = model.show(model.keep(to_signal(as_tensor(np.stack(pictures)).permute(0, 3, 1, 2))))
        noise = as_tensor(np.stack(noises, 1))[None]
        with half_precision(torch.device("cpu")):
            latents = predict(
                moving, noise, torch.full((1,), 999.0), features[index : index + 1].repeat_interleave(FRAMES, 0)
            )
        clip = model.show(latents[0].transpose(0, 1).float())
        single = model.show(model.one_step(noise[:, :, 0], features[index : index + 1]))
        change, change_truth = _changes(clip), _changes(truth)
        rests = (truth.amax(0) - truth.amin(0)).amax(0) < STILL
        sums += (change.mean(), change_truth.mean(), change[:, :, rests].sum(), change_truth[:, :, rests].sum())
        still_pixels += int(rests.sum()) * 3 * (FRAMES - 1)
        labels = scene.labels()
        slots = [place for place, slot in enumerate(SLOTS) if slot in named_slots(caption)]
        expected = torch.tensor([labels[slot] for slot in SLOTS])[slots]
        right += int((answers(judge, clip)[:, slots] == expected).sum())
        right_still += int((answers(judge, single)[:, slots] == expected).sum()) * FRAMES
        asked += len(slots) * FRAMES
    return {
        "clips": len(questions.scenes),
        "magnitude": round(float(sums[0] / sums[1]), 3),
        "flicker": round(float(sums[2] / max(1, still_pixels)) * 127.5, 3),
        "rendered_flicker": round(float(sums[3] / max(1, still_pixels)) * 127.5, 3),
        "per_frame": round(right / max(1, asked), 4),
        "still": round(right_still / max(1, asked), 4),
    }


def _changes(clip: Tensor) -> Tensor:
    """Absolute differences of neighbouring frames, (T - 1, 3, H, W)."""
    return (clip[1:] - clip[:-1]).abs()
