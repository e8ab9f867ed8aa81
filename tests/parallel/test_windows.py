"""Overlapped windows of latents."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.windows import Layout, Windows, received_bytes
from tests.parallel.models import LATENT_SHAPE
from tests.parallel.virtual import on_ranks

LAYOUT = Layout(6, 4)
NUM_FRAMES = 21
CUTS = (9, 10)
SPEEDS = {
    "one": [1.0],
    "two": [1.0, 1.0],
    "three": [1.0] * 3,
    "four": [1.0] * 4,
    "uneven": [5.0, 0.1, 2.0],
    "more ranks than windows": [1.0] * 9,
}


def _latents(num_frames: int = NUM_FRAMES) -> Tensor:
    channels, height, width = LATENT_SHAPE
    return torch.randn(1, channels, num_frames, height, width, generator=torch.Generator().manual_seed(3))


def _whole_clip(noisy: Tensor, _middle: int) -> Tensor:
    """A network in which each frame depends on each frame of its window and on its place there."""
    places = torch.arange(noisy.shape[2], dtype=torch.float32)[:, None, None]
    return torch.sin(noisy * (1 + places)) + noisy.mean(dim=2, keepdim=True)


def _denoise(
    latents: Tensor, partition: Partition, layout: Layout, estimate: Callable[[Tensor, int], Tensor] = _whole_clip
) -> Tensor:
    def work(mesh: Mesh) -> Tensor:
        run = partition.runs[mesh.rank]
        return Windows(mesh, partition, layout).denoise(latents[:, :, run.start : run.stop], estimate)

    return torch.cat(on_ranks(partition.world_size, work), dim=2)


@given(st.integers(1, 40), st.integers(1, 12), st.data())
def test_windows_cover_the_shot_with_shares_that_sum_to_one(num_frames: int, length: int, data: st.DataObject) -> None:
    """Every frame of a shot is in a window; windows have the trained length unless the shot is shorter."""
    layout = Layout(length, data.draw(st.integers(1, length)))
    shot = range(5, 5 + num_frames)
    sums = dict.fromkeys(shot, 0.0)
    for window in layout.of_shot(shot):
        assert len(window.frames) == min(length, num_frames)
        assert window.middle in window.frames
        for frame, share in zip(window.frames, window.shares, strict=True):
            assert share > 0
            sums[frame] += share
    assert all(math.isclose(total, 1.0) for total in sums.values())


def test_windows_that_overlap_fade_evenly() -> None:
    """Over four frames in common, the parts are fifths that rise and fall."""
    first, second = Layout(10, 6).of_shot(range(16))
    assert first.shares[:6] == (1.0,) * 6
    assert first.shares[6:] == pytest.approx((0.8, 0.6, 0.4, 0.2))
    assert second.shares[:4] == pytest.approx((0.2, 0.4, 0.6, 0.8))


def test_a_stride_that_leaves_gaps_is_refused() -> None:
    """Frames between windows would have no estimate."""
    with pytest.raises(ValueError, match="use 1 to 6"):
        Layout(6, 7)


@pytest.mark.parametrize("speeds", SPEEDS.values(), ids=SPEEDS)
def test_the_result_does_not_depend_on_the_ranks(speeds: list[float]) -> None:
    """Bit for bit, with shots of many windows, one frame and less than a window."""
    alone = _denoise(_latents(), Partition.even(NUM_FRAMES, 1, CUTS), LAYOUT)
    spread_out = _denoise(_latents(), Partition.weighted(NUM_FRAMES, speeds, CUTS), LAYOUT)
    assert torch.equal(spread_out, alone)


@pytest.mark.parametrize("world_size", [1, 2, 4])
def test_one_window_is_the_network_itself(world_size: int) -> None:
    """A take of at most the trained length is estimated whole, on any ranks, also without frames."""
    for num_frames in (1, 3, 6):
        latents = _latents(num_frames)
        blended = _denoise(latents, Partition.even(num_frames, world_size), LAYOUT)
        torch.testing.assert_close(blended, _whole_clip(latents, 0), atol=1e-6, rtol=0)


def test_a_frame_is_the_weighted_sum_of_its_windows() -> None:
    """The blend, written out for a take of two windows."""
    latents = _latents(8)
    first, second = _whole_clip(latents[:, :, :6], 0), _whole_clip(latents[:, :, 2:], 0)
    blended = _denoise(latents, Partition.even(8, 2), LAYOUT)
    parts = torch.tensor([3 / 4, 3 / 5, 2 / 5, 1 / 4])[:, None, None]
    expected = torch.cat(
        [first[:, :, :2], parts * first[:, :, 2:] + (1 - parts) * second[:, :, :4], second[:, :, 4:]], dim=2
    )
    torch.testing.assert_close(blended, expected, atol=1e-6, rtol=0)


def test_frames_outside_of_all_windows_of_a_frame_change_nothing() -> None:
    """Poison in frame 9 and beyond the cut reaches the frames that share a window with it, and no others."""
    latents = _latents(24)
    clean = _denoise(latents, Partition.even(24, 3, cuts=[16]), LAYOUT)
    poisoned = latents.clone()
    poisoned[:, :, 9] = math.nan
    poisoned[:, :, 16:] = math.nan
    spoiled = _denoise(poisoned, Partition.even(24, 3, cuts=[16]), LAYOUT)
    # Windows of the first shot: 0-5, 4-9, 8-13, 10-15.
    good = [*range(4), 14, 15]
    assert torch.equal(spoiled[:, :, good], clean[:, :, good])
    assert torch.isnan(spoiled[:, :, 4:14]).all()


@pytest.mark.parametrize("speeds", SPEEDS.values(), ids=SPEEDS)
def test_bytes_are_the_formula(speeds: list[float]) -> None:
    """What each rank received is what the geometry says, and what all received is what all sent."""
    partition = Partition.weighted(NUM_FRAMES, speeds, CUTS)
    elements = math.prod(LATENT_SHAPE)

    def work(mesh: Mesh) -> tuple[int, int]:
        run = partition.runs[mesh.rank]
        Windows(mesh, partition, LAYOUT).denoise(_latents()[:, :, run.start : run.stop], _whole_clip)
        traffic = mesh.take_traffic()
        return sum(traffic.received_bytes.values()), sum(traffic.sent_bytes.values())

    counted = on_ranks(partition.world_size, work)
    expected = [received_bytes(partition, rank, LAYOUT, elements) for rank in range(partition.world_size)]
    assert [received for received, _ in counted] == expected
    assert sum(sent for _, sent in counted) == sum(expected)


def test_a_window_is_told_the_place_of_its_middle() -> None:
    """Its prompt is that of its middle frame, which is in the run of the rank that computes it."""
    partition = Partition.even(16, 2)

    def work(mesh: Mesh) -> list[tuple[int, int]]:
        asked: list[tuple[int, int]] = []
        run = partition.runs[mesh.rank]

        def estimate(noisy: Tensor, middle: int) -> Tensor:
            asked.append((int(noisy[0, 0, 0, 0, 0]), run[middle]))
            return noisy

        frames = torch.arange(16.0)[:, None, None].expand(1, 1, -1, 2, 2)
        Windows(mesh, partition, LAYOUT).denoise(frames[:, :, run.start : run.stop], estimate)
        return asked

    assert on_ranks(2, work) == [[(0, 3), (4, 7)], [(8, 11), (10, 13)]]
