"""Where a control map lies in the frame of its result, when the artist has moved, scaled or turned it.

Owns the numbers and their ranges. Resampling is engine.control.placing's.
"""

from __future__ import annotations

import msgspec

from engine.messages.checks import check_float

MAX_SHIFT = 4.0
MIN_SCALE, MAX_SCALE = 0.02, 50.0
MAX_ANGLE = 180.0


class MapPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Scaled, then turned about the middle of the frame, then moved; as it is, if nothing is said.

    Attributes:
        x: How far to the right, as a share of the frame's width.
        y: How far down, as a share of its height.
        scale_x: Factor of the map's own width.
        scale_y: Factor of its own height.
        angle: Degrees clockwise, -180 to 180.
        with_mask: The region mask goes along.
    """

    x: float = 0.0
    y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    angle: float = 0.0
    with_mask: bool = True

    def __post_init__(self) -> None:
        check_float("map x", self.x, -MAX_SHIFT, MAX_SHIFT)
        check_float("map y", self.y, -MAX_SHIFT, MAX_SHIFT)
        check_float("map width", self.scale_x, MIN_SCALE, MAX_SCALE)
        check_float("map height", self.scale_y, MIN_SCALE, MAX_SCALE)
        check_float("map angle", self.angle, -MAX_ANGLE, MAX_ANGLE)

    @property
    def is_plain(self) -> bool:
        """Whether the map lies where it came to lie by itself."""
        return (self.x, self.y, self.scale_x, self.scale_y, self.angle) == (0.0, 0.0, 1.0, 1.0, 0.0)
