"""The seam between models and samplers: one call that turns noisy latents into an estimate of the clean ones.

Owns the types of that call. Owns neither networks (families/) nor the order of steps (engine.sampling).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class StepContext:
    """One step of a schedule.

    Attributes:
        sigma: Noise level of the latents that come in.
        next_sigma: Noise level wanted afterwards; 0 at the last step.
        timestep: What the network is told about `sigma`, in its own units.
        index: Place in the schedule, from 0.
        count: Length of the schedule.
        renoise: Reach `next_sigma` by adding fresh noise to the clean estimate, instead of following the ODE.
        fresh_sigma: Level of the fresh noise that is part of `next_sigma`, for models of the SD kind.
    """

    sigma: float
    next_sigma: float
    timestep: float
    index: int
    count: int
    renoise: bool = False
    fresh_sigma: float = 0.0


@dataclass(frozen=True)
class Residuals:
    """What controls add to a U-Net: one tensor per skip connection and one for the middle block."""

    down: tuple[Tensor, ...]
    middle: Tensor


@dataclass(frozen=True)
class TokenResiduals:
    """What controls add to a transformer's picture tokens behind its blocks, each (B, tokens, channels).

    One tensor for each block of the model, or none at all for a kind of blocks that they leave alone.
    """

    blocks: tuple[Tensor, ...] = ()
    """Behind blocks with two streams; of a transformer with one kind of blocks, all of them."""
    single_blocks: tuple[Tensor, ...] = ()
    """Behind blocks in which text and picture share a stream."""


@dataclass(frozen=True)
class Conditioning:
    """What steers the network.

    Attributes:
        hidden_states: Encoded prompt, (B, tokens, channels), in the network's dtype and on its device.
        residuals: Sum of all controls for this step, if any.
        tokens: The same for transformers.
        pooled: The prompt as one vector, (B, channels), for networks that take it besides `hidden_states`.
        guidance: How closely to follow the prompt, for networks that are told instead of being run twice.
        features: What controls of the T2I-Adapter kind add inside a U-Net's down blocks, one tensor per block.
        is_negative: This is the side that guidance pushes away from.
        beside: What an inpainting network sees beside the latents: the mask and the masked picture's latents,
            (1 or B, 1 + C, h, w).
    """

    hidden_states: Tensor
    residuals: Residuals | None = None
    tokens: TokenResiduals | None = None
    pooled: Tensor | None = None
    guidance: float = 1.0
    features: tuple[Tensor, ...] = ()
    is_negative: bool = False
    beside: Tensor | None = None


class Denoiser(Protocol):
    """Estimates clean latents. Wrapped as guidance(control(cache(model)))."""

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        """The clean latents x0 that `latents` most likely come from, fp32, (B, C, H, W) like `latents`."""
        ...
