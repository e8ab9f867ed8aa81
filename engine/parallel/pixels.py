"""Layers over time on a few pixels at a time: what they need beside the frames does not grow with the take.

Owns: into how many pixels frames are cut, and the view that makes them so. Does not own: the layers, which see all
frames of a pixel and nothing of its neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

MAX_ELEMENTS = {"cpu": 2**19, "cuda": 2**24}
"""Channels of all frames of a part's pixels, by the kind of device: few stay in the caches of a CPU, many keep a GPU
busy. A layer needs about sixteen times as many beside the frames."""


def elements_at_once(tensor: Tensor) -> int:
    """How much is worked on at once where `tensor` is."""
    return MAX_ELEMENTS.get(tensor.device.type, MAX_ELEMENTS["cpu"])


def by_pixel(video: Tensor) -> Tensor:
    """(B, T, C, H, W) as (B, T, C, H * W), a view: what is written to it is written to the frames."""
    pixels = video.flatten(3)
    assert pixels.data_ptr() == video.data_ptr(), "frames lie in memory in an order that pixels cannot be taken from"
    return pixels


def parts_of(video: Tensor) -> Iterator[tuple[int, int]]:
    """Even parts of the pixels of (B, T, C, P), (first, how many): at least one pixel, else no more than allowed."""
    batch, frames, channels, pixels = video.shape
    size = max(1, elements_at_once(video) // (batch * frames * channels))
    size = -(-pixels // -(-pixels // size))
    for start in range(0, pixels, size):
        yield start, min(size, pixels - start)
