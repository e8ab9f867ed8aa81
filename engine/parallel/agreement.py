"""A few whole numbers that all ranks must know of each other, and the decisions they take together.

Owns: how a small word goes round. Does not own: what is decided (engine.tasks), the wire (mesh.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engine.parallel.mesh import Mesh, Parcel

PURPOSE = "agreement"


def gather_numbers(mesh: Mesh, numbers: Sequence[int]) -> list[list[int]]:
    """What every rank says, in rank order; each rank says as many numbers. No rank returns before all have spoken.

    Raises:
        WorkerLostError: A rank died or did not answer in time.
    """
    mine = torch.tensor(list(numbers), dtype=torch.int64)
    heard = [torch.empty_like(mine) for _ in range(mesh.world_size)]
    heard[mesh.rank] = mine
    others = [rank for rank in range(mesh.world_size) if rank != mesh.rank]
    mesh.post(PURPOSE, [Parcel(rank, mine) for rank in others], [Parcel(rank, heard[rank]) for rank in others]).wait()
    return [each.tolist() for each in heard]  # pyright: ignore[reportUnknownMemberType]


def decide(mesh: Mesh, number: int) -> int:
    """What rank 0 says, on every rank, as soon as all have come this far; the numbers of the others do not count.

    Raises:
        WorkerLostError: A rank died or did not answer in time.
    """
    return gather_numbers(mesh, [number])[0][0]
