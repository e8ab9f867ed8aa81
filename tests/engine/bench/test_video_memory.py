"""engine.bench.video_memory: the line through peaks, and what a U-Net keeps of a frame."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor, nn

from engine.bench.video_memory import Memory, fit_memory, skip_elements
from engine.parallel.unet import blocks_of
from tests.parallel.models import LATENT_SHAPE, tiny_motion_unet
from tests.parallel.takes import Take, stock


def test_the_line_through_exact_peaks_is_theirs() -> None:
    """1,000 bytes and 3 a frame are found again, whatever the lengths."""
    fit = fit_memory([48, 480, 2304], [1000 + 3 * frames for frames in (48, 480, 2304)], skip_bytes=2)
    assert (fit.a_bytes, fit.b_bytes, fit.skip_bytes) == (pytest.approx(1000), pytest.approx(3), 2)
    assert fit.largest_residual == pytest.approx(0, abs=1e-9)


def test_a_bend_shows_in_the_residual() -> None:
    """Memory that grows with the square of the frames is no line, and the report says so."""
    assert fit_memory([10, 20, 40], [100, 400, 1600], skip_bytes=1).largest_residual > 0.1


def test_one_length_makes_no_line() -> None:
    """Twice the same length neither."""
    with pytest.raises(ValueError, match="measure at least two"):
        fit_memory([48, 48], [1, 2], skip_bytes=1)


def test_skips_are_what_the_down_blocks_hand_over() -> None:
    """Counted from the configuration, and by listening to the stock network."""
    unet = tiny_motion_unet()
    take = Take.of(3)
    seen: list[int] = []

    def listen(_module: nn.Module, _inputs: object, output: object) -> None:
        _, skips = cast("tuple[Tensor, tuple[Tensor, ...]]", output)
        seen.extend(skip.numel() for skip in skips)

    def listen_first(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        seen.append(output.numel())

    hooks = [block.register_forward_hook(listen) for block in blocks_of(unet)[: len(unet.down_blocks)]]
    hooks.append(unet.conv_in.register_forward_hook(listen_first))
    with torch.inference_mode():
        stock(unet, take)
    for hook in hooks:
        hook.remove()
    frames = take.video.shape[0] * take.video.shape[2]
    assert sum(seen) == frames * skip_elements(unet, *LATENT_SHAPE[1:])


def test_a_peak_holds_what_was_held_for_a_moment() -> None:
    """64 MiB, filled and given back, are in the peak and not in the rest."""
    memory = Memory("cpu")
    held = torch.ones(2**24)
    del held
    assert memory.peak_bytes() >= memory.rest_bytes + 2**25
