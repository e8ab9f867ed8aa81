"""Puts a plan into effect on a loaded model. Owns which module is replaced by which faster one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from engine.acceleration.fused_decoder import fuse_tiny_decoder

if TYPE_CHECKING:
    from torch import nn

    from engine.acceleration.plan import ExecutionPlan


class _Decoding(Protocol):
    """What decodes pictures with a diffusers autoencoder."""

    @property
    def vae(self) -> nn.Module: ...


def accelerate(model: _Decoding, plan: ExecutionPlan) -> None:
    """Make `model`, loaded for `plan`, compute as the plan says."""
    if plan.fused_decoder and type(model.vae).__name__ == "AutoencoderTiny":
        fused = fuse_tiny_decoder(cast("nn.Module", model.vae.decoder))
        if fused is not None:
            model.vae.decoder = fused
