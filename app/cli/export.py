"""`onetake export`: frames of a take, finished or not, as a file for other programs; or its cuts, for editing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.arguments import Commands, add_command
from app.cli.jobs import add_detach, run_job
from app.cli.targets import parse_target
from engine.client import EngineClient
from engine.errors import BadInputError, UnknownJobError
from engine.messages import (
    CODECS,
    MAX_FRAMES,
    QUALITIES,
    ExportRequest,
    JobInfo,
    VideoRequest,
    check_codec,
    check_float,
    check_int,
    fit_size,
)

if TYPE_CHECKING:
    import argparse

    from app.cli.console import Console
    from engine.paths import Paths

LEAST_PERCENT, MOST_PERCENT = 1.0, 800.0


def add_to(commands: Commands) -> None:
    """Add `export` to the command line."""
    parser = add_command(commands, "export", "write frames of a take as a movie or as pictures", run)
    parser.add_argument("take", metavar="TAKE", help="a video's job, from `onetake queue list`")
    parser.add_argument(
        "-o",
        "--output",
        default="",
        metavar="FILE",
        help="out.mp4, .webm, .mov, .mkv, .gif, .webp, or folder/ for pictures; .otio for the cuts alone",
    )
    parser.add_argument(
        "--codec",
        choices=CODECS,
        help="where the name does not say it: .mp4 is h264, or h265 or av1; .mov is prores, or dnxhr; "
        "folder/ is png, or exr",
    )
    parser.add_argument("--in", dest="first", type=int, metavar="N", help="first frame, counted from 0")
    parser.add_argument("--out", dest="last", type=int, metavar="N", help="last frame (default: the take's)")
    parser.add_argument("--scale", metavar="S", help="50%% of the take's size, or a width in pixels, as 640")
    parser.add_argument(
        "--fps",
        type=float,
        help="frames a second (default: the take's); frames are repeated or left out, and nothing is blended",
    )
    parser.add_argument(
        "--every-frame",
        action="store_true",
        help="with --fps: show every frame once, which makes the film faster or slower",
    )
    parser.add_argument("--quality", choices=QUALITIES, help="how large the file may be (default: best)")
    add_detach(parser)


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request, or write the cuts; wait for the job unless detached."""
    if arguments.output.lower().endswith(".otio"):
        return _write_cuts(arguments, paths, console)
    output, codec = parse_target(arguments.output, arguments.codec)
    # Only here: it loads FFmpeg, and every command imports this module.
    from engine.media.av_formats import check_encoder

    check_encoder(codec)
    request = build_request(arguments, codec, _find_take(arguments.take, _jobs(paths)))
    return run_job(request, output, console, paths, detach=arguments.detach)


def build_request(arguments: argparse.Namespace, codec: str, take: VideoRequest) -> ExportRequest:
    """The frozen request of these arguments for a take.

    Raises:
        BadInputError: Anything in them that no export, or not that of this take, can do.
    """
    first = 0 if arguments.first is None else arguments.first
    check_int("--in", first, 0, MAX_FRAMES - 1)
    if arguments.last is not None:
        check_int("--out", arguments.last, first, MAX_FRAMES - 1)
    if arguments.every_frame and arguments.fps is None:
        raise BadInputError("--every-frame says what becomes of the speed at another rate; give the rate with --fps")
    width, height = (0, 0) if arguments.scale is None else _scaled(arguments.scale, codec, take)
    check_codec(codec, width or take.width, height or take.height)
    fps = take.fps if arguments.fps is None else arguments.fps
    return ExportRequest(
        take=arguments.take,
        codec=codec,  # pyright: ignore[reportArgumentType]  # checked a line before
        fps=fps,
        first=first,
        end=0 if arguments.last is None else arguments.last + 1,
        width=width,
        height=height,
        quality=arguments.quality or "best",
        retimed=fps != take.fps and not arguments.every_frame,
    )


def _scaled(text: str, codec: str, take: VideoRequest) -> tuple[int, int]:
    """Width and height of "50%" or "640"."""
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        raise BadInputError(f"scale {text!r} is no size; write 50% of the take's, or a width in pixels") from None
    if text.endswith("%"):
        check_float("scale in percent", number, LEAST_PERCENT, MOST_PERCENT)
        number = take.width * number / 100
    elif number != round(number):
        raise BadInputError(f"scale {text} is no whole number of pixels; give a width, or {text}% for a share")
    return fit_size(codec, take.width, take.height, round(number))


def _write_cuts(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Write the take's timeline, which leads editing programs to a movie of it where there is one."""
    given = vars(arguments)
    for flag in ("codec", "first", "last", "scale", "fps", "quality"):
        if given[flag] is not None:
            name = {"first": "in", "last": "out"}.get(flag, flag)
            raise BadInputError(f"a timeline holds cuts, not pictures; leave --{name} out, or export a movie first")
    # Only here: these load what reads and writes frames.
    from app.exported import find_movie
    from engine.media.timeline_file import write_timeline

    jobs = _jobs(paths)
    take, movie = _find_take(arguments.take, jobs), find_movie(arguments.take, jobs)
    target = Path(arguments.output).expanduser().absolute()
    write_timeline(target, take.timeline, take.fps, movie)
    console.result({"outputs": [str(target)], "movie": "" if movie is None else str(movie.path)}, str(target))
    if movie is None:
        console.note("there is no movie of this take yet; its shots are placeholders, to be exported and written again")
    return 0


def _jobs(paths: Paths) -> tuple[JobInfo, ...]:
    with EngineClient.connect(paths, previews=False) as client:
        return client.jobs().jobs


def _find_take(job: str, jobs: tuple[JobInfo, ...]) -> VideoRequest:
    found = next((info.request for info in jobs if info.job == job), None)
    if found is None:
        raise UnknownJobError(f"job {job!r} is not known; `onetake queue list` shows those there are")
    if not isinstance(found, VideoRequest):
        raise BadInputError(f"job {job} is no video; only frames of videos can be exported")
    return found
