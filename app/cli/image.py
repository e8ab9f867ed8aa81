"""`onetake image`: from a prompt to picture files, through the engine service."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from app.cli.arguments import (
    CONTROL_FORM,
    Commands,
    add_command,
    find_named_model,
    name_adapters,
    parse_control,
    parse_size,
)
from app.cli.console import Console
from app.cli.jobs import add_detach, run_job
from engine.messages import ImageRequest, draw_seed
from engine.paths import Paths


def add_to(commands: Commands) -> None:
    """Add `image` to the command line."""
    parser = add_command(commands, "image", "make pictures from a prompt", run)
    parser.add_argument("prompt", metavar="PROMPT")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="PNG to write; numbered with --count")
    parser.add_argument("--model", default="papercut", help="a name from `onetake models list`, or a folder")
    parser.add_argument("--seed", type=int, help="0 to 2^63-1; drawn and reported when left out")
    parser.add_argument("--count", type=int, default=1, help="pictures, with seeds seed, seed+1, ...")
    parser.add_argument("--steps", type=int, help="denoising steps (default: the model's)")
    parser.add_argument("--size", metavar="WxH", help="in pixels (default: the model's)")
    parser.add_argument("--negative", default="", metavar="TEXT", help="what to keep out, where the model takes it")
    parser.add_argument("--guidance", type=float, metavar="G", help="guidance scale (default: the model's)")
    parser.add_argument(
        "--control",
        action="append",
        default=[],
        metavar=CONTROL_FORM,
        help="a control picture; may be given several times",
    )
    add_detach(parser)


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request; wait for it unless detached."""
    request = build_request(arguments, paths)
    output = str(Path(arguments.output).expanduser().absolute()) if arguments.output else ""
    return run_job(request, output, console, paths, detach=arguments.detach)


def build_request(arguments: argparse.Namespace, paths: Paths) -> ImageRequest:
    """The frozen request of these arguments, with the model's defaults filled in.

    Raises:
        BadInputError: Anything in them that no model, or not this model, can do.
    """
    spec = find_named_model(arguments.model, paths)
    width, height = parse_size(arguments.size) if arguments.size else (spec.default_width, spec.default_height)
    request = ImageRequest(
        prompt=arguments.prompt,
        negative_prompt=arguments.negative,
        model=spec.name,
        width=width,
        height=height,
        count=arguments.count,
        seed=draw_seed() if arguments.seed is None else arguments.seed,
        steps=spec.default_steps if arguments.steps is None else arguments.steps,
        guidance_scale=spec.default_guidance if arguments.guidance is None else arguments.guidance,
        controls=tuple(parse_control(text) for text in arguments.control),
    )
    spec.check(request)
    return msgspec.structs.replace(request, controls=name_adapters(request.controls, spec, paths))
