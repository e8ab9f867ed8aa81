"""The noise levels of flow-matching transformers, as diffusers' pipelines for them use FlowMatchEulerDiscreteScheduler.

Owns reading what such a configuration says beyond engine.models.noise_levels: how levels follow a picture's size, and
where they end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import BadModelError
from engine.models.folder import class_name_in, read_config
from engine.models.noise_levels import TokenShift, read_noise_levels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.models.noise_levels import FlowSpacing, NoiseLevels

_OTHER_SIGMAS = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "invert_sigmas")
_SHIFTS = {"base_image_seq_len": 256, "max_image_seq_len": 4096, "base_shift": 0.5, "max_shift": 1.15}


def read_flow_levels(folder: Path, spacing: FlowSpacing, *, patch: int = 2) -> NoiseLevels:
    """The levels of a FlowMatchEulerDiscreteScheduler, as pipelines for transformers use it.

    Args:
        folder: The model's.
        spacing: "euler" for pipelines that leave the levels to the scheduler, "fractions" for those that hand it
            even ones.
        patch: Latents along the side of a token, for levels that follow a picture's size.

    Raises:
        BadModelError: The configuration is missing, malformed, of another scheduler or asks for levels of another kind.
    """
    file = folder / "scheduler" / "scheduler_config.json"
    config = read_config(file)
    class_name_in(config, "_class_name", file, ("FlowMatchEulerDiscreteScheduler",))
    for key in _OTHER_SIGMAS:
        if config.get(key):
            raise BadModelError(f"{file}: {key} is not supported; set it to false")
    base = read_noise_levels(folder)
    terminal = _number(config, "shift_terminal", 0.0, file)
    low, high, least, most = (_number(config, key, default, file) for key, default in _SHIFTS.items())
    if not low < high or not 0.0 <= terminal < 1.0:
        raise BadModelError(f"{file}: base_image_seq_len, max_image_seq_len or shift_terminal; get the model again")
    shift_type = config.get("time_shift_type", "exponential")
    if shift_type not in ("exponential", "linear"):
        raise BadModelError(f"{file}: time_shift_type is {str(shift_type)[:80]}; get the model again")
    follows = TokenShift((low, high), (least, most), is_exponential=shift_type == "exponential", patch=patch)
    return replace(
        base,
        flow_spacing=spacing,
        shift_terminal=terminal,
        token_shift=follows if config.get("use_dynamic_shifting") is True else None,
    )


def _number(config: Mapping[str, object], key: str, default: float, file: Path) -> float:
    value = config.get(key, default)
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < float("inf"):
        raise BadModelError(f"{file}: {key} is {str(value)[:80]}, not a number; get the model again")
    return float(value)
