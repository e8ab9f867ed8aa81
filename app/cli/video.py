"""`onetake video`: from a prompt or a timeline to a take, on one device or many, through the engine service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.arguments import (
    Commands,
    add_command,
    add_control,
    add_model,
    add_seed,
    checked,
    chosen_controls,
    chosen_seed,
    existing_file,
    find_named_model,
    parse_size,
)
from app.cli.jobs import add_detach, run_job
from app.cli.targets import parse_target
from engine.errors import BadInputError
from engine.media.timeline_checks import Plan
from engine.messages import MAX_FRAMES, Segment, Timeline, VideoRequest, VideoSpec, check_int

if TYPE_CHECKING:
    import argparse

    from app.cli.console import Console
    from engine.messages import ModelSpec
    from engine.paths import Paths


def add_to(commands: Commands) -> None:
    """Add `video` to the command line."""
    parser = add_command(commands, "video", "make a video in one take from a prompt or a timeline", run)
    parser.add_argument("prompt", metavar="PROMPT", nargs="?", help="what to show; left out with --timeline")
    parser.add_argument(
        "-o",
        "--output",
        default="",
        metavar="FILE",
        help="out.mp4, .webm, .mov, .mkv, .gif, .webp, or folder/ for pictures",
    )
    add_model(parser)
    parser.add_argument("--frames", type=int, help="length (default: the model's)")
    parser.add_argument("--fps", type=float, help="frames a second (default: the timeline's, or the model's)")
    parser.add_argument("--size", metavar="WxH", help="in pixels (default: the model's)")
    parser.add_argument("--steps", type=int, help="denoising steps (default: the model's)")
    add_seed(parser)
    parser.add_argument(
        "--devices", default="", metavar="LIST", help="cuda:0,cuda:1 or cpu:2 for two ranks on it (default: all GPUs)"
    )
    parser.add_argument("--timeline", metavar="FILE", help="prompts over time: JSON, or .otio of an editing program")
    parser.add_argument("--start-image", metavar="FILE", help="the first frame, where the model takes it")
    parser.add_argument("--end-image", metavar="FILE", help="the last frame, where the model takes it")
    add_control(parser, "a control: FILE is a picture, or one for each frame: a movie, an animation, a folder")
    add_detach(parser)


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request; wait for it unless detached."""
    request, output = build_request(arguments, paths)
    return run_job(request, output, console, paths, detach=arguments.detach)


def build_request(arguments: argparse.Namespace, paths: Paths) -> tuple[VideoRequest, str]:
    """The frozen request of these arguments, with the model's defaults filled in, and its target.

    Raises:
        BadInputError: Anything in them that no model, or not this model, can do.
    """
    spec = find_named_model(arguments.model, paths)
    # A model without video is refused by its own check, below, whatever the defaults.
    video = spec.video or VideoSpec(family="")
    _refuse_pictures(arguments, spec)
    plan, fps = _timeline(arguments, video)
    width, height = parse_size(arguments.size) if arguments.size else (spec.default_width, spec.default_height)
    output, codec = parse_target(arguments.output)
    request = VideoRequest(
        timeline=plan.timeline,
        seed=chosen_seed(arguments),
        model=spec.name,
        width=width,
        height=height,
        fps=fps,
        steps=video.default_steps if arguments.steps is None else arguments.steps,
        guidance_scale=spec.default_guidance,
        codec=codec,
        devices=_devices(arguments.devices),
        controls=(*plan.controls, *chosen_controls(arguments, folders=True)),
    )
    return checked(request, spec, paths), output


def _timeline(arguments: argparse.Namespace, video: VideoSpec) -> tuple[Plan, float]:
    """The timeline, with its controls, and the rate of the file, or of one prompt."""
    if arguments.timeline is None:
        if arguments.prompt is None:
            raise BadInputError("there is nothing to show; give a PROMPT, or prompts over time with --timeline FILE")
        frames = video.default_frames if arguments.frames is None else arguments.frames
        check_int("frames", frames, 1, MAX_FRAMES)
        plan = Plan(Timeline(segments=(Segment(prompt=arguments.prompt, frames=frames),)), None)
    else:
        if arguments.prompt is not None:
            raise BadInputError("the prompts are in the timeline; leave out either PROMPT or --timeline")
        if arguments.frames is not None:
            raise BadInputError("the timeline has its own length; leave out either --frames or --timeline")
        # Only here: it loads what reads and writes frames, and every command imports this module.
        from engine.media.timeline_file import read_timeline

        plan = read_timeline(Path(arguments.timeline).expanduser().absolute())
        for layer in plan.controls:
            for file in filter(None, (layer.picture, layer.mask)):
                if not Path(file).exists():
                    raise BadInputError(f"{file}, a control of {arguments.timeline}, is not there; check the file name")
    if arguments.fps is not None:
        return plan, arguments.fps
    return plan, video.default_fps if plan.fps is None else plan.fps


def _devices(text: str) -> tuple[str, ...]:
    """The devices as typed; which of them there are is known to the service."""
    names = tuple(name.strip() for name in text.split(",")) if text else ()
    if not all(names):
        raise BadInputError(f"devices {text!r} name nothing between two commas; write them like cuda:0,cuda:1 or cpu:2")
    return names


def _refuse_pictures(arguments: argparse.Namespace, spec: ModelSpec) -> None:
    """Pictures that steer a video are read as they will be, and refused while no model can follow them."""
    for flag, name in (("--start-image", arguments.start_image), ("--end-image", arguments.end_image)):
        if name is not None:
            existing_file(name)
            raise BadInputError(f"{spec.name} makes videos from prompts alone; leave {flag} out")
