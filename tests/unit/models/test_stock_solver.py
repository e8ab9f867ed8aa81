"""engine.models.stock_solver: a folder's scheduler steps as it does in diffusers, behind our form of latents."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Protocol, cast

import pytest
import torch
from torch import Tensor

from engine.errors import BadInputError, BadModelError
from engine.models.noise_levels import read_noise_levels
from engine.models.stock_solver import StockSolver, with_solver
from engine.sampling.schedule import begin_solver, make_schedule, start_at
from engine.sampling.solvers import sample
from tests.unit.sampling.fakes import CONDITIONING, SHAPE, formula, formula_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.models.denoiser import StepContext
    from engine.models.noise_levels import NoiseLevels

# diffusers and what it imports warn of their own future.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
BETAS: dict[str, object] = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
}  # fmt: skip
DPM, SINGLE = "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler"
CASES: dict[str, tuple[str, dict[str, object]]] = {
    "dpm++ 2m": (DPM, {}),
    "dpm++ 2m karras": (DPM, {"use_karras_sigmas": True}),
    "dpm++ 2m exponential": (DPM, {"use_exponential_sigmas": True}),
    "dpm++ 2m beta": (DPM, {"use_beta_sigmas": True}),
    "dpm++ 2m lu": (DPM, {"use_lu_lambdas": True}),
    "dpm++ 2m heun": (DPM, {"solver_type": "heun", "euler_at_final": True}),
    "dpm++ 3m": (DPM, {"solver_order": 3, "lower_order_final": False}),
    "dpm++ leading": (DPM, {"timestep_spacing": "leading", "steps_offset": 1}),
    "dpm++ trailing zero snr": (
        DPM, {"timestep_spacing": "trailing", "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"},
    ),
    "dpm++ sigma_min": (DPM, {"final_sigmas_type": "sigma_min"}),
    "dpm++ thresholding": (DPM, {"thresholding": True}),
    "dpm": (DPM, {"algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"}),
    "dpm++ of a flow": (DPM, {"use_flow_sigmas": True, "flow_shift": 3.0, "prediction_type": "flow_prediction"}),
    "dpm++ 2s": (SINGLE, {}),
    "dpm++ 2s karras": (SINGLE, {"use_karras_sigmas": True}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "unipc karras": ("UniPCMultistepScheduler", {"use_karras_sigmas": True, "prediction_type": "sample"}),
    "unipc bh1 order 3": (
        "UniPCMultistepScheduler", {"solver_type": "bh1", "solver_order": 3, "final_sigmas_type": "sigma_min"},
    ),
    "unipc of noise": ("UniPCMultistepScheduler", {"predict_x0": False, "final_sigmas_type": "sigma_min"}),
    "unipc of a flow": (
        "UniPCMultistepScheduler", {"use_flow_sigmas": True, "flow_shift": 3.0, "prediction_type": "flow_prediction"},
    ),
    "deis": ("DEISMultistepScheduler", {}),
    "pndm": ("PNDMScheduler", {"skip_prk_steps": True, "steps_offset": 1}),
    "pndm of v": ("PNDMScheduler", {"skip_prk_steps": True, "prediction_type": "v_prediction"}),
    "pndm trailing": ("PNDMScheduler", {"skip_prk_steps": True, "timestep_spacing": "trailing"}),
    "pndm with runge-kutta": ("PNDMScheduler", {"skip_prk_steps": False, "steps_offset": 1}),
    "heun": ("HeunDiscreteScheduler", {}),
    "heun karras": ("HeunDiscreteScheduler", {"use_karras_sigmas": True}),
    "lms": ("LMSDiscreteScheduler", {}),
    "euler karras": ("EulerDiscreteScheduler", {"use_karras_sigmas": True}),
    "tcd": ("TCDScheduler", {}),
}  # fmt: skip


class Stock(Protocol):
    timesteps: Tensor
    init_noise_sigma: float

    def set_timesteps(self, num_inference_steps: int) -> None: ...
    def set_begin_index(self, begin_index: int) -> None: ...
    def scale_model_input(self, sample: Tensor, timestep: Tensor) -> Tensor: ...
    def step(
        self, output: Tensor, timestep: Tensor, sample: Tensor, *, return_dict: bool, **options: object
    ) -> tuple[Tensor, ...]: ...


def read(folder: Path, name: str, **options: object) -> NoiseLevels:
    """The levels of a folder with that configuration, as the picture families read them."""
    (folder / "scheduler").mkdir(exist_ok=True)
    text = json.dumps({"_class_name": name, "_diffusers_version": "0.42.1", **options})
    (folder / "scheduler" / "scheduler_config.json").write_text(text)
    return with_solver(read_noise_levels(folder), folder)


def stock_scheduler(name: str, steps: int, **options: object) -> Stock:
    diffusers = importlib.import_module("diffusers")
    scheduler = cast("Callable[..., Stock]", getattr(diffusers, name))(**options)
    scheduler.set_timesteps(steps)
    return scheduler


def start() -> Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(3))


def noise_of(index: int) -> Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(100 + index))


def stock_trajectory(stock: Stock, **options: object) -> list[Tensor]:
    """What the network sees at each evaluation, and the result."""
    latents, seen = start() * stock.init_noise_sigma, list[Tensor]()
    for timestep in stock.timesteps:
        seen.append(stock.scale_model_input(latents, timestep))
        latents = stock.step(formula(seen[-1], float(timestep)), timestep, latents, return_dict=False, **options)[0]
    return [*seen, latents]


def own_trajectory(levels: NoiseLevels, steps: int) -> tuple[tuple[StepContext, ...], list[Tensor]]:
    """The same of ours, along the way that pictures take."""
    schedule = make_schedule(levels, steps)
    model, seen = formula_model(levels), list[Tensor]()

    class Watched:
        def denoise(self, latents: Tensor, step: StepContext, conditioning: object) -> Tensor:
            seen.append(levels.network_input(latents, step.sigma))
            return model.denoise(latents, step, CONDITIONING)

    result = sample(
        Watched(), start() * levels.initial_scale(schedule[0].sigma), schedule, CONDITIONING,
        signal_scale=levels.signal_scale, fresh_noise=lambda step: noise_of(step.index),
        after_step=lambda step, clean: None, solver=begin_solver(levels, steps, "", schedule),
    )  # fmt: skip
    return schedule, [*seen, result]


def assert_same(ours: list[Tensor], theirs: list[Tensor]) -> None:
    assert len(ours) == len(theirs)
    for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        assert other.std() > 0.01, "flat latents prove nothing"
        scale = max(1.0, float(other.abs().max()))
        assert float((mine - other).abs().max()) < 1e-4 * scale, f"evaluation {index}"


@pytest.mark.parametrize("steps", [1, 5, 20])
@pytest.mark.parametrize("case", CASES)
def test_every_evaluation_is_that_of_the_stock_scheduler(tmp_path: Path, case: str, steps: int) -> None:
    """Its timesteps, what the network sees at each, and the latents at the end: to 1e-4 of their size."""
    name, changes = CASES[case]
    options = {**BETAS, **changes}
    if case == "pndm with runge-kutta" and steps < 4:
        pytest.skip("the stock scheduler needs four steps")
    stock = stock_scheduler(name, steps, **options)
    theirs = stock_trajectory(stock, **({"eta": 0.0} if case == "tcd" else {}))
    schedule, ours = own_trajectory(read(tmp_path, name, **options), steps)
    assert [step.timestep for step in schedule] == [float(timestep) for timestep in stock.timesteps]
    assert_same(ours, theirs)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_too_few_steps_for_a_slow_beginning_are_refused(tmp_path: Path, steps: int) -> None:
    """PNDM with Runge-Kutta steps: one line says how many it needs, and which field makes it do with fewer."""
    name, options = CASES["pndm with runge-kutta"]
    levels = read(tmp_path, name, **BETAS, **options)
    words = rf"needs 4 steps, .* and {steps} were asked for; use 4 or more, or set skip_prk_steps to true in .*\.json"
    with pytest.raises(BadInputError, match=words):
        make_schedule(levels, steps)
    assert make_schedule(levels, 4)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_stochastic_solver_takes_the_noise_of_its_step(tmp_path: Path, order: int) -> None:
    """sde-dpmsolver++ with the noise that is drawn for each step from the picture's seed."""
    options = {**BETAS, "algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True, "solver_order": order}
    stock = stock_scheduler(DPM, 6, **options)
    latents = start()
    for index, timestep in enumerate(stock.timesteps):
        output = formula(latents, float(timestep))
        latents = stock.step(output, timestep, latents, return_dict=False, variance_noise=noise_of(index))[0]
    assert_same(own_trajectory(read(tmp_path, DPM, **options), 6)[1][-1:], [latents])


@pytest.mark.parametrize("spacing", ["leading", "trailing"])
@pytest.mark.parametrize("name", ["EulerAncestralDiscreteScheduler", "DDPMScheduler"])
def test_ancestral_steps_are_those_of_the_stock_scheduler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, spacing: str
) -> None:
    """Both replace as much noise as DDPM does; it is drawn from the picture's seed here."""
    module = "scheduling_ddpm" if name == "DDPMScheduler" else "scheduling_euler_ancestral_discrete"
    drawn = iter(range(100))
    found = importlib.import_module(f"diffusers.schedulers.{module}")

    def draw(*_args: object, **_options: object) -> Tensor:
        return noise_of(next(drawn))

    monkeypatch.setattr(found, "randn_tensor", draw)
    options = {**BETAS, "timestep_spacing": spacing}
    more = {"clip_sample": False} if name == "DDPMScheduler" else {}
    stock = stock_scheduler(name, 6, **options, **more)
    theirs = stock_trajectory(stock)
    schedule, ours = own_trajectory(read(tmp_path, name, **options), 6)
    assert [step.timestep for step in schedule] == [float(timestep) for timestep in stock.timesteps]
    assert_same(ours, theirs)
    assert next(drawn) >= 5


