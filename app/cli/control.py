"""`onetake control`: the control map of a picture, through the engine service."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.arguments import Commands, add_command, add_output, output_path, parse_size
from app.cli.console import Console
from app.cli.jobs import add_detach, run_job
from engine.errors import BadInputError
from engine.messages import MAX_SIDE, MIN_SIDE, ControlMapRequest
from engine.messages.detectors import DETECTORS, DetectorOption, OptionValue, find_detector
from engine.paths import Paths

_SWITCHES = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


def add_to(commands: Commands) -> None:
    """Add `control` to the command line."""
    parser = add_command(commands, "control", "make the control map of a picture", run)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "kinds:\n" + "\n".join(_described(spec.kind) for spec in DETECTORS)
    parser.add_argument("kind", metavar="KIND", help="a detector, see below")
    parser.add_argument("picture", metavar="IN", help="PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF")
    add_output(parser, numbered=False)
    parser.add_argument("--size", metavar="WxH", help="of the map, in pixels (default: the picture's)")
    parser.add_argument("--resize", default="crop", choices=("stretch", "crop", "fit"), help="(default: crop)")
    parser.add_argument("--resolution", type=int, default=0, metavar="N", help="shorter side of what is looked at")
    parser.add_argument("--seed", type=int, default=0, help="for detectors that draw something (default: 0)")
    parser.add_argument("--frame", type=int, metavar="N", help="which frame of an animation, counted from 0")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="an option of the detector")
    add_detach(parser)


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request; wait for it unless detached."""
    return run_job(build_request(arguments), output_path(arguments), console, paths, detach=arguments.detach)


def build_request(arguments: argparse.Namespace) -> ControlMapRequest:
    """The frozen request of these arguments; without a size, the map has the picture's.

    Raises:
        BadInputError: Anything wrong with them, or with the file.
    """
    spec = find_detector(arguments.kind)
    picture = Path(arguments.picture).expanduser().absolute()
    options = {option.name: option for option in spec.options}
    given = tuple(_parse_option(text, options, spec.kind) for text in arguments.set)
    width, height = parse_size(arguments.size) if arguments.size else _size_of(picture)
    return ControlMapRequest(
        kind=spec.kind,
        picture=str(picture),
        width=width,
        height=height,
        resize=arguments.resize,
        seed=arguments.seed,
        resolution=arguments.resolution,
        frame=arguments.frame,
        options=given,
    )


def _size_of(picture: Path) -> tuple[int, int]:
    # Only here: it loads NumPy, which no other command needs.
    from engine.media.reading import inspect_picture

    source = inspect_picture(picture)
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (source.width, source.height)):
        raise BadInputError(
            f"{picture} has {source.width}x{source.height} pixels, and maps have sides of {MIN_SIDE} to {MAX_SIDE}; "
            "choose the map's size with --size WxH"
        )
    return source.width, source.height


def _parse_option(text: str, options: dict[str, DetectorOption], kind: str) -> tuple[str, OptionValue]:
    """NAME=VALUE, the value of the option's type."""
    name, equals, value = text.partition("=")
    if not equals or name not in options:
        names = ", ".join(options) or "none"
        raise BadInputError(f"{text!r} is no NAME=VALUE of {kind}; its options are: {names}")
    default = options[name].default
    try:
        if isinstance(default, bool):
            return name, _SWITCHES[value.lower()]
        return name, int(value) if isinstance(default, int) else float(value)
    except (ValueError, KeyError):
        wanted = "true or false" if isinstance(default, bool) else "a number"
        raise BadInputError(f"option {name} is {value!r}; give {wanted}") from None


def _described(kind: str) -> str:
    spec = find_detector(kind)
    options = ", ".join(f"{option.name}={option.default}" for option in spec.options)
    return f"  {kind:17} {spec.title}{f'; {options}' if options else ''}"
