"""engine.sampling.solvers: our steps are diffusers' steps, on every kind of model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import pytest
import torch
from torch import Tensor

from engine.models.noise_levels import NoiseLevels
from engine.sampling.schedule import make_schedule
from engine.sampling.solvers import euler_step, renoise_step, sample
from tests.unit.sampling.fakes import CONDITIONING, SHAPE, formula, formula_model

if TYPE_CHECKING:
    from engine.models.denoiser import StepContext
    from engine.models.noise_levels import Prediction, Spacing

# diffusers and what it imports warn of their own future.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class _Result(Protocol):
    prev_sample: Tensor


class _Scheduler(Protocol):
    timesteps: Tensor
    init_noise_sigma: float

    def set_timesteps(self, num_inference_steps: int) -> None: ...
    def scale_model_input(self, sample: Tensor, timestep: Tensor) -> Tensor: ...
    def step(self, model_output: Tensor, timestep: Tensor, sample: Tensor) -> _Result: ...


class _ConsistencyScheduler(Protocol):
    def step(
        self, output: Tensor, timestep: Tensor, sample: Tensor, *, generator: torch.Generator, return_dict: bool
    ) -> tuple[Tensor, Tensor]: ...


def start() -> Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(3))


def stock_trajectory(scheduler: object, steps: int) -> tuple[list[float], list[Tensor]]:
    """Timesteps, and latents after each step, of a diffusers scheduler over the formula."""
    stock = cast("_Scheduler", scheduler)
    stock.set_timesteps(steps)
    latents, after = start() * stock.init_noise_sigma, list[Tensor]()
    for timestep in stock.timesteps:
        output = formula(stock.scale_model_input(latents, timestep), float(timestep))
        latents = stock.step(output, timestep, latents).prev_sample
        after.append(latents)
    return [float(timestep) for timestep in stock.timesteps], after


def own_trajectory(levels: NoiseLevels, steps: int) -> tuple[list[StepContext], list[Tensor]]:
    """The same of our solver. Latents are rebuilt from each step's clean estimate."""
    schedule = make_schedule(levels, steps)
    latents = start() * levels.initial_scale(schedule[0].sigma)
    model, after = formula_model(levels), list[Tensor]()
    for step in schedule:
        latents = euler_step(latents, model.denoise(latents, step, CONDITIONING), step)
        after.append(latents)
    return list(schedule), after


def assert_same(own: list[Tensor], stock: list[Tensor]) -> None:
    for index, (mine, theirs) in enumerate(zip(own, stock, strict=True)):
        scale = max(1.0, float(theirs.abs().max()))
        assert float((mine - theirs).abs().max()) < 1e-5 * scale, f"step {index}"


@pytest.mark.parametrize("steps", [1, 2, 4, 7, 25])
@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_flow_equals_first_order_dpm_solver(steps: int, shift: float) -> None:
    """On flow models our Euler step is DPM-Solver++ of order one, at its very levels and timesteps."""
    from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler

    stock = DPMSolverMultistepScheduler(
        use_flow_sigmas=True, prediction_type="flow_prediction", solver_order=1, flow_shift=shift
    )
    timesteps, theirs = stock_trajectory(stock, steps)
    schedule, ours = own_trajectory(NoiseLevels("flow", "flow", flow_shift=shift), steps)
    assert [step.timestep for step in schedule] == timesteps
    assert_same(ours, theirs)


@pytest.mark.parametrize("steps", [1, 4, 9])
@pytest.mark.parametrize("spacing", ["trailing", "leading", "linspace"])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_variance_models_equal_euler_discrete(steps: int, spacing: Spacing, prediction: Prediction) -> None:
    """On SD models it is EulerDiscreteScheduler, for every prediction and spacing."""
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    stock = EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        timestep_spacing=spacing, prediction_type=prediction, steps_offset=1,
    )  # fmt: skip
    timesteps, theirs = stock_trajectory(stock, steps)
    levels = NoiseLevels("variance", prediction, spacing, steps_offset=1)
    schedule, ours = own_trajectory(levels, steps)
    assert [step.timestep for step in schedule] == pytest.approx(timesteps, abs=1e-3)
    assert_same(ours, theirs)


