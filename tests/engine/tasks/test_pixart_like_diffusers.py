"""PixArt against diffusers' pipelines, and its ControlNet against the paper: same latents to 1e-4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import pytest
import torch
from PIL import Image

from engine.control.pixart_controlnet import PixArtControlNet
from engine.media.pixels import to_signal
from engine.messages import Margins, PictureEdit
from engine.models.folder import find_network
from engine.sampling.noise import draw_noise, step_stream
from engine.tasks.edit_source import read_source
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.engine.tasks.latents import Bench, ask, assert_batch, assert_controlled, assert_same
from tests.tiny_adapters import HEIGHT, WIDTH, make_map, map_layer
from tests.tiny_pixart import write_pixart_controlnet, write_tiny_pixart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from engine.messages import ControlLayer
    from tests.engine.tasks.latents import StockPipeline

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
_ALPHA = ("pixart_alpha.pipeline_pixart_alpha", "PixArtAlphaPipeline", "")
_SIGMA = ("pixart_alpha.pipeline_pixart_sigma", "PixArtSigmaPipeline", "")
# As our model does it; and the stock pipelines take text for an empty prompt, no None.
_PLAINLY = {"use_resolution_binning": False, "clean_caption": False}


class _Transformer(Protocol):
    pos_embed: Callable[[Tensor], Tensor]
    transformer_blocks: Sequence[nn.Module]


class _Scheduler(Protocol):
    timesteps: Tensor

    def set_timesteps(self, count: int) -> None: ...
    def set_begin_index(self, index: int) -> None: ...
    def add_noise(self, clean: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor: ...
    def scale_model_input(self, latents: Tensor, timestep: Tensor) -> Tensor: ...
    def step(self, output: Tensor, timestep: Tensor, latents: Tensor, *, return_dict: bool) -> tuple[Tensor, ...]: ...


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("pixart")
    return Bench(folder, write_tiny_pixart(folder / "model"))


@pytest.mark.parametrize(
    ("fields", "sigma", "learns_variance"),
    [
        ({}, False, True),
        ({"negative_prompt": "", "guidance_scale": 4.5, "steps": 3}, False, False),
        ({}, True, True),
        ({"guidance_scale": 1.0, "negative_prompt": ""}, True, True),
    ],
    ids=["alpha", "alpha without variance", "sigma", "sigma without guidance"],
)
def test_a_folder_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, fields: dict[str, object], *, sigma: bool, learns_variance: bool
) -> None:
    """Both pipelines, told the picture's size or not, with a predicted variance or without."""
    bench = Bench(tmp_path, write_tiny_pixart(tmp_path / "model", sigma=sigma, learns_variance=learns_variance))
    request = ask(**{"prompt": "Winter mountains, a moon", **fields})
    pipeline = bench.pipeline(*(_SIGMA if sigma else _ALPHA))
    theirs = bench.stock(request, pipeline, negative_prompt=request.negative_prompt, **_PLAINLY)
    assert_same(bench.own(request), theirs)


def test_a_consistency_model_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PixArt-delta's LCMScheduler, in two steps of which the second noises afresh, with the same noise for both."""
    import diffusers.schedulers.scheduling_lcm as scheduling

    spec = write_tiny_pixart(tmp_path / "model", scheduler="LCMScheduler")
    assert (spec.schedule, spec.default_steps, spec.default_guidance) == ("lcm", 4, 1.0)
    bench = Bench(tmp_path, spec)
    request = ask(steps=2, guidance_scale=1.0, negative_prompt="")
    shape = bench.loaded.model.latent_shape(WIDTH, HEIGHT)
    fresh = draw_noise(shape, request.seed, step_stream(0))[None]

    def our_noise(*_arguments: object, **_options: object) -> Tensor:
        return fresh

    monkeypatch.setattr(scheduling, "randn_tensor", our_noise)
    theirs = bench.stock(request, bench.pipeline(*_ALPHA), guidance_scale=0.0, negative_prompt="", **_PLAINLY)
    assert_same(bench.own(request), theirs)


