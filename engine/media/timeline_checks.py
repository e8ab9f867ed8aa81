"""What both forms of timeline files hold, check and say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.messages import check_float
from engine.messages.video import MAX_FPS

if TYPE_CHECKING:
    from engine.messages import ControlLayer, Timeline

_MIN_FPS = 0.1
_SHOWN_CHARS = 40


class Plan(NamedTuple):
    """What a timeline file says: where it is silent on them, `fps` is None, and there are no controls."""

    timeline: Timeline
    fps: float | None
    controls: tuple[ControlLayer, ...] = ()


def check_fps(fps: float) -> None:
    """Raise BadInputError unless `fps` is a rate that a take can have."""
    check_float("fps", fps, _MIN_FPS, MAX_FPS)


def short_prompt(prompt: str) -> str:
    """A prompt, as an error names a place by it: one quoted line of at most 40 characters."""
    line = " ".join(prompt.split())
    return f'"{line}"' if len(line) <= _SHOWN_CHARS else f'"{line[: _SHOWN_CHARS - 1]}…"'