@pytest.mark.parametrize("beta_schedule", ["scaled_linear", "linear"])
def test_variance_models_equal_ddim(beta_schedule: str) -> None:
    """In the variance-preserving form the same step is DDIM without noise."""
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

    levels = NoiseLevels("variance", "epsilon", "trailing", beta_schedule=beta_schedule)
    stock = DDIMScheduler(
        beta_start=levels.beta_start, beta_end=levels.beta_end, beta_schedule=beta_schedule,
        timestep_spacing="trailing", clip_sample=False, set_alpha_to_one=True,
    )  # fmt: skip
    model, schedule = formula_model(levels), make_schedule(levels, 8)
    first = schedule[0].sigma
    stock.set_timesteps(8)
    preserving = start()
    exploding = start() * (first**2 + 1) ** 0.5
    for step, timestep in zip(schedule, stock.timesteps, strict=True):
        output = formula(preserving, float(timestep))
        preserving = cast("_Scheduler", stock).step(output, int(timestep), preserving).prev_sample  # pyright: ignore[reportArgumentType]
        exploding = euler_step(exploding, model.denoise(exploding, step, CONDITIONING), step)
        back = exploding / (step.next_sigma**2 + 1) ** 0.5
        assert float((back - preserving).abs().max()) < 1e-4


def test_a_renoised_step_forgets_the_latents_it_came_from() -> None:
    """After a student's step only its clean estimate and fresh noise count, at the level of the next step."""
    levels = NoiseLevels("flow", "flow")
    schedule = make_schedule(levels, 4, "student_then_teacher")
    model, fresh = formula_model(levels), torch.full(SHAPE, 2.0)
    seen: list[Tensor] = []
    result = sample(
        model, start(), schedule, CONDITIONING,
        signal_scale=levels.signal_scale, fresh_noise=lambda step: fresh,
        after_step=lambda step, clean: seen.append(clean),
    )  # fmt: skip
    latents = renoise_step(seen[0], fresh, schedule[0], 0.5)
    assert torch.equal(latents, seen[0] * 0.5 + 1.0)
    for step in schedule[1:]:
        latents = euler_step(latents, model.denoise(latents, step, CONDITIONING), step)
    assert torch.equal(result, latents)
    assert torch.equal(result, seen[-1])
    assert len(seen) == 4


@pytest.mark.parametrize("steps", [1, 4, 8])
def test_lcm_equals_the_stock_consistency_scheduler(steps: int) -> None:
    """AnimateLCM's way: the stock scheduler's timesteps, and its latents where both are given the same fresh noise."""
    from diffusers.schedulers.scheduling_lcm import LCMScheduler

    stock = LCMScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
    stock.set_timesteps(steps)
    levels = NoiseLevels("variance", "epsilon")
    schedule = make_schedule(levels, steps, "lcm")
    assert [step.timestep for step in schedule] == [float(timestep) for timestep in stock.timesteps]
    model, latents = formula_model(levels), start() * levels.initial_scale(schedule[0].sigma)
    theirs = start()
    for step, timestep in zip(schedule, stock.timesteps, strict=True):
        clean = model.denoise(latents, step, CONDITIONING)
        generator = torch.Generator().manual_seed(step.index)
        output = formula(theirs, float(timestep))
        theirs, denoised = cast("_ConsistencyScheduler", stock).step(
            output, timestep, theirs, generator=generator, return_dict=False
        )
        torch.testing.assert_close(clean, denoised, atol=2e-3, rtol=1e-3)
        noise = torch.randn(SHAPE, generator=torch.Generator().manual_seed(step.index))
        latents = renoise_step(clean, noise, step, 1.0)
    assert not schedule[-1].renoise
