"""engine.tasks.loading: a model is loaded in a number format that holds what it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from engine.acceleration.plan import ExecutionPlan
from engine.tasks import loading
from engine.tasks.loading import load, picture_plan
from tests.tiny_language import write_tiny_z
from tests.tiny_models import tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

OLD_GPU = ExecutionPlan(
    device="cuda:0", dtype="float16", channels_last=True, fused_decoder=False, threads=1, pictures_at_once=1
)


@pytest.mark.parametrize("family", ["qwen_image", "z_image"])
@pytest.mark.parametrize(("emulates", "dtype"), [(True, "bfloat16"), (False, "float32")])
def test_networks_beyond_float16_get_a_wider_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: str, dtype: str, *, emulates: bool
) -> None:
    """On a GPU without bfloat16: that by way of float32 where torch can, else float32 itself."""
    monkeypatch.setattr(loading, "computes_bfloat16", lambda: emulates)
    spec = msgspec.structs.replace(tiny_spec(tmp_path), family=family)
    assert picture_plan(OLD_GPU, spec) == msgspec.structs.replace(OLD_GPU, dtype=dtype)


def test_other_plans_stay_as_they_are(tmp_path: Path) -> None:
    """Other families keep float16, and every family bfloat16 and float32."""
    spec = tiny_spec(tmp_path)
    assert picture_plan(OLD_GPU, spec) == OLD_GPU
    for dtype in ("bfloat16", "float32"):
        plan = msgspec.structs.replace(OLD_GPU, dtype=dtype)
        assert picture_plan(plan, msgspec.structs.replace(spec, family="z_image")) == plan


def test_the_model_has_the_format_that_its_plan_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written into a picture's metadata is what it was made with."""
    monkeypatch.setattr(loading, "computes_bfloat16", lambda: True)
    loaded = load(write_tiny_z(tmp_path / "z"), msgspec.structs.replace(OLD_GPU, device="cpu"))
    assert loaded.plan.torch_dtype == torch.bfloat16
    assert loaded.model.encode_prompt("a moon").hidden_states.dtype == torch.bfloat16
