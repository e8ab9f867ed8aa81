"""ControlNets of SD3 and FLUX.1 against diffusers' own pipelines: same folders, same noise, same latents to 1e-4."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from engine.errors import BadInputError
from engine.messages import PictureEdit
from engine.models.stock import stock_class
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.engine.tasks.flow_stock import HEIGHT, TOLERANCE, WIDTH, FlowWorkshop
from tests.tiny_adapters import map_layer
from tests.tiny_flow_models import write_flux_controlnet, write_sd3_controlnet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from engine.messages import ControlLayer, ImageRequest
    from tests.tiny_flow_models import FlowKind

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
SD3_PIPELINE = "controlnet_sd3.pipeline_stable_diffusion_3_controlnet.StableDiffusion3ControlNetPipeline"
FLUX_PIPELINE = "flux.pipeline_flux_controlnet.FluxControlNetPipeline"


@pytest.fixture(scope="module")
def sd3(tmp_path_factory: pytest.TempPathFactory) -> FlowWorkshop:
    return FlowWorkshop(tmp_path_factory.mktemp("sd3"), "sd3")


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> FlowWorkshop:
    return FlowWorkshop(tmp_path_factory.mktemp("flux"), "flux dev")


def read_stock(folder: Path, class_name: str) -> nn.Module:
    stock = cast("Callable[[str], nn.Module]", getattr(stock_class(class_name), "from_pretrained"))  # noqa: B009 -- untyped
    return stock(str(folder)).eval()


def one_or_all(things: Sequence[object]) -> object:
    return things[0] if len(things) == 1 else list(things)


def stock_latents(
    workshop: FlowWorkshop, request: ImageRequest, networks: Sequence[nn.Module], **options: object
) -> Tensor:
    """Of the stock ControlNet pipeline with these networks, told what the request's layers say."""
    layers = request.controls
    return workshop.stock(
        request,
        FLUX_PIPELINE if workshop.is_flux else SD3_PIPELINE,
        {"controlnet": one_or_all(networks)},
        control_image=one_or_all([Image.open(layer.picture) for layer in layers]),
        controlnet_conditioning_scale=one_or_all([layer.weight for layer in layers]),
        control_guidance_start=one_or_all([layer.start for layer in layers]),
        control_guidance_end=one_or_all([layer.end for layer in layers]),
        **options,
    )


@pytest.mark.parametrize(
    ("changes", "fields", "guidance"),
    [
        ({}, {"weight": 0.7}, 4.0),
        ({"force_zeros_for_pooled_projection": False}, {"weight": 1.4, "start": 0.25, "end": 0.8}, 4.0),
        ({"joint_attention_dim": None, "use_pos_embed": False}, {"end": 0.55, "kind": "depth"}, 1.0),
    ],
    ids=["instantx", "pooled", "sd3.5"],
)
def test_an_sd3_controlnet_gives_the_latents_of_the_stock_pipeline(
    sd3: FlowWorkshop, tmp_path: Path, changes: dict[str, object], fields: dict[str, object], guidance: float
) -> None:
    """The three kinds there are, weight, start and end, with guidance and without."""
    folder = write_sd3_controlnet(tmp_path / "net", **changes)
    request = sd3.request(map_layer(tmp_path, folder, **fields), guidance=guidance)
    sd3.check_same(request, stock_latents(sd3, request, [read_stock(folder, "SD3ControlNetModel")]))


def test_edges_for_the_authors_own_controlnet_are_as_it_was_trained(sd3: FlowWorkshop, tmp_path: Path) -> None:
    """SD3.5's for Canny: edges are handed to the stock pipeline as its model card says, as numbers up to 128."""
    folder = write_sd3_controlnet(tmp_path / "net", joint_attention_dim=None, use_pos_embed=False)
    layer = map_layer(tmp_path, folder, kind="canny")
    request = sd3.request(layer)
    with Image.open(layer.picture) as picture:
        edges = torch.tensor(np.array(picture)).permute(2, 0, 1)[None] / 255.0
    theirs = sd3.stock(
        request,
        SD3_PIPELINE,
        {"controlnet": read_stock(folder, "SD3ControlNetModel")},
        control_image=edges * 255.0 * 0.5 + 0.5,
    )
    sd3.check_same(request, theirs)


