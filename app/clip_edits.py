"""Edits of control clips: each takes the control layers and gives them with other places in time. No Qt.

A clip is a layer as the timeline shows it: the frames that it acts on, and which picture of its file is the first.
Clips may overlap; the panel's order of the layers stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.messages import MAX_FRAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.control_edit import ControlEdit
    from app.video_edit import VideoEdit

Layers = tuple["ControlEdit", ...]


def move(controls: Layers, indices: Sequence[int], by: int, length: int) -> Layers:
    """Put clips `by` frames later, or earlier; together they stop at the take's beginning.

    Args:
        controls: All layers.
        indices: Those of the clips.
        by: In frames.
        length: Of the take; a clip that lasted to its end has its own length from now on.
    """
    by = max(by, -min(controls[index].first for index in indices))
    if not by:
        return controls
    return _changed(
        controls,
        {
            index: replace(
                controls[index],
                first=min(controls[index].first + by, MAX_FRAMES - 1),
                frames=len(controls[index].span(length)),
            )
            for index in indices
        },
    )


def trim_end(controls: Layers, index: int, stop: int, held: int | None, length: int) -> Layers:
    """Let a clip end before frame `stop`, at most with the last of its `held` pictures (None or 1: of a still).

    Pulled to the very end of the take, `length`, it lasts to the end whatever the take's length becomes.
    """
    control = controls[index]
    frames = max(stop - control.first, 1)
    if held is not None and held > 1:
        frames = min(frames, max(held - control.skip, 1))
    is_open = control.first + frames == length and (held is None or held == 1)
    return _changed(controls, {index: replace(control, frames=0 if is_open else frames)})


def trim_start(controls: Layers, index: int, first: int, held: int | None, length: int) -> Layers:
    """Let a clip begin with frame `first`; each picture of a moving one stays where it was in time.

    Args:
        controls: All clips.
        index: The one that is meant.
        first: Where it is to begin.
        held: How many pictures its file holds; None while that is not known.
        length: Of the take, in frames.
    """
    control = controls[index]
    stop = control.span(length).stop
    # A movie that is not counted yet is one all the same.
    moving = control.is_moving if held is None else held > 1
    low = control.first - control.skip if moving else 0
    first = min(max(first, low, 0), stop - 1)
    skip = control.skip + first - control.first if moving else control.skip
    frames = stop - first if control.frames else 0
    return _changed(controls, {index: replace(control, first=first, frames=frames, skip=skip)})


def weigh(controls: Layers, indices: Iterable[int], weight: float) -> Layers:
    """Give clips another weight, 0 to 2."""
    return _changed(controls, {index: replace(controls[index], weight=min(max(weight, 0.0), 2.0)) for index in indices})


def still_frames(video: VideoEdit, first: int) -> int:
    """How long a still controls that is put at frame `first`: to the end of the segment, without any to that of the
    take, at least a second."""
    ends = [span.stop for span in video.spans() if first < span.stop]
    stop = ends[0] if ends else video.length
    return max(stop - first, round(video.fps), 1)


def remove(controls: Layers, indices: Iterable[int]) -> Layers:
    """Take clips away; the others stay where they are."""
    gone = set(indices)
    return tuple(control for index, control in enumerate(controls) if index not in gone)


def rows_of(controls: Sequence[ControlEdit], length: int) -> list[int]:
    """The row of each clip, from the top, such that none lies on another: the first that is free, in their order."""
    rows: list[list[range]] = []
    found: list[int] = []
    for control in controls:
        span = control.span(length)
        free = next((row for row, held in enumerate(rows) if not any(_meet(span, other) for other in held)), len(rows))
        if free == len(rows):
            rows.append([])
        rows[free].append(span)
        found.append(free)
    return found


def _meet(first: range, second: range) -> bool:
    return first.start < second.stop and second.start < first.stop


def _changed(controls: Layers, changes: dict[int, ControlEdit]) -> Layers:
    return tuple(changes.get(index, control) for index, control in enumerate(controls))
