"""Wan's causal autoencoder, decoded one latent frame after another.

Owns the streaming and how far back a frame looks. The network's own memory of what came before is used, so a stream
from the start of a shot is exactly the stock decode, and one that starts later is it too, `latents_before` further on.

Relied upon in diffusers 0.42.1 (the tests compare with the stock decode):
    decoder(latents, feat_cache=, feat_idx=, first_chunk=) decodes the next latent frame: to one frame the first time,
    to the temporal stride after that; feat_cache has a place for each causal convolution
    conv_in, mid_block, up_blocks (resnets, then an upsampler: in time before in space), conv_out
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FAR = 1 << 20
"""A place away from the start of any shot."""


class WanDecoder:
    """A loaded AutoencoderKLWan, for decoding."""

    def __init__(self, vae: nn.Module, *, mean: list[float], std: list[float], patch: int, stride: int) -> None:
        """`mean` and `std` are of the latents' channels; `patch` is the side of the cells that its output packs."""
        self.vae = vae
        self._decoder = cast("nn.Module", vae.decoder)
        self._mean = torch.tensor(mean)[None, :, None, None, None]
        self._std = torch.tensor(std)[None, :, None, None, None]
        self._patch = patch
        self._causal = type(cast("nn.Module", self._decoder.conv_in))
        self.latents_before = self._look_back(stride)

    def decode(self, latents: Tensor, first: int, last: int) -> Iterator[Tensor]:
        """As VideoModel.decode; a chunk is the frames of one latent frame, clamped to [-1, 1]."""
        weight = next(self._decoder.parameters())
        to_decoder = cast("Callable[[Tensor], Tensor]", self.vae.post_quant_conv)
        decode = cast("Callable[..., Tensor]", self._decoder)
        memory: list[Tensor | str | None] = [None] * sum(isinstance(each, self._causal) for each in self.vae.modules())
        for index in range(last):
            scaled = latents[:, :, index : index + 1].to(weight.device, torch.float32)
            scaled = scaled * self._std.to(weight.device) + self._mean.to(weight.device)
            frames = decode(
                to_decoder(scaled.to(weight.dtype)), feat_cache=memory, feat_idx=[0], first_chunk=index == 0
            )
            if index >= first:
                yield self._unpacked(frames)[0].transpose(0, 1).float().clamp(-1.0, 1.0)

    def _unpacked(self, frames: Tensor) -> Tensor:
        """(1, 3 * patch * patch, n, h, w), width before height, to (1, 3, n, h * patch, w * patch)."""
        cells = frames.reshape(1, -1, self._patch, self._patch, *frames.shape[2:])
        return cells.permute(0, 1, 4, 5, 3, 6, 2).flatten(5, 6).flatten(3, 4)

    def _look_back(self, stride: int) -> int:
        """Latent frames before its own that a latent frame's first frame depends on."""
        earliest = FAR * stride - (stride - 1) - self._reach(self._decoder.conv_out)
        for block in reversed(list(cast("Iterable[nn.Module]", self._decoder.up_blocks))):
            upsampler = getattr(block, "upsampler", None)
            upsamplers = cast("Iterable[nn.Module] | None", getattr(block, "upsamplers", None)) or []
            for layer in upsamplers if upsampler is None else [cast("nn.Module", upsampler)]:
                if hasattr(layer, "time_conv"):
                    earliest = -(-earliest // 2) - self._reach(layer.time_conv)
            earliest -= self._reach(block.resnets)
        earliest -= self._reach(self._decoder.mid_block) + self._reach(self._decoder.conv_in)
        return FAR - earliest

    def _reach(self, part: object) -> int:
        """Frames before its own that the part's causal convolutions read, one after the other."""
        convolutions = (each for each in cast("nn.Module", part).modules() if isinstance(each, self._causal))
        return sum(cast("nn.Conv3d", each).kernel_size[0] - 1 for each in convolutions)
