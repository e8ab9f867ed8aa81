"""Nearest-neighbour upsampling and the convolutions behind it, computed at the small size.

Owns that rewriting, which changes no result but its rounding. A pixel and its three copies are the same number, so of
the 9 products of a 3x3 convolution over a picture of twice the size, at most 4 are different ones: each of the four
pixels that a pixel becomes has its own 2x2 kernel. Two convolutions in a row without an activation between them are
one 5x5 convolution, over the same picture a 3x3 kernel for each of the four.
Source: sub-pixel convolution, Shi et al., arXiv:1609.05158; the kernels follow from the sums.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def can_follow_upsampling(layer: nn.Module) -> bool:
    """Whether `layer` is a convolution that these classes rewrite: 3x3, all channels, zeros around the picture."""
    return (
        isinstance(layer, nn.Conv2d)
        and (layer.kernel_size, layer.padding, layer.stride, layer.dilation) == ((3, 3), (1, 1), (1, 1), (1, 1))
        and layer.groups == 1
        and layer.padding_mode == "zeros"
    )


class UpsampledConv(nn.Module):
    """`conv(upsample(x))`, upsampled twice by repeating pixels."""

    def __init__(self, conv: nn.Conv2d) -> None:
        """`conv` is one that `can_follow_upsampling`."""
        super().__init__()
        kernels = _phases(conv.weight.detach(), [[(0, 1), (1, 3)], [(0, 2), (2, 3)]])
        self.weight = kernels.flatten(0, 2).contiguous(memory_format=torch.channels_last)
        self.bias: Tensor | None = conv.bias

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, C, h, w) to (B, C', 2h, 2w)."""
        batch, _, height, width = hidden.shape
        # One row and one column more than there are pixels: the kernels of a pixel's upper half begin a row earlier.
        parts = functional.conv2d(hidden, self.weight, padding=1).chunk(4, dim=1)
        shape = (batch, parts[0].shape[1], 2 * height, 2 * width)
        result = torch.empty(shape, dtype=hidden.dtype, device=hidden.device, memory_format=torch.channels_last)
        for index, part in enumerate(parts):
            row, column = divmod(index, 2)
            result[:, :, row::2, column::2] = part[:, :, row : row + height, column : column + width]
        if self.bias is not None:
            result += self.bias[:, None, None]
        return result


class UpsampledConvs(nn.Module):
    """`second(first(upsample(x)))`, with nothing between the two."""

    def __init__(self, first: nn.Conv2d, second: nn.Conv2d) -> None:
        """Both `can_follow_upsampling`; `first` has no bias."""
        super().__init__()
        assert first.bias is None
        inner, outer = first.weight.detach(), second.weight.detach()
        both = functional.conv2d(inner.transpose(0, 1).double(), outer.flip(2, 3).double(), padding=2)
        kernels = _phases(both.transpose(0, 1), [[(0, 2), (2, 4), (4, 5)], [(0, 1), (1, 3), (3, 5)]])
        # Channels as pixel_shuffle reads them: each channel's four pixels in a row.
        weight = kernels.permute(2, 0, 1, 3, 4, 5).flatten(0, 2).to(inner.dtype)
        self.weight = weight.contiguous(memory_format=torch.channels_last)
        self.bias: Tensor | None = second.bias
        self.inner, self.outer = inner, outer

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, C, h, w) to (B, C', 2h, 2w)."""
        result = functional.pixel_shuffle(functional.conv2d(hidden, self.weight, padding=1), 2)
        # Around the picture the second convolution sees zeros, where the kernels above see the first one's sums.
        result[:, :, 0] -= self._beyond(hidden[:, :, 0], self.inner[:, :, 2], self.outer[:, :, 0], corners=True)
        result[:, :, -1] -= self._beyond(hidden[:, :, -1], self.inner[:, :, 0], self.outer[:, :, 2], corners=True)
        left, right = hidden[..., 0], hidden[..., -1]
        result[..., 0] -= self._beyond(left, self.inner[..., 2], self.outer[..., 0], corners=False)
        result[..., -1] -= self._beyond(right, self.inner[..., 0], self.outer[..., 2], corners=False)
        if self.bias is not None:
            result += self.bias[:, None, None]
        return result

    @staticmethod
    def _beyond(edge: Tensor, inner: Tensor, outer: Tensor, *, corners: bool) -> Tensor:
        """What the line just outside the picture adds to the line inside it.

        Args:
            edge: The small picture's line, (B, C, n).
            inner: The first convolution's kernel from that line outwards, (C', C, 3).
            outer: The second's from there back, (C'', C', 3).
            corners: Whether the line outside is longer than the picture by a pixel at each end.
        """
        line = edge.repeat_interleave(2, dim=-1)
        sums = functional.conv1d(line, inner, padding=2 if corners else 1)
        return functional.conv1d(sums, outer, padding=0 if corners else 1)


def _phases(weight: Tensor, taps: list[list[tuple[int, int]]]) -> Tensor:
    """The kernel of each of the four pixels that a pixel becomes.

    Args:
        weight: The kernel over the large picture, (C', C, k, k).
        taps: For an upper (left) and a lower (right) pixel: which taps fall on each pixel of the small picture.

    Returns:
        (2, 2, C', C, m, m), m taps of the small picture.
    """
    sums = weight.double()
    rows = [torch.stack([sums[:, :, a:b].sum(2) for a, b in phase], 2) for phase in taps]
    kernels = [
        torch.stack([torch.stack([part[..., a:b].sum(3) for a, b in phase], 3) for phase in taps]) for part in rows
    ]
    return torch.stack(kernels).to(weight.dtype)