@pytest.mark.parametrize("case", ["dpm++ 2m karras", "unipc", "pndm", "heun", "dpm++ 2s"])
@pytest.mark.parametrize("strength", [0.35, 0.8, 1.0])
def test_an_edit_begins_where_the_stock_pipelines_do(tmp_path: Path, case: str, strength: float) -> None:
    """Timesteps from `t_start * order` on, each step as the scheduler makes it from there."""
    name, changes = CASES[case]
    options, steps = {**BETAS, **changes}, 10
    levels, stock = read(tmp_path, name, **options), stock_scheduler(name, steps, **options)
    schedule = start_at(levels, steps, "", strength)
    begin = (steps - min(int(steps * strength), steps)) * getattr(stock, "order", 1)
    assert [step.timestep for step in schedule] == [float(timestep) for timestep in stock.timesteps[begin:]]
    assert [step.index for step in schedule] == list(range(len(schedule)))
    assert {step.count for step in schedule} == {len(schedule)}
    if hasattr(stock, "set_begin_index"):
        stock.set_begin_index(begin)
    exploding = start() * levels.initial_scale(schedule[0].sigma)
    latents = exploding if name == "HeunDiscreteScheduler" else exploding / (schedule[0].sigma ** 2 + 1) ** 0.5
    for timestep in stock.timesteps[begin:]:
        output = formula(stock.scale_model_input(latents, timestep), float(timestep))
        latents = stock.step(output, timestep, latents, return_dict=False)[0]
    ours = sample(
        formula_model(levels), exploding, schedule, CONDITIONING,
        signal_scale=levels.signal_scale, fresh_noise=lambda step: noise_of(step.index),
        after_step=lambda step, clean: None, solver=begin_solver(levels, steps, "", schedule),
    )  # fmt: skip
    assert_same([ours], [latents])


