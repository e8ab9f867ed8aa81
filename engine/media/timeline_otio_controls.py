"""Controls in OpenTimelineIO: a clip on a track of its own, which no editing program shows.

Owns what such a track holds. A clip's place and length on the track are the frames that the control acts on, its
source range begins with the pictures that are skipped, and its metadata `onetake` holds the other fields.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
# OpenTimelineIO 0.18 has no type stubs; what leaves this module is typed.

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from engine.errors import BadInputError
from engine.media.timeline_controls import control_fields, control_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.messages import ControlLayer

_KEY = "onetake"
_TRACK = "control"


def control_track(layer: ControlLayer, frames: int, fps: float) -> otio.schema.Track:
    """The track of one control of a take of `frames` frames."""
    span = layer.acts_on(frames)
    fields = control_fields(layer)
    fields["picture"] = ""
    clip = otio.schema.Clip(
        name=Path(layer.picture).name,
        media_reference=otio.schema.ExternalReference(
            target_url=Path(layer.picture).as_uri() if Path(layer.picture).is_absolute() else layer.picture
        ),
        source_range=TimeRange(RationalTime(layer.skip, fps), RationalTime(len(span), fps)),
        metadata={_KEY: fields},
    )
    clip.enabled = False
    track = otio.schema.Track(name=f"Control: {layer.kind}", kind=otio.schema.TrackKind.Video)
    track.metadata[_KEY] = {"track": _TRACK}
    if span.start:
        track.append(otio.schema.Gap(duration=RationalTime(span.start, fps)))
    track.append(clip)
    return track


def is_control_track(track: otio.schema.Track) -> bool:
    """Whether a track holds controls and no frames."""
    own = track.metadata.get(_KEY)
    return hasattr(own, "get") and own.get("track") == _TRACK


def read_controls(document: otio.schema.Timeline, rate: float, frames: int) -> Iterator[ControlLayer]:
    """The controls of a document, in the order of the layers: from the uppermost track down.

    Args:
        document: Whose.
        rate: Its frames a second.
        frames: The take's length; a control that lasted to its end, and still does, has no length of its own.

    Raises:
        BadInputError: One cannot be read; the message names it.
    """
    for track in reversed(list(document.video_tracks())):
        if not is_control_track(track):
            continue
        for clip in track:
            if isinstance(clip, otio.schema.Clip):
                yield _control(clip, rate, frames)


def _control(clip: otio.schema.Clip, rate: float, frames: int) -> ControlLayer:
    place = f"the control {clip.name!r}"
    own = _plain(clip.metadata.get(_KEY))
    fields = cast("dict[str, object]", own) if isinstance(own, dict) else {}
    inside, lies = clip.trimmed_range(), clip.range_in_parent()
    first, length = whole_frames(lies.start_time, rate, place), whole_frames(lies.duration, rate, place)
    is_open = not fields.get("frames") and first + length == frames
    fields |= {"first": first, "frames": 0 if is_open else length, "picture": _path(clip)}
    fields["skip"] = whole_frames(inside.start_time, rate, place)
    return control_from(fields, Path(), place)


def _plain(value: object) -> object:
    """Metadata as a decoder takes it: OpenTimelineIO has lists and dictionaries of its own kind."""
    if isinstance(value, Mapping):
        named = cast("Mapping[object, object]", value)
        return {str(name): _plain(held) for name, held in named.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(held) for held in cast("Sequence[object]", value)]
    return value


def _path(clip: otio.schema.Clip) -> str:
    url = getattr(clip.media_reference, "target_url", "")
    parts = urlsplit(str(url))
    return url2pathname(parts.path) if parts.scheme == "file" else unquote(str(url))


def whole_frames(time: RationalTime, rate: float, place: str) -> int:
    """A time in frames at `rate`.

    Raises:
        BadInputError: It ends within a frame; the message names `place`.
    """
    value = float(time.rescaled_to(rate).value)
    if not math.isfinite(value) or abs(value - round(value)) > 1e-4:
        raise BadInputError(f"{place} lasts {value:g} frames at {rate:g} a second; trim it to whole frames")
    return round(value)
