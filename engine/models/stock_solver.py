"""Solvers of higher order, as a model's scheduler_config.json names them: diffusers' own schedulers do their steps.

Owns which schedulers these are, and the way between a scheduler's form of latents and ours
(engine.models.noise_levels). A solver remembers earlier steps, so that one serves one run over one batch; all that it
does is done picture by picture, so that none depends on its company. The noise of its steps is the caller's.
"""

from __future__ import annotations

import importlib
import inspect
import math
import sys
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol, cast

from engine.errors import BadInputError, BadModelError
from engine.models.denoiser import StepContext
from engine.models.folder import read_config
from engine.models.stock import narrow_imports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import Tensor

    from engine.models.noise_levels import NoiseLevels, Prediction

_MAX_ORDER = 4
_RUNGE_KUTTA_STEPS = 4
"""With which PNDMScheduler begins, unless its file says skip_prk_steps."""


@dataclass(frozen=True)
class _Kind:
    """A class of schedulers.

    Attributes:
        module: Under diffusers.schedulers.
        told: What it is given of a step: the clean estimate, or the noise that is in the latents.
        is_exploding: Its latents are ours, x0 + sigma eps; else they are of unit variance.
        order: Evaluations of the network in each step but the last.
    """

    module: str
    told: Literal["sample", "epsilon"]
    is_exploding: bool = False
    order: int = 1


_KINDS: Mapping[str, _Kind] = {
    "DEISMultistepScheduler": _Kind("scheduling_deis_multistep", "sample"),
    "DPMSolverMultistepScheduler": _Kind("scheduling_dpmsolver_multistep", "sample"),
    "DPMSolverSinglestepScheduler": _Kind("scheduling_dpmsolver_singlestep", "sample"),
    "UniPCMultistepScheduler": _Kind("scheduling_unipc_multistep", "sample"),
    "PNDMScheduler": _Kind("scheduling_pndm", "epsilon"),
    "TCDScheduler": _Kind("scheduling_tcd", "sample"),
    "HeunDiscreteScheduler": _Kind("scheduling_heun_discrete", "epsilon", is_exploding=True, order=2),
    "LMSDiscreteScheduler": _Kind("scheduling_lms_discrete", "epsilon", is_exploding=True),
    "EulerDiscreteScheduler": _Kind("scheduling_euler_discrete", "epsilon", is_exploding=True),
}
_ANCESTRAL = ("DDPMScheduler", "EulerAncestralDiscreteScheduler")
_OTHER_SIGMAS = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas")


@dataclass(frozen=True)
class SolverConfig:
    """A scheduler's class and its configuration.

    Attributes:
        class_name: One of this module's.
        options: Of the file; what the class does not know is left out.
        file: Where they come from, for people.
    """

    class_name: str
    options: Mapping[str, object]
    file: Path

    @property
    def order(self) -> int:
        """Evaluations of the network in each step but the last."""
        return _KINDS[self.class_name].order


def with_solver(levels: NoiseLevels, folder: Path) -> NoiseLevels:
    """The noise levels of the model in `folder`, with the solver that its pictures are made with.

    Euler's, DDIM's and LCM's steps need none: engine.sampling has them.

    Raises:
        BadModelError: The configuration is malformed, or asks for noise that cannot be drawn from a picture's seed.
    """
    file = folder / "scheduler" / "scheduler_config.json"
    options = read_config(file)
    name = str(options.get("_class_name"))
    if name in _ANCESTRAL and levels.parametrisation == "variance":
        return replace(levels, is_ancestral=True)
    if name not in _KINDS or (name == "EulerDiscreteScheduler" and not _spaces_anew(options)):
        return levels
    order = options.get("solver_order", 2)
    if type(order) is not int or not 1 <= order <= _MAX_ORDER:
        raise BadModelError(f"{file}: solver_order is {str(order)[:80]}; get the model again")
    if name == "DPMSolverSinglestepScheduler" and str(options.get("algorithm_type")).startswith("sde"):
        raise BadModelError(f"{file}: algorithm_type is sde; Onetake knows it for DPMSolverMultistepScheduler alone")
    return replace(levels, solver=SolverConfig(name, options, file))


def _spaces_anew(options: Mapping[str, object]) -> bool:
    """Whether an Euler scheduler's levels are others than those of its timesteps."""
    return any(options.get(key) for key in _OTHER_SIGMAS) or options.get("final_sigmas_type") == "sigma_min"


