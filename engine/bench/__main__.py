"""`python -m engine.bench image`, `video`, `control`: what this machine does, measured in one run of its own processes.

Owns the command line and the form of the answer. What is measured is engine.bench.image's, video's and control's.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, cast

import msgspec

from engine.bench.control_command import add_control_options, measure_asked
from engine.bench.image import measure_image
from engine.bench.video import measure_quality, measure_video
from engine.bench.video_report import VideoBench
from engine.catalogue import find_model
from engine.errors import BadInputError, EngineError
from engine.paths import Paths

if TYPE_CHECKING:
    from engine.messages import ModelSpec


def main() -> int:
    """Measure and print; exit status as in engine.errors."""
    parser = argparse.ArgumentParser(prog="python -m engine.bench", description="Measure speed and memory.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    image = verbs.add_parser("image", help="one-step pictures beside plain diffusers")
    image.add_argument("--model", default="papercut", help="a model of the catalogue, or the path of its folder")
    image.add_argument("--device", default="cpu", help="cpu, or cuda:0 and so on")
    image.add_argument("--rounds", type=int, default=15, help="measurements of each kind; the median counts")
    image.add_argument("--json", action="store_true", help="print one JSON object")
    image.set_defaults(measure=_image)
    video = verbs.add_parser("video", help="scaling, exchange, memory, beside diffusers' FreeNoise and the cost model")
    _add_video(video)
    control = verbs.add_parser("control", help="how closely controls are followed beside none, and what one costs")
    add_control_options(control)
    control.set_defaults(measure=measure_asked)
    arguments = parser.parse_args()
    try:
        spec = find_model(arguments.model, Paths.from_environment())
        report: msgspec.Struct = arguments.measure(spec, arguments)
    except EngineError as error:
        if arguments.json:
            print(json.dumps({"error": {"kind": error.kind, "message": error.message}}))
        else:
            print(error.message, file=sys.stderr)
        return error.exit_status
    fields = cast("dict[str, object]", msgspec.to_builtins(report))
    if arguments.json:
        print(json.dumps(fields))
    else:
        for name, value in fields.items():
            print(f"{name:40} {value}")
    return 0


def _image(spec: ModelSpec, arguments: argparse.Namespace) -> msgspec.Struct:
    return measure_image(spec, arguments.device, max(1, arguments.rounds))


def _video(spec: ModelSpec, arguments: argparse.Namespace) -> msgspec.Struct:
    bench = VideoBench(
        frames=arguments.frames,
        stock_frames=arguments.stock_frames,
        memory_frames=_parse_frames(arguments.memory_frames),
        quality_frames=arguments.quality_frames,
        ranks=arguments.ranks,
        rounds=arguments.rounds,
        steps=arguments.steps,
        side=arguments.side,
        device=arguments.device,
    )
    return (measure_quality if arguments.quality else measure_video)(spec, bench)


def _add_video(parser: argparse.ArgumentParser) -> None:
    usual = VideoBench()
    parser.add_argument("--model", default="papercut", help="a model of the catalogue, or the path of its folder")
    parser.add_argument("--device", default=usual.device, help="of every rank: cpu, or cuda:0 and so on")
    parser.add_argument("--frames", type=int, default=usual.frames, help="of each rank, for weak scaling")
    parser.add_argument("--ranks", type=int, default=usual.ranks, help="how many are compared with one")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="measurements of each kind; the median counts")
    parser.add_argument("--stock-frames", type=int, default=usual.stock_frames, help="of the take beside FreeNoise's")
    parser.add_argument(
        "--memory-frames",
        default=",".join(map(str, usual.memory_frames)),
        metavar="LIST",
        help="lengths whose peak memory is measured, e.g. 48,480,2304",
    )
    parser.add_argument("--steps", type=int, default=0, help="denoising steps (default: the model's)")
    parser.add_argument("--side", type=int, default=0, help="width and height in pixels (default: the model's)")
    parser.add_argument("--quality", action="store_true", help="measure drift and seams of one long take instead")
    parser.add_argument("--quality-frames", type=int, default=usual.quality_frames, help="its length")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(measure=_video)


def _parse_frames(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise BadInputError(f"lengths {text!r} are no numbers; write them like 48,480,2304") from None


if __name__ == "__main__":
    sys.exit(main())
