"""Frames of other ranks."""

from __future__ import annotations

import math

import pytest
import torch

from engine.parallel.exchange import Entrance, Exchange, pieces_of
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Full, Halo, Reach
from tests.parallel.virtual import on_ranks

PARTITIONS = {
    "one rank": Partition.even(9, 1),
    "even": Partition.even(12, 3),
    "uneven": Partition.weighted(13, [1, 6, 2, 4]),
    "more ranks than frames": Partition.even(3, 5),
    "one frame": Partition.even(1, 2),
    "a shot ends inside a run": Partition.even(14, 3, cuts=[2, 6, 7]),
    "nothing in the middle": Partition((range(4), range(4, 4), range(4, 9)), (range(9),)),
}
REACHES = {
    "halo": Halo(1),
    "halo larger than a run": Halo(5),
    "anchors": Dual(2, 3),
    "windows": Blocks(4, 2),
    "all": Full(),
}


@pytest.mark.parametrize("reach", REACHES.values(), ids=REACHES)
@pytest.mark.parametrize("partition", PARTITIONS.values(), ids=PARTITIONS)
def test_every_rank_gets_the_frames_it_needs_in_global_order(partition: Partition, reach: Reach) -> None:
    """Frames that carry their own id arrive as the list of ids that the piece names."""

    def work(mesh: Mesh) -> list[list[float]]:
        exchange = Exchange(mesh, partition, reach, "test")
        if not exchange.pieces:
            return []
        hidden = torch.tensor(list(partition.runs[mesh.rank]), dtype=torch.float32)[None, :, None].expand(2, -1, 3)
        extended = exchange.begin(hidden, dim=1).finish(hidden)
        assert all(part.shape[0] == 2 and part.shape[2] == 3 for part in extended)
        return [[float(frame) for frame in part[1, :, 2]] for part in extended]

    for rank, extended in enumerate(on_ranks(partition.world_size, work)):
        assert extended == [list(piece.frames) for piece in pieces_of(partition, rank, reach)]


def test_only_exported_frames_are_read_before_the_end() -> None:
    """An exchange may begin while the frames that nobody wants have no values yet."""
    partition = Partition.even(16, 2)

    def work(mesh: Mesh) -> torch.Tensor:
        exchange = Exchange(mesh, partition, Halo(2), "test")
        complete = torch.arange(8.0)[:, None] + 8 * mesh.rank
        unfinished = torch.full_like(complete, math.nan)
        unfinished[list(exchange.exported)] = complete[list(exchange.exported)]
        return exchange.begin(unfinished, dim=0).finish(complete)[0]

    first, second = on_ranks(2, work)
    assert torch.equal(first[:, 0], torch.arange(10.0))
    assert torch.equal(second[:, 0], torch.arange(6.0, 16.0))


def test_exchanges_may_overlap_in_any_depth() -> None:
    """What was begun first may be finished last; each finds its own frames."""
    partition = Partition.even(6, 3)

    def work(mesh: Mesh) -> bool:
        exchange = Exchange(mesh, partition, Full(), "test")
        own = torch.tensor(list(partition.runs[mesh.rank]), dtype=torch.float32)
        first, second = exchange.begin(own, dim=0), exchange.begin(own + 100, dim=0)
        (late,), (early,) = second.finish(own + 100), first.finish(own)
        return torch.equal(late, torch.arange(6.0) + 100) and torch.equal(early, torch.arange(6.0))

    assert on_ranks(3, work) == [True] * 3


def test_bytes_are_counted_by_purpose_and_start_again_at_each_step() -> None:
    """The counter holds what left and what came since it was last taken."""
    partition = Partition.even(8, 2)

    def work(mesh: Mesh) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        hidden = torch.zeros(3, 4, 5, dtype=torch.float16)
        Exchange(mesh, partition, Halo(2), "convolution").begin(hidden, dim=1).finish(hidden)
        Exchange(mesh, partition, Full(), "norm").begin(hidden.float(), dim=1).finish(hidden.float())
        traffic = mesh.take_traffic()
        return traffic.received_bytes, traffic.sent_bytes, mesh.take_traffic().received_bytes

    expected = {"convolution": 3 * 2 * 5 * 2, "norm": 3 * 4 * 5 * 4}
    assert on_ranks(2, work) == [(expected, expected, {})] * 2


def test_runs_for_another_number_of_ranks_are_refused() -> None:
    """A plan for two ranks is none for one."""
    with pytest.raises(ValueError, match="2 runs for 1 ranks"):
        Exchange(Mesh.alone(), Partition.even(4, 2), Full(), "test")


def test_an_entrance_hands_over_what_the_layer_before_began() -> None:
    """The temporal layer finishes the running exchange, or begins one itself; both count once."""
    partition = Partition.even(4, 2)

    def work(mesh: Mesh) -> int:
        entrance = Entrance(Exchange(mesh, partition, Full(), "test"))
        hidden = torch.zeros(2 * entrance.num_frames, 3)
        entrance.begin(hidden)
        entrance.pending(hidden).finish(entrance.as_video(hidden))
        entrance.pending(hidden).finish(entrance.as_video(hidden))
        return mesh.take_traffic().exchanges

    assert on_ranks(2, work) == [2, 2]


def test_an_entrance_refuses_other_frames_than_it_sent() -> None:
    """Frames changed between the layers would make ranks disagree in silence."""
    entrance = Entrance(Exchange(Mesh.alone(), Partition.even(4, 1), Full(), "test"))
    entrance.begin(torch.zeros(4, 3))
    with pytest.raises(AssertionError, match="changed"):
        entrance.pending(torch.zeros(4, 3))
