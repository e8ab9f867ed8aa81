"""Timelines as files: our own JSON, and OpenTimelineIO for editing programs. The window and the command line share it.

Owns our JSON's form and which file is read how. OpenTimelineIO is engine.media.timeline_otio's. Never imports torch.

    {"onetake_timeline": 1, "fps": 8, "segments": [
      {"prompt": "a lake at dawn", "frames": 48, "seed": 7},
      {"prompt": "a lake by day", "frames": 48, "transition": 12, "strength": 0.5},
      {"prompt": "mountains at night", "start": 96, "end": 144, "cut": true}],
     "controls": [{"kind": "canny", "picture": "walk.mp4", "first": 24, "frames": 48, "weight": 0.8}]}

`start` and `end` (the frame behind the last one) may stand for `frames`; all of them count frames from 0. A control has
the fields of engine.messages.ControlLayer; its files may be named from the timeline's folder on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.errors import BadInputError
from engine.media.clip_frame import publish
from engine.media.timeline_checks import Plan, check_fps, short_prompt
from engine.media.timeline_controls import control_fields, control_from
from engine.messages import Segment, Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.messages import ControlLayer

_FORMAT = 1
_MAX_BYTES = 64 * 2**20


class TakeMovie(NamedTuple):
    """A movie that shows `frames` frames of a take from `first` on, each once, at `fps` frames a second."""

    path: Path
    first: int
    frames: int
    fps: float


class _Entry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    prompt: str
    frames: int | None = None
    start: int | None = None
    end: int | None = None
    seed: int | None = None
    transition: int = 0
    strength: float = 1.0
    cut: bool = False


class _Document(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    onetake_timeline: int
    fps: float | None = None
    segments: tuple[_Entry, ...]
    controls: tuple[dict[str, object], ...] = ()


class _Version(msgspec.Struct):
    onetake_timeline: int


def read_timeline(path: Path) -> Plan:
    """Read a timeline: `.otio` as OpenTimelineIO, anything else as our JSON. Whether a control's file is there is not
    looked at.

    Raises:
        BadInputError: It is not there, is no timeline, or cannot be made; the message names the place and the remedy.
    """
    text = _read_text(path)
    try:
        if path.suffix.lower() == ".otio":
            # Only here: most timelines need no OpenTimelineIO, whose import costs as much as all the rest.
            from engine.media.timeline_otio import timeline_from_otio  # noqa: PLC0415

            return timeline_from_otio(text)
        return _timeline_from_json(text, path.parent)
    except BadInputError as error:
        raise BadInputError(f"{path.name}: {error.message}") from error


def write_timeline(
    path: Path,
    timeline: Timeline,
    fps: float,
    movie: TakeMovie | None = None,
    controls: Sequence[ControlLayer] = (),
) -> None:
    """Write a timeline, whole or not at all: as OpenTimelineIO to `.otio`, else as our JSON.

    Args:
        path: The file.
        timeline: The shots.
        fps: Frames a second.
        movie: What was made of it, to which OpenTimelineIO leads the programs that read it.
        controls: What controls the take.

    Raises:
        DiskFullError: No room.
        OutputError: The place cannot be written.
    """
    if path.suffix.lower() == ".otio":
        from engine.media.timeline_otio import timeline_to_otio  # noqa: PLC0415  # as above

        publish(path, timeline_to_otio(timeline, fps, movie, controls).encode(), flush=True)
        return
    entries = [
        _Entry(
            prompt=segment.prompt,
            frames=segment.frames,
            seed=segment.seed,
            transition=segment.transition,
            strength=segment.strength,
            cut=segment.cut,
        )
        for segment in timeline.segments
    ]
    document = _Document(
        onetake_timeline=_FORMAT,
        fps=fps,
        segments=tuple(entries),
        controls=tuple(control_fields(layer) for layer in controls),
    )
    publish(path, msgspec.json.format(msgspec.json.encode(document)) + b"\n", flush=True)


def _read_text(path: Path) -> str:
    """The file's text; editors on Windows put a byte order mark in front.

    Raises:
        BadInputError: It cannot be read, or is not JSON.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise BadInputError(f"{path} cannot be read ({error.strerror or error}); check the file name") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is no text in UTF-8; save it as a timeline in JSON or .otio") from error
    if len(content) > _MAX_BYTES:
        raise BadInputError(f"{path} is longer than {_MAX_BYTES // 2**20} MiB; a timeline is a short text")
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{path} is not JSON ({error}); save it as a timeline in JSON or .otio") from error
    return text


def _timeline_from_json(text: str, folder: Path) -> Plan:
    try:
        if msgspec.json.decode(text, type=_Version).onetake_timeline != _FORMAT:
            raise BadInputError("the timeline comes from a newer version; update Onetake")
        document = msgspec.json.decode(text, type=_Document)
    except msgspec.DecodeError as error:
        raise BadInputError(
            f"this is no timeline ({error}); begin it with "
            '{"onetake_timeline": 1, "segments": [{"prompt": "a lake", "frames": 48}]}'
        ) from error
    if document.fps is not None:
        check_fps(document.fps)
    segments: list[Segment] = []
    stop = 0
    for number, entry in enumerate(document.segments, 1):
        try:
            segments.append(_segment_of(entry, number, stop))
        except BadInputError as error:
            raise BadInputError(f"segment {number} ({short_prompt(entry.prompt)}): {error.message}") from error
        stop += segments[-1].frames
    controls = tuple(
        control_from(fields, folder, f"control {number}") for number, fields in enumerate(document.controls, 1)
    )
    return Plan(Timeline(segments=tuple(segments)), document.fps, controls)


def _segment_of(entry: _Entry, number: int, stop: int) -> Segment:
    """The entry as a segment; `stop` is the frame behind the last segment."""
    start = stop if entry.start is None else entry.start
    if start > stop:
        remedy = f"start it at {stop}" if number == 1 else f"start it at {stop}, or end segment {number - 1} at {start}"
        raise BadInputError(f"nothing fills the {start - stop} frames from {stop} to {start - 1}; {remedy}")
    if start < stop:
        raise BadInputError(
            f"it starts at {start}, but segment {number - 1} lasts to frame {stop - 1}; start it at {stop}, "
            "and write how long it comes over as its transition"
        )
    if (entry.frames is None) == (entry.end is None):
        raise BadInputError("it needs either its number of frames or its end; give one of them")
    frames = entry.frames if entry.frames is not None else (entry.end or 0) - start
    if frames < 1:
        raise BadInputError(f"it ends before it starts, with {frames} frames; give it at least one")
    return Segment(
        prompt=entry.prompt,
        frames=frames,
        seed=entry.seed,
        transition=entry.transition,
        strength=entry.strength,
        cut=entry.cut,
    )
