"""A control layer as the artist has it, valid or not, and how it becomes part of a request. No Qt.

Nothing is refused here until a request is made. What a model can do with a layer is said in `control_words`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import asdict, replace

from app.place_looks import is_folder
from engine.errors import BadInputError
from engine.messages import ControlLayer, ControlMapRequest, MapPlace, ModelSpec
from engine.messages.detectors import DETECTORS, DetectorSpec, OptionValue

if TYPE_CHECKING:
    from collections.abc import Iterable

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
"""Ends of the names of files that a control of a picture can be read from."""
MOVIES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi")
"""The same for controls of a take, besides pictures and folders of them."""


class ControlEdit(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of the control panel. Fields as in engine.messages.ControlLayer, but for `painted`.

    `painted` is the map after the artist has painted in it, an absolute path; empty for the map as it was found.
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
    painted: str = ""
    first: int = 0
    frames: int = 0
    skip: int = 0

    @property
    def detector(self) -> DetectorSpec | None:
        """What would make its map; None for a kind that only ready maps have."""
        return next((spec for spec in DETECTORS if spec.kind == self.kind), None)

    @property
    def name(self) -> str:
        """What its picture's file or folder is called."""
        return Path(self.picture).name

    @property
    def is_moving(self) -> bool:
        """Whether it has a picture for each frame of a take."""
        suffix = Path(self.picture).suffix.lower()
        # A name that tells is believed: a look at a disk that does not answer would hold the window up.
        return suffix in MOVIES or (suffix not in PICTURES and is_folder(self.picture))

    def layer(self) -> ControlLayer:
        """The layer as the engine takes it.

        Raises:
            BadInputError: It is not valid; the message says what to change.
        """
        made = replace(self, mask=self.mask or None)
        if self.painted:
            # What was painted is the map, whatever the picture was.
            made = replace(made, picture=self.painted, is_map=True, frame=None, resolution=0, options=())
        fields = asdict(made)
        del fields["painted"]
        return ControlLayer(**fields)

    def is_able(self, spec: ModelSpec | None, *, for_video: bool) -> bool:
        """Whether a model can follow it; of a model that is not known yet it is assumed."""
        if spec is None:
            return True
        if (spec.no_video_controls if for_video else spec.no_controls) or (self.is_moving and not for_video):
            return False
        return bool(self.adapter) or self.kind in spec.controls

    def within(self, spec: ModelSpec | None) -> ControlEdit:
        """This layer of a picture without the settings that a model does not know."""
        if spec is None:
            return self
        edit = replace(self, mode="balanced") if spec.no_control_modes else self
        return replace(edit, start=0.0, end=1.0) if spec.lone_control else edit

    def with_kind(self, kind: str) -> ControlEdit:
        """This layer as a control of another kind, without the old one's settings and adapter of the catalogue."""
        return replace(self.without_entry(), kind=kind, resolution=0, options=(), painted="")

    def without_entry(self) -> ControlEdit:
        """This layer with no adapter of the catalogue named: which one suits is asked anew. A folder stays."""
        return self if Path(self.adapter).is_absolute() else replace(self, adapter="")

    def with_option(self, name: str, value: OptionValue) -> ControlEdit:
        """This layer with another setting of its detector; one that is the default is left out."""
        assert self.detector is not None
        defaults = {option.name: option.default for option in self.detector.options}
        given = dict(self.options) | {name: value}
        kept = ((own, given[own]) for own in defaults if own in given and given[own] != defaults[own])
        return replace(self, options=tuple(kept))

    def map_request(self, width: int, height: int) -> ControlMapRequest:
        """The request for the very map that a result of this size is steered by.

        Raises:
            BadInputError: There is no such map, or the layer is not valid; the message says what to change.
        """
        if self.is_map:
            raise BadInputError(f"{self.name} is a map already; nothing is left to detect")
        if self.is_moving:
            raise BadInputError(f"{self.name} has a map for each frame; add one of its pictures to see the map of that")
        return ControlMapRequest(
            kind=self.kind,
            picture=self.picture,
            width=width,
            height=height,
            resize=self.resize,
            resolution=self.resolution,
            frame=self.frame,
            options=self.options,
        )

    def span(self, frames: int) -> range:
        """The frames of a take of this length that it acts on; as ControlLayer.acts_on, beyond the take's end too."""
        return range(self.first, self.first + self.frames if self.frames else max(frames, self.first + 1))

    @staticmethod
    def of_layer(layer: ControlLayer) -> ControlEdit:
        """The edit of a request's layer."""
        return ControlEdit(**asdict(layer))


def layers_of(controls: Iterable[ControlEdit], spec: ModelSpec | None, *, for_video: bool) -> tuple[ControlLayer, ...]:
    """The layers of a request. What the model cannot follow is left out, as the panel shows it greyed.

    Raises:
        BadInputError: One is not valid; the message says what to change.
    """
    return tuple(
        # A picture has no frames to choose from.
        control.layer() if for_video else replace(control.within(spec), first=0, frames=0, skip=0).layer()
        for control in controls
        if not control.enabled or control.is_able(spec, for_video=for_video)
    )


def layers_from(layers: Iterable[ControlLayer]) -> tuple[ControlEdit, ...]:
    """The edits of a request's layers, or of a timeline file's."""
    return tuple(map(ControlEdit.of_layer, layers))


def moved(controls: tuple[ControlEdit, ...], index: int, place: int) -> tuple[ControlEdit, ...]:
    """The layers with layer `index` put before the one that is now at `place`; behind all at their number."""
    rest = [*controls[:index], *controls[index + 1 :]]
    rest.insert(place - (place > index), controls[index])
    return tuple(rest)


def first_kind(spec: ModelSpec | None) -> str:
    """What a new picture is taken for: the first detector that the model has an adapter for."""
    kinds = [detector.kind for detector in DETECTORS]
    return next((kind for kind in (spec.controls if spec else ()) if kind in kinds), kinds[0])