def controlled(
    pipeline: StockPipeline, folders: Sequence[Path], layers: Sequence[ControlLayer], bench: Bench, steps: int
) -> None:
    """Give a stock pipeline ControlNets as section 4 of arXiv:2401.05252 has them, by hooks on its blocks.

    The copy of block 0 takes what leaves the model's block 0 and, through a layer, the map; each copy feeds the next,
    and through a layer of its own what enters the model's next block.
    """
    transformer = cast("_Transformer", pipeline.components["transformer"])
    networks = [
        PixArtControlNet.load(
            find_network(folder.parent, folder.name, ("PixArtControlNetAdapterModel",)), torch.float32
        )
        for folder in folders
    ]
    # Without guidance the pipeline calls each block once a step.
    calls = [0]
    states: list[Tensor] = [torch.empty(0)] * len(networks)

    def before(index: int) -> Callable[..., tuple[tuple[Tensor, ...], dict[str, object]]]:
        def hook(
            _block: nn.Module, arguments: tuple[Tensor, ...], options: dict[str, object]
        ) -> tuple[tuple[Tensor, ...], dict[str, object]]:
            hidden = arguments[0]
            step, calls[0] = calls[0], calls[0] + (index == 2)
            total = hidden
            for place, (network, layer) in enumerate(zip(networks, layers, strict=True)):
                if index > len(network.blocks) or not layer.start <= step / steps < (step + 1) / steps <= layer.end:
                    continue
                copy = network.blocks[index - 1]
                if index == 1:
                    picture = torch.from_numpy(make_map(11 + place)).permute(2, 0, 1)[None] / 127.5 - 1  # pyright: ignore[reportUnknownMemberType]
                    hint = transformer.pos_embed(bench.loaded.model.encode(picture))
                    entered = hidden + cast("Tensor", cast("nn.Module", copy.before_proj)(hint))
                else:
                    entered = states[place]
                states[place] = cast("Tensor", copy.transformer_block(entered, **options))
                total = total + cast("Tensor", copy.after_proj(states[place])) * layer.weight * _region(layer)
            return (total, *arguments[1:]), options

        return hook

    for index in (1, 2):
        transformer.transformer_blocks[index].register_forward_pre_hook(before(index), with_kwargs=True)


