"""What can be measured of a long take's looks: drift over its length, and seams where one rank's run meets the next's.

Owns the numbers. They say nothing of whether the take is good to look at; with random motion weights they say little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.parallel.partition import even_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.media.clip import Clip

_LUMA = (0.2126, 0.7152, 0.0722)  # ITU-R BT.709


class QualityReport(msgspec.Struct, frozen=True, kw_only=True):
    """Of one take without change of prompt.

    Attributes:
        model: Its model.
        weights: "trained", or "random" where the motion adapter is missing.
        frames: Its length.
        ranks: How many made it.
        fps: Frames a second: so many make the first and the last second.
        colour_drift: The largest change of a channel's mean from the first to the last second, as a part of it.
        contrast_drift: The change of luma's standard deviation within a frame, likewise.
        borders: The first frames of the runs behind the first.
        border_difference: Mean absolute difference, in levels of 255, between a border's frame and the one before.
        other_difference: The same everywhere else.
        border_ratio: The first over the second; 1 where a border cannot be seen.
        same_phase_ratio: The first over that of frames at the same place in their window, which may beat.
    """

    model: str
    weights: str
    frames: int
    ranks: int
    fps: float
    colour_drift: float
    contrast_drift: float
    borders: tuple[int, ...]
    border_difference: float
    other_difference: float
    border_ratio: float
    same_phase_ratio: float


def judge_take(clip: Clip, ranks: int, stride: int, model: str, weights: str) -> QualityReport:
    """Measure a whole take of at least two seconds, one frame in memory at a time.

    Args:
        clip: The take.
        ranks: How many made it in even runs; at least two, so that there is a border.
        stride: Frames from one window to the next.
        model: Name of the model.
        weights: Where its motion is from.

    Raises:
        ValueError: There is no border, or the take is too short.
        JobFailedError: A frame is missing or damaged.
    """
    second = max(1, round(clip.manifest.fps))
    borders = tuple(run.start for run in even_runs(len(clip.frames), ranks)[1:] if run)
    if not borders or len(clip.frames) < max(2 * second, len(borders) + 2):
        raise ValueError(f"{len(clip.frames)} frames on {ranks} ranks; use at least two ranks and two seconds")
    colours: list[NDArray[np.float64]] = []
    contrasts: list[float] = []
    differences: list[float] = []
    before: NDArray[np.float32] | None = None
    for pixels in clip.stream(clip.frames):
        frame = pixels.astype(np.float32)
        colours.append(frame.mean((0, 1), dtype=np.float64))
        contrasts.append(float((frame @ np.array(_LUMA, dtype=np.float32)).std()))
        if before is not None:
            differences.append(float(np.abs(frame - before).mean()))
        before = frame
    at_borders = [differences[border - 1] for border in borders]
    elsewhere = {frame: value for frame, value in enumerate(differences, start=1) if frame not in borders}
    phases = {border % stride for border in borders}
    same_phase = [value for frame, value in elsewhere.items() if frame % stride in phases] or list(elsewhere.values())
    border, other = _mean(at_borders), _mean(list(elsewhere.values()))
    return QualityReport(
        model=model,
        weights=weights,
        frames=len(clip.frames),
        ranks=ranks,
        fps=clip.manifest.fps,
        colour_drift=max(
            _change(float(first), float(last))
            for first, last in zip(np.mean(colours[:second], 0), np.mean(colours[-second:], 0), strict=True)
        ),
        contrast_drift=_change(_mean(contrasts[:second]), _mean(contrasts[-second:])),
        borders=borders,
        border_difference=border,
        other_difference=other,
        border_ratio=_ratio(border, other),
        same_phase_ratio=_ratio(border, _mean(same_phase)),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _change(first: float, last: float) -> float:
    return abs(_ratio(last, first) - 1.0)


def _ratio(value: float, base: float) -> float:
    """Their quotient; equal values are 1 also where both are 0."""
    if value == base:
        return 1.0
    return value / base if base else float("inf")
