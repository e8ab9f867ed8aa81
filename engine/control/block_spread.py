"""A ControlNet's few blocks over a transformer's many, as diffusers' transformers do it.

Owns which of the ControlNet's residuals is added behind which block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


def spread_evenly(residuals: Sequence[Tensor], blocks: int) -> tuple[Tensor, ...]:
    """Each behind an equal share of `blocks`, fractions carried over: SD3's way."""
    return tuple(residuals[int(index / (blocks / len(residuals)))] for index in range(blocks)) if residuals else ()


def spread_in_runs(residuals: Sequence[Tensor], blocks: int) -> tuple[Tensor, ...]:
    """Each behind a run of blocks of one length, rounded up: FLUX's way."""
    run = -(-blocks // max(len(residuals), 1))
    return tuple(residuals[index // run] for index in range(blocks)) if residuals else ()


def spread_in_turn(residuals: Sequence[Tensor], blocks: int) -> tuple[Tensor, ...]:
    """One after the other, and again: the way of XLabs' ControlNets for FLUX."""
    return tuple(residuals[index % len(residuals)] for index in range(blocks)) if residuals else ()
