"""Schedules: at which noise levels, in which order, a picture is made. Data, computed before the first step.

Owns the choice of levels. The arithmetic of a step is engine.sampling.solvers', the facts of training are
engine.models.noise_levels'.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadModelError
from engine.models.denoiser import StepContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.models.noise_levels import NoiseLevels

# Where a student's picture is taken up again by its teacher: late enough to keep the composition.
_RENOISE_SIGMA = 0.5


def make_schedule(levels: NoiseLevels, steps: int, name: str = "") -> tuple[StepContext, ...]:
    """The steps from pure noise to clean latents.

    Args:
        levels: How the model was trained.
        steps: How many, >= 1.
        name: A schedule named by the model's spec; empty for the one its scheduler configuration means.

    Raises:
        BadModelError: There is no schedule of that name, or it does not suit the model.
    """
    build = _SCHEDULES.get(name)
    if build is None:
        known = ", ".join(repr(known) for known in _SCHEDULES)
        raise BadModelError(f"schedule {name!r} is not known; use one of {known} in models.toml")
    return build(levels, steps)


def _ode(levels: NoiseLevels, steps: int) -> tuple[StepContext, ...]:
    """Follow the ODE down the levels that diffusers' schedulers choose for this configuration."""
    sigmas, timesteps = _flow_levels(levels, steps) if levels.parametrisation == "flow" else _spaced(levels, steps)
    return _contexts(sigmas, timesteps)


def _student_then_teacher(levels: NoiseLevels, steps: int) -> tuple[StepContext, ...]:
    """One step of a one-step student, then its picture noised halfway and refined by the teacher in even steps."""
    if levels.parametrisation != "flow":
        raise BadModelError("the schedule 'student_then_teacher' needs a flow model; remove it from models.toml")
    first = _ode(levels, 1)[0]
    if steps == 1:
        return (first,)
    sigmas = [float(sigma) for sigma in np.linspace(_RENOISE_SIGMA, 0.0, steps)]
    timesteps = [sigma * levels.train_steps for sigma in sigmas[:-1]]
    student = StepContext(first.sigma, sigmas[0], first.timestep, 0, steps, renoise=True)
    return (student, *_contexts(sigmas, timesteps, start=1))


_SCHEDULES: Mapping[str, Callable[[NoiseLevels, int], tuple[StepContext, ...]]] = {
    "": _ode,
    "student_then_teacher": _student_then_teacher,
}


def _contexts(sigmas: Sequence[float], timesteps: Sequence[float], start: int = 0) -> tuple[StepContext, ...]:
    count = start + len(timesteps)
    return tuple(
        StepContext(sigma, next_sigma, timestep, start + index, count)
        for index, ((sigma, next_sigma), timestep) in enumerate(zip(pairwise(sigmas), timesteps, strict=True))
    )


def _flow_levels(levels: NoiseLevels, steps: int) -> tuple[list[float], list[float]]:
    """Even levels from 1 - 1/train_steps to 0, shifted: those of diffusers' `use_flow_sigmas`."""
    even = 1.0 - np.linspace(1.0, 1.0 / levels.train_steps, steps + 1)
    sigmas = levels.flow_shift * even / (1.0 + (levels.flow_shift - 1.0) * even)
    falling = [float(sigma) for sigma in sigmas[::-1]]
    # The network was trained on whole timesteps.
    return falling, [float(int(sigma * levels.train_steps)) for sigma in falling[:-1]]


def _spaced(levels: NoiseLevels, steps: int) -> tuple[list[float], list[float]]:
    """Training timesteps picked by the configuration's spacing. Table 2 of Lin et al., arXiv:2305.08891."""
    total = levels.train_steps
    if steps > total:
        raise BadModelError(f"{steps} steps exceed the {total} that the model was trained on; use at most {total}")
    match levels.spacing:
        case "linspace":
            timesteps = np.linspace(0, total - 1, steps)[::-1]
        case "leading":
            timesteps = (np.arange(steps) * (total // steps))[::-1] + float(levels.steps_offset)
        case "trailing":
            # Rounding makes arange one too long for some counts, such as 61.
            timesteps = np.round(np.arange(total, 0, -total / steps)[:steps]) - 1.0
    sigmas = np.interp(timesteps, np.arange(total), levels.train_sigmas)
    return [*(float(sigma) for sigma in sigmas), 0.0], [float(timestep) for timestep in timesteps]
