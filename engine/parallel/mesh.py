"""The ranks of one job and the wire between them.

Owns: who the ranks are, point-to-point delivery of tensors, and the count of what was delivered.
Does not own: which frames travel (exchange.py), how ranks are started or watched (engine.executor).

Everything is point to point: a rank without frames owes nobody anything, shots do not wait for each other, and
runs of unequal length need no padding. Tensors travel as raw bytes; nothing is pickled. There is no process-wide
default group, so a process may hold several meshes, or a thread each.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, cast

import torch.distributed as dist
from torch import Tensor

from engine.errors import WorkerLostError

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Parcel:
    """A contiguous tensor to send to `peer`, or the buffer to receive from it.

    The mesh numbers what goes from one rank to another: `tag` is the same on both sides.
    """

    peer: int
    tensor: Tensor
    tag: int = 0

    @property
    def size_bytes(self) -> int:
        return self.tensor.numel() * self.tensor.element_size()


class Delivery(Protocol):
    """Parcels under way."""

    def wait(self) -> None:
        """Return when every buffer is filled and every parcel has left.

        Raises:
            WorkerLostError: A peer died or did not answer in time.
        """
        ...


class Transport(Protocol):
    """A wire that matches what is sent with what is received by peer and tag. A post never blocks."""

    def post(self, sends: Sequence[Parcel], receives: Sequence[Parcel]) -> Delivery: ...


@dataclass
class Traffic:
    """Bytes and messages of one rank, by purpose ("attention", "convolution", "norm")."""

    received_bytes: dict[str, int] = field(default_factory=dict[str, int])
    sent_bytes: dict[str, int] = field(default_factory=dict[str, int])
    exchanges: int = 0

    def count(self, purpose: str, sends: Sequence[Parcel], receives: Sequence[Parcel]) -> None:
        sent, received = sum(parcel.size_bytes for parcel in sends), sum(parcel.size_bytes for parcel in receives)
        self.sent_bytes[purpose] = self.sent_bytes.get(purpose, 0) + sent
        self.received_bytes[purpose] = self.received_bytes.get(purpose, 0) + received
        self.exchanges += bool(sends or receives)


class Mesh:
    """The ranks of one job, in frame order. Size 1 is the ordinary case, not a branch."""

    def __init__(self, rank: int, world_size: int, transport: Transport) -> None:
        if not 0 <= rank < world_size:
            raise ValueError(f"rank {rank} is not in a mesh of {world_size}; use 0 to {world_size - 1}")
        self.rank = rank
        self.world_size = world_size
        self._transport = transport
        self._traffic = Traffic()
        self.waited_s = 0.0
        """How long this rank has waited for parcels of others, in all."""
        self._sent_to = Counter[int]()
        self._received_from = Counter[int]()

    @staticmethod
    def alone() -> Mesh:
        """The mesh of a job on one device: there is nobody to write to."""
        return Mesh(0, 1, _NoTransport())

    def post(self, purpose: str, sends: Sequence[Parcel], receives: Sequence[Parcel]) -> Delivery:
        """Start a delivery. Any two ranks post what they have for each other in the same order."""
        self._traffic.count(purpose, sends, receives)
        delivery = self._transport.post(_numbered(sends, self._sent_to), _numbered(receives, self._received_from))
        return _Clocked(delivery, self) if receives else delivery

    def take_traffic(self) -> Traffic:
        """What this rank sent and received since the last call; a step's traffic when called once a step."""
        traffic, self._traffic = self._traffic, Traffic()
        return traffic


def _numbered(parcels: Sequence[Parcel], counter: Counter[int]) -> list[Parcel]:
    numbered: list[Parcel] = []
    for parcel in parcels:
        counter[parcel.peer] += 1
        numbered.append(replace(parcel, tag=counter[parcel.peer]))
    return numbered


class _Clocked:
    """A delivery whose waiting counts."""

    def __init__(self, delivery: Delivery, mesh: Mesh) -> None:
        self._delivery = delivery
        self._mesh = mesh

    def wait(self) -> None:
        started = time.monotonic()
        try:
            self._delivery.wait()
        finally:
            self._mesh.waited_s += time.monotonic() - started


class _Delivered:
    def wait(self) -> None:
        return


class _NoTransport:
    def post(self, sends: Sequence[Parcel], receives: Sequence[Parcel]) -> Delivery:
        assert not sends, "a mesh of one has something to send"
        assert not receives, "a mesh of one expects something"
        return _Delivered()


