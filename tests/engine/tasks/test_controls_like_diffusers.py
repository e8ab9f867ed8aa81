"""Controlled pictures against diffusers' own pipelines: same folders, same noise, same latents to 1e-4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import pytest
import torch
from PIL import Image
from torch.nn import functional

from engine.acceleration.plan import plan_for
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.messages import ControlLayer, ImageRequest
from engine.models.stock import stock_class
from engine.paths import Paths
from engine.sampling.noise import draw_noise
from engine.tasks.controls import ControlSupply, ready_controls
from engine.tasks.image import make_pictures
from engine.tasks.loading import load
from tests.tiny_adapters import (
    HEIGHT,
    WIDTH,
    make_map,
    map_layer,
    write_controlnet,
    write_steered_model,
    write_t2i,
    write_union,
)
from tests.tiny_divcontrol import read_factors, strengths_of, summed, write_divcontrol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from engine.tasks.loading import LoadedModel

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
TOLERANCE = 1e-4
Residuals = tuple["Sequence[Tensor]", "Tensor"]


class _Latents(Protocol):
    images: Tensor


class _Pipeline(Protocol):
    controlnet: nn.Module
    components: dict[str, object]

    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, prompt: str, **options: object) -> _Latents: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> _Pipeline: ...
    def __call__(self, **components: object) -> _Pipeline: ...


class Workshop:
    """A tiny model in fp32 with what makes its pictures, ours and the stock pipelines'."""

    def __init__(self, folder: Path) -> None:
        self._plain: _Pipeline | None = None
        self.spec = write_steered_model(folder / "model")
        self.loaded: LoadedModel = load(self.spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32"))
        shelf = AdapterShelf(torch.device("cpu"), channels_last=True)

        def no_detectors() -> None:
            raise AssertionError("every picture here is a map")

        self.supply = ControlSupply(Paths(folder), shelf, HintStore(cast("Callable[..., object]", no_detectors)))  # pyright: ignore[reportArgumentType]

    def request(self, *layers: ControlLayer, steps: int = 4, guidance: float = 3.0) -> ImageRequest:
        """Of the model, with these controls."""
        return ImageRequest(
            prompt="winter mountains, a moon", negative_prompt="forest", seed=2**40 + 7, width=WIDTH, height=HEIGHT,
            steps=steps, guidance_scale=guidance, model="tiny", controls=layers,
        )  # fmt: skip

    def own(self, request: ImageRequest) -> Tensor:
        """Our final latents, (1, C, h, w)."""
        self.spec.check(request)
        seen: list[Tensor] = []
        decode = self.loaded.model.decode

        def watch(latents: Tensor) -> Tensor:
            seen.append(latents)
            return decode(latents)

        self.loaded.model.decode = watch
        try:
            ready = ready_controls(request, self.loaded, self.supply, lambda: None)
            list(make_pictures(request, self.loaded, lambda done: None, ready.controls))
        finally:
            del self.loaded.model.decode
        (latents,) = seen
        return latents

    def stock(self, request: ImageRequest, pipeline: _Pipeline, **options: object) -> Tensor:
        """The stock pipeline's final latents, from the request's noise."""
        pipeline.set_progress_bar_config(disable=True)
        noise = draw_noise(self.loaded.model.latent_shape(request.width, request.height), request.seed)[None]
        return pipeline(
            request.prompt,
            negative_prompt=request.negative_prompt if request.guidance_scale > 1 else None,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance_scale,
            latents=noise,
            output_type="latent",
            **options,
        ).images

    def controlnet_pipeline(self, *networks: nn.Module) -> _Pipeline:
        """StableDiffusionControlNetPipeline with one or several networks."""
        from diffusers.pipelines.controlnet.pipeline_controlnet import StableDiffusionControlNetPipeline

        return self._pipeline(StableDiffusionControlNetPipeline, controlnet=_one_or_all(networks))

    def adapter_pipeline(self, *networks: nn.Module) -> _Pipeline:
        """StableDiffusionAdapterPipeline with one or several networks."""
        from diffusers.pipelines.t2i_adapter.pipeline_stable_diffusion_adapter import StableDiffusionAdapterPipeline

        return self._pipeline(StableDiffusionAdapterPipeline, adapter=_one_or_all(networks))

    def _pipeline(self, stock: object, **components: object) -> _Pipeline:
        from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

        if self._plain is None:
            self._plain = cast("_PipelineClass", StableDiffusionPipeline).from_pretrained(
                self.spec.folder, dtype=torch.float32, safety_checker=None, requires_safety_checker=False
            )
        found = {name: part for name, part in self._plain.components.items() if name != "image_encoder"}
        return cast("_PipelineClass", stock)(**found, **components, requires_safety_checker=False)


def _one_or_all(networks: tuple[nn.Module, ...]) -> object:
    return networks[0] if len(networks) == 1 else list(networks)


def read_stock(folder: Path, class_name: str) -> nn.Module:
    stock = cast("Callable[[str], nn.Module]", getattr(stock_class(class_name), "from_pretrained"))  # noqa: B009 -- untyped
    return stock(str(folder)).eval()


def picture_of(layer: ControlLayer) -> Image.Image:
    return Image.open(layer.picture)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("workshop"))


