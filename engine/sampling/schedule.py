"""Schedules: at which noise levels, in which order, a picture is made. Data, computed before the first step.

Owns the choice of levels. The arithmetic of a step is engine.sampling.solvers', the facts of training are
engine.models.noise_levels'.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadModelError
from engine.models.denoiser import StepContext
from engine.models.stock_solver import StockSolver
from engine.sampling.solvers import fresh_level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.models.noise_levels import NoiseLevels

# Where a student's picture is taken up again by its teacher: late enough to keep the composition.
_RENOISE_SIGMA = 0.5
# The highest level that a teacher is trained at; above it is the student's.
_TEACHER_SIGMA = 0.98
# Steps of the solver that consistency models are distilled from.
_LCM_STEPS = 50


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


def start_at(levels: NoiseLevels, steps: int, name: str, strength: float) -> tuple[StepContext, ...]:
    """The steps from a picture noised as far as `strength` says to clean latents.

    The last steps of the whole schedule, as many as diffusers' pipelines take (NoiseLevels.steps_from; schedulers of
    order two make two evaluations of each, and PNDM one more than there are steps). A one-step student sees noise
    alone, so that its teacher makes all steps of an edit; they begin at `strength` itself.

    Args:
        levels: How the model was trained.
        steps: How many the whole schedule has, >= 1.
        name: As for `make_schedule`.
        strength: Above 0; at 1, the whole schedule.

    Raises:
        BadModelError: As for `make_schedule`.
    """
    count = levels.steps_from(steps, strength)
    if name == "student_then_teacher":
        sigmas = [float(sigma) for sigma in np.linspace(min(strength, _TEACHER_SIGMA), 0.0, count + 1)]
        return _contexts(sigmas, [sigma * levels.train_steps for sigma in sigmas[:-1]])
    order = levels.solver.order if levels.solver and not name else 1
    last = make_schedule(levels, steps, name)[(steps - count) * order :]
    return tuple(replace(step, index=index, count=len(last)) for index, step in enumerate(last))


def begin_solver(levels: NoiseLevels, steps: int, name: str, schedule: Sequence[StepContext]) -> StockSolver | None:
    """What steps along a schedule of `make_schedule` or `start_at`, once; None for steps that remember nothing."""
    if levels.solver is None or name:
        return None
    return StockSolver(levels, steps, len(make_schedule(levels, steps)) - len(schedule))


def _usual(levels: NoiseLevels, steps: int) -> tuple[StepContext, ...]:
    """Down the levels that diffusers' schedulers choose for this configuration."""
    if levels.solver is not None:
        return StockSolver(levels, steps).schedule()
    contexts = _euler(levels, steps)
    if not levels.is_ancestral:
        return contexts
    return tuple(replace(step, fresh_sigma=fresh_level(step.sigma, step.next_sigma)) for step in contexts)


def _euler(levels: NoiseLevels, steps: int) -> tuple[StepContext, ...]:
    """Follow the ODE in steps of order one."""
    sigmas, timesteps = _flow_levels(levels, steps) if levels.parametrisation == "flow" else _spaced(levels, steps)
    return _contexts(sigmas, timesteps)


def _student_then_teacher(levels: NoiseLevels, steps: int) -> tuple[StepContext, ...]:
    """One step of a one-step student, then its picture noised halfway and refined by the teacher in even steps."""
    if levels.parametrisation != "flow":
        raise BadModelError("the schedule 'student_then_teacher' needs a flow model; remove it from models.toml")
    first = _euler(levels, 1)[0]
    if steps == 1:
        return (first,)
    sigmas = [float(sigma) for sigma in np.linspace(_RENOISE_SIGMA, 0.0, steps)]
    timesteps = [sigma * levels.train_steps for sigma in sigmas[:-1]]
    student = StepContext(first.sigma, sigmas[0], first.timestep, 0, steps, renoise=True)
    return (student, *_contexts(sigmas, timesteps, start=1))


def _consistency(levels: NoiseLevels, steps: int) -> tuple[StepContext, ...]:
    """Steps of a latent consistency model, each noising its picture afresh. Luo et al., arXiv:2310.04378.

    As diffusers' LCMScheduler, but for its boundary scalings, which differ from 0 and 1 by less than 1e-5.
    """
    if levels.parametrisation == "flow":
        raise BadModelError("the schedule 'lcm' needs a model of the SD kind; remove it from models.toml")
    trained = (np.arange(1, _LCM_STEPS + 1) * (levels.train_steps // _LCM_STEPS) - 1)[::-1]
    if steps > _LCM_STEPS:
        raise BadModelError(f"{steps} steps exceed the {_LCM_STEPS} of a consistency model; use at most {_LCM_STEPS}")
    chosen = trained[np.floor(np.linspace(0, _LCM_STEPS, steps, endpoint=False)).astype(int)]
    sigmas = [*(float(sigma) for sigma in levels.train_sigmas[chosen]), 0.0]
    contexts = _contexts(sigmas, [float(timestep) for timestep in chosen])
    return tuple(replace(step, renoise=step.next_sigma > 0.0) for step in contexts)


_SCHEDULES: Mapping[str, Callable[[NoiseLevels, int], tuple[StepContext, ...]]] = {
    "": _usual,
    "student_then_teacher": _student_then_teacher,
    "lcm": _consistency,
}


def _contexts(sigmas: Sequence[float], timesteps: Sequence[float], start: int = 0) -> tuple[StepContext, ...]:
    count = start + len(timesteps)
    return tuple(
        StepContext(sigma, next_sigma, timestep, start + index, count)
        for index, ((sigma, next_sigma), timestep) in enumerate(zip(pairwise(sigmas), timesteps, strict=True))
    )


def _flow_levels(levels: NoiseLevels, steps: int) -> tuple[list[float], list[float]]:
    """The levels that diffusers' schedulers choose for a flow model, and 0 behind them."""
    lowest = 1.0 / levels.train_steps
    match levels.flow_spacing:
        case "solver":
            even = (1.0 - np.linspace(1.0, lowest, steps + 1))[:0:-1]
        case "unipc":
            even = np.linspace(1.0, lowest, steps + 1)[:-1]
        case "euler":
            # Its lowest level has been shifted once before, unless the shift waits for a picture's size.
            before = levels.flow_shift if levels.token_shift is None else 1.0
            even = np.linspace(1.0, float(_shifted(np.asarray(lowest), before)), steps)
        case "fractions":
            even = np.linspace(1.0, 1.0 / steps, steps)
    sigmas = _shifted(even, levels.flow_shift)
    if levels.shift_terminal and sigmas[-1] < 1.0:
        sigmas = 1.0 - (1.0 - sigmas) * (1.0 - levels.shift_terminal) / (1.0 - sigmas[-1])
    timesteps = [float(sigma) * levels.train_steps for sigma in sigmas]
    if levels.flow_spacing in ("solver", "unipc"):
        # The network was trained on whole timesteps; UniPC keeps a little below the first.
        timesteps = [float(min(int(timestep), levels.train_steps - 1)) for timestep in timesteps]
    return [*(float(sigma) for sigma in sigmas), 0.0], timesteps


def _shifted(sigmas: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    return shift * sigmas / (1.0 + (shift - 1.0) * sigmas)


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
