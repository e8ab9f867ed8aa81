"""Edits against diffusers: same folder, same files, same noise, same latents at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, cast

import msgspec
import pytest
import torch
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.messages import ImageRequest, PictureEdit
from engine.sampling.noise import draw_noise
from engine.tasks.loading import load
from tests.engine.tasks.editing import Box, box_mask, edit_request, edited, scene, write_picture
from tests.tiny_models import write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from engine.tasks.loading import LoadedModel
    from tests.tiny_models import Kind

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
_WIDTH, _HEIGHT = 128, 96
_HOLE: Box = (32, 16, 96, 64)


class _Result(Protocol):
    images: Tensor


class _Pipeline(Protocol):
    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, **options: object) -> _Result: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> _Pipeline: ...


class _Likeliest(Protocol):
    def mode(self) -> Tensor: ...


def stock_latents(
    module: str, class_name: str, request: ImageRequest, loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> Tensor:
    """Latents at the end of a stock pipeline, from the request's noise and the likeliest latents of pictures."""
    import importlib

    found = importlib.import_module(f"diffusers.pipelines.stable_diffusion.{module}")

    def our_noise(shape: tuple[int, ...], **_options: object) -> Tensor:
        return draw_noise(shape[1:], request.seed)[None]

    def likeliest(encoded: object, **_options: object) -> Tensor:
        if hasattr(encoded, "latent_dist"):
            return cast("_Likeliest", encoded.latent_dist).mode()  # pyright: ignore[reportAttributeAccessIssue]
        return cast("Tensor", encoded.latents)  # pyright: ignore[reportAttributeAccessIssue]

    monkeypatch.setattr(found, "randn_tensor", our_noise)
    monkeypatch.setattr(found, "retrieve_latents", likeliest)
    stock = cast("_PipelineClass", getattr(found, class_name))
    pipeline = stock.from_pretrained(
        loaded.spec.folder, dtype=torch.float32, safety_checker=None, requires_safety_checker=False
    )
    pipeline.set_progress_bar_config(disable=True)
    edit = request.edit
    assert edit is not None
    options: dict[str, object] = {}
    if edit.mask:
        options = {"mask_image": Image.open(edit.mask), "width": _WIDTH, "height": _HEIGHT}
    return pipeline(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt or None,
        image=Image.open(edit.picture),
        strength=edit.strength,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance_scale,
        output_type="latent",
        **options,
    ).images


def own_latents(request: ImageRequest, loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> Tensor:
    """What our sampler hands to the decoder."""
    seen: list[Tensor] = []
    decode = loaded.model.decode

    def spy(latents: Tensor) -> Tensor:
        seen.append(latents)
        return decode(latents)

    monkeypatch.setattr(loaded.model, "decode", spy)
    edited(request, loaded)
    (latents,) = seen
    return latents


def assert_same(ours: Tensor, theirs: Tensor) -> None:
    assert theirs.std() > 0.1, "flat latents prove nothing"
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


@dataclass(frozen=True)
class Case:
    """A model, and how strongly it edits."""

    kind: Kind
    autoencoder: Literal["tiny", "kl"]
    steps: int
    strength: float
    guidance: float
    inpainting: bool = False

    def load(self, folder: Path) -> LoadedModel:
        spec = write_tiny_model(folder, self.kind, autoencoder=self.autoencoder, inpainting=self.inpainting)
        return load(spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32"))

    def request(self, edit: PictureEdit) -> ImageRequest:
        return edit_request(
            msgspec.structs.replace(edit, strength=self.strength),
            width=_WIDTH,
            height=_HEIGHT,
            steps=self.steps,
            guidance_scale=self.guidance,
            negative_prompt="forest" if self.guidance > 1 else "",
        )


@pytest.mark.parametrize(
    "case",
    [
        Case("epsilon", "kl", 5, 0.6, 4.0),
        Case("epsilon", "tiny", 4, 1.0, 1.0),
        Case("v_prediction", "tiny", 7, 0.45, 3.0),
        Case("flow", "tiny", 2, 0.5, 1.0),
    ],
)
def test_img2img_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    """StableDiffusionImg2ImgPipeline within 1e-4, for each prediction, autoencoder, strength and with guidance."""
    loaded = case.load(tmp_path / "model")
    request = case.request(PictureEdit(picture=write_picture(tmp_path / "in.png", scene(_WIDTH, _HEIGHT))))
    ours = own_latents(request, loaded, monkeypatch)
    stock = ("pipeline_stable_diffusion_img2img", "StableDiffusionImg2ImgPipeline")
    assert_same(ours, stock_latents(*stock, request, loaded, monkeypatch))


@pytest.mark.parametrize(
    "case",
    [
        Case("epsilon", "kl", 5, 1.0, 4.0),
        Case("epsilon", "tiny", 5, 0.6, 1.0),
        Case("v_prediction", "tiny", 3, 1.0, 1.0),
        Case("epsilon", "kl", 5, 1.0, 4.0, inpainting=True),
        Case("epsilon", "tiny", 5, 0.6, 1.0, inpainting=True),
    ],
)
def test_inpainting_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    """StableDiffusionInpaintPipeline within 1e-4: ordinary networks, and those that see the mask in 9 channels."""
    loaded = case.load(tmp_path / "model")
    assert loaded.model.sees_mask == case.inpainting
    picture = write_picture(tmp_path / "in.png", scene(_WIDTH, _HEIGHT))
    mask = write_picture(tmp_path / "mask.png", box_mask(_WIDTH, _HEIGHT, _HOLE))
    request = case.request(PictureEdit(picture=picture, method="inpaint", mask=mask, content="original", feather=0))
    ours = own_latents(request, loaded, monkeypatch)
    stock = ("pipeline_stable_diffusion_inpaint", "StableDiffusionInpaintPipeline")
    assert_same(ours, stock_latents(*stock, request, loaded, monkeypatch))
