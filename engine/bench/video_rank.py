"""`python -m engine.bench.video_rank`: a process of the benchmark, with one thread of torch for its computing.

Owns the process: it answers each line of its standard input with one line, until the input ends. What is measured is
video_take.py's and video_stock.py's.
"""

from __future__ import annotations

import logging
import os
import sys

import msgspec
import torch

from engine.acceleration.plan import plan_for
from engine.bench.video_commands import Answer, Command, Failed, MakeStock, MeasureLink
from engine.bench.video_stock import StockPipeline, load_stock, measure_stock
from engine.errors import EngineError, JobFailedError
from engine.messages import ModelSpec
from engine.models.stock import leave_peft_out, narrow_imports
from engine.tasks.loading import LoadedVideo, load_video, video_plan

THREADS = 1
"""A core each: what weak scaling on one machine can be measured with."""


def main() -> int:
    """Serve until the input ends."""
    # Whatever prints from now on, in Python or C, goes to standard error.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    torch.set_num_threads(THREADS)
    bench = RankBench()
    decoder = msgspec.json.Decoder[Command](Command)
    for line in sys.stdin.buffer:
        answers.write(msgspec.json.encode(bench.answer(decoder.decode(line))) + b"\n")
        answers.flush()
    return 0


class RankBench:
    """Carries out commands; keeps the model and the pipeline of the last one of each."""

    def __init__(self) -> None:
        self._loaded: tuple[ModelSpec, str, LoadedVideo] | None = None
        self._stock: tuple[ModelSpec, str, StockPipeline] | None = None

    def answer(self, command: Command) -> Answer:
        """Measure, or say in one line why not."""
        try:
            if isinstance(command, MakeStock):
                pipeline = self._fetch_stock(command.spec, command.device)
                return measure_stock(command, pipeline, video_plan(plan_for(command.device)))
            # A rank holds no more of diffusers than the product's: its memory is measured.
            with narrow_imports():
                from engine.bench.video_take import measure_link, measure_take  # noqa: PLC0415
            leave_peft_out()
            if isinstance(command, MeasureLink):
                return measure_link(command)
            group = command.group
            return measure_take(command, self._fetch(command.spec, group.devices[group.rank]))
        except EngineError as error:
            return Failed(kind=error.kind, message=error.message)
        except Exception as error:  # the parent learns of it, and ends this process
            logging.getLogger(__name__).exception("a measurement failed")
            reason = (str(error).strip().splitlines() or ["no reason given"])[0][:200]
            return Failed(kind=JobFailedError.kind, message=f"{type(error).__name__}: {reason}")

    def _fetch(self, spec: ModelSpec, device: str) -> LoadedVideo:
        if self._loaded is None or self._loaded[:2] != (spec, device):
            self._loaded = None
            self._loaded = (spec, device, load_video(spec, video_plan(plan_for(device))))
        return self._loaded[2]

    def _fetch_stock(self, spec: ModelSpec, device: str) -> StockPipeline:
        if self._stock is None or self._stock[:2] != (spec, device):
            self._stock = None
            self._stock = (spec, device, load_stock(spec, video_plan(plan_for(device))))
        return self._stock[2]


if __name__ == "__main__":
    sys.exit(main())
