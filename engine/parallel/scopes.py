"""What a frame sees of the other frames: named scopes of temporal attention, by global frame id.

Owns: which frames are in a frame's scope, at which positions of the motion module, and with which weight windows
are blended. Does not own: how the frames get here (exchange.py) or the arithmetic (attention.py, windows.py).

Every scope lies inside the frame's shot and is cut at its ends: no padding, no phantom frames, and a shot computed
alone gives the same frames. A scope is a list of frame ids, never a mask of frames by frames. Nothing here depends
on how many ranks there are; a rank only asks which frames outside of its run its own frames need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Reach(Protocol):
    """Which frames outside of `run`, a part of `shot`, the frames in it need: global ids, ascending."""

    def needed(self, shot: range, run: range) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class Group:
    """Frames that share one scope: `queries` attend to `keys`, each frame at its position of the motion module."""

    queries: tuple[int, ...]
    query_positions: tuple[int, ...]
    keys: tuple[int, ...]
    key_positions: tuple[int, ...]


@dataclass(frozen=True)
class Window:
    """A clip that is attended as a whole; frame k of it counts with `weights[k]` in the blend with other windows."""

    frames: range
    weights: tuple[float, ...]


def _outside(run: range, frames: range | set[int]) -> tuple[int, ...]:
    return tuple(sorted(frame for frame in frames if frame not in run))


def whole(clip: range, run: range | None = None) -> Group:
    """The frames of `run` (all if None) attend to the whole clip, each frame at its place in it."""
    run = clip if run is None else run
    return Group(tuple(run), tuple(frame - clip.start for frame in run), tuple(clip), tuple(range(len(clip))))


@dataclass(frozen=True)
class Full:
    """Every frame of the shot attends to every frame of it: what the stock model does."""

    def needed(self, shot: range, run: range) -> tuple[int, ...]:
        """Frames outside of `run` (a part of `shot`) that frames in it attend to, ascending."""
        return _outside(run, shot)

    def groups(self, shot: range, run: range) -> tuple[Group, ...]:
        """The scopes of the frames of `run`, which is a part of `shot`."""
        return (whole(shot, run),)

    def positions(self, shot: range) -> int:
        """How many positions of the motion module a shot takes."""
        return len(shot)


@dataclass(frozen=True)
class Dual:
    """Each frame attends to the `window` frames around it and to `anchors` frames spread over its shot.

    Away from the ends of the shot a frame is in the middle of its window; near them the window is cut there and
    keeps its length. Window frames take positions 0, 1, 2, ... in frame order; anchor j takes position window + j
    always, and is left out while the window holds its frame. A shot of at most window + anchors frames is attended
    as a whole, each frame at its own position, as the stock model does.

    Source: after Video-Infinity, arXiv:2406.16260, section 3.2, without its dependence on the number of devices.
    """

    window: int = 16
    anchors: int = 16

    def __post_init__(self) -> None:
        if self.window < 1 or self.anchors < 0:
            raise ValueError(f"window {self.window} and {self.anchors} anchors; use at least 1 and at least 0")

    def needed(self, shot: range, run: range) -> tuple[int, ...]:
        """Frames outside of `run` (a part of `shot`) that frames in it attend to, ascending."""
        if self._fits(shot):
            return _outside(run, shot)
        near = range(self._window_of(shot, run[0]).start, self._window_of(shot, run[-1]).stop)
        return _outside(run, set(near) | set(self.anchor_frames(shot)))

    def groups(self, shot: range, run: range) -> tuple[Group, ...]:
        """The scopes of the frames of `run`, which is a part of `shot`: one each."""
        if self._fits(shot):
            return (whole(shot, run),)
        return tuple(self._group(shot, frame) for frame in run)

    def anchor_frames(self, shot: range) -> tuple[int, ...]:
        """The middle frames of `anchors` equal parts of the shot."""
        return tuple(shot.start + (2 * j + 1) * len(shot) // (2 * self.anchors) for j in range(self.anchors))

    def positions(self, shot: range) -> int:
        """How many positions of the motion module a shot takes."""
        return min(len(shot), self.window + self.anchors)

    def _fits(self, shot: range) -> bool:
        return len(shot) <= self.window + self.anchors

    def _window_of(self, shot: range, frame: int) -> range:
        start = min(max(frame - self.window // 2, shot.start), shot.stop - self.window)
        return range(start, start + self.window)

    def _group(self, shot: range, frame: int) -> Group:
        near = self._window_of(shot, frame)
        far = [(anchor, self.window + j) for j, anchor in enumerate(self.anchor_frames(shot)) if anchor not in near]
        return Group(
            queries=(frame,),
            query_positions=(frame - near.start,),
            keys=(*near, *(anchor for anchor, _ in far)),
            key_positions=(*range(self.window), *(position for _, position in far)),
        )


@dataclass(frozen=True)
class Blocks:
    """Windows of `length` frames, one every `stride` frames of the shot, blended with pyramid weights.

    The windows of a shot start at its frames 0, stride, 2 * stride, ...; where they do not end with the shot, one
    more that does covers the rest, and only the rest. A shot shorter than `length` is one window. With `aligned` that
    last window starts at a multiple of `stride`, too, and is shorter: for modules that read the time from the place
    in the window, as Papercut's do.

    Source: FreeNoise, arXiv:2310.15169, section 3.3; equal to diffusers' FreeNoise with the same noise (there, the
    frames of a last incomplete window are divided by the weight of the first of them, which dims the take's end).
    """

    length: int = 16
    stride: int = 4
    aligned: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.stride <= self.length:
            raise ValueError(f"stride {self.stride} with windows of {self.length} frames; use 1 to {self.length}")

    def needed(self, shot: range, run: range) -> tuple[int, ...]:
        """Frames outside of `run` (a part of `shot`) that share a window with a frame in it, ascending."""
        return _outside(run, {frame for window in self.windows(shot, run) for frame in window.frames})

    def windows(self, shot: range, run: range) -> tuple[Window, ...]:
        """The windows that count for a frame of `run`, which is a part of `shot`, in frame order."""
        return tuple(
            window
            for window in self._windows_of(shot)
            if any(frame in run and weight for frame, weight in zip(window.frames, window.weights, strict=True))
        )

    def positions(self, shot: range) -> int:
        """How many positions of the motion module a shot takes."""
        return min(len(shot), self.length)

    def _windows_of(self, shot: range) -> list[Window]:
        length = min(self.length, len(shot))
        starts = range(shot.start, shot.stop - length + 1, self.stride)
        windows = [Window(range(start, start + length), pyramid_weights(length)) for start in starts]
        rest = shot.stop - windows[-1].frames.stop
        if rest and self.aligned:
            last = range(windows[-1].frames.start + self.stride, shot.stop)
            windows.append(Window(last, pyramid_weights(len(last))))
        elif rest:
            weights = (0.0,) * (length - rest) + pyramid_weights(length)[length - rest :]
            windows.append(Window(range(shot.stop - length, shot.stop), weights))
        return windows


Scope = Full | Dual | Blocks


def pyramid_weights(length: int) -> tuple[float, ...]:
    """1, 2, 3, ... up to the middle of a window and down again."""
    return tuple(float(min(k + 1, length - k)) for k in range(length))


def check_scope(scope: Scope, shots: tuple[range, ...], trained_positions: int | None) -> None:
    """Raise ValueError where a shot takes more positions than the motion module was trained for.

    Args:
        scope: The scope.
        shots: The shots of the take.
        trained_positions: Rows of the module's table of positions; None for a module without positions.
    """
    if trained_positions is None:
        return
    taken = max((scope.positions(shot) for shot in shots), default=0)
    if taken > trained_positions:
        raise ValueError(
            f"{scope} takes {taken} positions, the motion module was trained for {trained_positions}; "
            f"use a smaller window or fewer anchors"
        )


@dataclass(frozen=True)
class Halo:
    """The `depth` frames on each side, cut at the ends of the shot: what a temporal convolution reads."""

    depth: int

    def needed(self, shot: range, run: range) -> tuple[int, ...]:
        """Frames outside of `run` (a part of `shot`) within `depth` of a frame in it, ascending."""
        near = range(max(shot.start, run.start - self.depth), min(shot.stop, run.stop + self.depth))
        return _outside(run, near)
