"""Rank processes of a benchmark and the folders of their takes, for as long as they are needed.

Owns starting, asking and ending them. What they measure is video_rank.py's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar, cast

import msgspec

import engine
from engine.bench.video_commands import (
    Answer,
    Command,
    Failed,
    LinkMeasured,
    MakeStock,
    MakeTake,
    MeasureLink,
    StockMeasured,
    TakeMeasured,
)
from engine.errors import JobFailedError, WorkerLostError, error_from_kind
from engine.protocol import Group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from engine.messages import ModelSpec, VideoRequest

Measured = TypeVar("Measured", TakeMeasured, StockMeasured, LinkMeasured)
END_TIMEOUT_S = 10.0


class RankPool:
    """Processes that make takes together or alone; a context manager that ends them and removes their takes."""

    def __init__(self, ranks: int) -> None:
        """Start so many of them."""
        self.ranks = ranks
        self._folder = Path(tempfile.mkdtemp(prefix="onetake-bench-"))
        self._takes = 0
        environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "engine.bench.video_rank"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(engine.__file__ or "").resolve().parent.parent,
                env=environment,
            )
            for _ in range(ranks)
        ]

    def __enter__(self) -> RankPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            if kind is not None:
                process.kill()
            _pipe(process.stdin).close()
        for process in self._processes:
            try:
                process.wait(END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _pipe(process.stdout).close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def make_take(
        self, request: VideoRequest, spec: ModelSpec, device: str, world_size: int = 1, *, keep: bool = False
    ) -> list[TakeMeasured]:
        """Make a take on the first `world_size` ranks; in rank order what each measured.

        Args:
            request: The take.
            spec: Its model.
            device: Of every rank.
            world_size: At most `ranks`.
            keep: Whether its frames stay, in `clip_folder`, until the next take or the end.

        Raises:
            EngineError: A rank failed or died.
        """
        folder, meeting = self._fresh_folders()
        devices = (device,) * world_size
        group = Group(rank=0, devices=devices, meeting=str(meeting), take=str(folder))
        commands = [
            MakeTake(
                request=request,
                spec=spec,
                group=msgspec.structs.replace(group, rank=rank),
                movie=str(folder / "movie.tmp"),
            )
            for rank in range(world_size)
        ]
        try:
            return self._ask(commands, TakeMeasured)
        finally:
            if not keep:
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def clip_folder(self) -> Path:
        """Where the frames of the last take are, if it was kept."""
        return self._folder / str(self._takes) / "clip"

    def make_stock(self, request: VideoRequest, spec: ModelSpec, device: str, stride: int) -> StockMeasured:
        """Make the video with the stock pipeline, on the first rank."""
        (measured,) = self._ask([MakeStock(request=request, spec=spec, device=device, stride=stride)], StockMeasured)
        return measured

    def measure_link(self) -> LinkMeasured:
        """Measure the wire between the first two ranks; the slower one's answer."""
        _, meeting = self._fresh_folders()
        answers = self._ask([MeasureLink(rank=rank, meeting=str(meeting)) for rank in range(2)], LinkMeasured)
        return min(answers, key=lambda answer: answer.bytes_per_s)

    def _fresh_folders(self) -> tuple[Path, Path]:
        """The folder of the next take, and where its ranks meet."""
        self._takes += 1
        folder, meeting = self._folder / str(self._takes), self._folder / f"meeting-{self._takes}"
        folder.mkdir()
        meeting.mkdir(mode=0o700)
        return folder, meeting

    def _ask(self, commands: Sequence[Command], form: type[Measured]) -> list[Measured]:
        """Hand one command to each of the first ranks, and wait for all answers."""
        for process, command in zip(self._processes, commands, strict=False):
            try:
                _pipe(process.stdin).write(msgspec.json.encode(command) + b"\n")
                _pipe(process.stdin).flush()
            except OSError:
                raise _died(process) from None
        answers = [_answer_of(process) for process in self._processes[: len(commands)]]
        failures = [answer for answer in answers if isinstance(answer, Failed)]
        if failures:
            # Who only lost a peer has nothing to say of the reason.
            first = min(failures, key=lambda failure: failure.kind == WorkerLostError.kind)
            raise error_from_kind(first.kind, first.message)
        for answer in answers:
            assert isinstance(answer, form), "a rank answered another question"
        return cast("list[Measured]", answers)


def _answer_of(process: subprocess.Popen[bytes]) -> Answer:
    line = _pipe(process.stdout).readline()
    if not line:
        raise _died(process)
    return msgspec.json.decode(line, type=Answer)


def _died(process: subprocess.Popen[bytes]) -> JobFailedError:
    return JobFailedError(
        f"a process of the benchmark ended with status {process.wait()}; its last words are above, run it again"
    )


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "both pipes were asked for"
    return pipe
