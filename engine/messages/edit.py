"""The editing part of an image request: which picture is the start, what of it is made anew, and how.

Owns the checks that need no file. What the files hold, the worker finds out (engine.tasks.edit_source).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.errors import BadInputError
from engine.messages.checks import check_choice, check_float, check_int, check_text

EditMethod = Literal["img2img", "inpaint", "outpaint", "cycle"]
EDIT_METHODS: tuple[EditMethod, ...] = ("img2img", "inpaint", "outpaint", "cycle")
MaskedContent = Literal["fill", "original", "noise", "nothing"]
MASKED_CONTENTS: tuple[MaskedContent, ...] = ("fill", "original", "noise", "nothing")
EditArea = Literal["picture", "masked"]
ResizeMode = Literal["stretch", "crop", "fit"]
MAX_MARGIN, MAX_PADDING, MAX_FEATHER = 4096, 1024, 256
MIN_STRENGTH = 0.01


def last_steps(steps: int, strength: float, *, rounds_up: bool = False) -> int:
    """How many of a schedule's last steps an edit takes: as many as its strength says, at least one.

    `rounds_up` is the way of diffusers' pipelines for flow-matching transformers, the other that of Stable Diffusion.
    """
    if rounds_up:
        return max(1, steps - int(max(steps - steps * strength, 0.0)))
    return max(1, min(int(steps * strength), steps))


class Margins(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far the new frame of an outpainted picture lies outside the old one, in pixels of the picture."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    def __post_init__(self) -> None:
        for side in self.__struct_fields__:
            check_int(f"margin {side}", getattr(self, side), 0, MAX_MARGIN)

    @property
    def is_empty(self) -> bool:
        return not (self.left or self.top or self.right or self.bottom)


class PictureEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an image request starts from instead of noise alone.

    A picture made by "img2img" or "cycle" has the request's size. Inpainted and outpainted ones have the size of the
    picture and its margins, the request's size being that at which the model works; farther than `feather` pixels from
    the mask, their pixels are the picture's own.

    Attributes:
        picture: Absolute path of the picture.
        method: "img2img" makes all of it anew, "inpaint" what the mask says, "outpaint" the margins (and the mask);
            "cycle" tells all of it in other words, with the noise that makes it from its own.
        strength: How far from the picture the result may go: 1 starts from noise, 0.5 halfway down the schedule.
        mask: Absolute path of the mask; white is made anew, a mask of another size is resized. Empty for the
            picture's transparent parts.
        invert_mask: Black is made anew.
        margins: The new frame, for "outpaint".
        content: What the masked part holds at the start: colours from around it, what was there, noise or nothing.
        area: The model sees the whole picture, or the masked part and `padding` around it.
        padding: Context around the mask, in pixels of the picture.
        feather: Width of the soft border outside the mask, in pixels of the picture.
        resize: How the picture meets the request's size, for "img2img" and "cycle".
        frame: Which frame of an animated picture.
        source_prompt: What the picture shows, for "cycle".
    """

    picture: str
    method: EditMethod = "img2img"
    strength: float = 0.75
    mask: str = ""
    invert_mask: bool = False
    margins: Margins = Margins()
    content: MaskedContent = "fill"
    area: EditArea = "picture"
    padding: int = 32
    feather: int = 16
    resize: ResizeMode = "crop"
    frame: int | None = None
    source_prompt: str = ""

    def __post_init__(self) -> None:
        check_text("picture", self.picture)
        check_text("source prompt", self.source_prompt)
        check_text("mask", self.mask)
        check_choice("method", self.method, EDIT_METHODS)
        check_float("strength", self.strength, MIN_STRENGTH, 1.0)
        check_choice("masked content", self.content, MASKED_CONTENTS)
        check_choice("area", self.area, ("picture", "masked"))
        check_int("padding", self.padding, 0, MAX_PADDING)
        check_int("feather", self.feather, 0, MAX_FEATHER)
        check_choice("resize", self.resize, ("stretch", "crop", "fit"))
        if self.frame is not None:
            check_int("frame", self.frame, 0, 1_000_000)
        self._check_method()

    def _check_method(self) -> None:
        if not self.picture:
            raise BadInputError("there is no picture to edit; name its file")
        if not self.is_masked and (self.mask or self.invert_mask):
            raise BadInputError(
                f"{self.method} makes the whole picture anew and takes no mask; use inpaint, or leave it out"
            )
        if self.method == "cycle" and not self.source_prompt.strip():
            raise BadInputError("cycle needs to know what the picture shows; say it in the source prompt")
        if self.method != "cycle" and self.source_prompt:
            raise BadInputError(f"{self.method} takes no source prompt; use cycle, or leave it out")
        if self.method == "outpaint" and self.margins.is_empty:
            raise BadInputError("outpaint needs a margin; say how many pixels to add: left, top, right or bottom")
        if self.method != "outpaint" and not self.margins.is_empty:
            raise BadInputError(f"{self.method} adds no margins; use outpaint, or leave them out")
        if self.invert_mask and not self.mask:
            raise BadInputError("there is no mask to invert; name its file")

    @property
    def is_masked(self) -> bool:
        """Whether part of the picture stays as it is."""
        return self.method in ("inpaint", "outpaint")

    @property
    def files(self) -> tuple[str, ...]:
        """The files it is made from."""
        return (self.picture, self.mask) if self.mask else (self.picture,)
