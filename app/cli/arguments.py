"""What several commands read alike: models, sizes, seeds, controls, targets, the --json switch."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from app.cli.console import Console
from engine.adapters import name_adapters
from engine.catalogue import find_model
from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest, ModelSpec, VideoRequest, draw_seed
from engine.paths import Paths

# argparse has no public name for what add_subparsers() returns.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

Controlled = TypeVar("Controlled", ImageRequest, VideoRequest)

CONTROL_FORM = (
    "KIND=FILE[,adapter=NAME|FOLDER][,weight=1][,start=0][,end=1][,mode=balanced][,resize=crop]"
    "[,mask=FILE][,frame=N][,first=N][,frames=N][,skip=N][,map]"
)
WHOLE = frozenset({"frame", "first", "frames", "skip"})
"""Options of controls that count."""


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


def add_output(parser: argparse.ArgumentParser, *, numbered: bool = True) -> None:
    """Add `--output` for a PNG."""
    shown = "PNG to write; numbered with --count" if numbered else "PNG to write"
    parser.add_argument("-o", "--output", default="", metavar="FILE", help=shown)


def output_path(arguments: argparse.Namespace) -> str:
    """The absolute path of `--output`; empty where none was given."""
    return str(Path(arguments.output).expanduser().absolute()) if arguments.output else ""


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add `--model`."""
    parser.add_argument("--model", default="papercut", help="a name from `onetake models list`, or a folder")


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add `--seed`, which `chosen_seed` reads."""
    parser.add_argument("--seed", type=int, help="0 to 2^63-1; drawn and reported when left out")


def chosen_seed(arguments: argparse.Namespace) -> int:
    """The seed given, or one drawn now."""
    return draw_seed() if arguments.seed is None else arguments.seed


def add_control(parser: argparse.ArgumentParser, what: str) -> None:
    """Add `--control`, which `chosen_controls` reads; `what` says what it takes."""
    parser.add_argument("--control", action="append", default=[], metavar=CONTROL_FORM, help=what)


def chosen_controls(arguments: argparse.Namespace, *, folders: bool = False) -> tuple[ControlLayer, ...]:
    """The controls in the order given; see `parse_control`.

    Raises:
        BadInputError: One is not as CONTROL_FORM says, or its file is not there.
    """
    return tuple(parse_control(text, folders=folders) for text in arguments.control)


def checked(request: Controlled, spec: ModelSpec, paths: Paths) -> Controlled:
    """The request with its adapters named, when the model can do it.

    Raises:
        BadInputError: Anything in it that this model cannot do, or a control without an adapter.
    """
    spec.check(request)
    return msgspec.structs.replace(request, controls=name_adapters(request.controls, spec, paths))


def parse_size(text: str) -> tuple[int, int]:
    """WIDTHxHEIGHT in pixels."""
    match = re.fullmatch(r"(\d{1,6})[xX](\d{1,6})", text)
    if not match:
        raise BadInputError(f"size {text!r} is not WIDTHxHEIGHT; write it like 256x256")
    return int(match[1]), int(match[2])


def parse_control(text: str, *, folders: bool = False) -> ControlLayer:
    """One control as CONTROL_FORM says it; `\\,` is a comma inside a file name.

    Args:
        text: As typed.
        folders: Whether picture and mask may be folders of pictures, one for each frame.

    Raises:
        BadInputError: Naming the option that is wrong, or the file that is not there.
    """
    first, *options = (field.replace("\\,", ",") for field in re.split(r"(?<!\\),", text))
    kind, _, file = first.partition("=")
    if not kind or not file:
        raise BadInputError(f"control {text!r} is not KIND=FILE; write it like canny=sketch.png")
    fields: dict[str, object] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if option == "map":
            fields["is_map"] = True
        elif name in {"weight", "start", "end", *WHOLE} and equals:
            fields[name] = _number(name, value)
        elif name == "mask" and value:
            fields[name] = _existing(value, folders=folders)
        elif name == "adapter" and value:
            fields[name] = _name_or_folder(value)
        elif name in {"mode", "resize"} and equals:
            fields[name] = value
        else:
            raise BadInputError(
                f"control option {option!r} is unknown; "
                "use adapter, weight, start, end, mode, resize, mask, frame, first, frames, skip or map"
            )
    return ControlLayer(kind=kind, picture=_existing(file, folders=folders), **fields)  # pyright: ignore[reportArgumentType]  # checked by ControlLayer


def _existing(name: str, *, folders: bool) -> str:
    place = Path(name).expanduser().absolute()
    return str(place) if folders and place.is_dir() else str(existing_file(name))


def _number(name: str, value: str) -> float:
    try:
        return int(value) if name in WHOLE else float(value)
    except ValueError:
        wanted = f"{name}=0" if name in WHOLE else f"{name}=0.5"
        raise BadInputError(f"control {name} {value!r} is no number; write it like {wanted}") from None


def _name_or_folder(name: str) -> str:
    """An absolute path where there is such a folder."""
    folder = Path(name).expanduser()
    return str(folder.absolute()) if folder.is_dir() else name


def find_named_model(name: str, paths: Paths) -> ModelSpec:
    """The model of that name, or the folder at that path, which may be relative to the current one.

    Raises:
        UnknownModelError: Neither exists.
        BadModelError: The folder is there, but is no model folder we can run.
    """
    return find_model(_name_or_folder(name), paths)


def existing_file(name: str) -> Path:
    """The absolute path of a file that is there.

    Raises:
        BadInputError: It is not.
    """
    path = Path(name).expanduser().absolute()
    if not path.is_file():
        raise BadInputError(f"{path} is not there; check the file name")
    return path
