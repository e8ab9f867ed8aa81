"""A Clip becomes a movie: H.264, ProRes, GIF, animated WebP or a folder of pictures, whole and checked or not at all.

Owns what all formats share: which frames, what is refused, errors of the disk, and that nothing half-written stays
under the given name. How each format is written is that of the modules beside. Never imports torch.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from engine.errors import BadInputError, OutputError
from engine.media.av_movie import write_av_movie
from engine.media.clip_frame import flush_file, write_error
from engine.media.encoding import Movie
from engine.media.gif import write_gif
from engine.media.sequence import write_sequence
from engine.media.webp import write_webp
from engine.messages import check_codec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from engine.media.clip import Clip

MAX_GIF_FPS = 50.0
FINISHING_SUFFIX = ".finishing"
"""Added to a movie's name while its frames are all there and are being put into their last order."""


def write_movie(
    clip: Clip,
    path: Path,
    *,
    codec: str,
    fps: float,
    texts: Mapping[str, str],
    after_frame: Callable[[int], None],
    frames: range | None = None,
) -> None:
    """Encode frames of a clip to `path`, flush them to the disk, and prove by reading that all of it is there.

    `path` is a temporary name; whoever owns the result renames it. Memory does not grow with the number of frames.
    While it is written, an MP4 or MOV at `path` is playable up to its last fragment, so that a crash leaves something
    to look at; a failure that is noticed leaves nothing, neither there nor at `path` with FINISHING_SUFFIX.

    Args:
        clip: The frames.
        path: A file; for the codec "png" a folder that is not there yet.
        codec: "h264" (MP4), "prores" (422 HQ in MOV), "gif", "webp" or "png" (a folder of frame_000000.png, ...).
        fps: Frames a second.
        texts: What the file says about itself, by key; "comment" and "description" in every format.
        after_frame: Told how many frames are encoded; may raise to stop.
        frames: Which ones, by global frame id; all by default.

    Raises:
        BadInputError: The codec cannot hold such frames, or they are not all there.
        DiskFullError: No room.
        OutputError: The place cannot be written.
        JobFailedError: What was read back differs.
    """
    movie = Movie(clip, clip.frames if frames is None else frames, codec, fps, texts, after_frame)
    _check(movie)
    if codec == "png" and path.exists():
        raise OutputError(f"{path} exists already; choose a new folder for the pictures")
    writers = {"h264": write_av_movie, "prores": write_av_movie, "gif": write_gif, "webp": write_webp}
    finishing = path.with_name(path.name + FINISHING_SUFFIX)
    try:
        if codec == "png":
            write_sequence(movie, path)
        else:
            writers[codec](movie, path, finishing)
            flush_file(path)
    except BaseException as error:
        _discard(path)
        _discard(finishing)
        if isinstance(error, OSError):  # FFmpeg's, too
            raise write_error(path, error) from error
        raise


def _check(movie: Movie) -> None:
    clip, frames = movie.clip, movie.frames
    check_codec(movie.codec, clip.manifest.width, clip.manifest.height)
    if movie.codec == "gif" and movie.fps > MAX_GIF_FPS:
        raise BadInputError(f"a GIF shows at most {MAX_GIF_FPS:g} frames a second, not {movie.fps:g}; use a lower fps")
    if not frames or frames.start < 0 or frames.stop > len(clip.frames):
        raise BadInputError(
            f"frames {frames.start} to {frames.stop - 1} are not in a take of {len(clip.frames)}; "
            f"choose from 0 to {len(clip.frames) - 1}"
        )
    missing = clip.missing(frames)
    if missing:
        raise BadInputError(
            f"{len(missing)} of {len(frames)} frames are not there, the first is {missing[0]}; "
            "let the take finish, or export frames that are there"
        )


def _discard(path: Path) -> None:
    """Remove what a failure left; a place that refuses even that holds nothing of ours."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