class StockSolver:
    """A scheduler of diffusers over clean estimates."""

    def __init__(self, levels: NoiseLevels, steps: int, begin: int = 0) -> None:
        """Make the solver of `levels` ready for a run.

        Args:
            levels: Those of a model that has one.
            steps: How many the whole schedule has, in the scheduler's own count.
            begin: Index in `schedule` of the first step to be made.

        Raises:
            BadInputError: The class needs more steps.
            BadModelError: The configuration does not suit the class, or the class so many steps.
        """
        assert levels.solver is not None, "models without a solver step as Euler"
        self._config, self._kind = levels.solver, _KINDS[levels.solver.class_name]
        self._levels, self._begin = levels, begin
        begins_slowly = self._config.class_name == "PNDMScheduler" and not self._config.options.get("skip_prk_steps")
        if begins_slowly and steps < _RUNGE_KUTTA_STEPS:
            raise BadInputError(
                f"PNDMScheduler needs {_RUNGE_KUTTA_STEPS} steps, with which it begins as Runge and Kutta do, and "
                f"{steps} were asked for; use {_RUNGE_KUTTA_STEPS} or more, or set skip_prk_steps to true in "
                f"{self._config.file}"
            )
        try:
            # That the library converts tensors in a way that numpy will give up, it has to mend (0.42.1).
            with warnings.catch_warnings(action="ignore"):
                self._scheduler = _build(self._config, self._kind.module, self._told)
                self._scheduler.set_timesteps(steps)
        except Exception as error:  # the library raises whatever a wrong configuration leads to
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise BadModelError(
                f"{self._config.file} does not suit {steps} steps of {self._config.class_name} ({reason}); "
                "use another number of steps, or get the model again"
            ) from error
        if hasattr(self._scheduler, "set_begin_index"):
            self._scheduler.set_begin_index(begin)

    def schedule(self) -> tuple[StepContext, ...]:
        """Every evaluation of the network, from pure noise on; schedulers may ask twice at one level."""
        timesteps = [float(timestep) for timestep in self._scheduler.timesteps]
        sigmas = [*(self._sigma(index) for index in range(len(timesteps))), 0.0]
        return tuple(
            StepContext(sigmas[index], sigmas[index + 1], timestep, index, len(timesteps))
            for index, timestep in enumerate(timesteps)
        )

    def step(
        self, latents: Tensor, clean: Tensor, step: StepContext, fresh_noise: Callable[[StepContext], Tensor]
    ) -> Tensor:
        """The latents that the next evaluation of the network is for; after the last, the result.

        Args:
            latents: What the network saw in this step, (B, C, h, w) fp32.
            clean: Its estimate of x0.
            step: The step: one of those from `begin` on, in order, counted from 0.
            fresh_noise: Draws the noise of a step, for solvers of stochastic equations.
        """
        options: dict[str, object] = {}
        # Other schedulers' files may keep the field from the one that they were made from.
        is_stochastic = str(self._config.options.get("algorithm_type")).startswith("sde")
        if is_stochastic and self._config.class_name == "DPMSolverMultistepScheduler":
            options["variance_noise"] = fresh_noise(step)
        if self._config.class_name == "TCDScheduler":
            options["eta"] = 0.0  # as diffusers' pipelines ask it
        timestep = self._scheduler.timesteps[self._begin + step.index]
        sample = latents / self._form(step.sigma)
        if self._kind.is_exploding:
            self._scheduler.scale_model_input(sample, timestep)  # by which such a scheduler counts
        output = self._output(latents, clean, step.sigma)
        moved, *_ = self._scheduler.step(output, timestep, sample, return_dict=False, **options)
        return moved * self._form(step.next_sigma)

    @property
    def _told(self) -> Prediction:
        """What the scheduler takes for the network's output."""
        # PNDM mixes what the network gave at several levels before it asks what that says of the noise.
        is_mixed_v = self._config.class_name == "PNDMScheduler" and self._levels.prediction == "v_prediction"
        return "v_prediction" if is_mixed_v else self._kind.told

    def _output(self, latents: Tensor, clean: Tensor, sigma: float) -> Tensor:
        """The network's output that means `clean`, as the scheduler takes it."""
        if self._told == "sample":
            return clean
        noise = (latents - clean) / sigma
        return noise if self._told == "epsilon" else (noise - clean * sigma) / math.hypot(sigma, 1.0)

    def _sigma(self, index: int) -> float:
        """The level of an evaluation, in our form."""
        if hasattr(self._scheduler, "sigmas"):
            return float(self._scheduler.sigmas[index])
        # At least what engine.models.noise_levels has of a level that is noise alone.
        kept = max(float(self._scheduler.alphas_cumprod[int(self._scheduler.timesteps[index])]), 2.0**-24)
        return math.sqrt((1.0 - kept) / kept)

    def _form(self, sigma: float) -> float:
        """Our latents of a level divided by the scheduler's."""
        is_ours = self._kind.is_exploding or self._levels.parametrisation == "flow"
        return 1.0 if is_ours else math.hypot(sigma, 1.0)


def _build(config: SolverConfig, module_name: str, told: Prediction) -> _Scheduler:
    name = f"diffusers.schedulers.{module_name}"
    if module_name == "scheduling_lms_discrete" or config.options.get("use_beta_sigmas"):
        # Modules that were imported narrowly have looked for scipy in vain.
        sys.modules.pop(name, None)
        module = importlib.import_module(name)
    else:
        with narrow_imports():
            module = importlib.import_module(name)
    stock = cast("Callable[..., _Scheduler]", getattr(module, config.class_name))
    known = inspect.signature(stock).parameters
    options = {key: value for key, value in config.options.items() if key in known}
    # Families have turned what the network predicts into x0 before a solver sees it.
    return stock(**{**options, "prediction_type": told})


class _Scheduler(Protocol):
    timesteps: Tensor
    sigmas: Tensor
    alphas_cumprod: Tensor

    def set_timesteps(self, num_inference_steps: int) -> None: ...
    def set_begin_index(self, begin_index: int) -> None: ...
    def scale_model_input(self, sample: Tensor, timestep: Tensor) -> Tensor: ...
    def step(
        self, model_output: Tensor, timestep: Tensor, sample: Tensor, *, return_dict: bool, **options: object
    ) -> tuple[Tensor, ...]: ...
