"""A ControlNet of which both sides of guidance take what it adds on the prompt's side.

Owns that, for the networks with which diffusers' pipelines do so: the network runs once a step instead of twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.models.denoiser import TokenResiduals

if TYPE_CHECKING:
    from torch import Tensor

    from engine.control.token_controls import TokenNet
    from engine.models.denoiser import Conditioning, StepContext


class PromptSideNet:
    """Such a network; a TokenNet."""

    def __init__(self, net: TokenNet) -> None:
        self.net = net
        self._step: StepContext | None = None
        self._found = TokenResiduals()

    @property
    def patch(self) -> int:
        """As TokenNet.patch."""
        return self.net.patch

    def run(self, noisy: Tensor, step: StepContext, conditioning: Conditioning) -> TokenResiduals:
        """As TokenNet.run; of the other side, what it said last."""
        # Guidance asks for the prompt's side first.
        if not conditioning.is_negative or self._step != step:
            self._step, self._found = step, self.net.run(noisy, step, conditioning)
        return self._found