@pytest.mark.parametrize("case", ["dpm++ 2m karras", "unipc", "unipc bh1 order 3", "pndm", "dpm++ 2s"])
def test_a_picture_does_not_depend_on_its_company(tmp_path: Path, case: str) -> None:
    """Two pictures stepped at once are, to the bit, those stepped alone."""
    name, changes = CASES[case]
    levels = read(tmp_path, name, **BETAS, **changes)
    schedule = make_schedule(levels, 6)
    both = torch.cat([start(), noise_of(7)])

    def run(latents: Tensor) -> Tensor:
        solver = begin_solver(levels, 6, "", schedule)
        assert isinstance(solver, StockSolver)
        for step in schedule:
            latents = solver.step(latents, torch.tanh(latents), step, lambda step: noise_of(step.index))
        return latents

    assert torch.equal(run(both), torch.cat([run(both[:1]), run(both[1:])]))


def test_steps_that_remember_nothing_need_no_solver(tmp_path: Path) -> None:
    """Euler, DDIM, LCM and flow matching as before; a schedule that the spec names is never a stock one."""
    for name in ("EulerDiscreteScheduler", "DDIMScheduler", "LCMScheduler", "FlowMatchEulerDiscreteScheduler"):
        levels = read(tmp_path, name)
        assert (levels.solver, levels.is_ancestral) == (None, False)
        assert begin_solver(levels, 4, "", make_schedule(levels, 4)) is None
    flow = read(tmp_path, DPM, use_flow_sigmas=True, prediction_type="sample")
    assert begin_solver(flow, 4, "student_then_teacher", make_schedule(flow, 4, "student_then_teacher")) is None


