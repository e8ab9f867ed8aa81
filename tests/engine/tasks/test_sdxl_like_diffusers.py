"""SDXL against diffusers' own pipelines: same folders, same noise, same latents to 1e-4."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.messages import Margins, PictureEdit
from engine.tasks.edit_border import fill_hole
from tests.engine.tasks.editing import box_mask, edit_request, edited, scene, write_picture
from tests.engine.tasks.latents import Bench, ask, assert_batch, assert_controlled, assert_same, read_stock
from tests.tiny_adapters import HEIGHT, WIDTH, map_layer
from tests.tiny_sdxl import write_tiny_sdxl, write_xl_controlnet, write_xl_t2i, write_xl_union

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.messages import ControlLayer

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
_XL = "stable_diffusion_xl.pipeline_stable_diffusion_xl"
_PLAIN = "StableDiffusionXLPipeline"


def picture_of(layer: ControlLayer) -> Image.Image:
    return Image.open(layer.picture)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("sdxl")
    return Bench(folder, write_tiny_sdxl(folder / "model"))


@pytest.mark.parametrize(
    ("fields", "zeros"),
    [
        ({}, True),
        ({"negative_prompt": "", "guidance_scale": 5.0}, True),
        ({"negative_prompt": "", "guidance_scale": 5.0}, False),
        ({"guidance_scale": 1.0, "negative_prompt": ""}, True),
    ],
    ids=["negative", "zeros for an empty prompt", "an empty prompt encoded", "no guidance"],
)
def test_a_folder_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, fields: dict[str, object], *, zeros: bool
) -> None:
    """With and without guidance, and both ways to say nothing."""
    bench = Bench(tmp_path, write_tiny_sdxl(tmp_path / "model", zeros_when_empty=zeros))
    request = ask(**fields)
    assert_same(bench.own(request), bench.stock(request, bench.pipeline(_XL, _PLAIN, "")))


def test_a_turbo_draws_in_one_step_as_in_the_stock_pipeline(tmp_path: Path) -> None:
    """Trailing timesteps, no guidance: SDXL-Turbo's one step."""
    bench = Bench(tmp_path, write_tiny_sdxl(tmp_path / "model", turbo=True))
    request = ask(steps=1, guidance_scale=1.0, negative_prompt="")
    assert_same(bench.own(request), bench.stock(request, bench.pipeline(_XL, _PLAIN, "")))


@pytest.mark.parametrize(
    "fields", [{"weight": 0.6}, {"weight": 1.5, "start": 0.25, "end": 0.75}], ids=["weight", "steps"]
)
def test_a_controlnet_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, fields: dict[str, float]
) -> None:
    """StableDiffusionXLControlNetPipeline: the network is told prompt and size as the U-Net is."""
    folder = write_xl_controlnet(tmp_path / "net")
    layer = map_layer(tmp_path, folder, **fields)
    request = ask(layer)
    pipeline = bench.pipeline(
        "controlnet.pipeline_controlnet_sd_xl",
        "StableDiffusionXLControlNetPipeline",
        _PLAIN,
        controlnet=read_stock("ControlNetModel", folder),
    )
    theirs = bench.stock(
        request,
        pipeline,
        image=picture_of(layer),
        controlnet_conditioning_scale=layer.weight,
        control_guidance_start=layer.start,
        control_guidance_end=layer.end,
    )
    assert_controlled(bench, request, theirs)