def check_same(workshop: Workshop, request: ImageRequest, theirs: Tensor) -> None:
    """Ours agree to 1e-4, and the control had something to say."""
    ours, plain = workshop.own(request), workshop.own(msgspec.structs.replace(request, controls=()))
    assert (ours - plain).abs().max() > 100 * TOLERANCE, "a control without effect proves nothing"
    assert torch.allclose(ours, theirs, rtol=0, atol=TOLERANCE), (ours - theirs).abs().max()


@pytest.mark.parametrize(
    ("steps", "guidance", "fields"),
    [
        (1, 1.0, {}),
        (4, 3.0, {"weight": 0.6}),
        (5, 7.5, {"weight": 1.5, "start": 0.2, "end": 0.8}),
        (4, 3.0, {"end": 0.55}),
    ],
)
def test_a_controlnet_gives_the_latents_of_the_stock_pipeline(
    workshop: Workshop, tmp_path: Path, steps: int, guidance: float, fields: dict[str, float]
) -> None:
    """Weight, start and end, with and without guidance: StableDiffusionControlNetPipeline's latents."""
    folder = write_controlnet(tmp_path / "net")
    layer = map_layer(tmp_path, folder, **fields)
    request = workshop.request(layer, steps=steps, guidance=guidance)
    theirs = workshop.stock(
        request,
        workshop.controlnet_pipeline(read_stock(folder, "ControlNetModel")),
        image=picture_of(layer),
        controlnet_conditioning_scale=layer.weight,
        control_guidance_start=layer.start,
        control_guidance_end=layer.end,
    )
    check_same(workshop, request, theirs)


def test_several_controlnets_add_up_as_in_the_stock_pipeline(workshop: Workshop, tmp_path: Path) -> None:
    """Two networks and two maps, each with its own weight and steps: MultiControlNetModel's latents."""
    folders = [write_controlnet(tmp_path / f"net{seed}", seed) for seed in (1, 9)]
    layers = (
        map_layer(tmp_path, folders[0], 11, weight=0.7, end=0.75),
        map_layer(tmp_path, folders[1], 12, weight=1.3, start=0.25),
    )
    request = workshop.request(*layers)
    theirs = workshop.stock(
        request,
        workshop.controlnet_pipeline(*(read_stock(folder, "ControlNetModel") for folder in folders)),
        image=[picture_of(layer) for layer in layers],
        controlnet_conditioning_scale=[layer.weight for layer in layers],
        control_guidance_start=[layer.start for layer in layers],
        control_guidance_end=[layer.end for layer in layers],
    )
    check_same(workshop, request, theirs)


