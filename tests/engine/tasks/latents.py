"""Latents at the end of a request, ours and a stock pipeline's: what comparisons with diffusers compare."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import torch
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.messages import ImageRequest
from engine.models.stock import stock_class
from engine.paths import Paths
from engine.sampling.noise import draw_noise
from engine.tasks.controls import ControlSupply, ready_controls
from engine.tasks.edit import lay_out, make_edits
from engine.tasks.edit_source import read_source
from engine.tasks.image import make_pictures
from engine.tasks.loading import load
from tests.tiny_adapters import HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from torch import Tensor, nn

    from engine.messages import ControlLayer, ModelSpec
    from engine.tasks.loading import LoadedModel

TOLERANCE = 1e-4


class _Result(Protocol):
    images: Tensor


class StockPipeline(Protocol):
    """A pipeline of diffusers."""

    components: dict[str, object]

    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, prompt: str, **options: object) -> _Result: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> StockPipeline: ...
    def __call__(self, **components: object) -> StockPipeline: ...


class _Likeliest(Protocol):
    def mode(self) -> Tensor: ...


class Bench:
    """A model in fp32 with what makes its pictures, ours and the stock pipelines'."""

    def __init__(self, folder: Path, spec: ModelSpec) -> None:
        """`folder` is a home without weights of detectors."""
        self.spec = spec
        self.loaded: LoadedModel = load(
            spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32", pictures_at_once=2)
        )
        shelf = AdapterShelf(torch.device("cpu"), channels_last=True)

        def no_detectors() -> None:
            raise AssertionError("every picture here is a map")

        hints = HintStore(cast("Callable[..., object]", no_detectors))  # pyright: ignore[reportArgumentType]
        self.supply = ControlSupply(Paths(folder), shelf, hints)

    def own(self, request: ImageRequest) -> Tensor:
        """Our final latents, (B, C, h, w) for up to two pictures."""
        self.spec.check(request)
        seen: list[Tensor] = []
        decode = self.loaded.model.decode

        def watch(latents: Tensor) -> Tensor:
            seen.append(latents)
            return decode(latents)

        self.loaded.model.decode = watch
        try:
            ready = ready_controls(request, self.loaded, self.supply, lambda: None)
            if request.edit is None:
                list(make_pictures(request, self.loaded, lambda done: None, ready.controls))
            else:
                source = read_source(request.edit)
                layout = lay_out(request, source)
                list(make_edits(request, source, layout, self.loaded, lambda done: None, controls=ready.controls))
        finally:
            del self.loaded.model.decode
        (latents,) = seen
        return latents

    def noise(self, request: ImageRequest) -> Tensor:
        """The request's noise, (1, C, h, w)."""
        return draw_noise(self.loaded.model.latent_shape(request.width, request.height), request.seed)[None]

    def pipeline(self, module: str, class_name: str, plain: str, **components: object) -> StockPipeline:
        """A stock pipeline, whole from the folder or around another's parts.

        Args:
            module: Where it is, in diffusers.pipelines.
            class_name: Its class.
            plain: "" to read the folder, else a pipeline of diffusers that reads it.
            components: What `plain` lacks.
        """
        found = cast("_PipelineClass", getattr(importlib.import_module(f"diffusers.pipelines.{module}"), class_name))
        if not plain:
            pipeline = found.from_pretrained(self.spec.folder, dtype=torch.float32)
        else:
            diffusers = importlib.import_module("diffusers")
            source = cast("_PipelineClass", getattr(diffusers, plain)).from_pretrained(
                self.spec.folder, dtype=torch.float32
            )
            pipeline = found(**source.components, **components)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def stock(self, request: ImageRequest, pipeline: StockPipeline, **options: object) -> Tensor:
        """Its final latents for a picture from the request's noise."""
        given: dict[str, object] = {"latents": self.noise(request), "width": request.width, "height": request.height}
        return self._run(request, pipeline, {**given, **options})

    def stock_edit(
        self, request: ImageRequest, pipeline: StockPipeline, monkeypatch: pytest.MonkeyPatch, **options: object
    ) -> Tensor:
        """Its final latents for an edit, from the request's noise and the likeliest latents of pictures."""
        edit = request.edit
        assert edit is not None
        self.replace_chance(request, pipeline, monkeypatch)
        given: dict[str, object] = {"image": Image.open(edit.picture), "strength": edit.strength}
        if edit.mask:
            given |= {"mask_image": Image.open(edit.mask), "width": request.width, "height": request.height}
        return self._run(request, pipeline, {**given, **options})

    def replace_chance(self, request: ImageRequest, pipeline: StockPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        """Give a stock pipeline the request's noise, and the likeliest latents of pictures."""
        module = importlib.import_module(type(pipeline).__module__)

        def our_noise(_shape: object, **_options: object) -> Tensor:
            return self.noise(request)

        def likeliest(encoded: object, **_options: object) -> Tensor:
            return cast("_Likeliest", encoded.latent_dist).mode()  # pyright: ignore[reportAttributeAccessIssue]

        monkeypatch.setattr(module, "randn_tensor", our_noise)
        monkeypatch.setattr(module, "retrieve_latents", likeliest)

    def _run(self, request: ImageRequest, pipeline: StockPipeline, options: dict[str, object]) -> Tensor:
        given: dict[str, object] = {
            "negative_prompt": request.negative_prompt or None,
            "num_inference_steps": request.steps,
            "guidance_scale": request.guidance_scale,
            "output_type": "latent",
        }
        return pipeline(request.prompt, **{**given, **options}).images


def ask(*layers: ControlLayer, **fields: object) -> ImageRequest:
    """A request with these controls; `fields` replace its usual ones."""
    given: dict[str, object] = {
        "prompt": "winter mountains, a moon", "negative_prompt": "forest", "seed": 2**40 + 7, "width": WIDTH,
        "height": HEIGHT, "steps": 4, "guidance_scale": 3.0, "model": "tiny", "controls": layers, **fields,
    }  # fmt: skip
    return ImageRequest(**given)  # pyright: ignore[reportArgumentType] - checked at construction


def read_stock(class_name: str, folder: Path) -> nn.Module:
    """A network of a folder by its stock class."""
    found = stock_class(class_name)
    return cast("Callable[[str], nn.Module]", getattr(found, "from_pretrained"))(str(folder)).eval()  # noqa: B009 -- untyped


def assert_same(ours: Tensor, theirs: Tensor) -> None:
    """Raise AssertionError unless they agree to 1e-4."""
    assert theirs.std() > 0.1, "flat latents prove nothing"
    torch.testing.assert_close(ours, theirs, atol=TOLERANCE, rtol=TOLERANCE)


def assert_controlled(bench: Bench, request: ImageRequest, theirs: Tensor) -> None:
    """The same of a request whose controls have something to say."""
    ours, plain = bench.own(request), bench.own(msgspec.structs.replace(request, controls=()))
    assert (ours - plain).abs().max() > 100 * TOLERANCE, "a control without effect proves nothing"
    assert_same(ours, theirs)


def assert_batch(bench: Bench, request: ImageRequest) -> None:
    """Raise AssertionError unless two pictures made at once are those made one by one."""
    seeds = (request.seed, request.seed + 1)
    single = [bench.own(msgspec.structs.replace(request, seed=seed)) for seed in seeds]
    assert (single[0] - single[1]).abs().max() > 0.1, "the same picture twice proves nothing"
    assert_same(bench.own(msgspec.structs.replace(request, count=2)), torch.cat(single))
