"""`onetake image`: from a prompt to picture files, through the engine service."""

from __future__ import annotations

import argparse

from app.cli.arguments import Commands, add_command, find_named_model, output_path, parse_size
from app.cli.console import Console
from app.cli.grid import add_grid, run_grid
from app.cli.jobs import add_detach, run_job
from app.cli.pictures import add_picture_options, picture_request
from engine.messages import ImageRequest
from engine.paths import Paths


def add_to(commands: Commands) -> None:
    """Add `image` to the command line."""
    parser = add_command(commands, "image", "make pictures from a prompt", run)
    parser.add_argument("prompt", metavar="PROMPT")
    add_picture_options(
        parser,
        steps="denoising steps (default: the model's)",
        size="in pixels (default: the model's)",
        control="a control picture; may be given several times",
    )
    add_grid(parser)
    add_detach(parser)


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request; wait for it unless detached."""
    request, output = build_request(arguments, paths), output_path(arguments)
    if arguments.grid:
        return run_grid(arguments, request, output, console, paths)
    return run_job(request, output, console, paths, detach=arguments.detach)


def build_request(arguments: argparse.Namespace, paths: Paths) -> ImageRequest:
    """The frozen request of these arguments, with the model's defaults filled in.

    Raises:
        BadInputError: Anything in them that no model, or not this model, can do.
    """
    spec = find_named_model(arguments.model, paths)
    size = parse_size(arguments.size) if arguments.size else (spec.default_width, spec.default_height)
    return picture_request(arguments, spec, paths, size=size, steps=spec.default_steps)
