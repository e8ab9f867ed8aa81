"""The shipped folder as it is judged: its steps are those of a plain pipeline, and of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from engine.catalogue import find_model
from engine.models.noise_levels import read_noise_levels
from engine.paths import Paths, resources_folder
from engine.sampling.schedule import make_schedule
from papercut.engine_steps import SCHEDULE, sample_as_engine
from papercut.shipped import ShippedModel
from papercut.unet import predict
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = resources_folder() / "models" / "papercut"

pytestmark = STOCK_WARNINGS


class _Pipeline(Protocol):
    """What we ask of the stock pipeline, which is untyped."""

    @classmethod
    def from_pretrained(cls, folder: str, **options: object) -> _Pipeline: ...
    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, prompt: str, **options: object) -> _Output: ...


class _Output(Protocol):
    images: torch.Tensor


@pytest.fixture(scope="module")
def model() -> ShippedModel:
    """The shipped parts."""
    return ShippedModel.load(FOLDER)


@pytest.mark.parametrize("steps", [1, 4])
def test_scheduled_steps_are_those_of_the_stock_pipeline(model: ShippedModel, steps: int) -> None:
    """From one noise StableDiffusionPipeline, as users call it, comes to the same latents."""
    noise = torch.randn(1, 24, 16, 16, generator=torch.Generator().manual_seed(2))
    pipeline = cast("type[_Pipeline]", StableDiffusionPipeline).from_pretrained(str(FOLDER), dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    caption = "winter mountains at night, a moon on the left"
    stock = pipeline(
        caption, num_inference_steps=steps, guidance_scale=1.0, height=256, width=256, latents=noise,
        output_type="latent",
    ).images  # fmt: skip
    with torch.no_grad():
        ours = model.scheduled(noise, model.read([caption]), steps)
    assert torch.allclose(ours, stock, atol=1e-3)


@torch.no_grad()
def test_one_scheduled_step_is_the_student(model: ShippedModel) -> None:
    """It is asked once, and what it answers is the picture; each run has a scheduler of its own."""
    noise, features = torch.randn(2, 24, 16, 16), model.read(["a castle", "two boats on a lake"])
    assert torch.allclose(model.scheduled(noise, features, 1), model.one_step(noise, features), atol=1e-3)
    assert torch.equal(model.scheduled(noise, features, 2), model.scheduled(noise, features, 2))


@torch.no_grad()
def test_the_engines_steps_are_its_schedule_for_papercut(model: ShippedModel, tmp_path: Path) -> None:
    """The schedule is the one in the catalogue; its first step is the student's, its second begins at half noise."""
    assert find_model("papercut", Paths(tmp_path)).schedule == SCHEDULE
    first, second = make_schedule(read_noise_levels(FOLDER), 2, SCHEDULE)
    draw = torch.Generator().manual_seed(4)
    noise, fresh = torch.randn(1, 24, 16, 16, generator=draw), torch.randn(1, 24, 16, 16, generator=draw)
    features = model.read(["a castle"])
    student = model.one_step(noise, features)
    noisy = (1 - second.sigma) * student + second.sigma * fresh
    teacher = predict(model.unet, noisy, torch.tensor([second.timestep]), features)
    assert first.renoise
    assert torch.allclose(sample_as_engine(model.unet, noise, features, 1, fresh), student, atol=1e-3)
    assert torch.allclose(sample_as_engine(model.unet, noise, features, 2, fresh), teacher, atol=1e-2)