def test_a_divcontrol_gives_the_latents_of_a_stock_controlnet_with_its_mixed_weights(
    workshop: Workshop, tmp_path: Path
) -> None:
    """Two kinds of one folder at once: MultiControlNetModel's latents of the weights summed up by hand."""
    folder = write_divcontrol(tmp_path / "divided")
    layers = (
        map_layer(tmp_path, folder, 11, kind="canny", weight=0.8, end=0.75),
        map_layer(tmp_path, folder, 12, kind="depth", weight=1.2, start=0.25),
    )
    networks: list[nn.Module] = []
    for layer in layers:
        network, stored = read_stock(write_controlnet(tmp_path / layer.kind), "ControlNetModel"), read_factors(folder)
        mixed = {
            name: stored[name] if name in stored else summed(stored, name, strengths_of(folder, layer.kind), weight)
            for name, weight in network.state_dict().items()
        }
        network.load_state_dict(mixed)
        networks.append(network)
    request = workshop.request(*layers)
    theirs = workshop.stock(
        request,
        workshop.controlnet_pipeline(*networks),
        image=[picture_of(layer) for layer in layers],
        controlnet_conditioning_scale=[layer.weight for layer in layers],
        control_guidance_start=[layer.start for layer in layers],
        control_guidance_end=[layer.end for layer in layers],
    )
    check_same(workshop, request, theirs)


@pytest.mark.parametrize(
    "changes",
    [{"controlnet_conditioning_channel_order": "bgr"}, {"global_pool_conditions": True}],
    ids=["bgr", "pooled"],
)
def test_what_a_configuration_asks_for_is_done(workshop: Workshop, tmp_path: Path, changes: dict[str, object]) -> None:
    """Blue first, or residuals averaged over the picture and kept from the negative side: as the stock pipeline."""
    folder = write_controlnet(tmp_path / "net", **changes)
    layer = map_layer(tmp_path, folder, weight=0.8)
    request = workshop.request(layer)
    pipeline = workshop.controlnet_pipeline(read_stock(folder, "ControlNetModel"))
    theirs = workshop.stock(request, pipeline, image=picture_of(layer), controlnet_conditioning_scale=0.8)
    check_same(workshop, request, theirs)


@pytest.mark.parametrize("mode", ["prompt", "control"])
def test_modes_weaken_blocks_and_control_spares_the_negative_side(
    workshop: Workshop, tmp_path: Path, mode: str
) -> None:
    """Factor 0.825^(12 - i) over the residuals, the middle whole; "control" acts on the prompt's side alone."""
    folder = write_controlnet(tmp_path / "net")
    layer = map_layer(tmp_path, folder, mode=mode)
    pipeline = workshop.controlnet_pipeline(read_stock(folder, "ControlNetModel"))
    forward = pipeline.controlnet.forward

    def soft(*arguments: object, guess_mode: bool, **options: object) -> Residuals:
        down, middle = cast("Callable[..., Residuals]", forward)(*arguments, guess_mode=False, **options)
        last = len(down)
        return [residual * 0.825 ** (last - index) for index, residual in enumerate(down)], middle

    pipeline.controlnet.forward = soft
    request = workshop.request(layer)
    # With guess_mode the stock pipeline leaves the negative side alone, and scales by factors of its own elsewhere.
    theirs = workshop.stock(request, pipeline, image=picture_of(layer), guess_mode=mode == "control")
    check_same(workshop, request, theirs)


def test_a_region_mask_multiplies_the_residuals_at_every_resolution(workshop: Workshop, tmp_path: Path) -> None:
    """The stock pipeline with a mask multiplied in by hand, averaged over each block's own pixels."""
    folder = write_controlnet(tmp_path / "net")
    mask = torch.zeros(1, 1, HEIGHT, WIDTH)
    mask[..., 10:50, 20:70] = 1.0
    Image.fromarray((mask[0, 0] * 255).byte().numpy()).save(tmp_path / "mask.png")
    layer = map_layer(tmp_path, folder, mask=str(tmp_path / "mask.png"))
    pipeline = workshop.controlnet_pipeline(read_stock(folder, "ControlNetModel"))
    forward = pipeline.controlnet.forward

    def shrunk(plane: Tensor, height: int, width: int) -> Tensor:
        return functional.adaptive_avg_pool2d(plane, (height, width))

    def masked(*arguments: object, **options: object) -> Residuals:
        down, middle = cast("Callable[..., Residuals]", forward)(*arguments, **options)
        parts = [residual * shrunk(mask, *residual.shape[-2:]) for residual in (*down, middle)]
        return parts[:-1], parts[-1]

    pipeline.controlnet.forward = masked
    request = workshop.request(layer)
    check_same(workshop, request, workshop.stock(request, pipeline, image=picture_of(layer)))


