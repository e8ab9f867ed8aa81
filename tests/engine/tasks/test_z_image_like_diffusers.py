"""Z-Image against diffusers' own pipelines: same folders, same noise, same latents to 1e-4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.errors import BadInputError
from engine.messages import ImageRequest, PictureEdit
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.engine.tasks.latents import Bench, ask, assert_batch, assert_controlled, assert_same, read_stock
from tests.tiny_adapters import HEIGHT, WIDTH, map_layer
from tests.tiny_language import write_tiny_z, write_z_controlnet

if TYPE_CHECKING:
    from pathlib import Path


# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
_NET = "ZImageControlNetModel"
_PLAIN = "ZImagePipeline"
_HOME = "z_image.pipeline_z_image"


def told(request: ImageRequest) -> dict[str, object]:
    """The guidance as the stock pipelines count it, from 0."""
    return {"guidance_scale": request.guidance_scale - 1.0}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("z")
    return Bench(folder, write_tiny_z(folder / "model"))


@pytest.mark.parametrize("fields", [{}, {"guidance_scale": 1.0, "negative_prompt": ""}], ids=["guided", "turbo"])
def test_a_folder_gives_the_latents_of_the_stock_pipeline(bench: Bench, fields: dict[str, object]) -> None:
    """With guidance, which is counted from 1, and without."""
    request = ask(**fields)
    assert_same(bench.own(request), bench.stock(request, bench.pipeline(_HOME, _PLAIN, ""), **told(request)))


@pytest.mark.parametrize(
    ("refines", "channels"),
    [(None, 4), ("control_noise_refiner", 9), ("control_layers", 9)],
    ids=["first", "second, with room for inpainting", "third"],
)
def test_a_controlnet_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refines: str | None, channels: int
) -> None:
    """ZImageControlNetPipeline, for each published kind of network, with a weight."""
    folder = write_z_controlnet(tmp_path / "net", refines=refines, channels=channels)
    layer = map_layer(tmp_path, folder, weight=0.7)
    request = ask(layer)
    pipeline = bench.pipeline(
        f"{_HOME}_controlnet", "ZImageControlNetPipeline", _PLAIN, controlnet=read_stock(_NET, folder)
    )
    bench.replace_chance(request, pipeline, monkeypatch)
    theirs = bench.stock(
        request,
        pipeline,
        control_image=Image.open(layer.picture),
        controlnet_conditioning_scale=layer.weight,
        **told(request),
    )
    assert_controlled(bench, request, theirs)


def test_a_region_acts_and_an_empty_one_is_no_control(bench: Bench, tmp_path: Path) -> None:
    """A mask changes the latents; one that is black everywhere leaves those without control, a white one those with."""
    folder = write_z_controlnet(tmp_path / "net")
    Image.new("L", (WIDTH, HEIGHT)).save(tmp_path / "black.png")
    Image.new("L", (WIDTH, HEIGHT), 255).save(tmp_path / "white.png")
    Image.fromarray(box_mask(WIDTH, HEIGHT, (0, 0, WIDTH // 2, HEIGHT))).save(tmp_path / "half.png")
    plain, whole = bench.own(ask()), bench.own(ask(map_layer(tmp_path, folder)))
    half, black, white = (
        bench.own(ask(map_layer(tmp_path, folder, mask=str(tmp_path / f"{name}.png"))))
        for name in ("half", "black", "white")
    )
    assert min((half - each).abs().max() for each in (plain, whole)) > 1e-2
    assert_same(black, plain)
    assert_same(white, whole)


def test_a_control_keeps_no_part_of_the_model(bench: Bench, tmp_path: Path) -> None:
    """The adapter on the shelf is as it was loaded: it borrows the model's parts for the request alone."""
    folder = write_z_controlnet(tmp_path / "net")
    layer = map_layer(tmp_path, folder)
    bench.own(ask(layer))
    from engine.adapters import find_adapter

    adapter = bench.supply.adapters.fetch(find_adapter(str(folder), bench.supply.paths), bench.loaded.plan.torch_dtype)
    assert adapter.network.t_embedder is None
    assert adapter.network.x_pad_token is None


@pytest.mark.parametrize(
    ("count", "fields", "said"),
    [
        (2, {}, "takes one control, in all steps: .*; switch the others off"),
        (1, {"end": 0.5}, "takes one control, in all steps: .*; set its start to 0 and its end to 1"),
        (1, {"mode": "prompt"}, "knows the balanced mode alone: .*; choose it"),
    ],
)
def test_what_its_controlnets_cannot_do_is_refused_in_one_line(
    bench: Bench, tmp_path: Path, count: int, fields: dict[str, object], said: str
) -> None:
    """A second control, a part of the steps, and the modes of U-Nets."""
    layer = map_layer(tmp_path, write_z_controlnet(tmp_path / "net"), **fields)
    with pytest.raises(BadInputError, match=said) as caught:
        bench.spec.check(ask(*[layer] * count))
    assert "\n" not in caught.value.message


def test_img2img_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ZImageImg2ImgPipeline within 1e-4."""
    edit = PictureEdit(picture=write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT)), strength=0.75)
    request = ask(edit=edit)
    pipeline = bench.pipeline(f"{_HOME}_img2img", "ZImageImg2ImgPipeline", "")
    theirs = bench.stock_edit(request, pipeline, monkeypatch, width=WIDTH, height=HEIGHT, **told(request))
    assert_same(bench.own(request), theirs)


@pytest.mark.parametrize("strength", [0.75, 1.0])
def test_inpainting_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strength: float
) -> None:
    """ZImageInpaintPipeline within 1e-4."""
    edit = PictureEdit(
        picture=write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT)),
        method="inpaint",
        mask=write_picture(tmp_path / "mask.png", box_mask(WIDTH, HEIGHT, (32, 16, 80, 48))),
        strength=strength,
        content="original",
        feather=0,
    )
    request = ask(edit=edit)
    pipeline = bench.pipeline(f"{_HOME}_inpaint", "ZImageInpaintPipeline", "")
    assert_same(bench.own(request), bench.stock_edit(request, pipeline, monkeypatch, **told(request)))


def test_pictures_made_at_once_are_those_made_one_by_one(bench: Bench, tmp_path: Path) -> None:
    """Two pictures of one batch, with a control and with guidance."""
    assert_batch(bench, ask(map_layer(tmp_path, write_z_controlnet(tmp_path / "net"), weight=0.7)))
