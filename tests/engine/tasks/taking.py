"""Takes of a tiny model, made by ranks that are threads of the test's process and meet over gloo as real ones do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import msgspec
import numpy as np

from engine.errors import WorkerLostError
from engine.media.clip import Clip
from engine.messages import FramesReady, Notice, Preview, Progress, Segment, Timeline, VideoRequest
from engine.protocol import Group, Run
from engine.tasks import video_job
from engine.tasks.checkpoint import Checkpoints, digest_of
from engine.tasks.video_job import run_video_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.tasks.controls import ControlSupply
    from engine.tasks.loading import LoadedVideo

Event = Progress | Preview | FramesReady
PEER_LIMIT_S = 120.0

TRAVEL = Timeline(
    segments=(
        Segment(prompt="winter mountains", frames=8),
        Segment(prompt="summer forest at night", frames=5, transition=3, seed=9),
        Segment(prompt="a moon", frames=7, cut=True),
    )
)
"""20 frames: a transition between seeds, and a shot that ends within a run."""


def never() -> None:
    pass


def video_request(**changes: object) -> VideoRequest:
    base = VideoRequest(timeline=TRAVEL, seed=3, width=64, height=64, steps=3, model="tiny video")
    return msgspec.structs.replace(base, **changes)


@dataclass
class Studio:
    """A folder of takes, and the model that makes them."""

    folder: Path
    loaded: LoadedVideo
    speeds: tuple[float, ...] = ()
    """Of the ranks, as the service would have measured them; empty for equal runs."""
    attempts: int = 0
    errors: list[BaseException | None] = field(default_factory=list[BaseException | None])
    supply: ControlSupply | None = None
    events: list[list[Event]] = field(default_factory=list[list[Event]])
    """What each rank of the last attempt said."""
    notices: list[str] = field(default_factory=list[str])
    """What all attempts said for people."""

    def clip_folder(self, job: str) -> Path:
        return self.folder / job / "clip"

    def movie(self, job: str) -> Path:
        return self.folder / f".{job}.tmp"

    def make(
        self,
        job: str,
        request: VideoRequest,
        world_size: int = 1,
        check_stop: Callable[[int], None] = lambda rank: None,
        on_event: Callable[[int, Event], None] = lambda rank, event: None,
    ) -> None:
        """Run all ranks of one attempt and wait for them; of their errors that of the lowest rank is raised, and one
        that is no echo of another's before those that are."""
        self.attempts += 1
        meeting = self.folder / f"meeting-{self.attempts}"
        meeting.mkdir(mode=0o700)
        self.events = [[] for _ in range(world_size)]
        devices = tuple("cpu" if rank == 0 else f"cpu#{rank}" for rank in range(world_size))
        base = str(self.folder / request.base) if request.base else ""

        def work(rank: int) -> None:
            group = Group(
                rank=rank, devices=devices, meeting=str(meeting), take=str(self.folder / job), base=base,
                speeds=self.speeds,
            )  # fmt: skip
            run = Run(
                job=job, attempt=self.attempts, request=request, spec=self.loaded.spec,
                parts=(str(self.movie(job)),), group=group,
            )  # fmt: skip

            def emit(event: Event | Notice) -> None:
                if isinstance(event, Notice):
                    self.notices.append(event.message)
                    return
                self.events[rank].append(event)
                on_event(rank, event)

            run_video_job(run, copies[rank], emit, lambda: check_stop(rank), self.supply)

        # Not in the threads: while one of them loads a network, diffusers makes modules otherwise in all of them.
        copies = [deepcopy(self.loaded) for _ in range(world_size)]
        # A rank that fails before it has met the others leaves them waiting: no service is there to stop them.
        with patch.object(video_job, "PEER_TIMEOUT_S", PEER_LIMIT_S), ThreadPoolExecutor(world_size) as pool:
            ends = [pool.submit(work, rank) for rank in range(world_size)]
        self.errors = [end.exception() for end in ends]
        for end in sorted(ends, key=lambda end: isinstance(end.exception(), WorkerLostError)):
            end.result()

    def frames(self, job: str) -> NDArray[np.uint8]:
        """All frames of a take, (T, H, W, 3)."""
        clip = Clip.open(self.clip_folder(job))
        return np.stack([clip.read(frame) for frame in clip.frames])

    def checkpoints(self, job: str, request: VideoRequest) -> Checkpoints:
        return Checkpoints(self.folder / job / "latents", digest_of(request, self.loaded.spec))

    def latents(self, job: str, request: VideoRequest, step: int) -> Tensor:
        """All latents behind a step, (1, C, T, h, w)."""
        return self.checkpoints(job, request).load(step, range(request.frames))


class Stop:
    """Tells every rank to stop once somebody has asked for it."""

    def __init__(self, error: Exception) -> None:
        self._asked = threading.Event()
        self._error = error

    def ask(self) -> None:
        self._asked.set()

    def check(self, rank: int) -> None:
        if self._asked.is_set():
            raise self._error


def furthest_difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> int:
    """The largest difference of a channel, 0 to 255."""
    return int(np.abs(first.astype(int) - second.astype(int)).max())
