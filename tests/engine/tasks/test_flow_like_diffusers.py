"""SD3 and FLUX.1 against diffusers' own pipelines: same folder, same noise, same latents to 1e-4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.messages import PictureEdit
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.engine.tasks.flow_stock import HEIGHT, WIDTH, FlowWorkshop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny_flow_models import FlowKind

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
SD3, FLUX = "stable_diffusion_3.pipeline_stable_diffusion_3", "flux.pipeline_flux"


def options_of(kind: FlowKind) -> dict[str, object]:
    """What the stock pipeline has to be told: [schnell] reads fewer tokens."""
    return {"max_sequence_length": 256} if kind == "flux schnell" else {}


@pytest.mark.parametrize(
    ("kind", "steps", "guidance"),
    [
        ("sd3", 4, 5.0),
        ("sd3", 1, 1.0),
        ("sd3 without t5", 3, 3.0),
        ("sd3 dynamic", 5, 3.0),
        ("flux dev", 4, 3.5),
        ("flux schnell", 3, 1.0),
        ("flux guided", 4, 2.5),
    ],
)
def test_a_folder_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, kind: FlowKind, steps: int, guidance: float
) -> None:
    """With and without T5, guidance run twice, embedded or absent, levels shifted by a picture's size or not."""
    workshop = FlowWorkshop(tmp_path, kind)
    request = workshop.request(steps=steps, guidance=guidance)
    name = f"{FLUX}.FluxPipeline" if workshop.is_flux else f"{SD3}.StableDiffusion3Pipeline"
    workshop.check_same(request, workshop.stock(request, name, {}, **options_of(kind)))


@pytest.mark.parametrize(
    ("kind", "steps", "strength"),
    [("sd3", 5, 0.5), ("sd3 dynamic", 4, 1.0), ("flux dev", 5, 0.7), ("flux schnell", 4, 0.6), ("flux guided", 3, 0.9)],
)
def test_img2img_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, kind: FlowKind, steps: int, strength: float
) -> None:
    """StableDiffusion3Img2ImgPipeline and FluxImg2ImgPipeline, strengths between whole steps among them."""
    workshop = FlowWorkshop(tmp_path, kind)
    picture = write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT))
    request = workshop.request(steps=steps, edit=PictureEdit(picture=picture, strength=strength))
    name = (
        f"{FLUX}_img2img.FluxImg2ImgPipeline" if workshop.is_flux else f"{SD3}_img2img.StableDiffusion3Img2ImgPipeline"
    )
    theirs = workshop.stock(request, name, {}, image=Image.open(picture), strength=strength, **options_of(kind))
    workshop.check_same(request, theirs)


@pytest.mark.parametrize(
    ("kind", "steps", "strength"),
    [("sd3", 4, 1.0), ("sd3 without t5", 5, 0.65), ("flux dev", 4, 1.0), ("flux dev", 5, 0.5)],
)
def test_inpainting_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, kind: FlowKind, steps: int, strength: float
) -> None:
    """StableDiffusion3InpaintPipeline and FluxInpaintPipeline: what is kept is put back at each step's level."""
    workshop = FlowWorkshop(tmp_path, kind)
    picture = write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT))
    mask = write_picture(tmp_path / "mask.png", box_mask(WIDTH, HEIGHT, (32, 16, 80, 48)))
    edit = PictureEdit(picture=picture, method="inpaint", mask=mask, content="original", feather=0, strength=strength)
    request = workshop.request(steps=steps, edit=edit)
    name = (
        f"{FLUX}_inpaint.FluxInpaintPipeline" if workshop.is_flux else f"{SD3}_inpaint.StableDiffusion3InpaintPipeline"
    )
    theirs = workshop.stock(
        request, name, {}, image=Image.open(picture), mask_image=Image.open(mask), strength=strength, **options_of(kind)
    )
    workshop.check_same(request, theirs)