def test_several_controlnets_add_up_as_in_the_stock_pipeline(bench: Bench, tmp_path: Path) -> None:
    """Two networks and two maps, each with its own weight and steps."""
    folders = [write_xl_controlnet(tmp_path / f"net{seed}", seed) for seed in (1, 9)]
    layers = (
        map_layer(tmp_path, folders[0], 11, weight=0.7, end=0.75),
        map_layer(tmp_path, folders[1], 12, weight=1.3, start=0.25),
    )
    request = ask(*layers)
    pipeline = bench.pipeline(
        "controlnet.pipeline_controlnet_sd_xl",
        "StableDiffusionXLControlNetPipeline",
        _PLAIN,
        controlnet=[read_stock("ControlNetModel", folder) for folder in folders],
    )
    theirs = bench.stock(
        request,
        pipeline,
        image=[picture_of(layer) for layer in layers],
        controlnet_conditioning_scale=[layer.weight for layer in layers],
        control_guidance_start=[layer.start for layer in layers],
        control_guidance_end=[layer.end for layer in layers],
    )
    assert_controlled(bench, request, theirs)


@pytest.mark.parametrize("kinds", [("depth",), ("canny", "depth")], ids=["one", "two in one run"])
def test_a_union_gives_the_latents_of_the_stock_pipeline(bench: Bench, tmp_path: Path, kinds: tuple[str, ...]) -> None:
    """StableDiffusionXLControlNetUnionPipeline, with one and with two types."""
    folder = write_xl_union(tmp_path / "union")
    layers = tuple(
        map_layer(tmp_path, folder, 31 + index, kind=kind, weight=weight)
        for index, (kind, weight) in enumerate(zip(kinds, (0.6, 1.4), strict=False))
    )
    request, weights = ask(*layers), [layer.weight for layer in layers]
    pipeline = bench.pipeline(
        "controlnet.pipeline_controlnet_union_sd_xl",
        "StableDiffusionXLControlNetUnionPipeline",
        _PLAIN,
        controlnet=read_stock("ControlNetUnionModel", folder),
    )
    theirs = bench.stock(
        request,
        pipeline,
        control_image=[picture_of(layer) for layer in layers],
        control_mode=[{"depth": 1, "canny": 3}[kind] for kind in kinds],
        controlnet_conditioning_scale=weights if len(weights) > 1 else weights[0],
    )
    assert_controlled(bench, request, theirs)


def test_a_t2i_adapter_gives_the_latents_of_the_stock_pipeline(bench: Bench, tmp_path: Path) -> None:
    """StableDiffusionXLAdapterPipeline: a feature for each block, and one for the middle."""
    folder = write_xl_t2i(tmp_path / "t2i")
    layer = map_layer(tmp_path, folder, weight=0.7)
    request = ask(layer)
    pipeline = bench.pipeline(
        "t2i_adapter.pipeline_stable_diffusion_xl_adapter",
        "StableDiffusionXLAdapterPipeline",
        _PLAIN,
        adapter=read_stock("T2IAdapter", folder),
    )
    theirs = bench.stock(request, pipeline, image=picture_of(layer), adapter_conditioning_scale=0.7)
    assert_controlled(bench, request, theirs)


