"""LTX-Video's autoencoder, decoded a few latent frames at a time.

Owns the cut of the stock decoder into layers that look at a few frames each. Does not own how these are streamed
(streamed.py); decoded so, frames are those of the stock decode of all latents at once, which wants memory for all.

Relied upon in diffusers 0.42.1 (the tests compare with the stock decode):
    decoder: conv_in, mid_block, up_blocks, norm_out, then scale and shift by the timestep, conv_act, conv_out, patches
    mid block: time_embedder, resnets. Up blocks: conv_in, time_embedder, upsamplers, resnets. Any may be None
    resnets take (hidden, temb, generator); convolutions over time have kernel_size and is_causal, and repeat the first
    and the last frame; an upsampler drops all but the last of the first frame's stride; norms are over channels
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

import torch

from engine.models.families.streamed import LocalLayer, reach, stream

if TYPE_CHECKING:
    from torch import Tensor, nn

LATENTS_AT_ONCE = 4
"""Two to eight: the layers compute about 1 / LATENTS_AT_ONCE more than they would on all frames at once."""


class LtxDecoder:
    """A loaded AutoencoderKLLTXVideo, for decoding at timestep 0, as the stock pipeline does unless told otherwise."""

    def __init__(self, vae: nn.Module, scaling_factor: float) -> None:
        self.vae = vae
        self.stride = cast("int", vae.temporal_compression_ratio)
        self.pixels_per_latent = cast("int", vae.spatial_compression_ratio)
        self._scaling_factor = scaling_factor
        self._decoder = cast("nn.Module", vae.decoder)
        with torch.inference_mode():
            self._layers = tuple(self._cut())
        self.halo = reach(self._layers)

    def decode(self, latents: Tensor, first: int, last: int) -> Iterator[Tensor]:
        """As VideoModel.decode."""
        mean, std = cast("Tensor", self.vae.latents_mean), cast("Tensor", self.vae.latents_std)
        weight = next(self._decoder.parameters())

        def pieces() -> Iterator[Tensor]:
            for piece in torch.split(latents, LATENTS_AT_ONCE, dim=2):
                scaled = piece.to(weight.device, torch.float32) * std[None, :, None, None, None].float()
                scaled = scaled / self._scaling_factor + mean[None, :, None, None, None].float()
                yield scaled.to(weight.dtype)

        begin, end = max(0, (first - 1) * self.stride + 1), (last - 1) * self.stride + 1
        made = 0
        for frames in stream(self._layers, pieces()):
            wanted = frames[0, :, max(0, begin - made) : max(0, end - made)]
            made += frames.shape[2]
            if wanted.shape[1]:
                yield wanted.transpose(0, 1).float()

    def _cut(self) -> Iterator[LocalLayer]:
        """The decoder's layers in order; each resnet and convolution is one."""
        decoder = self._decoder
        weight = next(decoder.parameters())
        timestep = None
        if getattr(decoder, "timestep_scale_multiplier", None) is not None:
            timestep = torch.zeros(1, device=weight.device, dtype=weight.dtype)
        conv_in = cast("nn.Module", decoder.conv_in)
        yield LocalLayer(conv_in, *_reach_of([conv_in]))
        yield from _resnets(cast("nn.Module", decoder.mid_block), _embed(decoder.mid_block, timestep, weight.dtype))
        for block in cast("Iterable[nn.Module]", decoder.up_blocks):
            entrance = cast("nn.Module | None", block.conv_in)
            if entrance is not None:
                yield _resnet(entrance, timestep)
            for upsampler in cast("Iterable[nn.Module] | None", block.upsamplers) or []:
                stride = cast("tuple[int, int, int]", upsampler.stride)[0]
                yield LocalLayer(upsampler, *_reach_of([cast("nn.Module", upsampler.conv)]), stride)
            yield from _resnets(block, _embed(block, timestep, weight.dtype))
        shift, scale = self._last_modulation(timestep, weight.dtype)
        conv_out = cast("nn.Module", decoder.conv_out)
        yield LocalLayer(partial(self._last, shift=shift, scale=scale), *_reach_of([conv_out]))

    def _last_modulation(self, timestep: Tensor | None, dtype: torch.dtype) -> tuple[Tensor | None, Tensor | None]:
        embedded = _embed(self._decoder, timestep, dtype)
        if embedded is None:
            return None, None
        table = cast("Tensor", self._decoder.scale_shift_table)[None, ..., None, None, None]
        shift, scale = (embedded.reshape(1, 2, -1, 1, 1, 1) + table).unbind(dim=1)
        return shift, scale

    def _last(self, hidden: Tensor, shift: Tensor | None, scale: Tensor | None) -> Tensor:
        """Everything behind the blocks, to frames (1, 3, n, H, W)."""
        decoder = self._decoder
        norm, act, conv_out = (
            cast("Callable[[Tensor], Tensor]", layer)
            for layer in (decoder.norm_out, decoder.conv_act, decoder.conv_out)
        )
        hidden = norm(hidden.movedim(1, -1)).movedim(-1, 1)
        if shift is not None and scale is not None:
            hidden = hidden * (1 + scale) + shift
        patch = cast("int", decoder.patch_size)
        hidden = conv_out(act(hidden))
        cells = hidden.reshape(1, -1, patch, patch, *hidden.shape[2:])
        # The patch's columns come before its rows.
        return cells.permute(0, 1, 4, 5, 3, 6, 2).flatten(5, 6).flatten(3, 4)


def _resnets(block: nn.Module, embedded: Tensor | None) -> Iterator[LocalLayer]:
    for resnet in cast("Iterable[nn.Module]", block.resnets):
        yield _resnet(resnet, embedded)


def _resnet(resnet: nn.Module, embedded: Tensor | None) -> LocalLayer:
    convolutions = [cast("nn.Module", getattr(resnet, name)) for name in ("conv1", "conv2")]

    def compute(hidden: Tensor) -> Tensor:
        # Where a model adds grain, it is the same in every call, so that it does not depend on the pieces.
        grain = torch.Generator(hidden.device).manual_seed(0)
        return cast("Tensor", resnet(hidden, embedded, grain))

    return LocalLayer(compute, *_reach_of(convolutions))


def _reach_of(convolutions: Iterable[nn.Module]) -> tuple[int, int]:
    """Frames before and after that convolutions read, one after the other."""
    before = after = 0
    for convolution in convolutions:
        size = cast("tuple[int, int, int]", convolution.kernel_size)[0]
        ahead = 0 if convolution.is_causal else (size - 1) // 2
        before, after = before + size - 1 - ahead, after + ahead
    return before, after


def _embed(owner: object, timestep: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """The timestep as the layers of `owner` want it, (1, channels, 1, 1, 1), if they are told."""
    embedder = cast("Callable[..., Tensor] | None", getattr(owner, "time_embedder", None))
    if embedder is None or timestep is None:
        return None
    embedded = embedder(timestep=timestep, resolution=None, aspect_ratio=None, batch_size=1, hidden_dtype=dtype)
    return embedded.view(1, -1, 1, 1, 1)
