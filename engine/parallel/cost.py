"""What a take costs: bytes a step and rank, and the time of a step on given devices.

Owns: the formula that the counted bytes must equal, and the model of time. Pure arithmetic; imports no torch.
Does not own: the geometry of scopes (scopes.py) or what a backbone's layers hold (engine.models.families).

Bytes that a rank receives in one forward, with B samples (2 with guidance) of b bytes an element:
    B * (b * (S_a * context + S_c * halo) + 4 * S_n * others)
S_a, S_c: elements of a frame over all exchanges of attention and of convolutions; S_n: numbers of a frame's norms
(always fp32); context, halo, others: frames outside of the rank's run that its scopes, its convolutions and its
shots reach. Hidden states travel, not keys and values: half of Video-Infinity's traffic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.parallel.partition import Partition
from engine.parallel.scopes import Full, Halo, Reach, Scope

FP32_BYTES = 4


@dataclass(frozen=True)
class BackboneProfile:
    """What one frame of one sample carries through a backbone at one latent size, under one scope."""

    attention_elements: int
    """S_a, summed over all exchanges of attention."""
    convolution_elements: int
    """S_c, summed over all temporal convolution layers."""
    norm_numbers: int
    """S_n: two for each group of each norm that crosses frames."""
    halo: int
    """Frames on each side that a temporal convolution layer reads."""
    exchanges: int
    """Exchanges of a forward, each of which costs a latency."""
    flops: float = 0.0
    """Floating-point operations of one frame in one forward."""


@dataclass(frozen=True)
class Bytes:
    """Bytes that one rank receives in one forward."""

    attention: int
    convolution: int
    norm: int

    @property
    def total(self) -> int:
        return self.attention + self.convolution + self.norm


def received_bytes(
    profile: BackboneProfile, partition: Partition, rank: int, scope: Scope, *, batch: int, element_bytes: int
) -> Bytes:
    """The formula, for one rank.

    Args:
        profile: The backbone.
        partition: The runs and shots.
        rank: The receiving rank.
        scope: Of temporal attention.
        batch: Samples of the forward: 2 with guidance, else 1.
        element_bytes: Of the hidden states' dtype.
    """
    attention = profile.attention_elements * _reached(partition, rank, scope)
    convolution = profile.convolution_elements * _reached(partition, rank, Halo(profile.halo))
    norm = profile.norm_numbers * _reached(partition, rank, Full())
    return Bytes(batch * element_bytes * attention, batch * element_bytes * convolution, batch * FP32_BYTES * norm)


def interior_bytes(
    profile: BackboneProfile, *, window: int, anchors: int, world_size: int, batch: int, element_bytes: int
) -> float:
    """Bytes of attention and convolution at a rank in the middle of one long shot in even runs, scope `dual`.

    Independent of how many frames a rank has. It is an upper bound where anchors fall into a halo, which travels once.
    """
    context = (window - 1) + anchors * (world_size - 1) / world_size
    elements = profile.attention_elements * context + profile.convolution_elements * 2 * profile.halo
    return batch * element_bytes * elements


@dataclass(frozen=True)
class Device:
    """One device as the model sees it."""

    flops_per_s: float
    """Sustained on this backbone, measured."""
    link_bytes_per_s: float
    link_latency_s: float = 0.0


@dataclass(frozen=True)
class StepTime:
    """The modelled time of one denoising step of one rank, in seconds."""

    compute_s: float
    exchange_s: float
    """What the exchange takes on the wire, hidden or not."""
    hidden_s: float
    """What of it passes while the device computes."""

    @property
    def total_s(self) -> float:
        return self.compute_s + self.exchange_s - self.hidden_s


@dataclass(frozen=True)
class Simulation:
    """The modelled steps of all ranks; a step takes as long as its slowest rank."""

    ranks: tuple[StepTime, ...]

    @property
    def step_s(self) -> float:
        return max(rank.total_s for rank in self.ranks)

    @property
    def exchange_share(self) -> float:
        """The part of the slowest rank's step in which it waits for others."""
        slowest = max(self.ranks, key=lambda rank: rank.total_s)
        return (slowest.exchange_s - slowest.hidden_s) / slowest.total_s if slowest.total_s else 0.0


def simulate(
    profile: BackboneProfile,
    partition: Partition,
    scope: Scope,
    devices: Sequence[Device],
    *,
    batch: int,
    element_bytes: int,
    overlap: float = 0.0,
) -> Simulation:
    """Model one denoising step.

    Args:
        profile: The backbone; `flops` must be given.
        partition: One run for each device; unequal runs for unequal devices.
        scope: Of temporal attention.
        devices: In rank order.
        batch: Samples of the forward: 2 with guidance, else 1.
        element_bytes: Of the hidden states' dtype.
        overlap: Share of the compute time during which the wire may work unnoticed, 0 to 1; 0 is the worst case.
    """
    if len(devices) != partition.world_size:
        raise ValueError(f"{len(devices)} devices for {partition.world_size} runs; give one per run")
    ranks: list[StepTime] = []
    for rank, device in enumerate(devices):
        frames = len(partition.runs[rank])
        compute = profile.flops * frames * batch / device.flops_per_s
        received = received_bytes(profile, partition, rank, scope, batch=batch, element_bytes=element_bytes).total
        exchange = received / device.link_bytes_per_s + (profile.exchanges * device.link_latency_s if received else 0.0)
        ranks.append(StepTime(compute, exchange, min(exchange, overlap * compute)))
    return Simulation(tuple(ranks))


def _reached(partition: Partition, rank: int, reach: Reach) -> int:
    return sum(len(reach.needed(shot, run)) for shot, run in partition.pieces(rank))