@pytest.mark.parametrize(
    ("changes", "fields", "options"),
    [
        ({}, {"weight": 0.7, "end": 0.8}, {}),
        ({"num_single_layers": 0, "guidance_embeds": False}, {"weight": 1.5, "start": 0.25}, {}),
        ({"num_mode": 7}, {"kind": "depth"}, {"control_mode": 2}),
        ({"conditioning_embedding_channels": 16, "num_layers": 2, "patch_size": 2}, {"weight": 0.6}, {}),
    ],
    ids=["instantx", "no single blocks", "union", "xlabs"],
)
def test_a_flux_controlnet_gives_the_latents_of_the_stock_pipeline(
    flux: FlowWorkshop, tmp_path: Path, changes: dict[str, object], fields: dict[str, object], options: dict[str, int]
) -> None:
    """The kinds there are: with blocks of both sorts or one, told its type, or with an embedding of its own."""
    folder = write_flux_controlnet(tmp_path / "net", **changes)
    request = flux.request(map_layer(tmp_path, folder, **fields))
    flux.check_same(request, stock_latents(flux, request, [read_stock(folder, "FluxControlNetModel")], **options))


def test_both_sides_of_guidance_take_what_is_said_of_the_prompt(tmp_path: Path) -> None:
    """A FLUX that is run twice: the stock pipeline's ControlNet sees the prompt alone."""
    workshop = FlowWorkshop(tmp_path / "guided", "flux guided")
    folder = write_flux_controlnet(tmp_path / "net", guidance_embeds=False)
    request = workshop.request(map_layer(tmp_path, folder, weight=0.8), guidance=2.5)
    workshop.check_same(request, stock_latents(workshop, request, [read_stock(folder, "FluxControlNetModel")]))


def test_two_sd3_controlnets_add_up_as_in_the_stock_pipeline(sd3: FlowWorkshop, tmp_path: Path) -> None:
    """Each with its own weight and steps: SD3MultiControlNetModel's latents."""
    folders = [write_sd3_controlnet(tmp_path / f"net{seed}", seed) for seed in (1, 9)]
    request = sd3.request(*two_layers(tmp_path, folders))
    networks = [read_stock(folder, "SD3ControlNetModel") for folder in folders]
    sd3.check_same(request, stock_latents(sd3, request, networks))


def test_two_flux_controlnets_add_up_as_in_the_stock_pipeline(flux: FlowWorkshop, tmp_path: Path) -> None:
    """Each with its own weight and steps: FluxMultiControlNetModel's latents."""
    folders = [write_flux_controlnet(tmp_path / f"net{seed}", seed) for seed in (1, 9)]
    request = flux.request(*two_layers(tmp_path, folders))
    networks = [read_stock(folder, "FluxControlNetModel") for folder in folders]
    flux.check_same(request, stock_latents(flux, request, networks))


def test_two_layers_of_one_union_have_a_run_each(flux: FlowWorkshop, tmp_path: Path) -> None:
    """The stock pipeline with one union in its list and two pictures with a type each."""
    folder = write_flux_controlnet(tmp_path / "net", num_mode=7)
    layers = [map_layer(tmp_path, folder, 11, kind="pose"), map_layer(tmp_path, folder, 12, kind="canny", weight=0.5)]
    request = flux.request(*layers)
    from diffusers.models.controlnets.controlnet_flux import FluxMultiControlNetModel

    several = cast("Callable[[list[nn.Module]], nn.Module]", FluxMultiControlNetModel)
    union = several([read_stock(folder, "FluxControlNetModel")])
    flux.check_same(request, stock_latents(flux, request, [union], control_mode=[4, 0]))


def two_layers(folder: Path, adapters: Sequence[Path]) -> list[ControlLayer]:
    return [
        map_layer(folder, adapters[0], 11, weight=0.7, end=0.75),
        map_layer(folder, adapters[1], 12, weight=1.3, start=0.25),
    ]


