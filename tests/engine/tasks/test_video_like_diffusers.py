"""A whole take against diffusers: same folder, same noise, same video."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from engine.acceleration.plan import plan_for
from engine.media.pixels import to_uint8
from engine.messages import Segment, Timeline
from engine.tasks.loading import load_video, video_plan
from engine.tasks.reel import Reel
from engine.tasks.travel import TakeNoise
from tests.engine.models.families.takes import stock_pipeline
from tests.engine.models.families.tiny_transformers import write_tiny_ltx
from tests.engine.tasks.taking import Studio, furthest_difference, video_request
from tests.tiny_models import write_scheduler
from tests.tiny_videos import WINDOW, write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from engine.messages import VideoRequest
    from tests.tiny_videos import VideoKind

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


class _Video(Protocol):
    frames: Tensor


class _Pipeline(Protocol):
    unet: nn.Module

    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, prompt: str, **options: object) -> _Video: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> _Pipeline: ...


def stock_video(studio: Studio, kind: VideoKind, request: VideoRequest) -> NDArray[np.uint8]:
    """The video of the stock pipeline in fp32, from the request's noise, (T, H, W, 3)."""
    return to_uint8(run_stock(studio, kind, request, output="pt")[0] * 2 - 1).numpy()


def run_stock(studio: Studio, kind: VideoKind, request: VideoRequest, *, output: str, is_told: bool = False) -> Tensor:
    """The stock pipeline's output in fp32, from the request's noise; with `is_told`, of one run a step.

    These pipelines cannot tell a network its guidance; it gets it here as the picture pipeline embeds it.
    """
    if kind == "unet3d":
        from diffusers.pipelines.deprecated.text_to_video_synthesis.pipeline_text_to_video_synth import (
            TextToVideoSDPipeline as Pipeline,
        )
    else:
        from diffusers.pipelines.animatediff.pipeline_animatediff import AnimateDiffPipeline as Pipeline
    stock = cast("_PipelineClass", Pipeline)
    pipeline = stock.from_pretrained(studio.loaded.spec.folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    if is_told:
        strength = torch.tensor([request.guidance_scale - 1.0])
        told = StableDiffusionPipeline.get_guidance_scale_embedding(cast("StableDiffusionPipeline", None), strength, 32)
        pipeline.unet.forward = partial(pipeline.unet.forward, timestep_cond=told)
    result = pipeline(
        request.prompt,
        negative_prompt=request.negative_prompt,
        num_frames=request.frames,
        num_inference_steps=request.steps,
        guidance_scale=1.0 if is_told else request.guidance_scale,
        width=request.width,
        height=request.height,
        latents=noise_of(studio, request).initial(range(request.frames)),
        output_type=output,
    )
    return result.frames


def noise_of(studio: Studio, request: VideoRequest) -> TakeNoise:
    """What a take of the request begins with, and draws afresh."""
    model = studio.loaded.model
    shape = model.latent_shape(request.width, request.height)
    return TakeNoise(request, studio.loaded.video, Reel(request.timeline.shots(), [], model), shape)


@pytest.mark.parametrize("kind", ["animatediff", "motion", "unet3d"])
def test_a_take_within_the_window_is_the_video_of_the_stock_pipeline(tmp_path: Path, kind: VideoKind) -> None:
    """In fp32, with guidance, on two ranks: our frames are the stock pipeline's within one level."""
    spec = write_tiny_video_model(tmp_path / "model", kind)
    studio = Studio(tmp_path, load_video(spec, video_plan(plan_for("cpu"))))
    request = video_request(
        timeline=Timeline(segments=(Segment(prompt="winter mountains, a moon", frames=WINDOW),)),
        negative_prompt="forest",
        guidance_scale=4.0,
        width=96,
    )
    studio.make("job", request, 2)
    own, stock = studio.frames("job"), stock_video(studio, kind, request)
    assert stock.std() > 1, "a flat video proves nothing"
    assert furthest_difference(own, stock) <= 1


@pytest.mark.parametrize(
    ("kind", "scheduler"),
    [("animatediff", "LCM"), ("animatediff", "Euler"), ("motion", "Euler"), ("unet3d", "Euler")],
)
def test_a_take_tells_its_network_the_guidance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: VideoKind, scheduler: str
) -> None:
    """A consistency model's U-Net runs once a step, on two ranks, with the guidance embedded as for pictures."""
    spec = write_tiny_video_model(tmp_path / "model", kind, told_guidance=True)
    class_name = "LCMScheduler" if scheduler == "LCM" else "EulerDiscreteScheduler"
    write_scheduler(tmp_path / "model", class_name, prediction_type="epsilon", timestep_spacing="leading")
    spec = msgspec.structs.replace(spec, schedule="lcm" if scheduler == "LCM" else "")
    studio = Studio(tmp_path, load_video(spec, video_plan(plan_for("cpu"))))
    request = video_request(
        timeline=Timeline(segments=(Segment(prompt="winter mountains, a moon", frames=WINDOW),)), guidance_scale=8.5
    )
    drawn = (noise_of(studio, request).fresh(step, range(WINDOW)) for step in range(request.steps))

    def draw(*_args: object, **_options: object) -> Tensor:
        return next(drawn)

    monkeypatch.setattr(importlib.import_module("diffusers.schedulers.scheduling_lcm"), "randn_tensor", draw)
    for guidance in (8.5, 2.0):
        studio.make(str(guidance), msgspec.structs.replace(request, guidance_scale=guidance), 2)
    stock = run_stock(studio, kind, request, output="latent", is_told=True)
    own = studio.latents("8.5", request, request.steps)
    torch.testing.assert_close(own, stock, atol=1e-4, rtol=0)
    other = studio.latents("2.0", msgspec.structs.replace(request, guidance_scale=2.0), request.steps)
    assert (own - other).abs().max() > 2e-3


@pytest.mark.parametrize(("width", "frames"), [(64, 17), (96, 9)])
def test_the_noise_of_an_ltx_take_follows_its_size(tmp_path: Path, width: int, frames: int) -> None:
    """Takes that differ in tokens from the model's usual size have the levels that the stock pipeline gives them."""
    from diffusers.pipelines.ltx.pipeline_ltx import LTXPipeline

    spec = write_tiny_ltx(tmp_path / "model")
    studio = Studio(tmp_path, load_video(spec, video_plan(plan_for("cpu"))))
    request = video_request(
        timeline=Timeline(segments=(Segment(prompt="winter mountains", frames=frames),)), width=width, model=spec.name
    )
    studio.make("job", request, 2)
    model = studio.loaded.model
    reel = Reel(request.timeline.shots(), [], model)
    noise = TakeNoise(request, studio.loaded.video, reel, model.latent_shape(width, request.height))
    (stock,) = stock_pipeline(LTXPipeline, spec)(
        request.prompt,
        num_frames=frames,
        frame_rate=25,
        num_inference_steps=request.steps,
        guidance_scale=1.0,
        width=width,
        height=request.height,
        latents=noise.initial(reel.latents).flatten(2).transpose(1, 2),
        output_type="latent",
        return_dict=False,
    )
    own = studio.checkpoints("job", request).load(request.steps, reel.latents)
    torch.testing.assert_close(own.flatten(2).transpose(1, 2), stock, atol=1e-4, rtol=0)
