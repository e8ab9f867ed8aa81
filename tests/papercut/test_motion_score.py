"""Motion beside rendered clips: what moves and flickers is measured, and the card says which bars are met."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch

from engine.paths import resources_folder
from papercut import motion_score
from papercut.judge import load_judge
from papercut.motion_card import CONTROL, MotionScore, motion_section
from papercut.motion_score import score_motion
from papercut.questions import draw_questions
from papercut.shipped import ShippedModel
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    import pytest

    from papercut.measures import Figure

FOLDER = resources_folder() / "models" / "papercut"

pytestmark = STOCK_WARNINGS


def test_clips_in_one_step_and_more_stand_beside_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped model's clips move about as the renderer's do; frames of unrelated noise change far more."""
    monkeypatch.setattr(motion_score, "EDITIONS", {1: 1, 2: 1})
    scores = score_motion(FOLDER, ShippedModel.load(FOLDER), load_judge(), draw_questions(1, 5), seed=5)
    assert [(score["name"], score["steps"], score["clips"]) for score in scores] == [
        ("1 step", 1, 1),
        ("2 steps", 2, 1),
        (CONTROL, 1, 1),
    ]
    one, _, control = scores
    assert 0.3 < one["magnitude"]["value"] < 2
    assert one["per_frame"]["value"] > 0.7
    assert one["flicker"]["value"] > 0 < one["rendered_flicker"]["value"]
    assert control["magnitude"]["value"] > 2 * one["magnitude"]["value"]
    assert control["flicker"]["value"] > 2 * one["flicker"]["value"]


def figure(value: float) -> Figure:
    """A number with an interval about it."""
    return {"value": value, "interval": (value - 0.1, value + 0.1)}


def take(name: str, magnitude: float, flicker: float, over_still: float) -> MotionScore:
    """An edition."""
    return {
        "name": name, "steps": 1, "clips": 8, "magnitude": figure(magnitude), "flicker": figure(0.2 * flicker),
        "rendered_flicker": figure(0.2), "flicker_of_rendered": figure(flicker), "per_frame": figure(0.9),
        "still": figure(0.9 - over_still), "over_still": figure(over_still),
    }  # fmt: skip


def test_the_card_says_which_bars_of_motion_are_met() -> None:
    """Each edition with its verdict, and whether the control fails."""
    text = motion_section(
        [take("1 step", 0.74, 2.43, 0.01), take("4 steps", 0.6, 1.2, -0.04), take(CONTROL, 6.0, 20.0, -0.06)]
    )
    assert "| 1 step | 8 | 0.74 (0.64-0.84) | 0.486 (rendered: 0.200) | 2.43 (2.33-2.53) | 90.0% | +1.0 " in text
    assert "flicker missed: 2.43, bar 1.5 |" in text
    assert "-4.0 (-14.0 to +6.0) | met |" in text
    assert "change missed: 6.00, bar 0.5 to 2; flicker missed: 20.00, bar 1.5; accuracy missed: 6.0 points" in text
    assert "fails as it must: change missed: 6.00" in text
    assert "cannot fail" in motion_section([take(CONTROL, 1.0, 1.0, 0.0)])
    assert motion_section([]) == ""


def test_a_clip_is_what_the_image_model_draws_of_each_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an adapter of zeros its frames are the image model's, in one step and in two."""
    from diffusers.models.unets.unet_motion_model import UNetMotionModel

    from papercut.engine_steps import sample_as_engine
    from papercut.motion import passing_adapter

    model, adapter = ShippedModel.load(FOLDER), passing_adapter()
    with torch.no_grad():
        moving = cast("UNetMotionModel", UNetMotionModel.from_unet2d(model.unet, adapter)).eval()  # pyright: ignore[reportUnknownMemberType]
        draw = torch.Generator().manual_seed(1)
        noise, fresh = torch.randn(1, 24, 3, 16, 16, generator=draw), torch.randn(1, 24, 1, 16, 16, generator=draw)
        features = model.read(["a castle, night"]).expand(3, -1, -1)
        for steps in (1, 2):
            clip = sample_as_engine(moving, noise, features, steps, fresh.expand_as(noise))
            frames = sample_as_engine(model.unet, noise[0].transpose(0, 1), features, steps, fresh[:, :, 0])
            assert torch.allclose(clip[0].transpose(0, 1), frames, atol=1e-3)
