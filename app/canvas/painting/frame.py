"""The frame of a picture that is extended: where its edges are, which the mouse has hold of, and where they go.

Pure arithmetic. Coordinates are pixels of the picture, whose upper left corner is at 0, 0.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from engine.messages import Margins
from engine.messages.edit import MAX_MARGIN

Side = str
"""A field of Margins: "left", "top", "right" or "bottom"."""
_OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


class Frame(NamedTuple):
    """A picture's size and the margins around it."""

    width: int
    height: int
    margins: Margins = Margins()

    @property
    def edges(self) -> dict[Side, int]:
        """Where each edge lies, on its axis."""
        margins = self.margins
        return {
            "left": -margins.left,
            "top": -margins.top,
            "right": self.width + margins.right,
            "bottom": self.height + margins.bottom,
        }


def sides_at(frame: Frame, x: float, y: float, *, inside: float, outside: float) -> tuple[Side, ...]:
    """The edges within reach of a point, in order: none, one, or the two of a corner.

    Args:
        frame: Around the picture.
        x: Of the point.
        y: Likewise.
        inside: How far from an edge it may be on the frame's inner side, in pixels of the picture.
        outside: The same for the outer side, where nothing is painted.
    """
    at = frame.edges
    beyond = {"left": at["left"] - x, "right": x - at["right"], "top": at["top"] - y, "bottom": y - at["bottom"]}
    if max(beyond.values()) > outside:
        return ()
    return tuple(side for side in ("left", "right", "top", "bottom") if beyond[side] >= -inside)


def dragged(frame: Frame, sides: tuple[Side, ...], x: float, y: float, *, multiple: int) -> Margins:
    """The margins when the held edges follow the mouse to a point; 1 as `multiple` snaps to every pixel."""
    wanted = {"left": -x, "right": x - frame.width, "top": -y, "bottom": y - frame.height}
    margins = frame.margins
    for side in sides:
        length = frame.width if side in ("left", "right") else frame.height
        others = length + int(getattr(margins, _OPPOSITE[side]))
        margins = replace(margins, **{side: snapped(wanted[side], others, multiple)})
    return margins


def snapped(margin: float, others: int, multiple: int) -> int:
    """The margin nearest to `margin` that makes the frame's side a multiple, or none at all.

    Args:
        margin: Asked for, in pixels; may be negative.
        others: The rest of that side of the frame: the picture and the margin across.
        multiple: Of the model's sizes.
    """
    margin = min(max(margin, 0.0), float(MAX_MARGIN))
    low = int((others + margin) // multiple) * multiple - others
    allowed = [value for value in (0, low, low + multiple) if 0 <= value <= MAX_MARGIN]
    return min(allowed, key=lambda value: abs(value - margin))
