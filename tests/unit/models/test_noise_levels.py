"""engine.models.noise_levels: a scheduler's configuration decides how a network is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadModelError
from engine.models.noise_levels import NoiseLevels, read_noise_levels

if TYPE_CHECKING:
    from pathlib import Path


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
        ({"_class_name": "DDIMScheduler", "num_train_timesteps": 0}, "num_train_timesteps is 0"),
        ({"_class_name": "DDIMScheduler", "num_train_timesteps": 10**9}, "num_train_timesteps"),
    ],
)
def test_an_unknown_configuration_is_named(tmp_path: Path, config: dict[str, object], words: str) -> None:
    """What we cannot run faithfully is refused with the file, the key and the value."""
    with pytest.raises(BadModelError, match=words) as caught:
        read(tmp_path, **config)
    assert "scheduler_config.json" in caught.value.message
