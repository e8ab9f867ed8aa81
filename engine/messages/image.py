"""Image requests."""

from __future__ import annotations

import msgspec

from engine.errors import BadInputError
from engine.messages.checks import (
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_SEED,
    MAX_STEPS,
    check_float,
    check_int,
    check_prompt,
    check_size,
    check_text,
)
from engine.messages.edit import PictureEdit
from engine.messages.layers import ControlLayer


class ImageRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="image"):
    """A batch of pictures from text, or of edits of one picture. Holds everything that affects the pixels.

    Picture k of the batch is the single picture of `seed + k`. Sizes are in pixels.
    """

    prompt: str
    seed: int
    model: str = "papercut"
    negative_prompt: str = ""
    width: int = 256
    height: int = 256
    count: int = 1
    steps: int = 1
    guidance_scale: float = 1.0
    controls: tuple[ControlLayer, ...] = ()
    edit: PictureEdit | None = None

    def __post_init__(self) -> None:
        check_prompt(self.prompt)
        check_text("negative prompt", self.negative_prompt)
        check_text("model", self.model)
        check_size(self.width, self.height)
        check_int("count", self.count, 1, MAX_COUNT)
        check_int("steps", self.steps, 1, MAX_STEPS)
        check_int("seed", self.seed, 0, MAX_SEED)
        if self.seed + self.count - 1 > MAX_SEED:
            raise BadInputError(f"seed {self.seed} plus {self.count} pictures passes {MAX_SEED}; use a smaller seed")
        check_float("guidance", self.guidance_scale, 0.0, MAX_GUIDANCE)
        for layer in self.controls:
            if layer.first or layer.frames or layer.skip:
                raise BadInputError(f"control {layer.kind} names frames of a take; a picture has none: leave them out")
