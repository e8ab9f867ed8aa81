"""Numbers that all ranks know."""

from __future__ import annotations

from threading import Event

import pytest

from engine.parallel.agreement import PURPOSE, decide, gather_numbers
from engine.parallel.mesh import Mesh
from tests.parallel.virtual import on_ranks


@pytest.mark.parametrize("world_size", [1, 2, 5])
def test_every_rank_hears_all_in_rank_order(world_size: int) -> None:
    """Each rank says its own numbers; all know all, in the order of ranks."""
    heard = on_ranks(world_size, lambda mesh: gather_numbers(mesh, [mesh.rank, 2**40 + mesh.rank]))
    assert heard == [[[rank, 2**40 + rank] for rank in range(world_size)]] * world_size


def test_rank_0_decides() -> None:
    """What the others think does not count, and what they say later is not mistaken for it."""
    decided = on_ranks(3, lambda mesh: [decide(mesh, 10 * mesh.rank + turn) for turn in (1, 2)])
    assert decided == [[1, 2]] * 3


def test_no_rank_goes_on_before_all_have_come() -> None:
    """So what a rank did before, a checkpoint for instance, is done when another one goes on."""
    done = Event()

    def work(mesh: Mesh) -> bool:
        if mesh.rank == 1:
            done.set()
        decide(mesh, 0)
        return done.is_set()

    assert on_ranks(2, work) == [True, True]


def test_agreements_are_counted_as_such() -> None:
    """Eight bytes a number and peer, apart from what frames cost."""

    def work(mesh: Mesh) -> dict[str, int]:
        decide(mesh, 0)
        return mesh.take_traffic().received_bytes

    assert on_ranks(3, work) == [{PURPOSE: 16}] * 3
