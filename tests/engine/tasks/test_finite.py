"""engine.tasks.finite: numbers that run over are told with what to do about it, which depends on their format."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
import torch

from engine.acceleration.plan import ExecutionPlan
from engine.errors import NotFiniteError
from engine.tasks.finite import check_finite
from engine.tasks.loading import LoadedModel
from engine.tasks.prompts import PromptCache
from tests.tiny_models import tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

    from engine.models.image_model import ImageModel


def loaded_in(folder: Path, dtype: str) -> LoadedModel:
    """A model that nobody asks anything."""
    plan = ExecutionPlan(device="cpu", dtype=dtype, channels_last=False, fused_decoder=False, threads=1)
    return LoadedModel(tiny_spec(folder), plan, cast("ImageModel", None), cast("PromptCache", None))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize(
    ("dtype", "remedy"),
    [
        ("float16", "in float16, whose largest number is 65504; use a GPU that has bfloat16"),
        ("bfloat16", "in bfloat16; get the model's files again"),
        ("float32", "in float32; get the model's files again"),
    ],
)
def test_an_overflow_is_told_with_its_remedy(tmp_path: Path, dtype: str, remedy: str, value: float) -> None:
    """In half precision a sound model overflows, so that getting it again would help nobody."""
    values = torch.zeros(2, 3)
    check_finite(values, "step 1 of 4", loaded_in(tmp_path, dtype))
    values[1, 2] = value
    with pytest.raises(NotFiniteError) as caught:
        check_finite(values, "step 1 of 4", loaded_in(tmp_path, dtype))
    assert remedy in caught.value.message
    assert caught.value.message.startswith("tiny gave NaN or infinity at step 1 of 4")
