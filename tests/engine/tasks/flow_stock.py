"""Tiny flow-matching models beside diffusers' own pipelines: the latents of both from the same noise."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import torch

from engine.messages import ImageRequest
from engine.models.families.flow_transformer import pack, unpack
from tests.engine.tasks.latents import TOLERANCE, Bench
from tests.tiny_adapters import HEIGHT, WIDTH
from tests.tiny_flow_models import write_flow_model

if TYPE_CHECKING:
    from collections.abc import Generator

    from torch import Tensor

    from engine.messages import ControlLayer, PictureEdit
    from tests.engine.tasks.latents import StockPipeline
    from tests.tiny_flow_models import FlowKind

_FLUX, _SD3 = ("flux", "FluxPipeline", "_2"), ("stable_diffusion_3", "StableDiffusion3Pipeline", "_3")


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> StockPipeline: ...
    def __call__(self, **components: object) -> StockPipeline: ...


class _Posterior(Protocol):
    def mode(self) -> Tensor: ...


class FlowWorkshop:
    """A tiny model in fp32 with what makes its pictures, ours and the stock pipelines'."""

    def __init__(self, folder: Path, kind: FlowKind) -> None:
        self.is_flux = kind.startswith("flux")
        self.spec = write_flow_model(folder / "model", kind)
        self._bench = Bench(folder, self.spec)
        self.loaded, self.supply, self.own = self._bench.loaded, self._bench.supply, self._bench.own
        self._components: dict[str, object] = {}

    def request(
        self, *layers: ControlLayer, steps: int = 4, guidance: float | None = None, edit: PictureEdit | None = None
    ) -> ImageRequest:
        """Of the model, with these controls or that edit."""
        return ImageRequest(
            prompt="winter mountains, a moon", negative_prompt="forest" if self.spec.takes_negative else "",
            seed=2**40 + 7, width=WIDTH, height=HEIGHT, steps=steps, model="tiny", controls=layers, edit=edit,
            guidance_scale=self.spec.default_guidance if guidance is None else guidance,
        )  # fmt: skip

    def stock(self, request: ImageRequest, name: str, parts: dict[str, object], **options: object) -> Tensor:
        """The final latents of the stock pipeline `module.Class`, from our noise and the likeliest latents of pictures.

        Args:
            request: The request.
            name: Module under diffusers.pipelines, and class.
            parts: Components beside the model's own.
            options: Given to the pipeline.
        """
        noise = self._bench.noise(request)
        module, _, class_name = name.rpartition(".")
        found = importlib.import_module(f"diffusers.pipelines.{module}")
        pipeline = cast("_PipelineClass", getattr(found, class_name))(**self._stock_parts(), **parts)
        pipeline.set_progress_bar_config(disable=True)
        if request.edit is None:
            options["latents"] = pack(noise) if self.is_flux else noise
        if self.is_flux and not self.spec.embeds_guidance:
            options["true_cfg_scale"] = request.guidance_scale
        with _likeliest(), _noise_of(found, noise):
            latents = pipeline(
                request.prompt,
                negative_prompt=request.negative_prompt or None,
                num_inference_steps=request.steps,
                guidance_scale=request.guidance_scale,
                width=request.width,
                height=request.height,
                output_type="latent",
                **options,
            ).images
        return unpack(latents, *noise.shape[-2:]) if self.is_flux else latents

    def _stock_parts(self) -> dict[str, object]:
        if not self._components:
            module, name, last = _FLUX if self.is_flux else _SD3
            found = importlib.import_module(f"diffusers.pipelines.{module}.pipeline_{module}")
            missing = (
                {}
                if (Path(self.spec.folder) / f"text_encoder{last}").is_dir()
                else dict.fromkeys((f"text_encoder{last}", f"tokenizer{last}"))
            )
            plain = cast("_PipelineClass", getattr(found, name)).from_pretrained(
                self.spec.folder, dtype=torch.float32, **missing
            )
            self._components = {key: part for key, part in plain.components.items() if part is not None or "_3" in key}
        return self._components

    def check_same(self, request: ImageRequest, theirs: Tensor) -> None:
        """Ours agree to 1e-4, and what was asked for had an effect."""
        ours = self.own(request)
        plain = self.own(msgspec.structs.replace(request, controls=(), seed=request.seed + (not request.controls)))
        assert (ours - plain).abs().max() > 100 * TOLERANCE, "a control without effect proves nothing"
        assert torch.allclose(ours, theirs, rtol=0, atol=TOLERANCE), (ours - theirs).abs().max()


@contextmanager
def _noise_of(module: object, noise: Tensor) -> Generator[None]:
    """Make a pipeline's module draw this noise."""
    drawn = getattr(module, "randn_tensor")  # noqa: B009 -- untyped

    def our_noise(*_shape: object, **_options: object) -> Tensor:
        return noise

    setattr(module, "randn_tensor", our_noise)  # noqa: B010 -- untyped
    try:
        yield
    finally:
        setattr(module, "randn_tensor", drawn)  # noqa: B010 -- untyped


@contextmanager
def _likeliest() -> Generator[None]:
    """Make encoded pictures their likeliest latents, where pipelines would draw some."""
    from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution as Posterior

    drawn = Posterior.sample

    def mode(self: _Posterior, generator: object = None) -> Tensor:
        return self.mode()

    Posterior.sample = mode  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield
    finally:
        Posterior.sample = drawn
