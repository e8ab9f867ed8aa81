"""What the artist does to a picture on the canvas: which picture, what of it is made anew, and how. No Qt.

A request is made from it only when it is sent; until then nothing here is refused. Painting the mask is
`canvas.painting`'s, its files are `mask_files`'.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from engine.messages import EditMethod, ImageRequest, Margins, ModelSpec, PictureEdit
from engine.messages.edit import EditArea, MaskedContent, ResizeMode

CHANGE_STRENGTH, FILL_STRENGTH = 0.75, 1.0
METHODS: tuple[EditMethod, ...] = ("img2img", "inpaint", "outpaint", "cycle")
"""What the window offers, in the order of its buttons."""
_USUAL = PictureEdit(picture="-")


class CanvasEdit(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the edit on the canvas. Fields are those of PictureEdit where they have the same name.

    Attributes:
        is_active: Generate makes edits of `picture`, not pictures from noise.
        width: Of the picture, in pixels; 0 while it has not been read.
        height: Likewise.
        change_strength: The strength of "img2img".
        fill_strength: The strength of the other methods.
        mask: Absolute path of the mask's file, which is there only once something is painted; empty for none.
        work_width: Size at which the model works, where that is not by the picture: a restored request's own.
        work_height: Likewise.
        steps: Of the whole schedule; 0 for the model's own.
    """

    is_active: bool = False
    picture: str = ""
    width: int = 0
    height: int = 0
    method: EditMethod = "inpaint"
    change_strength: float = CHANGE_STRENGTH
    fill_strength: float = FILL_STRENGTH
    mask: str = ""
    invert_mask: bool = False
    margins: Margins = Margins()
    content: MaskedContent = _USUAL.content
    area: EditArea = _USUAL.area
    padding: int = _USUAL.padding
    feather: int = _USUAL.feather
    resize: ResizeMode = _USUAL.resize
    frame: int | None = None
    source_prompt: str = ""
    work_width: int = 0
    work_height: int = 0
    steps: int = 0

    @property
    def strength(self) -> float:
        """Of the chosen method."""
        return self.fill_strength if self.takes_mask else self.change_strength

    @property
    def takes_mask(self) -> bool:
        """Whether the chosen method looks at the mask."""
        return self.method in ("inpaint", "outpaint")

    @property
    def framed(self) -> tuple[int, int]:
        """Width and height of the result's frame, in pixels of the picture."""
        if self.method != "outpaint":
            return self.width, self.height
        margins = self.margins
        return self.width + margins.left + margins.right, self.height + margins.top + margins.bottom

    def with_strength(self, strength: float) -> CanvasEdit:
        """This edit with another strength of the chosen method."""
        if self.takes_mask:
            return replace(self, fill_strength=strength)
        return replace(self, change_strength=strength)

    def resized(self, **fields: object) -> CanvasEdit:
        """This edit with fields that decide the size at which the model works: a restored one no longer holds."""
        return replace(self, **fields, work_width=0, work_height=0)

    def opening(self, picture: str, mask: str) -> CanvasEdit:
        """This edit, active, with another picture; what was set for the last one goes on where it can."""
        if picture == self.picture:
            return replace(self, is_active=True)
        fresh = self.resized(picture=picture, width=0, height=0, frame=None, margins=Margins(), resize=_USUAL.resize)
        return replace(fresh, is_active=True, mask=mask, invert_mask=False)

    def suited_to(self, spec: ModelSpec) -> CanvasEdit:
        """This edit with the model's own steps and size, and a method that it can do."""
        able = [method for method in METHODS if method in spec.edits]
        method = self.method if self.method in spec.edits or not able else able[0]
        return self.resized(steps=0, method=method)

    def steps_for(self, spec: ModelSpec | None) -> int:
        """Steps of the whole schedule."""
        return self.steps or (1 if spec is None else spec.edit_steps or spec.default_steps)

    def work_size(self, spec: ModelSpec | None) -> tuple[int, int] | None:
        """The size at which the model works, as `onetake edit` chooses it; None while it cannot be known."""
        if self.work_width and self.work_height:
            return self.work_width, self.work_height
        if spec is None or not self.width:
            return None
        if self.takes_mask and self.area == "masked":
            return spec.default_width, spec.default_height
        return spec.edit_size(*self.framed)

    def part(self) -> PictureEdit:
        """The editing part of a request.

        Raises:
            BadInputError: The edit is not valid; the message says what to change.
        """
        return PictureEdit(
            picture=self.picture,
            method=self.method,
            strength=self.strength,
            mask=self.mask if self.takes_mask else "",
            invert_mask=self.invert_mask and self.takes_mask,
            margins=self.margins if self.method == "outpaint" else Margins(),
            content=self.content,
            area=self.area,
            padding=self.padding,
            feather=self.feather,
            resize=self.resize,
            frame=self.frame,
            source_prompt=self.source_prompt if self.method == "cycle" else "",
        )

    @staticmethod
    def of_request(request: ImageRequest) -> CanvasEdit:
        """The edit that makes `request` again; inactive for a request that edits nothing."""
        edit = request.edit
        if edit is None:
            return CanvasEdit()
        made = CanvasEdit(
            is_active=True,
            picture=edit.picture,
            method=edit.method,
            mask=edit.mask,
            invert_mask=edit.invert_mask,
            margins=edit.margins,
            content=edit.content,
            area=edit.area,
            padding=edit.padding,
            feather=edit.feather,
            resize=edit.resize,
            frame=edit.frame,
            source_prompt=edit.source_prompt,
            work_width=request.width,
            work_height=request.height,
            steps=request.steps,
        )
        return made.with_strength(edit.strength)
