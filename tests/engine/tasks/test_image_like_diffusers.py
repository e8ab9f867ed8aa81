"""The whole engine against diffusers: same folder, same noise, same picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, cast

import msgspec
import numpy as np
import pytest
import torch

from engine.acceleration.plan import plan_for
from engine.catalogue import find_model
from engine.media.pixels import to_uint8
from engine.messages import ImageRequest
from engine.paths import Paths
from engine.sampling.noise import draw_noise
from engine.tasks.image import make_pictures
from engine.tasks.loading import load
from tests.tiny_models import write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.tasks.loading import LoadedModel
    from tests.tiny_models import Kind

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


class _Pictures(Protocol):
    images: Tensor


class _Pipeline(Protocol):
    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, prompt: str, **options: object) -> _Pictures: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> _Pipeline: ...


def stock_picture(spec: ModelSpec, request: ImageRequest, loaded: LoadedModel) -> NDArray[np.uint8]:
    """The picture of the stock pipeline in fp32, from the request's noise."""
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

    stock = cast("_PipelineClass", StableDiffusionPipeline)
    pipeline = stock.from_pretrained(
        spec.folder, dtype=torch.float32, safety_checker=None, requires_safety_checker=False
    )
    pipeline.set_progress_bar_config(disable=True)
    latents = draw_noise(loaded.model.latent_shape(request.width, request.height), request.seed)[None]
    result = pipeline(
        request.prompt,
        negative_prompt=request.negative_prompt or None,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance_scale,
        width=request.width,
        height=request.height,
        latents=latents,
        output_type="pt",
    )
    return to_uint8(result.images * 2 - 1)[0].numpy()


def own_picture(request: ImageRequest, loaded: LoadedModel) -> NDArray[np.uint8]:
    (picture,) = make_pictures(request, loaded, lambda done: None)
    return picture.pixels


def in_fp32(spec: ModelSpec) -> LoadedModel:
    return load(spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32"))


def difference(ours: NDArray[np.uint8], theirs: NDArray[np.uint8]) -> int:
    assert theirs.std() > 1, "a flat picture proves nothing"
    return int(np.abs(ours.astype(int) - theirs.astype(int)).max())


@pytest.mark.parametrize(
    ("kind", "autoencoder", "steps", "guidance"),
    [
        ("flow", "tiny", 1, 1.0),
        ("flow", "kl", 1, 4.0),
        ("epsilon", "tiny", 1, 1.0),
        ("epsilon", "kl", 5, 7.5),
        ("v_prediction", "tiny", 4, 3.0),
    ],
)
def test_a_folder_gives_the_picture_of_the_stock_pipeline(
    tmp_path: Path, kind: Kind, autoencoder: Literal["tiny", "kl"], steps: int, guidance: float
) -> None:
    """In fp32 our picture is the stock pipeline's within one level, for each prediction and autoencoder."""
    spec = write_tiny_model(tmp_path / "model", kind, autoencoder=autoencoder)
    request = ImageRequest(
        prompt="winter mountains, a moon", negative_prompt="forest" if guidance > 1 else "", seed=2**40 + 7,
        width=96, height=64, steps=steps, guidance_scale=guidance, model="tiny",
    )  # fmt: skip
    loaded = in_fp32(spec)
    assert difference(own_picture(request, loaded), stock_picture(spec, request, loaded)) <= 1


def test_papercut_gives_the_picture_of_the_stock_pipeline(home: Path) -> None:
    """The embedded model, one step, fp32: the stock pipeline's picture within one level."""
    spec = find_model("papercut", Paths(home))
    request = ImageRequest(prompt="winter mountains at night with a moon on the left", seed=7)
    loaded = in_fp32(spec)
    assert difference(own_picture(request, loaded), stock_picture(spec, request, loaded)) <= 1
