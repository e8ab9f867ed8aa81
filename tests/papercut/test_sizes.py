"""Other sizes: what is measured of them, that a size which falls apart is seen, and what the card says of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import torch
from PIL import Image

from papercut import sizes_score
from papercut.judge import load_judge
from papercut.questions import Questions, draw_questions, render_scenes
from papercut.shipped import ShippedModel
from papercut.sizes_card import AS_IT_IS, CONTROL, SizeScore, sizes_section
from papercut.sizes_score import fitted, score_sizes
from papercut.stream import to_signal

if TYPE_CHECKING:
    from torch import Tensor

COUNT = 6


class Renderer:
    """A perfect model: it draws what the renderer draws."""

    def __init__(self) -> None:
        self._asked = draw_questions(COUNT, 5)

    def read(self, captions: list[str]) -> Tensor:
        return torch.tensor([self._asked.captions.index(caption) for caption in captions])

    def one_step(self, noise: Tensor, features: Tensor) -> Tensor:
        scenes = [self._asked.scenes[int(row)] for row in features]
        return to_signal(render_scenes(scenes, noise))

    def show(self, latents: Tensor) -> Tensor:
        return latents


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[SizeScore], Path]:
    """A perfect model at two sizes, and the control; and the folder of the sheet."""
    folder = tmp_path_factory.mktemp("sizes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sizes_score, "SIZES", ((256, 256), (512, 512), (384, 256)))
        return score_sizes(folder, cast("ShippedModel", Renderer()), load_judge(), 5, COUNT), folder


def test_a_perfect_model_holds_at_every_size_and_the_control_does_not(scores: tuple[list[SizeScore], Path]) -> None:
    """Renders reach their own ceiling whatever the size; four pictures in one do not."""
    found = {score["name"]: score for score in scores[0]}
    whole = f"512x512 {AS_IT_IS}"
    assert {name: score.get("drawn") for name, score in found.items()} == {
        "256x256": "256x256",
        "512x512": "256x256",
        whole: "512x512",
        CONTROL: "256x256",
        "384x256": "384x256",
    }
    for name in ("256x256", whole, "384x256"):
        assert found[name]["accuracy"] == found[name]["rendered"]
        assert found[name]["of_trained"]["value"] == pytest.approx(1)
        assert found[name]["edges"]["value"] == pytest.approx(1)
    assert found["512x512"]["rendered"]["value"] > 0.9, "the judge reads an enlarged scene"
    assert found["512x512"]["of_trained"]["value"] == pytest.approx(1, abs=0.05)
    assert found["512x512"]["edges"]["value"] < 0.98, "what is enlarged is softer"
    assert found[CONTROL]["of_trained"]["value"] < 0.8
    assert found[CONTROL]["fd_e"]["value"] > found["512x512"]["fd_e"]["value"]


def test_the_sheet_has_a_column_for_each_size(scores: tuple[list[SizeScore], Path]) -> None:
    """At half size, four captions one below the other, and no column of the control."""
    with Image.open(scores[1] / "sizes.jpg") as sheet:
        assert sheet.size == (128 + 256 + 192 + 3 * 8, 4 * (256 + 8))


def test_the_captions_are_the_same_at_all_sizes() -> None:
    """Only the noise is another."""
    small, large = draw_questions(3, 9), draw_questions(3, 9, (288, 512))
    assert small.captions == large.captions
    assert isinstance(large, Questions)
    assert tuple(large.noise.shape) == (3, 24, 18, 32)


@pytest.mark.parametrize(
    ("height", "width", "seen"), [(512, 512, (256, 256)), (288, 512, (256, 455)), (256, 384, (256, 384))]
)
def test_the_shorter_side_is_brought_to_256(height: int, width: int, seen: tuple[int, int]) -> None:
    """The size at which the judge was trained."""
    assert tuple(fitted(torch.zeros(1, 3, height, width)).shape[2:]) == seen


def test_the_card_says_which_sizes_hold(scores: tuple[list[SizeScore], Path]) -> None:
    """And that the control fails, or that the measure is worth nothing."""
    section = sizes_section(scores[0])
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in section.splitlines() if line.startswith("| ")}
    assert lines["512x512"].endswith("| met |")
    assert "missed" in lines[CONTROL]
    assert "fails as it must" in section
    broken = [{**score, "of_trained": scores[0][0]["of_trained"]} for score in scores[0]]
    assert "cannot fail" in sizes_section(cast("list[SizeScore]", broken))
    assert not sizes_section([])
