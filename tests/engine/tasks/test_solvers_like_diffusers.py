"""Folders of other schedulers than Euler's, and U-Nets that are told their guidance: the stock pipelines' latents."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from engine.errors import BadModelError
from engine.messages import PictureEdit
from engine.models.guidance_embedding import embed_guidance
from engine.sampling.noise import draw_noise, step_stream
from engine.tasks.image import picture_schedule
from engine.tasks.loading import load
from tests.engine.tasks.editing import box_mask, edit_request, scene, write_picture
from tests.engine.tasks.latents import Bench, ask, assert_batch, assert_same
from tests.tiny_models import write_scheduler, write_tiny_model
from tests.tiny_sdxl import write_tiny_sdxl

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from engine.messages import ImageRequest

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
SD, XL = "stable_diffusion.pipeline_stable_diffusion", "stable_diffusion_xl.pipeline_stable_diffusion_xl"
LCM = "latent_consistency_models.pipeline_latent_consistency_text2img"
SOLVERS: dict[str, tuple[str, dict[str, object]]] = {
    "pndm": ("PNDMScheduler", {"skip_prk_steps": True, "timestep_spacing": "leading"}),
    "dpm++ 2m karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True, "timestep_spacing": "linspace"}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
}  # fmt: skip


def tiny_bench(folder: Path, solver: str, *, inpainting: bool = False) -> Bench:
    spec = write_tiny_model(folder / "model", "epsilon", autoencoder="kl", inpainting=inpainting)
    name, options = SOLVERS[solver]
    write_scheduler(folder / "model", name, prediction_type="epsilon", **options)
    return Bench(folder, spec)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_folder_gives_the_latents_of_the_stock_pipeline(tmp_path: Path, solver: str) -> None:
    """Six steps with guidance, and as many turns of the progress bar as the network is asked."""
    bench = tiny_bench(tmp_path, solver)
    request = ask(steps=6)
    assert_same(bench.own(request), bench.stock(request, bench.pipeline(SD, "StableDiffusionPipeline", "")))
    asked = {"pndm": 7, "heun": 11}.get(solver, 6)
    assert len(picture_schedule(request, bench.loaded)) == asked


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(("method", "strength"), [("img2img", 0.6), ("inpaint", 0.6), ("inpaint", 1.0)])
def test_an_edit_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, solver: str, method: str, strength: float
) -> None:
    """StableDiffusionImg2ImgPipeline and StableDiffusionInpaintPipeline, kept latents put back at each step."""
    bench = tiny_bench(tmp_path, solver)
    edit = PictureEdit(picture=write_picture(tmp_path / "in.png", scene(128, 96)), strength=strength)
    if method == "inpaint":
        mask = write_picture(tmp_path / "mask.png", box_mask(128, 96, (32, 16, 96, 64)))
        edit = msgspec.structs.replace(edit, method="inpaint", mask=mask, content="original", feather=0)
    request = edit_request(edit, width=128, height=96, steps=8, guidance_scale=4.0, negative_prompt="forest")
    name = "StableDiffusionInpaintPipeline" if edit.mask else "StableDiffusionImg2ImgPipeline"
    pipeline = bench.pipeline(f"{SD}_{'inpaint' if edit.mask else 'img2img'}", name, "")
    assert_same(bench.own(request), bench.stock_edit(request, pipeline, monkeypatch))


def test_other_words_for_a_picture_need_no_solver(tmp_path: Path) -> None:
    """The method "cycle" brings its own steps, and with them the result of a folder that steps as Euler."""
    bench = tiny_bench(tmp_path, "dpm++ 2m karras")
    edit = PictureEdit(
        picture=write_picture(tmp_path / "in.png", scene(128, 96)), method="cycle", source_prompt="winter", strength=0.6
    )  # fmt: skip
    request = edit_request(edit, prompt="a moon", width=128, height=96, steps=8, guidance_scale=3.0)
    spec = write_tiny_model(tmp_path / "plain", "epsilon", autoencoder="kl")
    write_scheduler(
        tmp_path / "plain", "EulerDiscreteScheduler", timestep_spacing="linspace", prediction_type="epsilon"
    )
    theirs = Bench(tmp_path, spec).own(request)
    assert theirs.std() > 0.01
    torch.testing.assert_close(bench.own(request), theirs)


def test_pictures_made_at_once_are_those_made_one_by_one(tmp_path: Path) -> None:
    """Each batch has a solver of its own, which remembers nothing of another's steps."""
    assert_batch(tiny_bench(tmp_path, "dpm++ 2m karras"), ask(steps=6))