@pytest.mark.parametrize("kind", ["sd3", "flux dev"])
def test_a_region_mask_multiplies_the_residuals_of_each_token(
    sd3: FlowWorkshop, flux: FlowWorkshop, tmp_path: Path, kind: FlowKind
) -> None:
    """The stock pipeline with a mask multiplied in by hand: a token's share is that of its 16 x 16 pixels."""
    workshop, class_name = (sd3, "SD3ControlNetModel") if kind == "sd3" else (flux, "FluxControlNetModel")
    write = write_sd3_controlnet if kind == "sd3" else write_flux_controlnet
    folder = write(tmp_path / "net")
    mask = torch.zeros(1, 1, HEIGHT, WIDTH)
    mask[..., 10:50, 20:70] = 1.0
    Image.fromarray((mask[0, 0] * 255).byte().numpy()).save(tmp_path / "mask.png")
    share = functional.adaptive_avg_pool2d(mask, (HEIGHT // 16, WIDTH // 16)).flatten()[None, :, None]
    network = read_stock(folder, class_name)
    forward = cast("Callable[..., tuple[Sequence[Tensor], ...]]", network.forward)

    def masked(*arguments: object, **options: object) -> tuple[list[Tensor], ...]:
        return tuple([residual * share for residual in kind] for kind in forward(*arguments, **options))

    network.forward = masked
    request = workshop.request(map_layer(tmp_path, folder, mask=str(tmp_path / "mask.png")))
    workshop.check_same(request, stock_latents(workshop, request, [network]))


@pytest.mark.parametrize("kind", ["sd3", "flux dev"])
def test_an_empty_region_is_no_control(sd3: FlowWorkshop, flux: FlowWorkshop, tmp_path: Path, kind: FlowKind) -> None:
    """A mask of zeros leaves the very latents of the picture without control."""
    workshop = sd3 if kind == "sd3" else flux
    folder = (write_sd3_controlnet if kind == "sd3" else write_flux_controlnet)(tmp_path / "net")
    mask = write_picture(tmp_path / "mask.png", np.zeros((HEIGHT, WIDTH), np.uint8))
    controlled = workshop.own(workshop.request(map_layer(tmp_path, folder, mask=mask)))
    assert torch.equal(controlled, workshop.own(workshop.request()))


def test_controlnets_with_other_numbers_of_blocks_add_up_behind_each_block(flux: FlowWorkshop, tmp_path: Path) -> None:
    """Where the stock pipeline drops blocks that the first network lacks: both orders give the same picture."""
    folders = [
        write_flux_controlnet(tmp_path / "few"),
        write_flux_controlnet(tmp_path / "many", 9, num_layers=2, num_single_layers=0),
    ]
    layers = two_layers(tmp_path, folders)
    there, back = (flux.own(flux.request(*each)) for each in (layers, layers[::-1]))
    assert torch.allclose(there, back, rtol=0, atol=TOLERANCE)
    assert (there - flux.own(flux.request(layers[0]))).abs().max() > 100 * TOLERANCE


def test_a_control_goes_along_with_a_masked_edit(sd3: FlowWorkshop, tmp_path: Path) -> None:
    """Inpainting follows a control, and what is kept of the picture stays where the model works on all of it."""
    picture = write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT))
    mask = write_picture(tmp_path / "mask.png", box_mask(WIDTH, HEIGHT, (32, 16, 80, 48)))
    edit = PictureEdit(picture=picture, method="inpaint", mask=mask, content="original", feather=0, strength=1.0)
    layer = map_layer(tmp_path, write_sd3_controlnet(tmp_path / "net"))
    controlled, plain = sd3.own(sd3.request(layer, edit=edit)), sd3.own(sd3.request(edit=edit))
    differ = (controlled - plain).abs().amax(dim=(0, 1))
    assert differ[2:6, 4:10].max() > 100 * TOLERANCE
    differ[2:6, 4:10] = 0.0
    assert not differ.any()


@pytest.mark.parametrize(
    ("changes", "fields", "said"),
    [
        ({}, {"mode": "control"}, "knows the balanced mode alone"),
        ({"num_mode": 3}, {"kind": "pose"}, "knows no 'pose' control; use one of: canny"),
    ],
)
def test_what_a_transformer_cannot_follow_is_refused_in_one_line(
    flux: FlowWorkshop, tmp_path: Path, changes: dict[str, object], fields: dict[str, object], said: str
) -> None:
    """Modes that weigh the blocks of a U-Net, and kinds that a union was not told of."""
    layer = map_layer(tmp_path, write_flux_controlnet(tmp_path / "net", **changes), **fields)
    with pytest.raises(BadInputError, match=said) as caught:
        flux.own(flux.request(layer))
    assert "\n" not in caught.value.message
