"""The cost model beside the measurement: a step on several ranks, from the speed of one and the wire between two.

Owns the translation of measurements into the cost model's terms. The model is engine.parallel.cost's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from engine.parallel.cost import Device, simulate
from engine.parallel.partition import Partition, even_runs
from engine.tasks.video import scope_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.bench.video_commands import LinkMeasured, TakeMeasured
    from engine.messages import ModelSpec, VideoRequest


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """A denoising step of all ranks, in seconds.

    Attributes:
        step_seconds: Modelled, with nothing of the exchange hidden behind work: an upper bound.
        step_seconds_hidden: Modelled, with as much of it hidden as there is work.
        measured_step_seconds: What it took.
        exchange_share: Modelled, of the slowest rank, with nothing hidden.
        link_bytes_per_s: Measured between two ranks, in both directions at once.
        link_latency_s: Of one small exchange between them.
    """

    step_seconds: float
    step_seconds_hidden: float
    measured_step_seconds: float
    exchange_share: float
    link_bytes_per_s: float
    link_latency_s: float


def predict(
    request: VideoRequest,
    spec: ModelSpec,
    link: LinkMeasured,
    *,
    alone_step_s: float,
    measured_step_s: float,
    ranks: Sequence[TakeMeasured],
) -> Prediction:
    """Model a step of `request` on equal ranks of one shot.

    Args:
        request: The take on all ranks.
        spec: Its model.
        link: The measured wire.
        alone_step_s: A step of one rank with as many frames as rank 0 has, measured alone.
        measured_step_s: A step of all ranks, measured.
        ranks: What the ranks measured.
    """
    assert spec.video is not None
    first = ranks[0]
    # Work in units of a frame: what a device does in a second was measured in no other.
    device = Device(first.frames * first.forwards / alone_step_s, link.bytes_per_s, link.latency_s)
    partition = Partition(even_runs(request.frames, len(ranks)), tuple(request.timeline.shots()))
    profile, scope = replace(first.profile, flops=1.0), scope_of(request, spec.video)
    exposed, hidden = (
        simulate(
            profile,
            partition,
            scope,
            [device] * len(ranks),
            batch=first.forwards,
            element_bytes=first.element_bytes,
            overlap=overlap,
        )
        for overlap in (0.0, 1.0)
    )
    return Prediction(
        step_seconds=exposed.step_s,
        step_seconds_hidden=hidden.step_s,
        measured_step_seconds=measured_step_s,
        exchange_share=exposed.exchange_share,
        link_bytes_per_s=link.bytes_per_s,
        link_latency_s=link.latency_s,
    )
