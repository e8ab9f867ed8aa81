"""Controls as a wrapper of a Denoiser: they add to the conditioning, the model inside stays as it is.

Owns the order of controls and which side of guidance each acts on. Wrapped as guidance(control(model)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from engine.control.unet_adapters import Control
    from engine.models.denoiser import Conditioning, Denoiser, StepContext
    from engine.models.noise_levels import NoiseLevels


class ControlledDenoiser:
    """Asks every control what it adds, then the model; implements Denoiser."""

    def __init__(self, denoiser: Denoiser, levels: NoiseLevels, controls: Sequence[Control]) -> None:
        """`levels` are those of the model inside, whose input the controls see."""
        self._denoiser, self._levels, self._controls = denoiser, levels, controls

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        noisy = self._levels.network_input(latents, step.sigma).to(conditioning.hidden_states.dtype)
        for control in self._controls:
            if not (control.only_positive and conditioning.is_negative):
                conditioning = control.add_to(conditioning, noisy, step)
        return self._denoiser.denoise(latents, step, conditioning)
