"""The decoder of AutoencoderTiny with one kernel for each convolution, its addition and its activation.

Owns that rewriting. A picture's decoder is bound by memory: each separate ReLU and addition would read and write all
activations again. What follows an upsampling is computed at the small size. Uses oneDNN's fused convolutions, which
torch carries for its compiler, so nothing is compiled when the program runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from engine.acceleration.upsampled_convolution import UpsampledConv, UpsampledConvs, can_follow_upsampling

if TYPE_CHECKING:
    from collections.abc import Callable


def fuse_tiny_decoder(decoder: nn.Module) -> nn.Module | None:
    """A drop-in for the `decoder` of an AutoencoderTiny on the CPU, sharing its weights.

    Returns:
        None when the decoder holds a layer that has no fused form; it then stays as it is.
    """
    layers = list(cast("nn.Sequential", decoder.layers))
    fused: list[nn.Module] = []
    while layers:
        layer, follower = layers.pop(0), layers[0] if layers else None
        if isinstance(layer, nn.Conv2d):
            fused.append(_FusedConv(layer, relu=isinstance(follower, nn.ReLU)))
        elif isinstance(layer, nn.Upsample):
            fused.append(_upsampled(layer, layers))
        elif type(layer).__name__ == "AutoencoderTinyBlock" and _is_relu_block(layer):
            fused.append(_FusedBlock(layer))
        elif not isinstance(layer, nn.ReLU):
            return None
    return _FusedDecoder(nn.Sequential(*fused))


def _upsampled(layer: nn.Upsample, rest: list[nn.Module]) -> nn.Module:
    """The layer and what can be computed with it, which leaves `rest`."""
    doubles = layer.mode == "nearest" and layer.scale_factor == 2
    first, second, third = [*rest, None, None, None][:3]
    if not doubles or first is None or not can_follow_upsampling(first) or isinstance(second, nn.ReLU):
        return layer
    first = cast("nn.Conv2d", rest.pop(0))
    if second is None or first.bias is not None or not can_follow_upsampling(second) or isinstance(third, nn.ReLU):
        return UpsampledConv(first)
    return UpsampledConvs(first, cast("nn.Conv2d", rest.pop(0)))


class _FusedDecoder(nn.Module):
    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, latents: Tensor) -> Tensor:
        """Decode latents to pictures in [-1, 1]; the bounds of both are the stock decoder's."""
        hidden = torch.tanh(latents / 3) * 3
        hidden = hidden.contiguous(memory_format=torch.channels_last)
        return cast("Tensor", self.layers(hidden)).mul_(2).sub_(1)


class _FusedConv(nn.Module):
    """A convolution, optionally with a ReLU or with an addition and a ReLU."""

    def __init__(self, conv: nn.Conv2d, *, relu: bool) -> None:
        super().__init__()
        self.relu = relu
        padding = cast("tuple[int, ...]", conv.padding)
        self.geometry = (list(padding), list(conv.stride), list(conv.dilation), conv.groups)
        self.bias = conv.bias
        # As they are: weights that oneDNN reordered for no size in particular took it ten times as long at 16x16.
        self.weight = conv.weight.detach()

    def forward(self, hidden: Tensor) -> Tensor:
        run = cast("Callable[..., Tensor]", torch.ops.mkldnn._convolution_pointwise)  # noqa: SLF001
        return run(hidden, self.weight, self.bias, *self.geometry, "relu" if self.relu else "none", [], "")

    def add_to(self, total: Tensor, hidden: Tensor) -> Tensor:
        """relu(total + conv(hidden)), in `total`'s memory."""
        run = cast("Callable[..., Tensor]", torch.ops.mkldnn._convolution_pointwise_)
        return run(total, hidden, self.weight, self.bias, *self.geometry, "add", 1.0, "relu", [], "")


class _FusedBlock(nn.Module):
    """The residual block: relu(skip(x) + conv(relu(conv(relu(conv(x))))))."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        first, _, second, _, third = cast("nn.Sequential", block.conv)
        self.first = _FusedConv(cast("nn.Conv2d", first), relu=True)
        self.second = _FusedConv(cast("nn.Conv2d", second), relu=True)
        self.third = _FusedConv(cast("nn.Conv2d", third), relu=False)
        self.skip = cast("nn.Module", block.skip)

    def forward(self, hidden: Tensor) -> Tensor:
        # The block owns its input (the previous layer's fresh output), so the sum may take its memory.
        inner = self.second(self.first(hidden))
        return self.third.add_to(cast("Tensor", self.skip(hidden)), inner)


def _is_relu_block(block: nn.Module) -> bool:
    kinds = [type(layer) for layer in cast("nn.Sequential", block.conv)]
    return kinds == [nn.Conv2d, nn.ReLU, nn.Conv2d, nn.ReLU, nn.Conv2d]
