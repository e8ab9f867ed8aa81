"""What folders of flow-matching transformers can do, read from their configurations. Never imports torch.

Owns what folders of SD3, FLUX.1, Qwen-Image and Z-Image mean where no catalogue says otherwise. Which pipelines there
are is engine.catalogue's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.config_file import read_if_sound
from engine.messages.checks import MAX_SIDE, MIN_SIDE
from engine.model_card import is_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.messages import ModelSpec

FLOW_PIPELINES = {
    "StableDiffusion3Pipeline": "sd3",
    "FluxPipeline": "flux",
    "QwenImagePipeline": "qwen_image",
    "ZImagePipeline": "z_image",
}
"""Family of each pipeline that this module knows."""
_TURBO_SHIFT = 3.0


def complete_flow_spec(spec: ModelSpec) -> ModelSpec:
    """The spec of a folder of one of these families, with the defaults of its pipeline and its authors.

    Wrong or missing configurations change nothing here: loading the model says what is wrong with them.
    """
    folder = Path(spec.folder)
    network = read_if_sound(folder / "transformer" / "config.json")
    # The noise of an edit's steps, which the method "cycle" keeps, is none in a flow.
    edits = tuple(edit for edit in spec.edits if edit != "cycle")
    spec = msgspec.structs.replace(spec, default_width=1024, default_height=1024, size_multiple=16, edits=edits)
    scheduler = read_if_sound(folder / "scheduler" / "scheduler_config.json")
    if spec.family == "sd3":
        steps, guidance = _usual_of_sd3(network, folder)
        side = _pixels(network.get("pos_embed_max_size", 96), network.get("patch_size", 2))
        return msgspec.structs.replace(spec, default_steps=steps, default_guidance=guidance, max_side=side)
    if spec.family == "qwen_image":
        # The square of those sizes that its card lists.
        return msgspec.structs.replace(
            spec, default_width=1328, default_height=1328, default_steps=50, default_guidance=4.0
        )
    if spec.family == "z_image":
        # Z-Image-Turbo and the model that it was distilled from differ in their weights, and in how far they shift.
        shift = scheduler.get("shift")
        is_base = isinstance(shift, (int, float)) and shift > _TURBO_SHIFT
        steps, guidance = (50, 5.0) if is_base else (8, 1.0)
        return msgspec.structs.replace(spec, default_steps=steps, default_guidance=guidance)
    if network.get("guidance_embeds") is True:
        return msgspec.structs.replace(
            spec, default_steps=28, default_guidance=3.5, embeds_guidance=True, takes_negative=False
        )
    if scheduler.get("use_dynamic_shifting") is True:
        return msgspec.structs.replace(spec, default_steps=28, default_guidance=3.5)
    return msgspec.structs.replace(
        spec, default_steps=4, default_guidance=1.0, takes_negative=False, takes_guidance=False
    )


def _usual_of_sd3(network: Mapping[str, object], folder: Path) -> tuple[int, float]:
    """Steps and guidance by the cards: of SD3, of 3.5 medium with its blocks of two attentions, of 3.5 large or turbo.

    Large and the turbo that was distilled from it differ in their weights and their names alone.
    """
    if network.get("qk_norm") is None:
        return 28, 7.0
    if network.get("dual_attention_layers"):
        return 40, 4.5
    return (4, 1.0) if is_named("turbo", folder) else (28, 3.5)


def _pixels(tokens: object, patch: object) -> int:
    """The longest side of a picture for whose tokens the network knows places; latents are of 8 pixels."""
    if type(tokens) is not int or type(patch) is not int:
        return MAX_SIDE
    return max(MIN_SIDE, min(MAX_SIDE, tokens * patch * 8))
