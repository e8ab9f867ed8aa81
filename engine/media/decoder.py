"""`python -m engine.media.decoder < FILE`: decode one untrusted file in a process that can do no harm.

Owns the limits of this process and which formats are opened. It gets the file as its standard input, needs no other,
and writes nothing but its answer. Started by engine.media.reading, by engine.media.picture_series for many pictures
and, for movies, whose frames are engine.media.movie_decoder's, by engine.media.movie_reading; none trusts it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import warnings
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec

from engine.media.picture_wire import ChildAnswer, Decoded, PictureSource, Refused

if TYPE_CHECKING:
    from PIL import Image

# By content, never by name. No SVG, ICNS, PSD, FITS or EPS: their readers are large, and artists do not paint in them.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_READABLE = "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"
# A phone's JPEG may carry a second view or a gain map: to an artist it is one picture.
_ONE_PICTURE = ("MPO",)


def main() -> int:
    """Decode standard input and answer on standard output; always 0 when an answer was written."""
    parser = argparse.ArgumentParser(prog="python -m engine.media.decoder")
    parser.add_argument("--frame", type=int, help="which frame of an animation")
    parser.add_argument("--look", action="store_true", help="say what the file holds; decode no pixels")
    parser.add_argument("--many", action="store_true", help="each picture comes with its size and frame before it")
    parser.add_argument("--movie", action="store_true", help="the file is a movie; decode its frames one by one")
    parser.add_argument("--start", type=int, default=0, help="the first frame wanted of a movie")
    parser.add_argument("--pixels", type=int, required=True, help="the most pixels that are decoded")
    parser.add_argument("--memory-bytes", type=int, required=True)
    parser.add_argument("--seconds", type=int, required=True, help="of processor time")
    given = parser.parse_args()
    _confine(given.memory_bytes, given.seconds)
    if given.movie:
        from engine.media.movie_decoder import answer_movie  # noqa: PLC0415 -- FFmpeg loads within the limits

        answer_movie(sys.stdin.buffer, sys.stdout.buffer, start=given.start, look=given.look, most_pixels=given.pixels)
        return 0
    if given.many:
        answer_pictures(sys.stdin.buffer, sys.stdout.buffer, most_pixels=given.pixels)
        return 0
    answer_picture(sys.stdin.buffer, sys.stdout.buffer, frame=given.frame, look=given.look, most_pixels=given.pixels)
    return 0


def answer_picture(document: BinaryIO, output: BinaryIO, *, frame: int | None, look: bool, most_pixels: int) -> None:
    """Write what a file holds, as one line of JSON, and behind it the planes of the frame, unless only to `look`."""
    answer, planes = _answer(document, frame=frame, look=look, most_pixels=most_pixels)
    output.write(msgspec.json.encode(answer) + b"\n")
    output.writelines(plane.tobytes() for plane in planes)
    output.flush()


def answer_pictures(questions: BinaryIO, output: BinaryIO, *, most_pixels: int) -> None:
    """Answer for each picture: a line of its size in bytes and the frame that is meant, -1 for none, and its bytes."""
    while question := questions.readline():
        size_bytes, frame = map(int, question.split())
        document = io.BytesIO(questions.read(size_bytes))
        answer_picture(document, output, frame=None if frame < 0 else frame, look=False, most_pixels=most_pixels)


def _confine(memory_bytes: int, seconds: int) -> None:
    """Limit memory and time of this process, and let it write no file. Windows has no such limits."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 -- not there on Windows

    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # A system that does not know a limit refuses it; the others and the caller's clock still hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def _answer(
    stream: BinaryIO, *, frame: int | None, look: bool, most_pixels: int
) -> tuple[ChildAnswer, tuple[Image.Image, ...]]:
    """The answer, and the planes that follow it."""
    from engine.media.normalise import UnreadableError, normalise  # noqa: PLC0415 -- Pillow loads within the limits

    try:
        image, source = _open(stream, most_pixels)
        if look:
            return Decoded(source=source), ()
        _go_to(frame, image, source)
        image.load()
        done = normalise(image)
    except UnreadableError as error:
        return Refused(reason=str(error)), ()
    except MemoryError:
        return Refused(reason="needs too much memory to decode; make it smaller"), ()
    except Exception as error:  # noqa: BLE001 -- decoders raise anything at hostile files; the answer names it
        words = " ".join(str(error).split())[:160] or type(error).__name__
        return Refused(reason=f"is damaged or no picture ({words}); open it elsewhere and save it again"), ()
    planes = (done.rgb,) if done.alpha is None else (done.rgb, done.alpha)
    width, height = done.rgb.size
    return Decoded(
        source=source, width=width, height=height, has_alpha=done.alpha is not None, notes=tuple(done.notes)
    ), planes


def _go_to(frame: int | None, image: Image.Image, source: PictureSource) -> None:
    """Choose the frame that is decoded; a file with several is read only when one is named."""
    from engine.media.normalise import UnreadableError  # noqa: PLC0415 -- as above

    if frame is None and source.frames > 1:
        raise UnreadableError(f"holds {source.frames} frames; say which one, 0 to {source.frames - 1}")
    if frame is not None and not 0 <= frame < source.frames:
        raise UnreadableError(f"has no frame {frame}; use 0 to {source.frames - 1}")
    if frame:
        image.seek(frame)


def _open(stream: BinaryIO, most_pixels: int) -> tuple[Image.Image, PictureSource]:
    """The picture, its pixels not yet decoded, and what it is."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- within the limits

    from engine.media.normalise import UnreadableError, upright_size  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(stream, formats=FORMATS)
    except UnidentifiedImageError:
        raise UnreadableError(f"is no picture that Onetake reads; use {_READABLE}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableError(f"has more than {most_pixels:,} pixels; make it smaller") from None
    width, height = image.size
    if width * height > most_pixels:
        raise UnreadableError(f"has {width}x{height} pixels, more than {most_pixels:,}; make it smaller")
    kind = image.format or ""
    frames = 1 if kind in _ONE_PICTURE else cast("int", getattr(image, "n_frames", 1))
    shown = "JPEG" if kind in _ONE_PICTURE else kind
    width, height = upright_size(image)
    return image, PictureSource(format=shown, mode=image.mode, width=width, height=height, frames=frames)


if __name__ == "__main__":
    sys.exit(main())
