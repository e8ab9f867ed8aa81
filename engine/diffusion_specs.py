"""What folders of SDXL and PixArt can do, read from their configurations. Never imports torch.

Owns what such folders mean where no catalogue says otherwise. Which pipelines there are is engine.catalogue's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.config_file import read_if_sound
from engine.messages.checks import MAX_SIDE, MIN_SIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.messages import ModelSpec

DIFFUSION_PIPELINES = {
    "StableDiffusionXLPipeline": "sdxl",
    "StableDiffusionXLInpaintPipeline": "sdxl",
    "PixArtAlphaPipeline": "pixart",
    "PixArtSigmaPipeline": "pixart",
}
"""Family of each pipeline that this module knows."""


def complete_diffusion_spec(spec: ModelSpec) -> ModelSpec:
    """The spec of a folder of one of these families, with the defaults of its pipeline and its authors.

    Wrong or missing configurations change nothing here: loading the model says what is wrong with them.
    """
    folder, is_sdxl = Path(spec.folder), spec.family == "sdxl"
    file = folder / ("unet" if is_sdxl else "transformer") / "config.json"
    side = _trained_side(read_if_sound(file).get("sample_size"))
    spec = msgspec.structs.replace(spec, default_width=side, default_height=side, size_multiple=8 if is_sdxl else 16)
    if is_sdxl and is_inpainting(file):
        spec = msgspec.structs.replace(spec, edits=("inpaint", "outpaint"), draws=False)
    if spec.schedule or spec.embeds_guidance:  # a consistency model's
        return spec
    if is_sdxl and _is_adversarial(read_if_sound(folder / "scheduler" / "scheduler_config.json")):
        return msgspec.structs.replace(spec, default_steps=1, default_guidance=1.0)
    steps, guidance = (50, 5.0) if is_sdxl else (20, 4.5)
    return msgspec.structs.replace(spec, default_steps=steps, default_guidance=guidance)


def is_inpainting(file: Path) -> bool:
    """Whether a U-Net sees a mask and the masked picture's latents beside the latents. Rombach et al., 2112.10752."""
    config = read_if_sound(file)
    seen, made = config.get("in_channels"), config.get("out_channels")
    return isinstance(seen, int) and isinstance(made, int) and seen == 2 * made + 1


def embeds_guidance(file: Path) -> bool:
    """Whether a U-Net is told its guidance, as students of guided teachers are. Meng et al., arXiv:2210.03142."""
    return isinstance(read_if_sound(file).get("time_cond_proj_dim"), int)


def _trained_side(latents: object) -> int:
    """Side in pixels of the pictures that a network was trained on; latents are of 8 pixels."""
    return 8 * latents if isinstance(latents, int) and MIN_SIDE <= 8 * latents <= MAX_SIDE else 1024


def _is_adversarial(scheduler: Mapping[str, object]) -> bool:
    """Whether a scheduler is that of the students which draw in one step. Sauer et al., arXiv:2311.17042."""
    fields = (scheduler.get("_class_name"), scheduler.get("timestep_spacing"))
    return fields == ("EulerAncestralDiscreteScheduler", "trailing")
