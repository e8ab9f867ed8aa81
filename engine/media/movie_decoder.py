"""Decoding an untrusted movie frame by frame, in the process that engine.media.decoder has confined.

Owns which containers and decoders are opened, the turn that the file asks for, and the colours. Frames go out as they
are decoded, and the pipe holds the process back: memory does not grow with the movie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec
import numpy as np

from engine.media.movie_wire import Ended, MovieAnswer, Opened, Passed, Shown
from engine.media.picture_wire import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import VideoFrame
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

# By content, never by name. No playlists and no lists of pictures: those open other files.
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "prores", "dnxhd", "mjpeg", "png", "ffv1", "qtrle")
_READABLE = "MP4, MOV, WebM or MKV"
# More would hold a frame each, in pictures of any size.
_THREADS = 4
_BT709, _UNSPECIFIED = 1, 2
# What is larger than this and does not name its colours has those of high definition, as players take it.
_STANDARD_HEIGHT = 576


class _UnreadableError(Exception):
    """The text goes on from the file's name."""


def answer_movie(stream: BinaryIO, output: BinaryIO, *, start: int, look: bool, most_pixels: int) -> None:
    """Write the answers of engine.media.movie_wire for the movie in `stream`.

    Args:
        stream: The file; is read from any place.
        output: Takes the answers.
        start: The first frame that is shown, counted from 0.
        look: Count the frames instead.
        most_pixels: A larger frame is refused.
    """

    def say(answer: MovieAnswer, pixels: NDArray[np.uint8] | None = None) -> None:
        output.write(msgspec.json.encode(answer) + b"\n")
        if pixels is not None:
            output.write(pixels.tobytes())
        output.flush()

    frames = 0
    try:
        with _open(stream) as container:
            video = _video_of(container, most_pixels)
            held = _count(container, video) if look else 0
            rate = float(video.average_rate or 0)
            say(Opened(format=container.format.name, codec=video.codec_context.name, fps=rate, frames=held))
            for frame in () if look else _decoded(container, video):
                if frames < start:
                    say(Passed())
                else:
                    pixels = _upright(frame, most_pixels)
                    say(Shown(width=pixels.shape[1], height=pixels.shape[0]), pixels)
                frames += 1
            if not look:
                say(Ended(frames=frames))
    except _UnreadableError as error:
        say(Refused(reason=str(error)))
    except BrokenPipeError:
        raise  # whoever asked has seen enough
    except MemoryError:
        say(Refused(reason="needs too much memory to decode; make its pictures smaller"))
    except Exception as error:  # noqa: BLE001 -- decoders raise anything at hostile files; the answer names it
        words = " ".join(str(error).split())[:160] or type(error).__name__
        say(Refused(reason=f"is damaged at frame {frames} ({words}); open it elsewhere and save it again"))


def _open(stream: BinaryIO) -> InputContainer:
    import av  # noqa: PLC0415 -- loads within the limits
    from av.error import FFmpegError  # noqa: PLC0415

    try:
        # With both lists, no file but the one handed over is ever opened.
        return av.open(stream, "r", options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "none"})
    except (FFmpegError, ValueError):
        raise _UnreadableError(f"is no movie that Onetake reads; use {_READABLE}") from None


def _video_of(container: InputContainer, most_pixels: int) -> VideoStream:
    if not container.streams.video:
        raise _UnreadableError(f"holds no pictures; use {_READABLE}")
    video = container.streams.video[0]
    # PyAV has no context for what FFmpeg has no decoder for; its types do not say so.
    context = cast("VideoCodecContext | None", video.codec_context)
    if context is None:
        raise _UnreadableError("is coded in a way that Onetake does not read; use H.264 or VP9")
    if context.name not in _CODECS:
        raise _UnreadableError(f"is coded in {context.name[:40]!r}, which Onetake does not read; use H.264 or VP9")
    if context.width * context.height > most_pixels:
        raise _UnreadableError(
            f"has {context.width}x{context.height} pixels, more than {most_pixels:,}; make it smaller"
        )
    video.thread_type = "AUTO"
    context.thread_count = _THREADS
    return video


def _count(container: InputContainer, video: VideoStream) -> int:
    """Pictures in the movie, without decoding them: a packet each, but for those that only others are made from."""
    return sum(1 for packet in container.demux(video) if packet.size and not packet.is_discard)


def _decoded(container: InputContainer, video: VideoStream) -> Iterator[VideoFrame]:
    for index, frame in enumerate(container.decode(video)):
        if frame.is_corrupt:
            raise _UnreadableError(f"is damaged at frame {index}; open it elsewhere and save it again")
        yield frame


def _upright(frame: VideoFrame, most_pixels: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, turned as the file says."""
    from av.video.reformatter import Colorspace  # noqa: PLC0415 -- loads within the limits

    if frame.width * frame.height > most_pixels:
        raise _UnreadableError(f"has frames of {frame.width}x{frame.height} pixels; make them smaller")
    is_high = frame.colorspace == _BT709 or (frame.colorspace == _UNSPECIFIED and frame.height > _STANDARD_HEIGHT)
    known = Colorspace.ITU709 if is_high else None
    turned = frame.reformat(format="rgb24", src_colorspace=known).to_ndarray()
    return np.ascontiguousarray(np.rot90(turned, round(frame.rotation / 90) % 4), dtype=np.uint8)
