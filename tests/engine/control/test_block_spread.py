"""engine.control.block_spread: which residual is added behind which block, as in diffusers' transformers."""

from __future__ import annotations

import pytest
import torch

from engine.control.block_spread import spread_evenly, spread_in_runs, spread_in_turn


def numbered(count: int) -> list[torch.Tensor]:
    return [torch.tensor(index) for index in range(count)]


@pytest.mark.parametrize(("count", "blocks"), [(1, 3), (6, 24), (12, 38), (5, 19), (19, 19), (38, 38)])
def test_blocks_are_shared_out_as_in_the_stock_transformers(count: int, blocks: int) -> None:
    """The very indices of SD3Transformer2DModel and FluxTransformer2DModel in diffusers 0.42.1."""
    places = range(blocks)
    assert [int(part) for part in spread_evenly(numbered(count), blocks)] == [int(i / (blocks / count)) for i in places]
    run = int(torch.tensor(blocks / count, dtype=torch.float64).ceil())
    assert [int(part) for part in spread_in_runs(numbered(count), blocks)] == [i // run for i in places]
    assert [int(part) for part in spread_in_turn(numbered(count), blocks)] == [i % count for i in places]


@pytest.mark.parametrize("spread", [spread_evenly, spread_in_runs, spread_in_turn])
def test_nothing_spreads_to_nothing(spread: object) -> None:
    """A ControlNet without blocks of a kind leaves those of the model alone."""
    assert callable(spread)
    assert spread([], 4) == ()
