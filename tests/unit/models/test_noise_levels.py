"""engine.models.noise_levels: a scheduler's configuration decides how a network is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol, cast

import pytest
import torch

from engine.errors import BadModelError
from engine.models.noise_levels import NoiseLevels, read_noise_levels
from engine.sampling.schedule import make_schedule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor


def read(folder: Path, **config: object) -> NoiseLevels:
    (folder / "scheduler").mkdir(exist_ok=True)
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(config))
    return read_noise_levels(folder)


def test_real_configurations_are_understood(tmp_path: Path) -> None:
    """SD 1.5, SD 2.1, SD-Turbo, flow matching and Papercut each get their own way."""
    betas = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
    sd15 = read(tmp_path, _class_name="PNDMScheduler", steps_offset=1, skip_prk_steps=True, **betas)
    assert sd15 == NoiseLevels("variance", "epsilon", "leading", steps_offset=1)
    sd21 = read(tmp_path, _class_name="DDIMScheduler", prediction_type="v_prediction", steps_offset=1, **betas)
    assert sd21 == NoiseLevels("variance", "v_prediction", "leading", steps_offset=1)
    turbo = read(tmp_path, _class_name="EulerDiscreteScheduler", timestep_spacing="trailing", **betas)
    assert turbo == NoiseLevels("variance", "epsilon", "trailing")
    flow = read(tmp_path, _class_name="FlowMatchEulerDiscreteScheduler", shift=3.0)
    assert flow == NoiseLevels("flow", "flow", flow_shift=3.0, flow_spacing="euler")
    wan = read(tmp_path, _class_name="UniPCMultistepScheduler", use_flow_sigmas=True, flow_shift=5.0)
    assert wan == NoiseLevels("flow", "flow", flow_shift=5.0, flow_spacing="unipc")
    solver = {"_class_name": "DPMSolverMultistepScheduler", "use_flow_sigmas": True}
    assert read(tmp_path, **solver, prediction_type="flow_prediction") == NoiseLevels("flow", "flow")
    papercut = read(tmp_path, **solver, prediction_type="sample")
    assert papercut == NoiseLevels("flow", "sample")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"_class_name": "KarrasVeScheduler"}, "not supported"),
        ({"_class_name": ["x", "y"]}, "not the name of a class"),
        ({"_class_name": "DDIMScheduler", "prediction_type": "magic"}, "prediction_type is 'magic'"),
        ({"_class_name": "DDIMScheduler", "beta_schedule": ["x"]}, "beta_schedule"),
        ({"_class_name": "DDIMScheduler", "beta_start": "x"}, "beta_start is x, not a number"),
        ({"_class_name": "DDIMScheduler", "trained_betas": [0.5] * 999}, "trained_betas are not 1000 numbers"),
        ({"_class_name": "DDIMScheduler", "trained_betas": [*[0.5] * 999, 1.0]}, "trained_betas are not 1000 numbers"),
        ({"_class_name": "DDIMScheduler", "trained_betas": "linear"}, "trained_betas are not 1000 numbers"),
        ({"_class_name": "DDIMScheduler", "num_train_timesteps": 0}, "num_train_timesteps is 0"),
        ({"_class_name": "DDIMScheduler", "num_train_timesteps": 10**9}, "num_train_timesteps"),
    ],
)
def test_an_unknown_configuration_is_named(tmp_path: Path, config: dict[str, object], words: str) -> None:
    """What we cannot run faithfully is refused with the file, the key and the value."""
    with pytest.raises(BadModelError, match=words) as caught:
        read(tmp_path, **config)
    assert "scheduler_config.json" in caught.value.message


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["EulerDiscreteScheduler", "DDIMScheduler", "LCMScheduler", "UniPCMultistepScheduler"])
@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace", ""])
def test_a_schedule_starts_where_the_stock_scheduler_does(tmp_path: Path, name: str, spacing: str) -> None:
    """The first latents, seen by the network: for each spacing, and for the one that a file without means."""
    import diffusers

    config = {"_class_name": name, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
    config |= {"timestep_spacing": spacing} if spacing else {}
    levels = read(tmp_path, **config)
    stock = cast("_Stock", getattr(diffusers, name)(**{key: config[key] for key in config if key != "_class_name"}))
    stock.set_timesteps(4)
    assert levels.spacing == stock.config["timestep_spacing"]
    schedule = make_schedule(levels, 4, "lcm" if name == "LCMScheduler" else "")
    if name != "UniPCMultistepScheduler":  # which counts one step more
        assert [step.timestep for step in schedule] == pytest.approx([float(timestep) for timestep in stock.timesteps])
    first = torch.full((1,), float(levels.initial_scale(schedule[0].sigma)))
    wanted = stock.scale_model_input(torch.full((1,), float(stock.init_noise_sigma)), stock.timesteps[0])
    torch.testing.assert_close(levels.network_input(first, schedule[0].sigma), wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_levels_that_end_in_noise_are_those_of_the_stock_scheduler(tmp_path: Path) -> None:
    """rescale_betas_zero_snr, with which models of v-prediction are trained: every trained level, and the last."""
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    config: dict[str, object] = {
        "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "timestep_spacing": "trailing",
        "prediction_type": "v_prediction", "rescale_betas_zero_snr": True,
    }  # fmt: skip
    levels = read(tmp_path, _class_name="EulerDiscreteScheduler", **config)
    kept = cast("_Stock", EulerDiscreteScheduler(**config)).alphas_cumprod.double()  # pyright: ignore[reportArgumentType]
    assert levels.train_sigmas == pytest.approx(((1 - kept) / kept).sqrt().numpy(), rel=2e-3)
    assert levels.train_sigmas[-1] == pytest.approx(4096, rel=1e-3)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("ends_in_noise", [False, True])
@pytest.mark.parametrize("schedule", ["linear", "squaredcos_cap_v2"])
def test_betas_of_its_own_are_those_of_the_stock_scheduler(tmp_path: Path, schedule: str, ends_in_noise: bool) -> None:
    """trained_betas, in place of whatever schedule the file names beside them."""
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    config: dict[str, object] = {
        "trained_betas": [0.001 + 0.019 * (step / 499) ** 3 for step in range(500)],
        "num_train_timesteps": 500, "beta_schedule": schedule, "rescale_betas_zero_snr": ends_in_noise,
    }  # fmt: skip
    levels = read(tmp_path, _class_name="EulerDiscreteScheduler", **config)
    kept = cast("_Stock", EulerDiscreteScheduler(**config)).alphas_cumprod.double()  # pyright: ignore[reportArgumentType]
    assert levels.train_sigmas == pytest.approx(((1 - kept) / kept).sqrt().numpy(), rel=2e-3)


class _Stock(Protocol):
    config: Mapping[str, object]
    timesteps: Tensor
    alphas_cumprod: Tensor
    init_noise_sigma: float

    def set_timesteps(self, num_inference_steps: int) -> None: ...
    def scale_model_input(self, sample: Tensor, timestep: Tensor) -> Tensor: ...
