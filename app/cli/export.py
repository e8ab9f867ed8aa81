"""`onetake export`: frames of a take, finished or not, as a file for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.arguments import Commands, add_command
from app.cli.jobs import add_detach, run_job
from app.cli.targets import CODECS, parse_target
from engine.client import EngineClient
from engine.errors import BadInputError, UnknownJobError
from engine.messages import MAX_FRAMES, ExportRequest, VideoRequest, check_int

if TYPE_CHECKING:
    import argparse

    from app.cli.console import Console
    from engine.paths import Paths


def add_to(commands: Commands) -> None:
    """Add `export` to the command line."""
    parser = add_command(commands, "export", "write frames of a take as a movie or as pictures", run)
    parser.add_argument("take", metavar="TAKE", help="a video's job, from `onetake queue list`")
    parser.add_argument(
        "-o", "--output", default="", metavar="FILE", help="out.mp4, .mov, .gif, .webp, or folder/ for pictures"
    )
    parser.add_argument("--codec", choices=CODECS, help="where the name does not say it; prores is .mov")
    parser.add_argument("--fps", type=float, help="frames a second (default: the take's)")
    parser.add_argument("--in", dest="first", type=int, default=0, metavar="N", help="first frame, counted from 0")
    parser.add_argument("--out", dest="last", type=int, metavar="N", help="last frame (default: the take's)")
    add_detach(parser)


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request; wait for it unless detached."""
    output, codec = parse_target(arguments.output, arguments.codec)
    check_int("--in", arguments.first, 0, MAX_FRAMES - 1)
    if arguments.last is not None:
        check_int("--out", arguments.last, arguments.first, MAX_FRAMES - 1)
    take = _find_take(arguments.take, paths)
    request = ExportRequest(
        take=arguments.take,
        codec=codec,
        fps=take.fps if arguments.fps is None else arguments.fps,
        first=arguments.first,
        end=0 if arguments.last is None else arguments.last + 1,
    )
    return run_job(request, output, console, paths, detach=arguments.detach)


def _find_take(job: str, paths: Paths) -> VideoRequest:
    with EngineClient.connect(paths, previews=False) as client:
        found = next((info.request for info in client.jobs().jobs if info.job == job), None)
    if found is None:
        raise UnknownJobError(f"job {job!r} is not known; `onetake queue list` shows those there are")
    if not isinstance(found, VideoRequest):
        raise BadInputError(f"job {job} is no video; only frames of videos can be exported")
    return found
