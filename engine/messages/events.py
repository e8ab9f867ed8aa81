"""What happens to a job on its way. Each job ends in exactly one Terminal event."""

from __future__ import annotations

import msgspec


class EventBase(msgspec.Struct, frozen=True, kw_only=True):
    """What every event carries. `seq` grows by one per event of a job, over all its attempts."""

    job: str
    attempt: int
    seq: int = 0


class Progress(EventBase, frozen=True, kw_only=True, tag="progress"):
    """Work done: `step` of `steps` (denoising steps over all pictures of the batch) on `device`."""

    step: int
    steps: int
    device: str


class Preview(EventBase, frozen=True, kw_only=True, tag="preview"):
    """Picture `index` of the batch, or frame `index` of the take, as an encoded image (PNG or JPEG).

    `final` when it is the finished candidate or frame, not an estimate on the way.
    """

    index: int
    image: bytes
    final: bool
    device: str = ""


class FramesReady(EventBase, frozen=True, kw_only=True, tag="frames_ready"):
    """Frames `start` to `stop` of the take are in its Clip, made by `device`."""

    start: int
    stop: int
    device: str


class Notice(EventBase, frozen=True, kw_only=True, tag="notice"):
    """Something the user should see that is no failure: a fallback, a restart."""

    message: str


class Finished(EventBase, frozen=True, kw_only=True, tag="finished"):
    """Terminal. The result is on disk under its final names."""

    outputs: tuple[str, ...]
    seed: int
    model: str
    devices: tuple[str, ...]
    seconds: float
    restarts: int


class Failed(EventBase, frozen=True, kw_only=True, tag="failed"):
    """Terminal. `kind` names a class in engine.errors, `message` is one line with a remedy."""

    kind: str
    message: str


class Cancelled(EventBase, frozen=True, kw_only=True, tag="cancelled"):
    """Terminal. Nothing of the job is left on disk."""


Terminal = Finished | Failed | Cancelled
Event = Progress | Preview | FramesReady | Notice | Finished | Failed | Cancelled
