"""Norms over the frames of a shot."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine.parallel.exchange import Exchange
from engine.parallel.mesh import Mesh
from engine.parallel.norms import begin_statistics, normalise
from engine.parallel.partition import Partition
from engine.parallel.scopes import Full
from tests.parallel.virtual import on_ranks


def _norm() -> nn.GroupNorm:
    norm = nn.GroupNorm(4, 8, eps=1e-5)
    norm.weight.data = torch.linspace(0.5, 2.0, 8)
    norm.bias.data = torch.linspace(-1.0, 1.0, 8)
    return norm


def _video(num_frames: int, offset: float = 0.0) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    scale = torch.linspace(0.1, 3.0, num_frames)[:, None, None, None]
    return torch.randn(2, num_frames, 8, 3, 5, generator=generator) * scale + scale + offset


def _shared(video: Tensor, partition: Partition) -> Tensor:
    norm = _norm()

    def work(mesh: Mesh) -> Tensor:
        run = partition.runs[mesh.rank]
        own = video[:, run.start : run.stop]
        exchange = Exchange(mesh, partition, Full(), "norm")
        if not exchange.pieces:
            return own
        statistics = begin_statistics([own], norm.num_groups, exchange).finish()
        parts = torch.split(own, [len(piece.run) for piece in exchange.pieces], dim=1)
        return torch.cat([normalise(part, each, norm) for part, each in zip(parts, statistics, strict=True)], dim=1)

    return torch.cat(on_ranks(partition.world_size, work), dim=1)


@pytest.mark.parametrize("world_size", [1, 3, 20])
def test_a_shared_norm_is_the_stock_norm_over_all_frames(world_size: int) -> None:
    """On any number of ranks, GroupNorm over (C / groups, T, H, W)."""
    video = _video(18)
    with torch.inference_mode():
        stock = _norm()(video.transpose(1, 2)).transpose(1, 2)
    torch.testing.assert_close(_shared(video, Partition.even(18, world_size)), stock, atol=2e-6, rtol=0)


def test_a_large_offset_costs_no_precision() -> None:
    """Deviations are taken about each frame's own mean: 1,000 plus noise of 1 is still normalised."""
    video = _video(6, offset=1000.0)
    exact = _norm().double()(video.double().transpose(1, 2)).transpose(1, 2)
    torch.testing.assert_close(_shared(video, Partition.even(6, 2)).double(), exact, atol=5e-4, rtol=0)


@pytest.mark.parametrize("speeds", [[1, 1], [1, 5], [7, 2, 3]])
def test_no_bit_depends_on_the_runs(speeds: list[float]) -> None:
    """Every rank adds the same numbers in the same order."""
    video = _video(23)
    assert torch.equal(_shared(video, Partition.weighted(23, speeds)), _shared(video, Partition.even(23, 1)))


def test_a_shot_is_normalised_alone() -> None:
    """Statistics stop at a cut, also where the cut is within a rank's run."""
    video = _video(12)
    whole = _shared(video, Partition.even(12, 2, cuts=[4]))
    assert torch.equal(whole[:, :4], _shared(video[:, :4], Partition.even(4, 1)))
    assert torch.equal(whole[:, 4:], _shared(video[:, 4:], Partition.even(8, 1)))


def test_half_precision_is_normalised_from_fp32_statistics() -> None:
    """The result has the dtype of the frames and the precision of a single rounding."""
    video = _video(6)
    half = _shared(video.half(), Partition.even(6, 2))
    assert half.dtype == torch.float16
    torch.testing.assert_close(half.float(), _shared(video.half().float(), Partition.even(6, 2)), atol=2e-3, rtol=2e-3)
