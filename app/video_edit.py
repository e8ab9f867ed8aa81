"""What the artist has planned for the next take: prompts along time and how they are made, valid or not. No Qt.

A request is made from it only when it is sent; until then nothing here is refused. How a plan is edited is in
`timeline_edits`.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

import msgspec
from msgspec.structs import replace

from engine.errors import BadInputError
from engine.messages import FrameSpan, ModelSpec, Segment, Timeline, VideoRequest

DEFAULT_FRAMES, DEFAULT_FPS, DEFAULT_STEPS = 48, 8.0, 4


class SegmentEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as it is being written: its prompt may still be empty. Fields as in engine.messages.Segment."""

    prompt: str = ""
    frames: int = DEFAULT_FRAMES
    seed: int | None = None
    transition: int = 0
    strength: float = 1.0
    cut: bool = False


class VideoEdit(msgspec.Struct, frozen=True, kw_only=True):
    """The state of timeline and video fields. Without segments the prompt of the panel fills `frames` frames.

    With segments, `current` is the one that the prompt field edits and `selected` holds it and maybe others, sorted.
    `clips` are the control layers that are selected, by their places; where there are some, no segment need be.
    """

    is_active: bool = False
    """Generate makes a take, not pictures."""
    segments: tuple[SegmentEdit, ...] = ()
    current: int = 0
    selected: tuple[int, ...] = ()
    clips: tuple[int, ...] = ()
    frames: int = DEFAULT_FRAMES
    fps: float = DEFAULT_FPS
    steps: int = DEFAULT_STEPS
    devices: tuple[str, ...] = ()
    """Names as the engine knows them; empty for all."""

    @property
    def length(self) -> int:
        """Frames of the whole take."""
        return sum(segment.frames for segment in self.segments) or self.frames

    @property
    def segment(self) -> SegmentEdit | None:
        """The segment that the prompt field edits."""
        return self.segments[self.current] if self.segments else None

    def spans(self) -> list[range]:
        """The frames of each segment."""
        edges = [0, *accumulate(segment.frames for segment in self.segments)]
        return [range(low, high) for low, high in pairwise(edges)]

    def shot_of(self, index: int) -> list[int]:
        """The segments of the shot that segment `index` belongs to."""
        first, last = index, index + 1
        while first > 0 and not self.segments[first].cut:
            first -= 1
        while last < len(self.segments) and not self.segments[last].cut:
            last += 1
        return list(range(first, last))

    def selected_frames(self) -> tuple[FrameSpan, ...]:
        """The frames of the selected segments; neighbours make one span."""
        found: list[FrameSpan] = []
        spans = self.spans()
        for index in self.selected:
            span = spans[index]
            if found and found[-1].stop == span.start:
                found[-1] = FrameSpan(start=found[-1].start, stop=span.stop)
            else:
                found.append(FrameSpan(start=span.start, stop=span.stop))
        return tuple(found)

    def timeline(self, prompt: str) -> Timeline:
        """The plan as the engine takes it; `prompt` is used where there are no segments.

        Raises:
            BadInputError: A prompt is empty, or the plan is not valid; the message names the segment.
        """
        if not self.segments:
            return Timeline(segments=(Segment(prompt=prompt.strip(), frames=self.frames),))
        for number, segment in enumerate(self.segments, 1):
            if not segment.prompt.strip():
                raise BadInputError(f"the prompt of segment {number} is empty; describe what happens in it")
        return Timeline(
            segments=tuple(
                Segment(
                    prompt=segment.prompt.strip(),
                    frames=segment.frames,
                    seed=segment.seed,
                    transition=segment.transition,
                    strength=segment.strength,
                    cut=segment.cut,
                )
                for segment in self.segments
            )
        )

    def of_timeline(self, timeline: Timeline, fps: float | None = None) -> VideoEdit:
        """This edit with another plan."""
        segments = tuple(
            SegmentEdit(
                prompt=segment.prompt,
                frames=segment.frames,
                seed=segment.seed,
                transition=segment.transition,
                strength=segment.strength,
                cut=segment.cut,
            )
            for segment in timeline.segments
        )
        return replace(self, segments=segments, current=0, selected=(0,), fps=fps or self.fps, is_active=True)

    def of_request(self, request: VideoRequest) -> VideoEdit:
        """The edit that makes `request` again; a plan of one bare segment needs no timeline."""
        edit = replace(self.of_timeline(request.timeline, request.fps), steps=request.steps, devices=request.devices)
        only = edit.segments[0]
        if len(edit.segments) == 1 and only.seed is None:
            return replace(edit, segments=(), selected=(), frames=only.frames)
        return edit

    def suited_to(self, spec: ModelSpec) -> VideoEdit:
        """This edit with the model's own speed and steps, and a length it can make; inactive if it makes no video."""
        video = spec.video
        if video is None:
            return replace(self, is_active=False)
        return replace(self, fps=video.default_fps, steps=video.default_steps, frames=video.nearest_frames(self.frames))

    def sound(self) -> VideoEdit:
        """This edit with a current segment and a selection that exist: a file may hold anything."""
        count = len(self.segments)
        if not count:
            return replace(self, current=0, selected=())
        current = min(max(self.current, 0), count - 1)
        selected = {index for index in self.selected if 0 <= index < count}
        if not self.clips:
            selected.add(current)
        return replace(self, current=current, selected=tuple(sorted(selected)))
