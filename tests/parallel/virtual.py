"""Ranks as threads of one process, for tests that need the data of other ranks but not their processes."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

import torch
from torch import Tensor

from engine.parallel.mesh import Delivery, Mesh, Parcel

TIMEOUT_S = 60.0
T = TypeVar("T")


class Board:
    """Where threads leave tensors for each other, by (source, target, tag)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._boxes: dict[tuple[int, int, int], queue.SimpleQueue[Tensor]] = {}

    def box(self, source: int, target: int, tag: int) -> queue.SimpleQueue[Tensor]:
        with self._lock:
            return self._boxes.setdefault((source, target, tag), queue.SimpleQueue())


class _Arrival:
    def __init__(self, receives: Sequence[Parcel], boxes: list[queue.SimpleQueue[Tensor]]) -> None:
        self._receives = receives
        self._boxes = boxes

    def wait(self) -> None:
        for parcel, box in zip(self._receives, self._boxes, strict=True):
            sent = box.get(timeout=TIMEOUT_S)
            assert sent.shape == parcel.tensor.shape
            parcel.tensor.copy_(sent)


class ThreadTransport:
    """The wire of one virtual rank."""

    def __init__(self, rank: int, board: Board) -> None:
        self._rank = rank
        self._board = board

    def post(self, sends: Sequence[Parcel], receives: Sequence[Parcel]) -> Delivery:
        for parcel in sends:
            self._board.box(self._rank, parcel.peer, parcel.tag).put(parcel.tensor.clone())
        boxes = [self._board.box(parcel.peer, self._rank, parcel.tag) for parcel in receives]
        return _Arrival(receives, boxes)


def on_ranks(world_size: int, work: Callable[[Mesh], T]) -> list[T]:
    """Run `work` on every rank of a virtual mesh; results in rank order."""
    board = Board()

    def run(rank: int) -> T:
        with torch.inference_mode():
            return work(Mesh(rank, world_size, ThreadTransport(rank, board)))

    with ThreadPoolExecutor(world_size) as pool:
        return list(pool.map(run, range(world_size)))
