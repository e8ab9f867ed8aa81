"""The fake engine's table of jobs: rows, and the messages that each change of one sends."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

from msgspec.structs import replace

from engine.messages import (
    Cancelled,
    ControlMapRequest,
    Failed,
    Finished,
    FramesReady,
    ImageRequest,
    JobInfo,
    JobState,
    Preview,
    Progress,
    Request,
    VideoRequest,
)
from engine.protocol import EventMessage, JobChanged
from tests.fake_takes import fake_preview, runs_of, write_frames
from tests.requests import fake_map, fake_picture

DEVICE = "cpu"


class FakeJobs:
    """What can happen to a job. `messages` holds what has not been sent yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._takes = folder.parent / "takes"
        self.rows: dict[str, JobInfo] = {}
        self.messages: deque[JobChanged | EventMessage] = deque()
        self._seq: dict[str, int] = {}
        self._wanted: dict[str, str] = {}
        """The file that each job is to write."""

    def add(self, request: Request, output: str = "") -> str:
        job = f"job-{len(self.rows) + 1}"
        self._wanted[job] = output
        self.rows[job] = JobInfo(
            job=job,
            state=JobState.PENDING,
            request=request,
            outputs=(),
            created=time.time(),
            position=len(self.rows) + 1,
        )
        self._seq[job] = 0
        return job

    def move(self, job: str, before: str) -> None:
        waiting = [info for info in self.rows.values() if info.state is JobState.PENDING]
        order = [info.job for info in sorted(waiting, key=lambda info: info.position) if info.job != job]
        order.insert(order.index(before) if before else len(order), job)
        for name, position in zip(order, sorted(info.position for info in waiting), strict=True):
            if self.rows[name].position != position:
                self.change(name, position=position)

    def start(self, job: str) -> None:
        attempt = self.rows[job].attempt + 1
        devices = devices_of(self.rows[job].request)
        self.change(job, state=JobState.RUNNING, attempt=attempt, started=time.time(), devices=devices)
        for device in devices:
            self.progress(job, 0, device)

    def candidate(self, job: str, index: int, *, final: bool = True, late: bool = False) -> None:
        info = self.rows[job]
        assert isinstance(info.request, ImageRequest)
        picture = fake_picture(info.request, index, detail=1.0 if final else 0.2)
        event = Preview(job=job, attempt=info.attempt, index=index, image=picture, final=final)
        if late:
            self.messages.append(EventMessage(event=replace(event, seq=0)))
            return
        self.send(event)
        if final:
            self.progress(job, index + 1)

    def progress(self, job: str, step: int, device: str = DEVICE) -> None:
        info = self.rows[job]
        # A take's frames are decoded in one step more.
        steps = info.request.steps + 1 if isinstance(info.request, VideoRequest) else info.request.count
        self.send(Progress(job=job, attempt=info.attempt, step=step, steps=steps, device=device))

    def show_frames(self, job: str, frames: range, device: str) -> None:
        """A device sends previews of these frames of a take."""
        info = self.rows[job]
        assert isinstance(info.request, VideoRequest)
        for frame in frames:
            image = fake_preview(info.request, frame)
            self.send(Preview(job=job, attempt=info.attempt, index=frame, image=image, final=False, device=device))

    def finish_frames(self, job: str, frames: range, device: str) -> None:
        """These frames of a take are in its Clip."""
        info = self.rows[job]
        assert isinstance(info.request, VideoRequest)
        write_frames(self._takes / job, info.request, frames)
        start, stop = frames.start, frames.stop
        self.send(FramesReady(job=job, attempt=info.attempt, start=start, stop=stop, device=device))

    def finish(self, job: str) -> None:
        request = self.rows[job].request
        outputs: list[str] = []
        if isinstance(request, ImageRequest):
            for index in range(request.count):
                file = self._folder / f"{job}-{index}.png"
                file.write_bytes(fake_picture(request, index))
                outputs.append(str(file))
        elif isinstance(request, ControlMapRequest):
            file = self._folder / f"{job}.png"
            file.write_bytes(fake_map(request))
            outputs.append(str(file))
        else:
            if isinstance(request, VideoRequest):
                write_frames(self._takes / job, request, range(request.frames))
            file = Path(self._wanted[job] or self._folder / f"{job}.mp4")
            file.write_bytes(b"a movie")
            outputs.append(str(file))
        info = self.change(job, state=JobState.DONE, outputs=tuple(outputs), seconds=0.9, finished=time.time())
        self.send(
            Finished(
                job=job,
                attempt=info.attempt,
                outputs=info.outputs,
                seed=request.seed,
                model=request.model,
                devices=devices_of(request),
                seconds=0.9,
                restarts=0,
            )
        )

    def fail(self, job: str, kind: str, message: str) -> None:
        info = self.change(job, state=JobState.FAILED, error_kind=kind, error_message=message, finished=time.time())
        self.send(Failed(job=job, attempt=info.attempt, kind=kind, message=message))

    def change(self, job: str, **changes: object) -> JobInfo:
        info = self.rows[job] = replace(self.rows[job], **changes)
        self.messages.append(JobChanged(info=info))
        return info

    def send(self, event: Preview | Progress | FramesReady | Finished | Failed | Cancelled) -> None:
        self._seq[event.job] += 1
        self.messages.append(EventMessage(event=replace(event, seq=self._seq[event.job])))


def devices_of(request: Request) -> tuple[str, ...]:
    """The slots of the ranks: "cpu:2" is a count, as the engine takes it."""
    if not isinstance(request, VideoRequest) or not request.devices:
        return (DEVICE,)
    slots: list[str] = []
    for name in request.devices:
        kind, _, count = name.partition(":")
        many = int(count) if kind == "cpu" and count else 1
        slots += [name] if many == 1 else ["cpu", *(f"cpu#{rank}" for rank in range(1, many))]
    return tuple(slots)


def runs_by_device(request: VideoRequest) -> list[tuple[str, range]]:
    """Each device with its frames."""
    devices = devices_of(request)
    return list(zip(devices, runs_of(request, len(devices)), strict=True))
