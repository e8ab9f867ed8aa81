"""What adapters add to a U-Net in a step: ControlNet, ControlNet-Union and T2I-Adapter.

Owns the sums for networks of diffusers' UNet2DConditionModel kind, region mask, mode and weight included. Layers of one
ControlNet-Union with the same mode and mask share a run, as the network was trained to be used.
Sources: ControlNet, arXiv:2302.05543; T2I-Adapter, arXiv:2302.08453; diffusers' pipelines of the same names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.adapters import UNION_TYPES
from engine.control.modes import feature_factors, only_positive, residual_factors
from engine.control.region import RegionMask
from engine.errors import BadInputError, BadModelError
from engine.models.denoiser import Residuals
from engine.models.families.sdxl import added_conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from engine.control.adapter_loading import Adapter
    from engine.control.hints import Hint
    from engine.messages import ControlLayer
    from engine.models.denoiser import Conditioning, StepContext

# Of red, green and blue in grey.
_LUMA = (0.299, 0.587, 0.114)


class Control(Protocol):
    """One adapter at work in one request."""

    only_positive: bool
    """Acts on the prompt's side of guidance alone."""

    def add_to(self, conditioning: Conditioning, noisy: Tensor, step: StepContext) -> Conditioning:
        """`conditioning` with what this control adds in this step.

        Args:
            conditioning: What there is so far.
            noisy: Latents as the network sees them, (B, C, h, w), in its dtype.
            step: The step.
        """
        ...


def make_controls(
    pairs: Sequence[tuple[Adapter, Hint]], latent_size: tuple[int, int], device: torch.device, dtype: torch.dtype
) -> tuple[Control, ...]:
    """The controls of a request, in the order of its layers.

    Args:
        pairs: Each layer's adapter, loaded for `device` and `dtype`, and its hint.
        latent_size: Height and width of the latents.
        device: Where the model computes.
        dtype: In which format.

    Raises:
        BadInputError: The picture's size or a kind does not suit an adapter.
        BadModelError: An adapter is made for other latents.
    """
    runs: dict[tuple[object, ...], list[tuple[Adapter, Hint]]] = {}
    for index, (adapter, hint) in enumerate(pairs):
        shared = adapter.class_name == "ControlNetUnionModel"
        mask = hint.mask.tobytes() if hint.mask is not None else None
        key = (adapter.spec.folder, hint.layer.mode, mask) if shared else (index,)
        runs.setdefault(key, []).append((adapter, hint))
    controls: list[Control] = []
    for run in runs.values():
        adapter, hints = run[0][0], [hint for _, hint in run]
        mask = RegionMask(hints[0].mask, device, dtype) if hints[0].mask is not None else None
        pictures = [_picture(hint, adapter, device, dtype) for hint in hints]
        if adapter.class_name == "T2IAdapter":
            features = _features(adapter, hints[0].layer, pictures[0], latent_size, mask)
            controls.append(FeatureControl(hints[0].layer, features))
        else:
            embedded = [_embedded(adapter, picture, latent_size) for picture in pictures]
            height, width = pictures[0].shape[-2:]
            controls.append(ResidualControl(adapter, [hint.layer for hint in hints], embedded, mask, (width, height)))
    return tuple(controls)


class ResidualControl:
    """A ControlNet, or a ControlNet-Union with the layers that share its run; implements Control."""

    def __init__(
        self,
        adapter: Adapter,
        layers: Sequence[ControlLayer],
        hints: Sequence[Tensor],
        mask: RegionMask | None,
        size: tuple[int, int],
    ) -> None:
        """Join the parts.

        Args:
            adapter: The network.
            layers: Of its run, all with one mode and one mask.
            hints: Of the layers, embedded, (1, C, h, w) each or one for each image.
            mask: Where they act; None for everywhere.
            size: Width and height of the picture in pixels.
        """
        self._size = size
        self._adapter, self._layers, self._hints, self._mask = adapter, layers, hints, mask
        self._types = _union_types(adapter, layers) if adapter.class_name == "ControlNetUnionModel" else None
        # Pooled residuals hold no form, so diffusers keeps them from the negative side in any mode.
        self.only_positive = only_positive(layers[0].mode) or adapter.is_pooled

    def add_to(self, conditioning: Conditioning, noisy: Tensor, step: StepContext) -> Conditioning:
        scales = [layer.weight * layer.acts_in(step.index, step.count) for layer in self._layers]
        if not any(scales):
            return conditioning
        found = self._run(noisy, step, conditioning, scales)
        # Where several layers share a run, the network has weighed them already.
        weight = scales[0] if len(scales) == 1 else 1.0
        factors = residual_factors(self._layers[0].mode, len(found))
        *down, middle = (
            self._within_region(residual) * (weight * factor) for residual, factor in zip(found, factors, strict=True)
        )
        return replace(conditioning, residuals=_sum(conditioning.residuals, Residuals(tuple(down), middle)))

    def _run(
        self, noisy: Tensor, step: StepContext, conditioning: Conditioning, scales: Sequence[float]
    ) -> list[Tensor]:
        """The network's residuals, the middle last."""
        count, pooled = noisy.shape[0], conditioning.pooled
        hidden = conditioning.hidden_states.expand(count, -1, -1)
        added = None if pooled is None else added_conditions(pooled, self._size, count)
        hints = [hint.expand(noisy.shape[0], -1, -1, -1) for hint in self._hints]
        network = cast("Callable[..., tuple[Sequence[Tensor], Tensor]]", self._adapter.network)
        if self._types is None:
            down, middle = network(noisy, step.timestep, hidden, hints[0], added_cond_kwargs=added, return_dict=False)
        else:
            chosen = torch.zeros(1, _type_count(self._adapter), device=noisy.device, dtype=noisy.dtype)
            chosen[0, list(self._types)] = 1.0
            down, middle = network(
                noisy,
                step.timestep,
                hidden,
                hints,
                control_type=chosen.expand(noisy.shape[0], -1),
                control_type_idx=list(self._types),
                conditioning_scale=list(scales) if len(scales) > 1 else [1.0],
                added_cond_kwargs=added,
                return_dict=False,
            )
        return [*down, middle]

    def _within_region(self, residual: Tensor) -> Tensor:
        height, width = residual.shape[-2:]
        if self._adapter.is_pooled:
            residual = residual.mean(dim=(2, 3), keepdim=True)
        return residual if self._mask is None else residual * self._mask.at(height, width)