def _region(layer: ControlLayer) -> Tensor:
    """How much of each token lies in the layer's region."""
    if layer.mask is None:
        return torch.ones(1, 1, 1)
    mask = torch.tensor(list(Image.open(layer.mask).convert("L").tobytes())).reshape(1, 1, HEIGHT, WIDTH) / 255
    return torch.nn.functional.adaptive_avg_pool2d(mask, (HEIGHT // 16, WIDTH // 16)).flatten(2).transpose(1, 2)


@pytest.mark.parametrize(
    "fields", [{}, {"weight": 0.6, "start": 0.25, "end": 0.75}, {"mask": "half"}], ids=["whole", "steps", "region"]
)
def test_a_controlnet_acts_on_each_block_as_the_paper_says(
    bench: Bench, tmp_path: Path, fields: dict[str, object]
) -> None:
    """The stock pipeline with the copies hooked in by hand: weight, steps and region are factors of what they add."""
    if "mask" in fields:
        Image.fromarray(box_mask(WIDTH, HEIGHT, (0, 0, 41, HEIGHT))).save(tmp_path / "half.png")
        fields = {"mask": str(tmp_path / "half.png")}
    folder = write_pixart_controlnet(tmp_path / "net")
    layer = map_layer(tmp_path, folder, 11, **fields)
    request = ask(layer, guidance_scale=1.0, negative_prompt="", steps=4)
    pipeline = bench.pipeline(*_ALPHA)
    controlled(pipeline, [folder], [layer], bench, 4)
    theirs = bench.stock(request, pipeline, negative_prompt="", **_PLAINLY)
    assert_controlled(bench, request, theirs)


def test_controlnets_of_different_depths_add_up(bench: Bench, tmp_path: Path) -> None:
    """Two networks, of one and of two blocks: the sum of what each adds."""
    folders = [write_pixart_controlnet(tmp_path / f"net{depth}", depth, depth) for depth in (1, 2)]
    layers = [map_layer(tmp_path, folder, 11 + place, weight=0.8) for place, folder in enumerate(folders)]
    request = ask(*layers, guidance_scale=1.0, negative_prompt="", steps=2)
    pipeline = bench.pipeline(*_ALPHA)
    controlled(pipeline, folders, layers, bench, 2)
    assert_controlled(bench, request, bench.stock(request, pipeline, negative_prompt="", **_PLAINLY))


def test_an_untrained_controlnet_and_an_empty_region_change_nothing(bench: Bench, tmp_path: Path) -> None:
    """Joints begin at zero; a region that is black everywhere is no control; guidance hears a control on both sides."""
    plain = bench.own(ask())
    untrained = map_layer(tmp_path, write_pixart_controlnet(tmp_path / "new", trained=False))
    assert torch.equal(bench.own(ask(untrained)), plain)
    Image.new("L", (WIDTH, HEIGHT)).save(tmp_path / "black.png")
    masked = map_layer(tmp_path, write_pixart_controlnet(tmp_path / "net"), mask=str(tmp_path / "black.png"))
    assert torch.equal(bench.own(ask(masked)), plain)
    assert not torch.equal(bench.own(ask(msgspec.structs.replace(masked, mask=None))), plain)


def test_pictures_made_at_once_are_those_made_one_by_one(bench: Bench, tmp_path: Path) -> None:
    """Two pictures of one batch, with a control and with guidance."""
    assert_batch(bench, ask(map_layer(tmp_path, write_pixart_controlnet(tmp_path / "net"), weight=0.7)))


def test_img2img_goes_down_the_stock_schedulers_last_steps(bench: Bench, tmp_path: Path) -> None:
    """There is no stock pipeline for edits: the stock scheduler and transformer, from the noised picture on."""
    picture = write_picture(tmp_path / "in.png", scene(WIDTH, HEIGHT))
    request = ask(edit=PictureEdit(picture=picture, strength=0.75), guidance_scale=1.0, negative_prompt="")
    pipeline = bench.pipeline(*_ALPHA)
    scheduler = cast("_Scheduler", pipeline.components["scheduler"])
    transformer = cast("Callable[..., tuple[Tensor]]", pipeline.components["transformer"])
    encode = cast("Callable[..., tuple[Tensor, Tensor, None, None]]", getattr(pipeline, "encode_prompt"))  # noqa: B009 -- of this pipeline alone
    with torch.inference_mode():
        prompt, mask, _, _ = encode(request.prompt, do_classifier_free_guidance=False)
        clean = bench.loaded.model.encode(to_signal(scene(WIDTH, HEIGHT))[None])
        scheduler.set_timesteps(4)
        scheduler.set_begin_index(1)
        latents = scheduler.add_noise(clean, bench.noise(request), scheduler.timesteps[1:2])
        sizes = {"resolution": torch.tensor([[64.0, 96.0]]), "aspect_ratio": torch.tensor([[64 / 96]])}
        for timestep in scheduler.timesteps[1:]:
            (output,) = transformer(
                scheduler.scale_model_input(latents, timestep),
                encoder_hidden_states=prompt,
                encoder_attention_mask=mask,
                timestep=timestep[None],
                added_cond_kwargs=sizes,
                return_dict=False,
            )
            (latents, *_) = scheduler.step(output.chunk(2, dim=1)[0], timestep, latents, return_dict=False)
    assert_same(bench.own(request), latents)


@pytest.mark.parametrize("method", ["inpaint", "outpaint"])
def test_a_masked_edit_keeps_what_lies_outside(bench: Bench, tmp_path: Path, method: str) -> None:
    """At the end, kept latents are the picture's own, and those inside are others."""
    picture = write_picture(
        tmp_path / "in.png", scene(WIDTH - 32, HEIGHT) if method == "outpaint" else scene(WIDTH, HEIGHT)
    )
    fields: dict[str, object] = {"margins": Margins(right=32)}
    if method == "inpaint":
        fields = {"mask": write_picture(tmp_path / "mask.png", box_mask(WIDTH, HEIGHT, (64, 0, 96, 64)))}
    edit = PictureEdit(picture=picture, method=method, content="original", feather=0, **fields)  # pyright: ignore[reportArgumentType]
    found = bench.own(ask(edit=edit))
    source = read_source(edit)
    with torch.inference_mode():
        clean = bench.loaded.model.encode(to_signal(source.pixels)[None])
    assert torch.allclose(found[..., :8], clean[..., :8], atol=1e-5)
    assert (found[..., 8:] - clean[..., 8:]).abs().mean() > 0.1
