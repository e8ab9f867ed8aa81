"""What a model's scheduler_config.json says about noise: parametrisation, prediction and the levels of training.

Owns reading those facts. The order of steps at inference is engine.sampling.schedule's.

Two parametrisations, both with x0 + noise as a straight line in sigma, so that one Euler step serves both:
    "flow"      x = (1 - sigma) x0 + sigma eps, sigma in [0, 1]
    "variance"  x = x0 + sigma eps, the variance-exploding form of SD models (Karras et al., arXiv:2206.00364)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from engine.errors import BadModelError
from engine.messages.edit import last_steps
from engine.models.folder import class_name_in, read_config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.models.stock_solver import SolverConfig

Parametrisation = Literal["flow", "variance"]
Prediction = Literal["epsilon", "v_prediction", "sample", "flow"]
Spacing = Literal["leading", "trailing", "linspace"]
FlowSpacing = Literal["solver", "unipc", "euler", "fractions"]
"""Levels of a flow model before their shift, as diffusers spaces them: for its DPM solvers, for UniPC, for its Euler
scheduler, or in even fractions of the number of steps, which pipelines hand to any of these."""

_SCHEDULERS = (
    "DDIMScheduler", "DDPMScheduler", "DEISMultistepScheduler", "DPMSolverMultistepScheduler",
    "DPMSolverSinglestepScheduler", "EulerAncestralDiscreteScheduler", "EulerDiscreteScheduler",
    "FlowMatchEulerDiscreteScheduler", "HeunDiscreteScheduler", "LCMScheduler", "LMSDiscreteScheduler",
    "PNDMScheduler", "TCDScheduler", "UniPCMultistepScheduler",
)  # fmt: skip
# Those whose noise is scaled by the first level alone, where their spacing begins at the last trained one, as it does
# unless their file says otherwise; all others start from latents of unit variance.
_EULER_LIKE = (
    "EulerAncestralDiscreteScheduler", "EulerDiscreteScheduler", "HeunDiscreteScheduler", "LMSDiscreteScheduler",
)  # fmt: skip
_SPACED_EVENLY = (
    *_EULER_LIKE, "DEISMultistepScheduler", "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler",
    "UniPCMultistepScheduler",
)  # fmt: skip
_FLOW_SPACINGS: Mapping[str, FlowSpacing] = {
    "UniPCMultistepScheduler": "unipc",
    "FlowMatchEulerDiscreteScheduler": "euler",
}


@dataclass(frozen=True)
class TokenShift:
    """How the shift of a flow model's levels follows the number of tokens of a picture.

    Larger pictures are noised more, since neighbouring latents tell more about each other: Esser et al.,
    arXiv:2403.03206, section 5.3.2.

    Attributes:
        tokens: Of a small and of a large picture.
        shifts: Theirs, between and beyond which it goes straight.
        is_exponential: They are logarithms.
        patch: Latents along the side of a token.
    """

    tokens: tuple[float, float] = (256, 4096)
    shifts: tuple[float, float] = (0.5, 1.15)
    is_exponential: bool = True
    patch: int = 2

    def shift_of(self, height: int, width: int) -> float:
        """The shift for latents of that size."""
        low, high = self.tokens
        slope = (self.shifts[1] - self.shifts[0]) / (high - low)
        mu = self.shifts[0] + slope * ((height // self.patch) * (width // self.patch) - low)
        return math.exp(mu) if self.is_exponential else mu


@dataclass(frozen=True)
class NoiseLevels:
    """Facts of a scheduler configuration that decide how a network is to be asked."""

    parametrisation: Parametrisation
    prediction: Prediction
    spacing: Spacing = "leading"
    train_steps: int = 1000
    steps_offset: int = 0
    flow_shift: float = 1.0
    flow_spacing: FlowSpacing = "solver"
    shift_terminal: float = 0.0
    """The last level but 0 to which a flow model's levels are stretched; 0 leaves them as they are."""
    token_shift: TokenShift | None = None
    """Where `flow_shift` is not one for all pictures (`for_latents`)."""
    beta_schedule: str = "scaled_linear"
    beta_start: float = 0.00085
    beta_end: float = 0.012
    trained_betas: tuple[float, ...] = ()
    """The betas of all training steps; empty where the three fields above say them."""
    has_unit_start: bool = False
    """Its schedules start from latents of unit variance, wherever they begin."""
    ends_in_noise: bool = False
    """The last trained level is noise alone: Lin et al., arXiv:2305.08891, algorithm 1."""
    solver: SolverConfig | None = None
    """The stock solver that chooses the levels of pictures and steps along them; without one they are Euler's."""
    is_ancestral: bool = False
    """Each step of a picture replaces noise by fresh noise, as much as DDPM does."""

    def for_latents(self, height: int, width: int) -> NoiseLevels:
        """The levels for latents of that size."""
        return self if self.token_shift is None else replace(self, flow_shift=self.token_shift.shift_of(height, width))

    def steps_from(self, steps: int, strength: float) -> int:
        """How many of a schedule's last steps an edit of that strength takes."""
        # The spacings of FlowMatchEulerDiscreteScheduler, with which diffusers' transformer pipelines work.
        return last_steps(steps, strength, rounds_up=self.flow_spacing in ("euler", "fractions"))

    @cached_property
    def train_sigmas(self) -> NDArray[np.float64]:
        """Sigma of each training timestep in the variance-exploding form, rising, (train_steps,)."""
        kept = np.cumprod(1.0 - self._betas())
        if self.ends_in_noise:
            roots = np.sqrt(kept)
            kept = np.square((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1]))
            kept[-1] = 2.0**-24  # a level that is a number, as diffusers has it
        return np.sqrt((1.0 - kept) / kept)

    def _betas(self) -> NDArray[np.float64]:
        if self.trained_betas:
            return np.asarray(self.trained_betas)
        power = 0.5 if self.beta_schedule == "scaled_linear" else 1.0
        first, last = self.beta_start**power, self.beta_end**power
        return (first + (last - first) * np.arange(self.train_steps) / (self.train_steps - 1)) ** (1 / power)

    def signal_scale(self, sigma: float) -> float:
        """Factor of x0 in latents of this noise level."""
        return 1.0 - sigma if self.parametrisation == "flow" else 1.0

    def initial_scale(self, sigma: float) -> float:
        """Factor that turns standard noise into the latents of a schedule's first level, as diffusers starts."""
        if self.parametrisation == "flow":
            return 1.0
        # "leading" starts below the last trained level, where the data's own variance still counts.
        return float(np.hypot(sigma, 1.0)) if self.spacing == "leading" or self.has_unit_start else sigma

    def network_input(self, latents: Tensor, sigma: float) -> Tensor:
        """Latents of this noise level as the network was trained to see them: of unit variance."""
        return latents if self.parametrisation == "flow" else latents / math.sqrt(sigma**2 + 1)

    def clean_estimate(self, latents: Tensor, output: Tensor, sigma: float) -> Tensor:
        """What the network's output for `latents` of this noise level says of x0. All of one shape, fp32."""
        match self.prediction:
            case "sample":
                return output
            case "v_prediction":
                return latents / (sigma**2 + 1) - output * (sigma / math.sqrt(sigma**2 + 1))
            case "epsilon" | "flow":
                return latents - sigma * output