class FeatureControl:
    """A T2I-Adapter, whose features do not depend on the step; implements Control."""

    def __init__(self, layer: ControlLayer, features: tuple[Tensor, ...]) -> None:
        """`features` are those of the map, weighed and within their region, (1, C, h, w) each."""
        self._layer, self._features = layer, features
        self.only_positive = only_positive(layer.mode)

    def add_to(self, conditioning: Conditioning, noisy: Tensor, step: StepContext) -> Conditioning:
        if not self._layer.weight or not self._layer.acts_in(step.index, step.count):
            return conditioning
        # Not broadcast: the U-Net compares shapes to find what belongs to its middle.
        own = tuple(feature.expand(noisy.shape[0], -1, -1, -1) for feature in self._features)
        earlier = conditioning.features
        total = tuple(a + b for a, b in zip(earlier, own, strict=True)) if earlier else own
        return replace(conditioning, features=total)


def _sum(first: Residuals | None, second: Residuals) -> Residuals:
    if first is None:
        return second
    down = tuple(a + b for a, b in zip(first.down, second.down, strict=True))
    return Residuals(down, first.middle + second.middle)


def _picture(hint: Hint, adapter: Adapter, device: torch.device, dtype: torch.dtype) -> Tensor:
    """The map as networks take it: (1, 3, H, W) in [0, 1], or (T, 3, H, W) for hints of frames."""
    pixels = torch.from_numpy(hint.pixels.copy()).to(device)  # pyright: ignore[reportUnknownMemberType]
    picture = pixels.reshape(-1, *pixels.shape[-3:]).permute(0, 3, 1, 2).float() / 255.0
    return (picture.flip(1) if adapter.is_bgr else picture).to(dtype)


@torch.inference_mode()
def _embedded(adapter: Adapter, picture: Tensor, latent_size: tuple[int, int]) -> Tensor:
    """A ControlNet's hint, (1, C, h, w)."""
    assert adapter.embed is not None, "every ControlNet has an embedding"
    hint = cast("Tensor", adapter.embed(picture))
    if tuple(hint.shape[-2:]) != latent_size:
        raise _other_latents(adapter, hint, latent_size)
    return hint


@torch.inference_mode()
def _features(
    adapter: Adapter, layer: ControlLayer, picture: Tensor, latent_size: tuple[int, int], mask: RegionMask | None
) -> tuple[Tensor, ...]:
    """A T2I-Adapter's features, weighed and within their region."""
    if adapter.config.get("in_channels", 3) == 1:
        luma = torch.tensor(_LUMA, device=picture.device, dtype=picture.dtype).view(1, 3, 1, 1)
        picture = (picture * luma).sum(1, keepdim=True)
    height, width = picture.shape[-2:]
    factor = cast("int", adapter.network.downscale_factor)
    if height % factor or width % factor:
        raise BadInputError(f"size {width}x{height} does not suit {adapter.spec.name}; use multiples of {factor}")
    features = cast("list[Tensor]", adapter.network(picture))
    # That of SDXL begins behind the model's first block, at half the size.
    halvings = 2 if adapter.config.get("adapter_type") == "full_adapter_xl" else 1
    if tuple(features[0].shape[-2:]) != tuple(-(-side // halvings) for side in latent_size):
        raise _other_latents(adapter, features[0], latent_size)
    factors = feature_factors(layer.mode, len(features))
    weighed = (feature * (layer.weight * share) for feature, share in zip(features, factors, strict=True))
    return tuple(feature if mask is None else feature * mask.at(*feature.shape[-2:]) for feature in weighed)


def _union_types(adapter: Adapter, layers: Sequence[ControlLayer]) -> tuple[int, ...]:
    """Where each layer's kind stands in the network's list of types."""
    count = _type_count(adapter)
    known = {kind: place for kind, place in UNION_TYPES.items() if place < count}
    for layer in layers:
        if layer.kind not in known:
            raise BadInputError(f"{adapter.spec.name} knows no {layer.kind!r} control; use one of: {', '.join(known)}")
    return tuple(known[layer.kind] for layer in layers)


def _type_count(adapter: Adapter) -> int:
    count = adapter.config.get("num_control_type", 6)
    if type(count) is not int:
        raise BadModelError(f"{adapter.spec.folder}: num_control_type is {str(count)[:40]}; get the adapter again")
    return count


def _other_latents(adapter: Adapter, found: Tensor, latent_size: tuple[int, int]) -> BadModelError:
    height, width = found.shape[-2:]
    return BadModelError(
        f"{adapter.spec.folder} is made for latents of {width}x{height} where this model has "
        f"{latent_size[1]}x{latent_size[0]}; choose an adapter made for this model"
    )
