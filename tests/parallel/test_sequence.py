"""One clip's tokens and heads on several ranks."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from engine.parallel.mesh import Mesh
from engine.parallel.partition import even_runs
from engine.parallel.sequence import TokenSplit, gather, received_elements
from tests.parallel.virtual import on_ranks

HEADS, WIDTH = 3, 4
SIZES = {"as many": (9, 3), "uneven": (10, 2), "more ranks than heads": (11, 5), "more ranks than tokens": (2, 4)}


def _clip(num_tokens: int) -> Tensor:
    """Queries, keys and values, (3, B, S, H, d)."""
    return torch.randn(3, 2, num_tokens, HEADS, WIDTH, generator=torch.Generator().manual_seed(4))


@pytest.mark.parametrize(("num_tokens", "world_size"), SIZES.values(), ids=SIZES)
def test_attention_is_that_of_the_whole_clip(num_tokens: int, world_size: int) -> None:
    """Each rank's tokens attend to all tokens, in all heads."""
    clip = _clip(num_tokens)
    query, key, value = clip.transpose(2, 3).unbind()
    whole = scaled_dot_product_attention(query, key, value).transpose(1, 2)

    def work(mesh: Mesh) -> Tensor:
        split = TokenSplit(mesh, num_tokens, HEADS)
        query, key, value = (split.own(part) for part in clip.unbind())
        own = split.attend(query, key, value)
        return torch.cat([split.gather(own)[None], whole[None]])

    for found, expected in on_ranks(world_size, work):
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize(("num_tokens", "world_size"), SIZES.values(), ids=SIZES)
def test_bytes_are_the_formula(num_tokens: int, world_size: int) -> None:
    """For every rank, and nothing where it is alone."""
    clip = _clip(num_tokens)

    def work(mesh: Mesh) -> int:
        split = TokenSplit(mesh, num_tokens, HEADS)
        query, key, value = (split.own(part) for part in clip.unbind())
        split.attend(query, key, value)
        return sum(mesh.take_traffic().received_bytes.values())

    expected = [received_elements(num_tokens, HEADS, WIDTH, rank, world_size) for rank in range(world_size)]
    samples, element_bytes = 2, 4
    assert on_ranks(world_size, work) == [samples * element_bytes * each for each in expected]
    assert received_elements(num_tokens, HEADS, WIDTH, 0, 1) == 0


def test_parts_are_gathered_in_rank_order() -> None:
    """Along any dimension, also those of ranks without any."""
    whole = torch.arange(24.0).reshape(2, 3, 4)
    runs = even_runs(3, 5)

    def work(mesh: Mesh) -> bool:
        run = runs[mesh.rank]
        found = gather(mesh, "test", whole[:, run.start : run.stop], runs, dim=1)
        return torch.equal(found, whole)

    assert all(on_ranks(5, work))
