"""A worker for tests: speaks the real protocol, draws nothing, and does what the prompt tells it. Run by path.

Words in the prompt, any number of them, acted on in order:

    slow:S        wait S seconds in small steps, each with a Progress event; a StopJob ends it
    preview:N     send N previews of picture 0, not final
    fail:KIND     answer JobError of that kind
    crash         die at once, every time
    crash-until:N die at once in every attempt before number N
    hang          never answer anything again, not even a StopJob
    steps:N       do N steps of a take, from where its folder says that an earlier attempt came; a StopJob ends it
    log:FILE      append one line to FILE: attempt, rank, number of ranks
    only:RANK     the words from here on, up to the next `only:` or `all`, are for that rank alone
    gate:FILE     wait until FILE exists, then go on; a StopJob ends it
    touch:FILE    append one line, the attempt's number, to FILE
    partless      claim to be done without having written anything

Every other word means nothing. At the end rank 0 writes every part as a small PNG, flushed. The heart beats all along.
"""

from __future__ import annotations

import base64
import os
import sys
import threading
import time
from pathlib import Path

import msgspec

from engine.messages import FramesReady, Preview, Progress
from engine.protocol import (
    Heartbeat,
    JobDone,
    JobError,
    Message,
    Ready,
    Run,
    StopJob,
    Stopped,
    WorkerCommand,
    WorkerEvent,
    read_frame,
    write_frame,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
STEP_S = 0.02
HEART_S = 0.1


class StopAsked(Exception):  # noqa: N818  control flow of the fake, no error
    """The running job is to end."""


class FakeWorker:
    """Reads commands in the main thread, runs jobs in a second one."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._stop = threading.Event()
        self._writing = threading.Lock()

    def serve(self) -> None:
        self._say(Ready(device=self._device, name="a fake", pid=os.getpid(), memory_total_bytes=2**30))
        threading.Thread(target=self._beat, daemon=True).start()
        while (payload := read_frame(sys.stdin.buffer)) is not None:
            command = msgspec.json.decode(payload, type=WorkerCommand)
            match command:
                case Run():
                    self._stop.clear()
                    threading.Thread(target=self._run, args=(command,), daemon=True).start()
                case StopJob():
                    self._stop.set()
                case _:
                    pass
        os._exit(0)

    def _run(self, run: Run) -> None:
        started = time.monotonic()
        rank = run.group.rank if run.group else 0
        chosen = str(rank)
        try:
            for word in run.request.prompt.split():
                name, _, value = word.partition(":")
                if name in ("only", "all"):
                    chosen = value or str(rank)
                elif chosen == str(rank) and not self._act(run, name, value):
                    return
            for part in run.parts if rank == 0 else ():
                with Path(part).open("wb") as stream:
                    stream.write(PNG)
                    stream.flush()
                    os.fsync(stream.fileno())
        except StopAsked:
            self._say(Stopped(job=run.job, attempt=run.attempt))
        except OSError as error:
            self._say(JobError(job=run.job, attempt=run.attempt, kind="bad_output", message=str(error)))
        else:
            self._say(JobDone(job=run.job, attempt=run.attempt, seconds=time.monotonic() - started))

    def _act(self, run: Run, name: str, value: str) -> bool:  # noqa: C901, PLR0912  one branch per word
        """Do what a word says; False when the job has been answered."""
        match name:
            case "slow":
                steps = max(1, round(float(value) / STEP_S))
                for step in range(1, steps + 1):
                    self._pause()
                    self._say(WorkerEvent(event=self._progress(run, step, steps)))
            case "preview":
                for _ in range(int(value)):
                    preview = Preview(job=run.job, attempt=run.attempt, index=0, image=PNG, final=False)
                    self._say(WorkerEvent(event=preview))
            case "fail":
                self._say(JobError(job=run.job, attempt=run.attempt, kind=value, message="as told; change the prompt"))
                return False
            case "crash":
                os._exit(41)
            case "crash-until":
                if run.attempt < int(value):
                    os._exit(42)
            case "hang":
                threading.Event().wait()
            case "steps":
                self._take_steps(run, int(value))
            case "log":
                ranks = len(run.group.devices) if run.group else 0
                with Path(value).open("a", encoding="utf-8") as stream:
                    stream.write(f"{run.attempt} {run.group.rank if run.group else 0} {ranks}\n")
            case "gate":
                while not Path(value).exists():
                    self._pause()
            case "touch":
                with Path(value).open("a", encoding="utf-8") as stream:
                    stream.write(f"{run.attempt}\n")
            case "partless":
                self._say(JobDone(job=run.job, attempt=run.attempt, seconds=0.0))
                return False
            case _:
                pass
        return True

    def _take_steps(self, run: Run, steps: int) -> None:
        assert run.group
        checkpoint = Path(run.group.take) / "step"
        first = int(checkpoint.read_text()) if checkpoint.exists() else 0
        for step in range(first + 1, steps + 1):
            self._pause()
            self._say(WorkerEvent(event=self._progress(run, step, steps)))
            ready = FramesReady(job=run.job, attempt=run.attempt, start=step - 1, stop=step, device=self._device)
            self._say(WorkerEvent(event=ready))
            if run.group.rank == 0:
                draft = checkpoint.with_suffix(f".{run.attempt}")
                draft.write_text(str(step))
                draft.replace(checkpoint)

    def _progress(self, run: Run, step: int, steps: int) -> Progress:
        return Progress(job=run.job, attempt=run.attempt, step=step, steps=steps, device=self._device)

    def _beat(self) -> None:
        while True:
            self._say(Heartbeat())
            time.sleep(HEART_S)

    def _pause(self) -> None:
        if self._stop.wait(STEP_S):
            raise StopAsked

    def _say(self, message: Message) -> None:
        with self._writing:
            write_frame(sys.stdout.buffer, message)


if __name__ == "__main__":
    FakeWorker(sys.argv[sys.argv.index("--device") + 1]).serve()