class _GroupDelivery:
    def __init__(self, works: list[dist.Work], staged: list[tuple[Tensor, Tensor]], keep: list[Tensor]) -> None:
        self._works = works
        self._staged = staged
        self._keep = keep  # the wire reads these until the work is done

    def wait(self) -> None:
        try:
            for work in self._works:
                work.wait()
        except RuntimeError as error:
            raise _lost() from error
        for buffer, host in self._staged:
            buffer.copy_(host)
        self._keep.clear()


def _on_host(tensor: Tensor) -> Tensor:
    """The tensor itself if it is there, else room for it."""
    return tensor if tensor.device.type == "cpu" else tensor.new_empty(tensor.shape, device="cpu")


def _lost() -> WorkerLostError:
    return WorkerLostError("a rank of the job was lost or does not answer; the job goes on from its last checkpoint")


class Group(Protocol):
    """What we use of a torch.distributed group; it needs no process-wide default group."""

    def send(self, tensors: list[Tensor], dst: int, tag: int, /) -> dist.Work: ...

    def recv(self, tensors: list[Tensor], src: int, tag: int, /) -> dist.Work: ...


class GroupTransport:
    """A wire over a torch.distributed group that works on host memory (gloo, or torch's fake group in tests).

    Tensors of a GPU are staged through the host: gloo sends and receives host tensors only.
    """

    def __init__(self, group: Group) -> None:
        self._group: Group | None = group

    def close(self) -> None:
        """Hang up: peers that wait for this rank notice at once, whatever still refers to its mesh."""
        self._group = None

    def post(self, sends: Sequence[Parcel], receives: Sequence[Parcel]) -> Delivery:
        assert self._group is not None, "a mesh is used within its context"
        buffers = [_on_host(parcel.tensor) for parcel in receives]
        staged = [(each.tensor, host) for each, host in zip(receives, buffers, strict=True) if host is not each.tensor]
        leaving = [parcel.tensor.cpu() for parcel in sends]
        group = self._group
        try:
            # Receives first: a buffer that is ready spares the other side's bytes a stop in the socket.
            works = [group.recv([host], each.peer, each.tag) for host, each in zip(buffers, receives, strict=True)]
            works += [group.send([host], each.peer, each.tag) for host, each in zip(leaving, sends, strict=True)]
        except RuntimeError as error:  # gloo may know already that the peer is gone
            raise _lost() from error
        return _GroupDelivery(works, staged, [*buffers, *leaving])


@contextmanager
def open_mesh(folder: Path, rank: int, world_size: int, timeout_s: float = 60.0) -> Generator[Mesh]:
    """Meet the other ranks of an attempt and yield the mesh.

    Args:
        folder: Made by whoever starts the ranks, fresh for each attempt and private to the user (mode 0700):
            it holds the FileStore through which the ranks find each other.
        rank: This rank, 0 to world_size - 1.
        world_size: Number of ranks; 1 opens no socket.
        timeout_s: After so long without an answer of a peer it counts as lost.

    Raises:
        ValueError: The folder is open to other users.
        WorkerLostError: Not all ranks came.
    """
    if world_size == 1:
        yield Mesh.alone()
        return
    mode = folder.stat().st_mode & 0o777
    if os.name == "posix" and mode & 0o077:
        raise ValueError(f"meeting folder {folder} is open to others (mode {mode:o}); make it with mode 700")
    try:
        group = _gloo_group(str(folder / "store"), rank, world_size, timedelta(seconds=timeout_s))
    except RuntimeError as error:
        raise WorkerLostError(
            f"not all {world_size} ranks of the job came together in {timeout_s:g} s; the job starts them again"
        ) from error
    transport = GroupTransport(group)
    del group  # the transport alone holds it, so that closing it ends the sockets
    try:
        yield Mesh(rank, world_size, transport)
    finally:
        transport.close()


def _gloo_group(store: str, rank: int, world_size: int, timeout: timedelta) -> Group:
    """A gloo group on the loopback address: gloo listens on TCP even with a FileStore.

    Of the group's options torch 2.15 shows Python the private names only, and its stubs know neither them nor the
    methods that the class inherits.
    """
    gloo = cast("Any", dist.ProcessGroupGloo)
    options = gloo._Options()  # noqa: SLF001
    options._timeout = timeout  # noqa: SLF001
    options._devices = [gloo.create_device(hostname=LOOPBACK)]  # noqa: SLF001
    file_store = cast("Any", dist).FileStore(store, world_size)
    return cast("Group", gloo(file_store, rank, world_size, options))
