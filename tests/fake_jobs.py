"""The fake engine's table of jobs: rows, and the messages that each change of one sends."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.messages import Cancelled, Failed, Finished, JobInfo, JobState, Preview, Progress, Request
from engine.protocol import EventMessage, JobChanged
from tests.requests import fake_picture

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = "cpu"


class FakeJobs:
    """What can happen to a job. `messages` holds what has not been sent yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.rows: dict[str, JobInfo] = {}
        self.messages: deque[JobChanged | EventMessage] = deque()
        self._seq: dict[str, int] = {}

    def add(self, request: Request) -> str:
        job = f"job-{len(self.rows) + 1}"
        self.rows[job] = JobInfo(job=job, state=JobState.PENDING, request=request, outputs=(), created=time.time())
        self._seq[job] = 0
        return job

    def start(self, job: str) -> None:
        attempt = self.rows[job].attempt + 1
        self.change(job, state=JobState.RUNNING, attempt=attempt, started=time.time(), devices=(DEVICE,))
        self.progress(job, 0)

    def candidate(self, job: str, index: int, *, final: bool = True, late: bool = False) -> None:
        info = self.rows[job]
        picture = fake_picture(info.request, index, detail=1.0 if final else 0.2)
        event = Preview(job=job, attempt=info.attempt, index=index, image=picture, final=final)
        if late:
            self.messages.append(EventMessage(event=replace(event, seq=0)))
            return
        self.send(event)
        if final:
            self.progress(job, index + 1)

    def progress(self, job: str, step: int) -> None:
        info = self.rows[job]
        progress = Progress(job=job, attempt=info.attempt, step=step, steps=info.request.count, device=DEVICE)
        self.send(progress)

    def finish(self, job: str) -> None:
        request = self.rows[job].request
        outputs: list[str] = []
        for index in range(request.count):
            file = self._folder / f"{job}-{index}.png"
            file.write_bytes(fake_picture(request, index))
            outputs.append(str(file))
        info = self.change(job, state=JobState.DONE, outputs=tuple(outputs), seconds=0.9, finished=time.time())
        self.send(
            Finished(
                job=job,
                attempt=info.attempt,
                outputs=info.outputs,
                seed=request.seed,
                model=request.model,
                devices=(DEVICE,),
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

    def send(self, event: Preview | Progress | Finished | Failed | Cancelled) -> None:
        self._seq[event.job] += 1
        self.messages.append(EventMessage(event=replace(event, seq=self._seq[event.job])))
