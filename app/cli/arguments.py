"""What several commands read alike: sizes, controls, the --json switch."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from app.cli.console import Console
from engine.errors import BadInputError
from engine.messages import ControlLayer
from engine.paths import Paths

# argparse has no public name for what add_subparsers() returns.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def add_command(
    commands: Commands,
    name: str,
    summary: str,
    run: Callable[[argparse.Namespace, Paths, Console], int],
) -> argparse.ArgumentParser:
    """Add one command with its --json switch."""
    parser = commands.add_parser(name, help=summary, description=summary)
    parser.add_argument("--json", action="store_true", help="end the output with one JSON object")
    parser.set_defaults(command=run)
    return parser


def parse_size(text: str) -> tuple[int, int]:
    """WIDTHxHEIGHT in pixels."""
    match = re.fullmatch(r"(\d{1,6})[xX](\d{1,6})", text)
    if not match:
        raise BadInputError(f"size {text!r} is not WIDTHxHEIGHT; write it like 256x256")
    return int(match[1]), int(match[2])


def parse_control(text: str) -> ControlLayer:
    """`KIND=FILE[,weight=1][,start=0][,end=1][,mode=balanced][,resize=crop][,mask=FILE][,map]`; `\\,` is a comma."""
    fields = [field.replace("\\,", ",") for field in re.split(r"(?<!\\),", text)]
    kind, equals, file = fields[0].partition("=")
    if not kind or not equals or not file:
        raise BadInputError(f"control {text!r} is not KIND=FILE; write it like canny=sketch.png")
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    is_map = False
    for field in fields[1:]:
        name, equals, value = field.partition("=")
        if field == "map":
            is_map = True
        elif name in {"weight", "start", "end"} and equals:
            try:
                numbers[name] = float(value)
            except ValueError:
                raise BadInputError(f"control {name} {value!r} is no number; write it like {name}=0.5") from None
        elif name in {"mode", "resize", "mask"} and equals:
            words[name] = str(_existing(value)) if name == "mask" else value
        else:
            raise BadInputError(
                f"control option {field!r} is unknown; use weight, start, end, mode, resize, mask or map"
            )
    return ControlLayer(kind=kind, picture=str(_existing(file)), is_map=is_map, **numbers, **words)  # pyright: ignore[reportArgumentType]  # the words are checked by ControlLayer


def _existing(name: str) -> Path:
    path = Path(name).expanduser().absolute()
    if not path.is_file():
        raise BadInputError(f"{path} is not there; check the file name")
    return path
