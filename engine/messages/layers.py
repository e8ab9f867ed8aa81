"""Control layers: a picture, what it is taken for, and where, when and how strongly it steers.

Owns what a layer says and checks. Maps, masks and adapters are engine.control's.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.errors import BadInputError
from engine.messages.checks import check_choice, check_float, check_int, check_text
from engine.messages.control import MAX_FRAME_INDEX, MAX_RESOLUTION, MIN_RESOLUTION
from engine.messages.detectors import OptionValue, find_detector
from engine.messages.map_place import MapPlace
from engine.messages.timeline import MAX_FRAMES

MODES = ("balanced", "prompt", "control")
RESIZES = ("stretch", "crop", "fit")


class ControlLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One control of a picture.

    Attributes:
        kind: A detector (engine.messages.detectors); with `is_map`, any word that an adapter knows.
        picture: Absolute path of the file.
        adapter: Name of a catalogue entry or absolute path of a folder; empty for the first of the catalogue that
            does this kind for the model.
        weight: Factor of what the adapter adds, 0 to 2.
        start: Share of the steps before it acts, 0 to 1.
        end: Share of the steps after which it no longer acts, 0 to 1.
        mode: Whether prompt or control counts for more where they disagree: "balanced" is neither; "prompt" weakens
            the control in each block by its depth; "control" does so, too, and leaves the negative prompt's side free.
        resize: How picture and mask meet the result's shape: stretched, cut, or whole with a border.
        mask: Absolute path of a picture that is white where the control acts; None for everywhere.
        is_map: The picture is a control map already, so no detector runs.
        enabled: Whether the layer counts at all.
        frame: Which frame of an animated picture.
        resolution: Shorter side of what the detector looks at, in pixels; 0 for its own default.
        options: The detector's settings, by name; what is left out has its default.
        place: Where the artist has put its map in the frame of the result.
        first: Of a take, the frame with which it begins to act. Pictures are counted from there.
        frames: Of a take, on how many frames it acts; 0 for all up to the end.
        skip: Of a movie, an animation or a folder, how many pictures lie before the one for `first`.
    """

    kind: str
    picture: str
    adapter: str = ""
    weight: float = 1.0
    start: float = 0.0
    end: float = 1.0
    mode: Literal["balanced", "prompt", "control"] = "balanced"
    resize: Literal["stretch", "crop", "fit"] = "crop"
    mask: str | None = None
    is_map: bool = False
    enabled: bool = True
    frame: int | None = None
    resolution: int = 0
    options: tuple[tuple[str, OptionValue], ...] = ()
    place: MapPlace = MapPlace()
    first: int = 0
    frames: int = 0
    skip: int = 0

    def __post_init__(self) -> None:
        check_text("control kind", self.kind)
        if not self.is_map:
            find_detector(self.kind).check_options(self.options)
        check_text("control picture", self.picture)
        check_text("control adapter", self.adapter)
        check_float("control weight", self.weight, 0.0, 2.0)
        check_float("control start", self.start, 0.0, 1.0)
        check_float("control end", self.end, 0.0, 1.0)
        if self.start > self.end:
            raise BadInputError(f"control start {self.start:g} is after its end {self.end:g}; swap them")
        check_choice("control mode", self.mode, MODES)
        check_choice("control resize", self.resize, RESIZES)
        if self.mask is not None:
            check_text("control mask", self.mask)
        if self.frame is not None:
            check_int("control frame", self.frame, 0, MAX_FRAME_INDEX)
        if self.resolution != 0:
            check_int("control resolution", self.resolution, MIN_RESOLUTION, MAX_RESOLUTION)
        check_int("first frame of a control", self.first, 0, MAX_FRAMES)
        check_int("frames of a control", self.frames, 0, MAX_FRAMES)
        check_int("skipped pictures of a control", self.skip, 0, MAX_FRAME_INDEX)

    def acts_on(self, frames: int) -> range:
        """The global ids of the frames that it acts on in a take of `frames`; empty where it begins behind the end."""
        return range(min(self.first, frames), min(self.first + self.frames, frames) if self.frames else frames)

    def acts_in(self, index: int, count: int) -> bool:
        """Whether it acts in step `index` of `count`: only in steps that lie wholly between start and end.

        Source: diffusers' ControlNet pipelines, whose arithmetic this is to the last bit.
        """
        return not (index / count < self.start or (index + 1) / count > self.end)

    def check_steps(self, count: int) -> None:
        """Raise BadInputError unless it acts in one step at least of `count`; a control that never acts is a slip."""
        if not any(self.acts_in(index, count) for index in range(count)):
            raise BadInputError(
                f"control {self.kind} from {self.start:g} to {self.end:g} covers no whole step of {count}; "
                f"{'a single step needs start 0 and end 1' if count == 1 else 'widen it or take more steps'}"
            )
