"""The options of `python -m engine.bench control`, and what they ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.bench.control import ControlBench, measure_control
from engine.errors import BadInputError
from engine.paths import Paths

if TYPE_CHECKING:
    import argparse

    from engine.bench.control import ControlReport
    from engine.messages import ModelSpec


def add_control_options(parser: argparse.ArgumentParser) -> None:
    """Add them, with the defaults of ControlBench."""
    usual = ControlBench()
    parser.add_argument("--model", default="papercut", help="a model of the catalogue, or the path of its folder")
    parser.add_argument(
        "--adapter",
        action="append",
        default=[],
        metavar="KIND=FOLDER",
        help="an adapter to measure, or its name; once for each kind (default: those of the catalogue that fit)",
    )
    parser.add_argument(
        "--pictures",
        metavar="FOLDER",
        help="pictures to follow, with NAME.txt for prompts and KIND/NAME.png for maps (default: the model's own)",
    )
    parser.add_argument("--sources", type=int, default=usual.sources, help="how many pictures are followed")
    parser.add_argument("--seeds", type=int, default=usual.seeds, help="pictures of each, with and without control")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="measurements of the cost; the median counts")
    parser.add_argument("--steps", type=int, default=0, help="denoising steps (default: the model's)")
    parser.add_argument("--side", type=int, default=0, help="width and height in pixels (default: the model's)")
    parser.add_argument("--device", default=usual.device, help="cpu, or cuda:0 and so on")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def measure_asked(spec: ModelSpec, arguments: argparse.Namespace) -> ControlReport:
    """Measure what the options ask for.

    Raises:
        EngineError: As `measure_control`, or an option is not of its form.
    """
    bench = ControlBench(
        adapters=dict(_parse_adapter(text) for text in arguments.adapter),
        pictures=Path(arguments.pictures).expanduser().absolute() if arguments.pictures else None,
        sources=arguments.sources,
        seeds=arguments.seeds,
        rounds=arguments.rounds,
        steps=arguments.steps,
        side=arguments.side,
        device=arguments.device,
    )
    return measure_control(spec, bench, Paths.from_environment())


def _parse_adapter(text: str) -> tuple[str, str]:
    kind, _, name = text.partition("=")
    if not kind or not name:
        raise BadInputError(f"adapter {text!r} is not KIND=FOLDER; write it like canny=models/canny")
    folder = Path(name).expanduser()
    return kind, str(folder.absolute()) if folder.is_dir() else name
