"""Control map requests: a picture, the detector that looks at it, and the size of the map that comes out."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.messages.checks import MAX_SEED, check_choice, check_int, check_size, check_text
from engine.messages.detectors import OptionValue, find_detector

MIN_RESOLUTION, MAX_RESOLUTION = 64, 2048
MAX_FRAME_INDEX = 1_000_000


class ControlMapRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="control_map"):
    """One map of one picture. Holds everything that affects the pixels but the picture's own and the weights.

    Attributes:
        kind: A detector (engine.messages.detectors).
        picture: Absolute path of the file.
        width: Of the map, in pixels.
        height: Of the map, in pixels.
        resize: How the picture meets the map's shape: stretched, cut, or whole with a border.
        seed: For detectors that draw something.
        resolution: Shorter side of what the detector looks at, in pixels; 0 for its own default.
        frame: Which frame of an animated picture.
        options: The detector's settings, by name; what is left out has its default.
    """

    kind: str
    picture: str
    width: int
    height: int
    resize: Literal["stretch", "crop", "fit"] = "crop"
    seed: int = 0
    resolution: int = 0
    frame: int | None = None
    options: tuple[tuple[str, OptionValue], ...] = ()

    def __post_init__(self) -> None:
        find_detector(self.kind).check_options(self.options)
        check_text("picture", self.picture)
        check_size(self.width, self.height)
        check_choice("resize", self.resize, ("stretch", "crop", "fit"))
        check_int("seed", self.seed, 0, MAX_SEED)
        if self.resolution != 0:
            check_int("resolution", self.resolution, MIN_RESOLUTION, MAX_RESOLUTION)
        if self.frame is not None:
            check_int("frame", self.frame, 0, MAX_FRAME_INDEX)

    @property
    def prompt(self) -> str:
        """What lists call it."""
        name = self.picture.replace("\\", "/").rpartition("/")[2]
        return f"{find_detector(self.kind).title} of {name}"

    @property
    def model(self) -> str:
        """A map needs no model of the catalogue."""
        return ""

    @property
    def count(self) -> int:
        """Number of results."""
        return 1