@pytest.mark.parametrize("changes", [{}, {"in_channels": 1}, {"adapter_type": "light_adapter", "channels": (8, 16)}])
def test_a_t2i_adapter_gives_the_latents_of_the_stock_pipeline(
    workshop: Workshop, tmp_path: Path, changes: dict[str, object]
) -> None:
    """Full and light adapters, colour and grey maps: StableDiffusionAdapterPipeline's latents."""
    folder = write_t2i(tmp_path / "t2i", **changes)
    layer = map_layer(tmp_path, folder, weight=0.7)
    if changes.get("in_channels") == 1:
        Image.open(layer.picture).convert("L").save(layer.picture)
    pipeline = workshop.adapter_pipeline(read_stock(folder, "T2IAdapter"))
    request = workshop.request(layer)
    theirs = workshop.stock(
        request, pipeline, image=picture_of(layer), adapter_conditioning_scale=0.7, width=WIDTH, height=HEIGHT
    )
    check_same(workshop, request, theirs)


def test_several_t2i_adapters_add_up_as_in_the_stock_pipeline(workshop: Workshop, tmp_path: Path) -> None:
    """MultiAdapter's latents."""
    folders = [write_t2i(tmp_path / f"t2i{seed}", seed) for seed in (3, 8)]
    layers = tuple(
        map_layer(tmp_path, folder, seed, weight=weight)
        for folder, seed, weight in zip(folders, (21, 22), (0.4, 1.2), strict=True)
    )
    request = workshop.request(*layers)
    theirs = workshop.stock(
        request,
        workshop.adapter_pipeline(*(read_stock(folder, "T2IAdapter") for folder in folders)),
        image=[picture_of(layer) for layer in layers],
        adapter_conditioning_scale=[layer.weight for layer in layers],
        width=WIDTH,
        height=HEIGHT,
    )
    check_same(workshop, request, theirs)


@pytest.mark.parametrize("kinds", [("depth",), ("canny", "depth")], ids=["one", "two in one run"])
def test_a_union_gives_the_latents_of_the_stock_network(
    workshop: Workshop, tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    """In the stock pipeline's loop, the stock network asked as its SDXL pipeline asks it, for one and for two types."""
    folder = write_union(tmp_path / "union")
    weights = (0.6, 1.4)[: len(kinds)]
    layers = tuple(
        map_layer(tmp_path, folder, 31 + index, kind=kind, weight=weight)
        for index, (kind, weight) in enumerate(zip(kinds, weights, strict=True))
    )
    union = read_stock(folder, "ControlNetUnionModel")
    types = [{"depth": 1, "canny": 3}[kind] for kind in kinds]
    pictures = [torch.from_numpy(make_map(31 + index)).permute(2, 0, 1)[None] / 255.0 for index in range(len(kinds))]  # pyright: ignore[reportUnknownMemberType]
    pipeline = workshop.controlnet_pipeline(read_stock(write_controlnet(tmp_path / "net"), "ControlNetModel"))

    def ask(sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor, **_options: object) -> Residuals:
        batch = sample.shape[0]
        chosen = torch.zeros(batch, 6)
        chosen[:, types] = 1.0
        return union(
            sample,
            timestep,
            encoder_hidden_states=encoder_hidden_states,
            controlnet_cond=[picture.repeat(batch, 1, 1, 1) for picture in pictures],
            control_type=chosen,
            control_type_idx=types,
            conditioning_scale=list(weights),
            return_dict=False,
        )

    pipeline.controlnet.forward = ask
    request = workshop.request(*layers)
    check_same(workshop, request, workshop.stock(request, pipeline, image=picture_of(layers[0])))


def test_a_controlnet_and_a_t2i_adapter_work_together(workshop: Workshop, tmp_path: Path) -> None:
    """Both kinds in one request steer more than either alone; the order of layers does not matter."""
    net = map_layer(tmp_path, write_controlnet(tmp_path / "net"), 41)
    t2i = map_layer(tmp_path, write_t2i(tmp_path / "t2i"), 42)
    both, turned = workshop.own(workshop.request(net, t2i)), workshop.own(workshop.request(t2i, net))
    assert torch.allclose(both, turned, atol=1e-6)
    for alone in (net, t2i):
        assert (both - workshop.own(workshop.request(alone))).abs().max() > 100 * TOLERANCE
