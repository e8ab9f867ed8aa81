"""The part of a picture that a model works on: chosen, cut out at the model's size, and laid back where it was.

Owns that geometry. What keeps the border unseen is engine.tasks.edit_border's. Pictures are (H, W, 3) uint8, masks
(H, W) float32, 1 where the picture is made anew; sizes are (width, height) in pixels. Never imports torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import numpy as np
from PIL import Image

from engine.tasks.edit_border import match_tone

if TYPE_CHECKING:
    from numpy.typing import NDArray

Size: TypeAlias = tuple[int, int]
Pixels: TypeAlias = "NDArray[np.uint8]"
Mask: TypeAlias = "NDArray[np.float32]"
_Plane = TypeVar("_Plane", "NDArray[np.uint8]", "NDArray[np.float32]")

_SLACK = 64
"""A part so little smaller than the model's size is widened to it instead of being resampled."""


@dataclass(frozen=True)
class Area:
    """A box of a picture, and the size at which the model sees it.

    Attributes:
        left: Of the box, in pixels of the picture; the box may reach beyond it, where its border is repeated.
        top: Of the box.
        width: Of the box.
        height: Of the box.
        size: The model's size, of the same shape.
    """

    left: int
    top: int
    width: int
    height: int
    size: Size

    def cut(self, picture: Pixels) -> Pixels:
        """The box of a picture at the model's size."""
        box = self._box_of(picture)
        if self.size == (self.width, self.height):
            return box
        return np.asarray(Image.fromarray(box).resize(self.size, Image.Resampling.LANCZOS, reducing_gap=2.0))

    def cut_mask(self, mask: Mask) -> Mask:
        """The box of a mask at the model's size; what is anywhere above 0 stays so."""
        box = self._box_of(mask)
        if self.size == (self.width, self.height):
            return box
        return np.asarray(Image.fromarray(box).resize(self.size, Image.Resampling.BOX), dtype=np.float32)

    def _box_of(self, plane: _Plane) -> _Plane:
        height, width = plane.shape[:2]
        inside = plane[max(self.top, 0) : self.top + self.height, max(self.left, 0) : self.left + self.width]
        before = (max(-self.top, 0), max(-self.left, 0))
        after = (max(self.top + self.height - height, 0), max(self.left + self.width - width, 0))
        beyond = [(before[0], after[0]), (before[1], after[1]), (0, 0)][: plane.ndim]
        return cast("_Plane", np.pad(inside, beyond, mode="edge"))

    def lay_back(self, made: Pixels, picture: Pixels, share: Mask, known: NDArray[np.bool_]) -> Pixels:
        """The picture with what the model made of the box.

        Args:
            made: The box at the model's size.
            picture: The picture that the box was cut from.
            share: How much of each pixel comes from `made`; where it is 0, the picture keeps its very bytes.
            known: Where the two are compared for their tone (engine.tasks.edit_border.overlap).
        """
        height, width = picture.shape[:2]
        if made.shape[1::-1] != (self.width, self.height):
            made = np.asarray(Image.fromarray(made).resize((self.width, self.height), Image.Resampling.LANCZOS))
        rows = slice(max(self.top, 0), min(self.top + self.height, height))
        columns = slice(max(self.left, 0), min(self.left + self.width, width))
        made = made[rows.start - self.top : rows.stop - self.top, columns.start - self.left : columns.stop - self.left]
        before, part = picture[rows, columns].astype(np.float32), share[rows, columns]
        toned = match_tone(made.astype(np.float32), before, known[rows, columns])
        mixed = before + (toned - before) * part[..., None]
        result = picture.copy()
        result[rows, columns] = np.where(part[..., None] > 0.0, np.rint(mixed).clip(0, 255), before).astype(np.uint8)
        return result


def choose_area(mask: Mask, size: Size, padding: int | None) -> Area:
    """The box that the model sees.

    Args:
        mask: What is made anew; not empty.
        size: The model's.
        padding: Context around the mask, in pixels of the picture; None for the whole picture.
    """
    height, width = mask.shape
    left, top, right, bottom = 0, 0, width, height
    if padding is not None:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        left, right = max(int(columns[0]) - padding, 0), min(int(columns[-1]) + 1 + padding, width)
        top, bottom = max(int(rows[0]) - padding, 0), min(int(rows[-1]) + 1 + padding, height)
    box = _shaped((right - left, bottom - top), size)
    return Area(_placed(left, right, box[0], width), _placed(top, bottom, box[1], height), *box, size)


def _shaped(part: Size, size: Size) -> Size:
    """The smallest box of the shape of `size` that holds `part`; `size` itself for a part little smaller."""
    if all(0 <= wanted - there < _SLACK for there, wanted in zip(part, size, strict=True)):
        return size
    if part[0] * size[1] < part[1] * size[0]:
        return -(-part[1] * size[0] // size[1]), part[1]
    return part[0], -(-part[0] * size[1] // size[0])


def _placed(low: int, high: int, length: int, whole: int) -> int:
    """Where a box of `length` begins: around the middle of [low, high], and inside the picture if that is longer."""
    start = (low + high - length) // 2
    return min(max(start, 0), whole - length) if length <= whole else (whole - length) // 2