def consistency_noise(request: ImageRequest, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the stock scheduler the noise that our steps draw."""
    shape, steps = bench.loaded.model.latent_shape(request.width, request.height), iter(range(100))

    def drawn(_shape: object, **_options: object) -> Tensor:
        return draw_noise(shape, request.seed, step_stream(next(steps)))[None]

    monkeypatch.setattr(importlib.import_module("diffusers.schedulers.scheduling_lcm"), "randn_tensor", drawn)


@pytest.mark.parametrize("guidance", [1.0, 8.5])
def test_a_consistency_model_is_told_its_guidance_as_in_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guidance: float
) -> None:
    """LatentConsistencyModelPipeline: one run a step, with the guidance embedded."""
    spec = write_tiny_model(tmp_path / "model", "epsilon", autoencoder="kl", told_guidance=True)
    write_scheduler(tmp_path / "model", "LCMScheduler", prediction_type="epsilon", timestep_spacing="leading")
    bench = Bench(tmp_path, msgspec.structs.replace(spec, schedule="lcm"))
    request = ask(guidance_scale=guidance, negative_prompt="")
    ours = bench.own(request)
    consistency_noise(request, bench, monkeypatch)
    pipeline = bench.pipeline(LCM, "LatentConsistencyModelPipeline", "")
    theirs = pipeline(
        request.prompt, num_inference_steps=request.steps, guidance_scale=guidance, latents=bench.noise(request),
        width=request.width, height=request.height, output_type="latent",
    ).images  # fmt: skip
    assert_same(ours, theirs)


def test_an_sdxl_is_told_its_guidance_as_in_the_stock_pipeline(tmp_path: Path) -> None:
    """StableDiffusionXLPipeline with a U-Net that has time_cond_proj_dim, of odd width."""
    bench = Bench(tmp_path, write_tiny_sdxl(tmp_path / "model", told_guidance=True))
    request = ask(guidance_scale=5.0, negative_prompt="")
    theirs = bench.stock(request, bench.pipeline(XL, "StableDiffusionXLPipeline", ""))
    assert_same(bench.own(request), theirs)
    assert (bench.own(msgspec.structs.replace(request, guidance_scale=2.0)) - theirs).abs().max() > 1e-2


def test_a_catalogue_that_knows_nothing_of_the_guidance_is_corrected(tmp_path: Path) -> None:
    """What would run without its guidance is refused with the line to write, and so is the opposite."""
    told = write_tiny_model(tmp_path / "told", told_guidance=True)
    untold = write_tiny_model(tmp_path / "untold")
    plan = Bench(tmp_path, untold).loaded.plan
    with pytest.raises(BadModelError, match=r"is told its guidance; .*embeds_guidance = true"):
        load(msgspec.structs.replace(told, embeds_guidance=False), plan)
    with pytest.raises(BadModelError, match=r"is not told its guidance; .*embeds_guidance = false"):
        load(msgspec.structs.replace(untold, embeds_guidance=True), plan)


@pytest.mark.parametrize("channels", [2, 3, 32, 256])
def test_the_embedding_is_of_bounded_waves(channels: int) -> None:
    """As wide as asked, odd widths padded; no guidance is sines of 0."""
    assert embed_guidance(7.5, channels).shape == (1, channels)
    half = channels // 2
    assert torch.equal(embed_guidance(0.0, channels)[0, :half], torch.zeros(half))
    assert embed_guidance(7.5, channels).abs().max() <= 1.0
