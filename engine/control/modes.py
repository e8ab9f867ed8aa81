"""Control modes as numbers: how much each block of a U-Net hears of a control.

Owns the factors. "balanced" leaves all at the layer's weight; "prompt" and "control" weaken the outer blocks, where
composition gives way to the prompt, and "control" also leaves the negative prompt's side without control, so that
guidance multiplies it. Source: sd-webui-controlnet, scripts/hook.py and issue 1011.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Mode: TypeAlias = Literal["balanced", "prompt", "control"]

_DECAY = 0.825
# Of the four features of a T2I-Adapter, from the largest to the smallest.
_FEATURE_FACTORS = (0.25, 0.62, 0.825, 1.0)


def residual_factors(mode: Mode, count: int) -> Sequence[float]:
    """Factors of a ControlNet's `count` residuals, skip connections in the network's order and the middle last.

    For the 13 of Stable Diffusion 1.5 they are 0.825^(12 - i).
    """
    if mode == "balanced":
        return [1.0] * count
    return [_DECAY ** (count - 1 - index) for index in range(count)]


def feature_factors(mode: Mode, count: int) -> Sequence[float]:
    """Factors of a T2I-Adapter's `count` features, the largest first. Other counts than 4 are read off between."""
    if mode == "balanced":
        return [1.0] * count
    places = np.linspace(0.0, len(_FEATURE_FACTORS) - 1.0, count)
    return [float(factor) for factor in np.interp(places, range(len(_FEATURE_FACTORS)), _FEATURE_FACTORS)]


def only_positive(mode: Mode) -> bool:
    """Whether the control acts on the prompt's side of guidance alone."""
    return mode == "control"
