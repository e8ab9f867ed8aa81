"""Edits of a plan: each takes a `VideoEdit` and gives the edited one, with the selection where the artist looks. No Qt.

The segments lie without gaps, so every edit ripples. The first one neither cuts nor comes over from anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.video_edit import SegmentEdit, VideoEdit
from engine.messages import MAX_FRAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.messages import ModelSpec


def any_length(frames: int) -> int:
    """For models that make takes of any length."""
    return max(1, frames)


def fit_of(spec: ModelSpec | None) -> Callable[[int], int]:
    """Which length of a whole take comes closest to a wanted one and can be made."""
    return spec.video.nearest_frames if spec is not None and spec.video is not None else any_length


def select(edit: VideoEdit, current: int, selected: Iterable[int] = (), clips: Iterable[int] = ()) -> VideoEdit:
    """Make a segment current, and select these segments and control clips with it."""
    return replace(edit, current=current, selected=(current, *selected), clips=tuple(sorted(clips))).sound()


def select_clips(edit: VideoEdit, clips: Iterable[int], selected: Iterable[int] = ()) -> VideoEdit:
    """Select these control clips, and of the segments these; with no clips left, the current segment."""
    return replace(edit, clips=tuple(sorted(clips)), selected=tuple(selected)).sound()


def add(edit: VideoEdit, prompt: str) -> VideoEdit:
    """A segment behind the current one, with its words to go on from; the first one takes over what the panel says."""
    current = edit.segment
    if current is None:
        first = SegmentEdit(prompt=prompt, frames=edit.frames)
        return select(_with(edit, [first]), 0)
    fresh = SegmentEdit(prompt=current.prompt, frames=current.frames, transition=default_transition(edit, current))
    at = edit.current + 1
    return select(_with(edit, [*edit.segments[:at], fresh, *edit.segments[at:]]), at)


def default_transition(edit: VideoEdit, segment: SegmentEdit) -> int:
    """About a second, at most half of the segment."""
    return min(max(1, round(edit.fps)), segment.frames // 2)


def split(edit: VideoEdit, frame: int) -> VideoEdit:
    """Divide the segment that `frame` lies in, just before that frame; nothing happens at a border."""
    for index, span in enumerate(edit.spans()):
        if span.start < frame < span.stop:
            whole = edit.segments[index]
            head = frame - span.start
            first = replace(whole, frames=head, transition=min(whole.transition, head))
            second = replace(whole, frames=whole.frames - head, transition=0, cut=False)
            return select(_with(edit, [*edit.segments[:index], first, second, *edit.segments[index + 1 :]]), index + 1)
    return edit


def remove(edit: VideoEdit, indices: Sequence[int]) -> VideoEdit:
    """Take segments away; what follows moves up."""
    gone = set(indices)
    left = [segment for index, segment in enumerate(edit.segments) if index not in gone]
    current = min(gone, default=0)
    current = min(current, len(left) - 1) if left else 0
    return replace(_with(edit, left), current=current, selected=(), clips=()).sound()


def trim(edit: VideoEdit, index: int, frames: int, fit: Callable[[int], int] = any_length) -> VideoEdit:
    """Give a segment another length, such that `fit` allows that of its shot; what follows moves."""
    segment = edit.segments[index]
    others = shot_frames(edit, index) - segment.frames
    total = fit(min(max(others + frames, others + 1), MAX_FRAMES))
    wanted = max(1, total - others)
    return _replaced(edit, index, replace(segment, frames=wanted, transition=min(segment.transition, wanted)))


def shot_frames(edit: VideoEdit, index: int) -> int:
    """The length of the shot that segment `index` belongs to: what a model can or cannot make."""
    return sum(edit.segments[place].frames for place in edit.shot_of(index))


def roll(edit: VideoEdit, index: int, frames: int, fit: Callable[[int], int] = any_length) -> VideoEdit:
    """Move the border before segment `index` so that the one before it has `frames`; nothing else moves.

    Where that border is a cut, it goes to the nearest place that gives both shots a length that `fit` allows; if there
    is none, that of the first shot counts.
    """
    before, after = edit.segments[index - 1], edit.segments[index]
    both = before.frames + after.frames
    frames = min(max(frames, 1), both - 1)
    if after.cut:
        lead = shot_frames(edit, index - 1) - before.frames
        tail = shot_frames(edit, index) - after.frames
        right = [n for n in range(max(1, frames - 64), min(both, frames + 65)) if fit(lead + n) == lead + n]
        best = [n for n in right if fit(tail + both - n) == tail + both - n] or right or [frames]
        frames = min(best, key=lambda n: abs(n - frames))
    rest = both - frames
    edit = _replaced(edit, index - 1, replace(before, frames=frames, transition=min(before.transition, frames)))
    return _replaced(edit, index, replace(after, frames=rest, transition=min(after.transition, rest)))


def move(edit: VideoEdit, indices: Sequence[int], to: int) -> VideoEdit:
    """Put segments, in their order, before the one that is now at place `to` (or behind all)."""
    moved = [edit.segments[index] for index in sorted(indices)]
    before = [segment for i, segment in enumerate(edit.segments) if i < to and i not in indices]
    behind = [segment for i, segment in enumerate(edit.segments) if i >= to and i not in indices]
    at = len(before)
    return select(_with(edit, [*before, *moved, *behind]), at, range(at, at + len(moved)))


def set_transition(edit: VideoEdit, index: int, frames: int) -> VideoEdit:
    """How many first frames of a segment come over from the one before; any at all takes its cut away."""
    if index == 0:
        return edit
    segment = edit.segments[index]
    frames = min(max(frames, 0), segment.frames)
    return _replaced(edit, index, replace(segment, transition=frames, cut=segment.cut and not frames))


def set_strength(edit: VideoEdit, indices: Iterable[int], strength: float) -> VideoEdit:
    """How evenly segments come over from the one before, 0 to 1; those without a transition stay as they are."""
    for index in indices:
        segment = edit.segments[index]
        if segment.transition:
            edit = _replaced(edit, index, replace(segment, strength=min(max(strength, 0.0), 1.0)))
    return edit


def set_seeds(edit: VideoEdit, seeds: Mapping[int, int | None]) -> VideoEdit:
    """Give segments noise of their own, by place; None for that of their shot."""
    for index, seed in seeds.items():
        edit = _replaced(edit, index, replace(edit.segments[index], seed=seed))
    return edit


def toggle_cut(edit: VideoEdit, indices: Iterable[int]) -> VideoEdit:
    """Cut before these segments, or if all of them cut already, no longer."""
    places = [index for index in indices if index]
    cut = not all(edit.segments[index].cut for index in places)
    for index in places:
        segment = edit.segments[index]
        edit = _replaced(edit, index, replace(segment, cut=cut, transition=0 if cut else segment.transition))
    return edit


def write_prompt(edit: VideoEdit, index: int, prompt: str) -> VideoEdit:
    """Change the words of a segment."""
    return _replaced(edit, index, replace(edit.segments[index], prompt=prompt))


def _replaced(edit: VideoEdit, index: int, segment: SegmentEdit) -> VideoEdit:
    return _with(edit, [*edit.segments[:index], segment, *edit.segments[index + 1 :]])


def _with(edit: VideoEdit, segments: list[SegmentEdit]) -> VideoEdit:
    if segments and (segments[0].cut or segments[0].transition):
        segments[0] = replace(segments[0], cut=False, transition=0)
    return replace(edit, segments=tuple(segments))
