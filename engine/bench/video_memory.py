"""Memory of a process over its work, and the straight line through what takes of several lengths needed.

Owns how memory is read and fitted, and what a U-Net keeps of a frame. Does not own what is run meanwhile.
"""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psutil
import torch

from engine.parallel.unet import blocks_of, layers_of, pixels_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffusers.models.unets.unet_motion_model import UNetMotionModel

_CLEAR_REFS = Path("/proc/self/clear_refs")


class MemoryFit(msgspec.Struct, frozen=True, kw_only=True):
    """The least-squares line a + b x frames through measured peaks.

    Attributes:
        frames: Of the rank, of each take.
        peak_bytes: Of each take, while it was denoised and decoded in a fresh process.
        a_bytes: What does not depend on frames: libraries, weights, one chunk of frames.
        b_bytes: Of one more frame.
        skip_bytes: What the U-Net keeps of a frame for its way up; b has to be near it.
        largest_residual: Of a peak from the line, as a part of the peak.
    """

    frames: tuple[int, ...]
    peak_bytes: tuple[int, ...]
    a_bytes: float
    b_bytes: float
    skip_bytes: int
    largest_residual: float


def fit_memory(frames: Sequence[int], peak_bytes: Sequence[int], skip_bytes: int) -> MemoryFit:
    """Fit a line to at least two different lengths."""
    if len(set(frames)) < 2 or len(frames) != len(peak_bytes):
        raise ValueError(f"{len(set(frames))} lengths make no line; measure at least two")
    mean_frames, mean_peak = sum(frames) / len(frames), sum(peak_bytes) / len(peak_bytes)
    spread = sum((each - mean_frames) ** 2 for each in frames)
    pairs = zip(frames, peak_bytes, strict=True)
    slope = sum((each - mean_frames) * (peak - mean_peak) for each, peak in pairs) / spread
    start = mean_peak - slope * mean_frames
    return MemoryFit(
        frames=tuple(frames),
        peak_bytes=tuple(peak_bytes),
        a_bytes=start,
        b_bytes=slope,
        skip_bytes=skip_bytes,
        largest_residual=max(
            abs(peak - start - slope * each) / peak for each, peak in zip(frames, peak_bytes, strict=True)
        ),
    )


def skip_elements(unet: UNetMotionModel, latent_height: int, latent_width: int) -> int:
    """Elements that the down blocks put by for the up blocks, of one frame: the input's and every layer's output."""
    pixels = pixels_of(unet, latent_height, latent_width)
    total = unet.conv_in.out_channels * latent_height * latent_width
    downs = blocks_of(unet)[: len(unet.down_blocks)]
    for index, block in enumerate(downs):
        channels = unet.config["block_out_channels"][index]
        total += channels * pixels[index] * len(layers_of(block, "resnets"))
        if layers_of(block, "downsamplers"):
            total += channels * pixels[index + 1]
    return total


class Memory:
    """The largest memory from now on: of the process, or of a GPU what torch holds there."""

    def __init__(self, device: str) -> None:
        """Begin to watch. Where the system cannot forget an earlier peak of the process, that one counts, too."""
        self._device = device
        self.rest_bytes = psutil.Process().memory_info().rss
        if device != "cpu":
            torch.cuda.reset_peak_memory_stats(device)
            self.rest_bytes = torch.cuda.memory_allocated(device)
        elif _CLEAR_REFS.exists():
            _CLEAR_REFS.write_text("5", encoding="ascii")  # proc(5): the peak of the resident set starts anew

    def peak_bytes(self) -> int:
        """Since this object was made."""
        if self._device != "cpu":
            return torch.cuda.max_memory_allocated(self._device)
        try:
            import resource  # noqa: PLC0415 -- not on Windows, where the process knows its own peak
        except ImportError:
            memory = psutil.Process().memory_info()
            return int(getattr(memory, "peak_wset", memory.rss))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if platform.system() == "Darwin" else peak * 1024
