"""`onetake image`: from a prompt to picture files, through the engine service."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.arguments import Commands, add_command, parse_control, parse_size
from app.cli.console import Console
from engine.catalogue import find_model
from engine.client import EngineClient
from engine.errors import JobCancelledError, error_from_kind
from engine.messages import (
    Cancelled,
    Event,
    Failed,
    ImageRequest,
    Notice,
    Progress,
    Terminal,
    draw_seed,
)
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
        metavar="KIND=FILE[,weight=1][,start=0][,end=1][,mode=balanced][,resize=crop][,mask=FILE][,map]",
        help="a control picture; may be given several times",
    )
    parser.add_argument("--detach", action="store_true", help="queue it and return at once")


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request; wait for it unless detached."""
    request = build_request(arguments, paths)
    output = str(Path(arguments.output).expanduser().absolute()) if arguments.output else ""
    with EngineClient.connect(paths, previews=False) as client:
        job = client.submit(request, output)
        if arguments.detach:
            console.result({"job": job}, job)
            return 0
        try:
            terminal = client.wait(job, lambda event: _show(event, console))
        except KeyboardInterrupt:
            client.cancel(job)
            raise
    console.progress("")
    return _report(terminal, job, console)


def build_request(arguments: argparse.Namespace, paths: Paths) -> ImageRequest:
    """The frozen request of these arguments, with the model's defaults filled in.

    Raises:
        BadInputError: Anything in them that no model, or not this model, can do.
    """
    folder = Path(arguments.model).expanduser()
    spec = find_model(str(folder.absolute()) if folder.is_dir() else arguments.model, paths)
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
    return request


def _show(event: Event, console: Console) -> None:
    match event:
        case Progress():
            console.progress(f"{event.step} of {event.steps} on {event.device}")
        case Notice():
            console.note(event.message)
        case _:
            pass


def _report(terminal: Terminal, job: str, console: Console) -> int:
    if isinstance(terminal, Failed):
        raise error_from_kind(terminal.kind, terminal.message)
    if isinstance(terminal, Cancelled):
        raise JobCancelledError(f"job {job} was cancelled; `onetake queue retry {job}` runs it again")
    console.result(
        {
            "job": job,
            "outputs": list(terminal.outputs),
            "seed": terminal.seed,
            "model": terminal.model,
            "devices": list(terminal.devices),
            "seconds": round(terminal.seconds, 3),
            "restarts": terminal.restarts,
        },
        "\n".join(terminal.outputs),
    )
    return 0
