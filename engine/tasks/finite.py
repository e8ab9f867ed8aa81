"""The check that numbers stay finite, and what to say when they do not: never a black picture without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.errors import NotFiniteError

if TYPE_CHECKING:
    from torch import Tensor

    from engine.tasks.loading import LoadedModel, LoadedVideo


def check_finite(values: Tensor, where: str, loaded: LoadedModel | LoadedVideo) -> None:
    """Raise NotFiniteError if any of `values`, come about at `where`, is NaN or infinite."""
    if bool(torch.isfinite(values).all()):
        return
    happened = f"{loaded.spec.name} gave NaN or infinity at {where} in {loaded.plan.dtype}"
    if loaded.plan.dtype == "float16":
        raise NotFiniteError(
            f"{happened}, whose largest number is 65504; use a GPU that has bfloat16 (NVIDIA Ampere or newer), "
            "or the CPU"
        )
    raise NotFiniteError(f"{happened}; get the model's files again, or ask for fewer steps")
