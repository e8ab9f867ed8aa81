"""engine.acceleration.upsampled_convolution: the same numbers as upsampling first, borders and corners too."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine.acceleration.upsampled_convolution import UpsampledConv, UpsampledConvs, can_follow_upsampling


def conv(inputs: int, outputs: int, *, bias: bool, seed: int) -> nn.Conv2d:
    layer = nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias).double().requires_grad_(requires_grad=False)
    generator = torch.Generator().manual_seed(seed)
    for weight in layer.parameters():
        weight.normal_(generator=generator)
    return layer


def picture(height: int, width: int) -> Tensor:
    return torch.randn(2, 5, height, width, generator=torch.Generator().manual_seed(9), dtype=torch.float64)


SIZES = [(6, 4), (3, 5), (1, 4), (1, 1)]


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("bias", [False, True])
def test_one_convolution_equals_upsampling_first(height: int, width: int, *, bias: bool) -> None:
    """Every pixel, also of pictures a pixel high."""
    layer, small = conv(5, 7, bias=bias, seed=1), picture(height, width)
    stock = nn.Sequential(nn.Upsample(scale_factor=2), layer)(small)
    torch.testing.assert_close(UpsampledConv(layer)(small), stock, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("bias", [False, True])
def test_two_convolutions_equal_upsampling_first(height: int, width: int, *, bias: bool) -> None:
    """The zeros that the second convolution sees around the picture are taken into account, at the corners too."""
    first, second = conv(5, 6, bias=False, seed=1), conv(6, 3, bias=bias, seed=2)
    small = picture(height, width)
    stock = nn.Sequential(nn.Upsample(scale_factor=2), first, second)(small)
    torch.testing.assert_close(UpsampledConvs(first, second)(small), stock, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "other",
    [
        nn.Conv2d(4, 4, 3),
        nn.Conv2d(4, 4, 5, padding=1),
        nn.Conv2d(4, 4, 3, padding=1, stride=2),
        nn.Conv2d(4, 4, 3, padding=1, dilation=2),
        nn.Conv2d(4, 4, 3, padding=1, groups=2),
        nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"),
        nn.ReLU(),
    ],
    ids=str,
)
def test_other_layers_are_not_rewritten(other: nn.Module) -> None:
    """What these kernels do not compute is left to the stock layers."""
    assert can_follow_upsampling(nn.Conv2d(4, 4, 3, padding=1))
    assert not can_follow_upsampling(other)
