"""Video and export requests: everything that affects a take, and how it leaves the program."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.errors import BadInputError
from engine.messages.checks import (
    MAX_GUIDANCE,
    MAX_SEED,
    MAX_STEPS,
    check_choice,
    check_float,
    check_int,
    check_size,
    check_text,
)
from engine.messages.formats import (
    CODECS,
    MAX_EXPORT_SIDE,
    MIN_EXPORT_SIDE,
    Codec,
    Quality,
    check_codec,
    check_quality,
)
from engine.messages.layers import ControlLayer
from engine.messages.timeline import MAX_FRAMES, Timeline

MAX_FPS = 240.0


class FrameSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Global frame ids from `start` up to, not including, `stop`."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        check_int("first frame", self.start, 0, MAX_FRAMES)
        check_int("end frame", self.stop, self.start + 1, MAX_FRAMES)


class VideoRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="video"):
    """One take. Holds everything that affects the frames; `devices` does not, by promise and by test.

    Sizes are in pixels. `devices` are names as typed ("cuda:0", "cpu:2" for two ranks on the CPU); empty for all there
    are. With `base`, the job id of another take of this size, only the frames of `redo` are made, and all others
    are that take's, byte for byte: parts of it made again, or, with another timeline behind what is kept, a branch.
    """

    timeline: Timeline
    seed: int
    model: str = "papercut"
    negative_prompt: str = ""
    width: int = 256
    height: int = 256
    fps: float = 8.0
    steps: int = 4
    guidance_scale: float = 1.0
    scope: Literal["", "blocks", "dual"] = ""
    """What a frame's temporal attention sees; empty for the model's default."""
    codec: Codec = "h264"
    """How the frames leave the program; does not affect them."""
    devices: tuple[str, ...] = ()
    base: str = ""
    redo: tuple[FrameSpan, ...] = ()
    controls: tuple[ControlLayer, ...] = ()
    """A layer's picture may also be a movie, an animation or a folder of pictures: frame i controls frame `first` + i.
    A layer acts on its own frames alone."""

    def __post_init__(self) -> None:
        check_int("seed", self.seed, 0, MAX_SEED)
        check_text("model", self.model)
        check_text("negative prompt", self.negative_prompt)
        check_size(self.width, self.height)
        check_float("fps", self.fps, 0.1, MAX_FPS)
        check_int("steps", self.steps, 1, MAX_STEPS)
        check_float("guidance", self.guidance_scale, 0.0, MAX_GUIDANCE)
        check_choice("scope", self.scope, ("", "blocks", "dual"))
        check_codec(self.codec, self.width, self.height)
        if bool(self.base) != bool(self.redo):
            raise BadInputError("a re-roll needs both the take and the frames to make again; give both or neither")
        for span in self.redo:
            if span.stop > self.timeline.frames:
                raise BadInputError(
                    f"frames {span.start} to {span.stop - 1} are not all in a take of {self.timeline.frames}"
                )
        for layer in self.controls:
            if layer.enabled and not layer.acts_on(self.frames):
                raise BadInputError(
                    f"control {layer.kind} begins at frame {layer.first}, behind the take's {self.frames}; "
                    "move it, or switch it off"
                )

    @property
    def prompt(self) -> str:
        """The first segment's prompt: the take's name in lists."""
        return self.timeline.segments[0].prompt

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.timeline.frames

    @property
    def kept_stop(self) -> int:
        """The frame behind the last one that is taken over from `base`; 0 where all are made."""
        stop = self.frames if self.redo else 0
        for span in sorted(self.redo, key=lambda span: span.stop, reverse=True):
            if span.stop < stop:
                break
            stop = min(stop, span.start)
        return stop

    @property
    def count(self) -> int:
        """Number of results."""
        return 1


class ExportRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="export"):
    """Frames of a finished or unfinished take, encoded. `take` is the job id of a video."""

    take: str
    codec: Codec = "h264"
    fps: float = 8.0
    first: int = 0
    end: int = 0
    """The frame behind the last one; 0 for the take's end."""
    width: int = 0
    height: int = 0
    """In pixels; both 0 for the take's own size."""
    quality: Quality = "best"
    retimed: bool = False
    """Whether the take keeps its speed at another `fps`, by repeating or leaving out frames; else every frame is shown
    once, and the film is faster or slower."""

    def __post_init__(self) -> None:
        check_text("take", self.take)
        check_choice("codec", self.codec, CODECS)
        check_float("fps", self.fps, 0.1, MAX_FPS)
        check_int("first frame", self.first, 0, MAX_FRAMES)
        check_int("end frame", self.end, 0, MAX_FRAMES)
        if self.end and self.end <= self.first:
            raise BadInputError(f"the export would end at frame {self.end}, before it starts; move the out point")
        check_quality(self.codec, self.quality)
        if self.width or self.height:
            check_int("width", self.width, MIN_EXPORT_SIDE, MAX_EXPORT_SIDE)
            check_int("height", self.height, MIN_EXPORT_SIDE, MAX_EXPORT_SIDE)
            check_codec(self.codec, self.width, self.height)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the result, in pixels, of a take of this size."""
        return (self.width, self.height) if self.width else (width, height)

    @property
    def prompt(self) -> str:
        """What lists call it."""
        return f"Export of {self.take}"

    @property
    def seed(self) -> int:
        """An export draws nothing."""
        return 0

    @property
    def model(self) -> str:
        """An export needs no model."""
        return ""

    @property
    def count(self) -> int:
        """Number of results; a picture sequence counts as one folder."""
        return 1
