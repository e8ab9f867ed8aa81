"""A Clip becomes a movie in one file, or a folder of pictures, whole and checked or not at all.

Owns what all formats share: which frames, what is refused, errors of the disk, and that nothing half-written stays
under the given name. How each format is written is that of the modules beside. Never imports torch.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from engine.errors import BadInputError, OutputError
from engine.media.av_formats import check_encoder
from engine.media.av_movie import write_av_movie
from engine.media.clip_frame import flush_file, write_error
from engine.media.encoding import Movie
from engine.media.gif import write_gif
from engine.media.sequence import write_sequence
from engine.media.webp import write_webp
from engine.messages import SUFFIX_OF_CODEC, check_codec, check_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from engine.media.clip import Clip

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
    frames: Sequence[int] | None = None,
    size: tuple[int, int] | None = None,
    quality: str = "best",
) -> None:
    """Encode frames of a clip to `path`, flush them to the disk, and prove by reading that all of it is there.

    `path` is a temporary name; whoever owns the result renames it. Memory does not grow with the number of frames.
    While it is written, a movie of FFmpeg's at `path` is playable up to its last fragment or cluster, so that a crash
    leaves something to look at; a failure that is noticed leaves nothing, neither there nor at `path` with
    FINISHING_SUFFIX.

    Args:
        clip: The frames.
        path: A file; for the codecs "png" and "exr" a folder that is not there yet.
        codec: One of engine.messages' codecs.
        fps: Frames a second.
        texts: What the file says about itself, by key; "comment" and "description" in every format.
        after_frame: Told how many frames are encoded; may raise to stop.
        frames: Which ones, by global frame id in rising order, where one may come several times; all by default.
        size: Width and height in pixels; the take's by default.
        quality: One of engine.messages' qualities.

    Raises:
        BadInputError: The codec cannot hold such frames or is not there, or the frames are not all there.
        DiskFullError: No room.
        OutputError: The place cannot be written.
        JobFailedError: What was read back differs.
    """
    own_size = (clip.manifest.width, clip.manifest.height)
    shown = clip.frames if frames is None else frames
    movie = Movie(clip, shown, size or own_size, codec, quality, fps, texts, after_frame)
    _check(movie)
    is_folder = not SUFFIX_OF_CODEC[codec]
    if is_folder and path.exists():
        raise OutputError(f"{path} exists already; choose a new folder for the pictures")
    finishing = path.with_name(path.name + FINISHING_SUFFIX)
    try:
        if is_folder:
            write_sequence(movie, path)
        else:
            {"gif": write_gif, "webp": write_webp}.get(codec, write_av_movie)(movie, path, finishing)
            flush_file(path)
    except BaseException as error:
        _discard(path)
        _discard(finishing)
        if isinstance(error, OSError):  # FFmpeg's, too
            raise write_error(path, error) from error
        raise


def _check(movie: Movie) -> None:
    clip, frames = movie.clip, movie.frames
    check_codec(movie.codec, *movie.size)
    check_rate(movie.codec, movie.fps)
    check_encoder(movie.codec)
    if not frames or frames[0] < 0 or frames[-1] >= len(clip.frames):
        asked = f"frames {frames[0]} to {frames[-1]}" if frames else "no frames"
        raise BadInputError(f"{asked} are not in a take of {len(clip.frames)}; choose from 0 to {len(clip.frames) - 1}")
    missing = clip.missing(range(frames[0], frames[-1] + 1))
    if missing:
        wanted = set(frames)
        missing = [frame for frame in missing if frame in wanted]
    if missing:
        raise BadInputError(
            f"{len(missing)} of {len(set(frames))} frames are not there, the first is {missing[0]}; "
            "let the take finish, or export frames that are there"
        )


def _discard(path: Path) -> None:
    """Remove what a failure left; a place that refuses even that holds nothing of ours."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