def read_noise_levels(folder: Path) -> NoiseLevels:
    """The noise levels of the model in `folder`.

    Raises:
        BadModelError: The configuration is missing, malformed, or asks for something unknown.
    """
    file = folder / "scheduler" / "scheduler_config.json"
    config = read_config(file)
    class_name = class_name_in(config, "_class_name", file, _SCHEDULERS)
    train_steps = _number(config, "num_train_timesteps", 1000, file)
    if not 2 <= train_steps <= 100_000:
        raise BadModelError(f"{file}: num_train_timesteps is {train_steps:g}; get the model again")
    if config.get("use_flow_sigmas") is True or class_name == "FlowMatchEulerDiscreteScheduler":
        shift = _number(config, "flow_shift" if "flow_shift" in config else "shift", 1.0, file)
        # A flow model may predict x0 itself; what diffusers calls "flow_prediction" is the velocity.
        prediction: Prediction = "sample" if config.get("prediction_type") == "sample" else "flow"
        return NoiseLevels(
            "flow",
            prediction,
            train_steps=int(train_steps),
            flow_shift=shift,
            flow_spacing=_FLOW_SPACINGS.get(class_name, "solver"),
        )
    usual = "linspace" if class_name in _SPACED_EVENLY else "leading"
    betas = _trained_betas(config, int(train_steps), file)
    # Of a schedule that it has beside its own betas, diffusers takes no notice.
    schedule = "linear" if betas else _choice(config, "beta_schedule", "linear", ("scaled_linear", "linear"), file)
    spacing = cast("Spacing", _choice(config, "timestep_spacing", usual, ("leading", "trailing", "linspace"), file))
    return NoiseLevels(
        "variance",
        cast("Prediction", _choice(config, "prediction_type", "epsilon", ("epsilon", "v_prediction", "sample"), file)),
        spacing,
        train_steps=int(train_steps),
        steps_offset=int(_number(config, "steps_offset", 0, file)),
        beta_schedule=schedule,
        beta_start=_number(config, "beta_start", 0.0001, file),
        beta_end=_number(config, "beta_end", 0.02, file),
        trained_betas=betas,
        has_unit_start=spacing != "leading" and class_name not in _EULER_LIKE,
        ends_in_noise=config.get("rescale_betas_zero_snr") is True,
    )


def _trained_betas(config: Mapping[str, object], train_steps: int, file: Path) -> tuple[float, ...]:
    """The betas that a configuration lists, one for each training step; none where it has a schedule of them."""
    betas = config.get("trained_betas")
    if betas is None:
        return ()
    listed = cast("list[object]", betas) if isinstance(betas, list) else []
    numbers = [beta for beta in listed if isinstance(beta, float) and 0.0 < beta < 1.0]
    if not len(numbers) == len(listed) == train_steps:
        raise BadModelError(f"{file}: trained_betas are not {train_steps} numbers between 0 and 1; get the model again")
    return tuple(numbers)


def _number(config: Mapping[str, object], key: str, default: float, file: Path) -> float:
    value = config.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise BadModelError(f"{file}: {key} is {str(value)[:80]}, not a number; get the model again")
    return value


def _choice(config: Mapping[str, object], key: str, default: str, allowed: tuple[str, ...], file: Path) -> str:
    value = config.get(key, default)
    if not isinstance(value, str) or value not in allowed:
        raise BadModelError(f"{file}: {key} is {str(value)[:80]!r}; Onetake knows {', '.join(allowed)}")
    return value