@pytest.mark.parametrize("write", [write_xl_controlnet, write_xl_union, write_xl_t2i])
def test_modes_and_regions_act_and_an_empty_region_is_no_control(
    bench: Bench, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    """Every mode gives other latents, a region others again, and one that is black everywhere those without."""
    folder = write(tmp_path / "net")
    Image.new("L", (WIDTH, HEIGHT)).save(tmp_path / "black.png")
    Image.fromarray(box_mask(WIDTH, HEIGHT, (0, 0, WIDTH // 2, HEIGHT))).save(tmp_path / "half.png")
    changes: list[dict[str, object]] = [
        {}, {"mode": "prompt"}, {"mode": "control"}, {"mask": str(tmp_path / "half.png")},
    ]  # fmt: skip
    found = [bench.own(ask(map_layer(tmp_path, folder, kind="canny", **change))) for change in changes]
    plain = bench.own(ask())
    apart = [(a - b).abs().max() for a, b in combinations((*found, plain), 2)]
    assert min(apart) > 1e-3
    black = bench.own(ask(map_layer(tmp_path, folder, kind="canny", mask=str(tmp_path / "black.png"))))
    assert_same(black, plain)


@pytest.mark.parametrize(("steps", "strength"), [(5, 0.6), (4, 1.0)])
def test_img2img_gives_the_latents_of_the_stock_pipeline(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int, strength: float
) -> None:
    """StableDiffusionXLImg2ImgPipeline within 1e-4."""
    edit = PictureEdit(picture=write_picture(tmp_path / "in.png", scene(128, 96)), strength=strength)
    request = edit_request(edit, width=128, height=96, steps=steps, guidance_scale=4.0, negative_prompt="forest")
    pipeline = bench.pipeline(f"{_XL}_img2img", "StableDiffusionXLImg2ImgPipeline", "")
    assert_same(bench.own(request), bench.stock_edit(request, pipeline, monkeypatch))


@pytest.mark.parametrize("inpainting", [False, True], ids=["ordinary", "nine channels"])
@pytest.mark.parametrize(("steps", "strength"), [(5, 0.6), (4, 1.0)])
def test_inpainting_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int, strength: float, *, inpainting: bool
) -> None:
    """StableDiffusionXLInpaintPipeline within 1e-4: ordinary networks, and those that see the mask."""
    bench = Bench(tmp_path, write_tiny_sdxl(tmp_path / "model", inpainting=inpainting))
    assert bench.loaded.model.sees_mask == inpainting
    edit = PictureEdit(
        picture=write_picture(tmp_path / "in.png", scene(128, 96)),
        method="inpaint",
        mask=write_picture(tmp_path / "mask.png", box_mask(128, 96, (32, 16, 96, 64))),
        strength=strength,
        content="original",
        feather=0,
    )
    request = edit_request(edit, width=128, height=96, steps=steps, guidance_scale=4.0, negative_prompt="forest")
    pipeline = bench.pipeline(f"{_XL}_inpaint", "StableDiffusionXLInpaintPipeline", "")
    assert_same(bench.own(request), bench.stock_edit(request, pipeline, monkeypatch))


@pytest.mark.parametrize("inpainting", [False, True], ids=["ordinary", "nine channels"])
def test_outpainting_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, inpainting: bool
) -> None:
    """StableDiffusionXLInpaintPipeline on the picture in its new frame, whose margins are the mask.

    At the end the picture's own pixels are what they were, and those of the margins are new.
    """
    bench = Bench(tmp_path, write_tiny_sdxl(tmp_path / "model", inpainting=inpainting))
    picture = scene(96, 64)
    edit = PictureEdit(
        picture=write_picture(tmp_path / "in.png", picture),
        method="outpaint",
        margins=Margins(left=32, bottom=32),
        strength=0.75,
        feather=0,
    )
    request = edit_request(edit, width=128, height=96, steps=4, guidance_scale=4.0, negative_prompt="forest")
    frame = np.zeros((96, 128, 3), np.uint8)
    frame[:64, 32:] = picture
    mask = 255 - box_mask(128, 96, (32, 0, 128, 64))
    framed = msgspec.structs.replace(
        edit,
        method="inpaint",
        margins=Margins(),
        picture=write_picture(tmp_path / "framed.png", fill_hole(frame, (mask / 255.0).astype(np.float32))),
        mask=write_picture(tmp_path / "mask.png", mask),
    )
    pipeline = bench.pipeline(f"{_XL}_inpaint", "StableDiffusionXLInpaintPipeline", "")
    theirs = bench.stock_edit(msgspec.structs.replace(request, edit=framed), pipeline, monkeypatch)
    assert_same(bench.own(request), theirs)
    (made,) = edited(request, bench.loaded)
    assert np.array_equal(made[:64, 32:], picture)
    assert made[64:].std() > 1
    assert made[:, :32].std() > 1


def test_pictures_made_at_once_are_those_made_one_by_one(bench: Bench, tmp_path: Path) -> None:
    """Two pictures of one batch, with a control and with guidance."""
    assert_batch(bench, ask(map_layer(tmp_path, write_xl_controlnet(tmp_path / "net"), weight=0.7)))
