"""engine.acceleration.plan: one plan per machine and device, and none for what is not there."""

from __future__ import annotations

import pytest
import torch

from engine.acceleration import plan as plan_module
from engine.acceleration.plan import plan_for
from engine.errors import BadInputError


def test_the_plan_of_a_device_never_changes() -> None:
    """Asked twice, the same plan; it runs pictures one at a time, so that batches equal single pictures."""
    assert plan_for("cpu") == plan_for("cpu")
    assert plan_for("cpu").pictures_at_once == 1
    assert plan_for("cpu").torch_device == torch.device("cpu")


@pytest.mark.parametrize(("capability", "dtype"), [("avx512_bf16", torch.bfloat16), ("avx2", torch.float32)])
def test_the_number_format_follows_the_hardware(
    monkeypatch: pytest.MonkeyPatch, capability: str, dtype: torch.dtype
) -> None:
    """bfloat16 only where the CPU multiplies it in hardware, else float32; fused kernels exist for both."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {capability: True})
    plan = plan_for("cpu")
    assert plan.torch_dtype == dtype
    assert plan.fused_decoder == plan_module.has_fused_kernels()


def test_threads_are_the_cores_we_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Physical cores unless OMP_NUM_THREADS says otherwise; nonsense there is ignored."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert plan_module.cpu_threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert plan_module.cpu_threads() >= 1


@pytest.mark.parametrize("device", ["cuda:99", "tpu", "", "meta", "cpu:x"])
def test_a_device_that_is_not_there_is_named(device: str) -> None:
    """Unknown and absent devices are bad input with a remedy."""
    with pytest.raises(BadInputError, match="use cpu"):
        plan_for(device)
