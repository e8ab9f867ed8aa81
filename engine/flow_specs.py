"""What folders of flow-matching transformers can do, read from their configurations. Never imports torch.

Owns the defaults of folders of SD3, FLUX.1, Qwen-Image and Z-Image that no catalogue lists. Which pipelines there are
is engine.catalogue's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.config_file import read_if_sound
from engine.messages.checks import MAX_SIDE, MIN_SIDE

if TYPE_CHECKING:
    from engine.messages import ModelSpec

FLOW_PIPELINES = {
    "StableDiffusion3Pipeline": "sd3",
    "FluxPipeline": "flux",
    "QwenImagePipeline": "qwen_image",
    "ZImagePipeline": "z_image",
}
"""Family of each pipeline that this module knows."""


def complete_flow_spec(spec: ModelSpec) -> ModelSpec:
    """The spec of a folder of one of these families, with the defaults of its pipeline and its authors.

    Wrong or missing configurations change nothing here: loading the model says what is wrong with them.
    """
    folder = Path(spec.folder)
    network = read_if_sound(folder / "transformer" / "config.json")
    # The noise of an edit's steps, which the method "cycle" keeps, is none in a flow.
    edits = tuple(edit for edit in spec.edits if edit != "cycle")
    spec = msgspec.structs.replace(spec, default_width=1024, default_height=1024, size_multiple=16, edits=edits)
    if spec.family == "sd3":
        side = _pixels(network.get("pos_embed_max_size", 96), network.get("patch_size", 2))
        return msgspec.structs.replace(spec, default_steps=28, default_guidance=7.0, max_side=side)
    if spec.family == "qwen_image":
        return msgspec.structs.replace(spec, default_steps=50, default_guidance=4.0)
    if spec.family == "z_image":
        # Z-Image-Turbo and the model that it was distilled from differ in nothing but their weights.
        return msgspec.structs.replace(spec, default_steps=9, default_guidance=1.0)
    if network.get("guidance_embeds") is True:
        return msgspec.structs.replace(
            spec, default_steps=28, default_guidance=3.5, embeds_guidance=True, takes_negative=False
        )
    if read_if_sound(folder / "scheduler" / "scheduler_config.json").get("use_dynamic_shifting") is True:
        return msgspec.structs.replace(spec, default_steps=28, default_guidance=3.5)
    return msgspec.structs.replace(
        spec, default_steps=4, default_guidance=1.0, takes_negative=False, takes_guidance=False
    )


def _pixels(tokens: object, patch: object) -> int:
    """The longest side of a picture for whose tokens the network knows places; latents are of 8 pixels."""
    if type(tokens) is not int or type(patch) is not int:
        return MAX_SIDE
    return max(MIN_SIDE, min(MAX_SIDE, tokens * patch * 8))
