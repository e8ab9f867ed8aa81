"""Qwen-Image against diffusers' own pipelines: same folders, same noise, same latents to 1e-4."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from PIL import Image

from engine.messages import ImageRequest, PictureEdit
from engine.models.families.flow_transformer import pack, unpack
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.engine.tasks.latents import Bench, ask, assert_batch, assert_controlled, assert_same, read_stock
from tests.tiny_adapters import HEIGHT, WIDTH, map_layer
from tests.tiny_language import write_qwen_controlnet, write_tiny_qwen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

    from tests.engine.tasks.latents import StockPipeline

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
_NET = "QwenImageControlNetModel"
_PLAIN = "QwenImagePipeline"
_HOME = "qwenimage.pipeline_qwenimage"


def stock(bench: Bench, request: ImageRequest, pipeline: StockPipeline, **options: object) -> Tensor:
    """The stock pipeline's latents, unpacked; what it calls guidance is another thing than its true guidance."""
    noise = bench.noise(request)
    given = {"latents": pack(noise), "guidance_scale": None, "true_cfg_scale": request.guidance_scale, **options}
    return unpack(bench.stock(request, pipeline, **given), *noise.shape[-2:])


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("qwen")
    return Bench(folder, write_tiny_qwen(folder / "model"))


@pytest.mark.parametrize("fields", [{}, {"guidance_scale": 1.0, "negative_prompt": ""}], ids=["guided", "plain"])
def test_a_folder_gives_the_latents_of_the_stock_pipeline(bench: Bench, fields: dict[str, object]) -> None:
    """With guidance, which keeps the length of each token's velocity, and without."""
    request = ask(**fields)
    assert_same(bench.own(request), stock(bench, request, bench.pipeline(_HOME, _PLAIN, "")))


@pytest.mark.parametrize("fields", [{"weight": 0.6}, {"start": 0.25, "end": 0.75}], ids=["weight", "steps"])
def test_a_controlnet_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: dict[str, float]
) -> None:
    """QwenImageControlNetPipeline with weight, start and end."""
    folder = write_qwen_controlnet(tmp_path / "net")
    layer = map_layer(tmp_path, folder, **fields)
    request = ask(layer)
    pipeline = bench.pipeline(
        f"{_HOME}_controlnet", "QwenImageControlNetPipeline", _PLAIN, controlnet=read_stock(_NET, folder)
    )
    bench.replace_chance(request, pipeline, monkeypatch)
    theirs = stock(
        bench,
        request,
        pipeline,
        control_image=Image.open(layer.picture),
        controlnet_conditioning_scale=layer.weight,
        control_guidance_start=layer.start,
        control_guidance_end=layer.end,
    )
    assert_controlled(bench, request, theirs)


def test_layers_of_one_union_add_up_as_in_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QwenImageMultiControlNetModel: one network, two maps, each with its weight."""
    from diffusers.models.controlnets.controlnet_qwenimage import QwenImageMultiControlNetModel

    folder = write_qwen_controlnet(tmp_path / "net")
    layers = (map_layer(tmp_path, folder, 11, weight=0.7), map_layer(tmp_path, folder, 12, weight=1.3))
    request = ask(*layers)
    union = cast("Callable[[list[nn.Module]], nn.Module]", QwenImageMultiControlNetModel)([read_stock(_NET, folder)])
    pipeline = bench.pipeline(f"{_HOME}_controlnet", "QwenImageControlNetPipeline", _PLAIN, controlnet=union)
    bench.replace_chance(request, pipeline, monkeypatch)
    theirs = stock(
        bench,
        request,
        pipeline,
        control_image=[Image.open(layer.picture) for layer in layers],
        controlnet_conditioning_scale=[layer.weight for layer in layers],
        control_guidance_start=[0.0, 0.0],
        control_guidance_end=[1.0, 1.0],
    )
    assert_controlled(bench, request, theirs)


def test_a_region_acts_and_an_empty_one_is_no_control(bench: Bench, tmp_path: Path) -> None:
    """A mask changes the latents; one that is black everywhere leaves those without control."""
    folder = write_qwen_controlnet(tmp_path / "net")
    Image.new("L", (WIDTH, HEIGHT)).save(tmp_path / "black.png")
    Image.fromarray(box_mask(WIDTH, HEIGHT, (0, 0, WIDTH // 2, HEIGHT))).save(tmp_path / "half.png")
    plain, whole = bench.own(ask()), bench.own(ask(map_layer(tmp_path, folder)))
    half = bench.own(ask(map_layer(tmp_path, folder, mask=str(tmp_path / "half.png"))))
    black = bench.own(ask(map_layer(tmp_path, folder, mask=str(tmp_path / "black.png"))))
    assert min((half - each).abs().max() for each in (plain, whole)) > 1e-2
    assert_same(black, plain)


def test_img2img_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QwenImageImg2ImgPipeline within 1e-4."""
    edit = PictureEdit(picture=write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT)), strength=0.75)
    request = ask(edit=edit)
    pipeline = bench.pipeline(f"{_HOME}_img2img", "QwenImageImg2ImgPipeline", "")
    theirs = bench.stock_edit(
        request, pipeline, monkeypatch, guidance_scale=None, true_cfg_scale=3.0, width=WIDTH, height=HEIGHT
    )
    assert_same(bench.own(request), unpack(theirs, HEIGHT // 8, WIDTH // 8))


@pytest.mark.parametrize("strength", [0.75, 1.0])
def test_inpainting_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strength: float
) -> None:
    """QwenImageInpaintPipeline within 1e-4."""
    edit = PictureEdit(
        picture=write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT)),
        method="inpaint",
        mask=write_picture(tmp_path / "mask.png", box_mask(WIDTH, HEIGHT, (32, 16, 80, 48))),
        strength=strength,
        content="original",
        feather=0,
    )
    request = ask(edit=edit)
    pipeline = bench.pipeline(f"{_HOME}_inpaint", "QwenImageInpaintPipeline", "")
    theirs = bench.stock_edit(request, pipeline, monkeypatch, guidance_scale=None, true_cfg_scale=3.0)
    assert_same(bench.own(request), unpack(theirs, HEIGHT // 8, WIDTH // 8))


def test_pictures_made_at_once_are_those_made_one_by_one(bench: Bench, tmp_path: Path) -> None:
    """Two pictures of one batch, with a control and with guidance."""
    assert_batch(bench, ask(map_layer(tmp_path, write_qwen_controlnet(tmp_path / "net"), weight=0.7)))
