"""How a picture of one shape becomes a map of another: stretched, cut, or whole with a border.

Owns the geometry and the resampling. Pictures are (H, W, 3) uint8; sizes are (width, height) in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

Size: TypeAlias = tuple[int, int]
ResizeMode: TypeAlias = Literal["stretch", "crop", "fit"]

MAX_LOOKED_AT = 4096
"""Longest side of what a network looks at, in pixels; a longer strip is squeezed."""


@dataclass(frozen=True)
class Framing:
    """A part of a picture and where it lies on the canvas.

    Attributes:
        box: Left, top, right and bottom of the part, in pixels of the picture, not rounded.
        size: Of the part on the canvas.
        corner: Its left and top on the canvas.
        canvas: Size of the canvas.
    """

    box: tuple[float, float, float, float]
    size: Size
    corner: tuple[int, int]
    canvas: Size

    def cut(self, picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
        """The part of `picture`, resampled to `size`."""
        image = Image.fromarray(picture)
        return np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=self.box, reducing_gap=2.0))

    def place(
        self, content: NDArray[np.uint8], background: tuple[int, int, int], *, categorical: bool
    ) -> NDArray[np.uint8]:
        """`content`, of whatever size, on a canvas of `background`; labels are not mixed where it is categorical."""
        if content.shape[1::-1] != self.size:
            sampling = Image.Resampling.NEAREST if categorical else Image.Resampling.BILINEAR
            content = np.asarray(Image.fromarray(content).resize(self.size, sampling))
        if self.size == self.canvas:
            return content
        canvas = np.empty((self.canvas[1], self.canvas[0], 3), np.uint8)
        canvas[:] = background
        left, top = self.corner
        canvas[top : top + self.size[1], left : left + self.size[0]] = content
        return canvas


def frame_picture(picture: Size, canvas: Size, mode: ResizeMode, shape: Size | None = None) -> Framing:
    """Lay a picture of size `picture` on a canvas of size `canvas`, centred.

    A canvas that is only later stretched to its true shape names a size of that: `shape`. What is then seen of the
    picture is what would be, had it been framed in that shape.
    """
    whole = (0.0, 0.0, float(picture[0]), float(picture[1]))
    if mode == "stretch":
        return Framing(whole, canvas, (0, 0), canvas)
    wide, high = shape or canvas
    ratios = (wide / picture[0], high / picture[1])
    if mode == "crop":
        scale = max(ratios)
        width, height = min(wide / scale, picture[0]), min(high / scale, picture[1])
        left, top = (picture[0] - width) / 2, (picture[1] - height) / 2
        return Framing((left, top, left + width, top + height), canvas, (0, 0), canvas)
    scale = min(ratios)
    across, down = picture[0] * scale * (canvas[0] / wide), picture[1] * scale * (canvas[1] / high)
    size = (max(1, round(across)), max(1, round(down)))
    return Framing(whole, size, ((canvas[0] - size[0]) // 2, (canvas[1] - size[1]) // 2), canvas)


def looked_at(size: Size, resolution: int, multiple: int) -> Size:
    """Size near `size` in shape whose shorter side is near `resolution` (0: as it is), in multiples of `multiple`."""
    scale = resolution / min(size) if resolution else 1.0

    def side(length: int) -> int:
        return min(max(round(length * scale / multiple), 1), MAX_LOOKED_AT // multiple) * multiple

    return side(size[0]), side(size[1])