def test_a_level_of_noise_alone_is_a_number(tmp_path: Path) -> None:
    """Schedulers that keep no sigmas say of it that nothing of the picture is left, and step from there."""
    options = {**BETAS, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}
    theirs = stock_trajectory(stock_scheduler("TCDScheduler", 5, **options), eta=0.0)
    assert_same(own_trajectory(read(tmp_path, "TCDScheduler", **options), 5)[1], theirs)


@pytest.mark.parametrize("name", ["UniPCMultistepScheduler", "HeunDiscreteScheduler"])
def test_a_stochastic_field_that_another_scheduler_left_is_nothing(tmp_path: Path, name: str) -> None:
    """Files keep what the scheduler said that they were made from (diffusers' from_config)."""
    plain = own_trajectory(read(tmp_path, name, **BETAS), 3)[1]
    left = own_trajectory(read(tmp_path, name, **BETAS, algorithm_type="sde-dpmsolver++"), 3)[1]
    assert torch.equal(left[-1], plain[-1])


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        (DPM, {"solver_order": 10**9}, "solver_order is 1000000000"),
        (SINGLE, {"algorithm_type": "sde-dpmsolver++"}, "algorithm_type is sde"),
        (DPM, {"algorithm_type": "magic"}, "magic is not implemented"),
        (DPM, {"use_karras_sigmas": True, "use_exponential_sigmas": True}, "Only one of"),
        (DPM, {"lambda_min_clipped": "x"}, "does not suit 4 steps of DPMSolverMultistepScheduler"),
        ("TCDScheduler", {"original_inference_steps": 2}, "does not suit 4 steps of TCDScheduler"),
    ],
)
def test_a_wrong_configuration_is_named(tmp_path: Path, name: str, options: dict[str, object], said: str) -> None:
    """One line with the file and the library's reason; nothing is built that would fill the memory."""
    with pytest.raises(BadModelError, match=said) as caught:
        make_schedule(read(tmp_path, name, **options), 4)
    assert "scheduler_config.json" in caught.value.message
    assert "\n" not in caught.value.message
