"""BOOT: a one-step student made without any pictures, by bootstrapping along the teacher's path.

Gu et al., arXiv:2306.05544. The student is given noise alone and a time, and says what is to be seen of the picture at
that time on the teacher's path from this noise: the signal y_t = (x_t - sigma_t noise) / alpha_t. It learns the signal
at each time from its own one at the time before and one step of the teacher. At time 0 the signal is the picture.

The student's network is the teacher's. It is told the time by its timestep; that its latents are always those of the
first level, its step's sigma says, so that it begins as the teacher at that level, which is the boundary condition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import mse_loss

from engine.distill.paths import add_noise, noise_ratio, step_at, timestep_of
from engine.models.denoiser import StepContext

if TYPE_CHECKING:
    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser
    from engine.models.noise_levels import NoiseLevels


@dataclass(frozen=True)
class Bootstrap:
    """What one run of the method goes along.

    Attributes:
        teacher: With its guidance, which the student then needs no more.
        levels: How the teacher was trained.
        first_sigma: The level of noise alone.
    """

    teacher: Denoiser
    levels: NoiseLevels
    first_sigma: float

    def start(self, noise: Tensor) -> Tensor:
        """Standard normal noise as latents of the first level, as a sampler starts from it."""
        return noise * self.levels.initial_scale(self.first_sigma)

    def signal_step(self, sigma: float) -> StepContext:
        """The step by which a student is asked for the signal at a level; at level 0, for the picture."""
        return StepContext(self.first_sigma, 0.0, timestep_of(self.levels, sigma), 0, 1)

    def next_signal(
        self, signal: Tensor, noise: Tensor, sigmas: tuple[float, float], conditioning: Conditioning
    ) -> Tensor:
        """The signal one Euler step of the teacher further: equation 9 of the paper.

        Args:
            signal: At the first of the levels, (B, C, h, w).
            noise: From which the path began, standard normal, likewise.
            sigmas: The level of the signal, and the lower one wanted.
            conditioning: The encoded prompts.
        """
        before, after = (noise_ratio(self.levels, sigma) for sigma in sigmas)
        # Where no signal is left at all, the teacher's estimate is all there is to go on.
        kept = 0.0 if math.isinf(before) else after / before
        noisy = add_noise(self.levels, signal, noise, sigmas[0])
        clean = self.teacher.denoise(noisy, step_at(self.levels, *sigmas), conditioning)
        return clean + (signal - clean) * kept

    def loss(self, student: Denoiser, noise: Tensor, sigmas: tuple[float, float], conditioning: Conditioning) -> Tensor:
        """How far the student's signal is from its own at the level before, moved on by the teacher.

        Args:
            student: The model that learns, begun as the teacher.
            noise: Standard normal, (B, C, h, w).
            sigmas: A level, and the lower one at which the signal is learnt; the closer they are, the less the
                teacher's step errs and the longer the chain.
            conditioning: The encoded prompts.

        Returns:
            The mean squared error, a scalar. Gradients reach the student at the lower level alone.
        """
        start = self.start(noise)
        with torch.no_grad():
            signal = student.denoise(start, self.signal_step(sigmas[0]), conditioning)
            wanted = self.next_signal(signal, noise, sigmas, conditioning)
        return mse_loss(student.denoise(start, self.signal_step(sigmas[1]), conditioning), wanted)

    def boundary_loss(self, student: Denoiser, noise: Tensor, conditioning: Conditioning) -> Tensor:
        """How far the student's signal at the first level is from the teacher's estimate there.

        Equation 10 of the paper; 0 where the student is the teacher, unguided. Arguments as for `loss`.
        """
        start, step = self.start(noise), step_at(self.levels, self.first_sigma)
        with torch.no_grad():
            wanted = self.teacher.denoise(start, step, conditioning)
        return mse_loss(student.denoise(start, step, conditioning), wanted)
