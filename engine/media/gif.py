"""Animated GIFs by FFmpeg's palette filters: one palette for the whole take, chosen over all of its frames.

Owns the two passes (colours, then pictures) and the comment, which FFmpeg does not write. Never imports torch.
Format: GIF89a, section 24 for the comment extension.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import av
from av.filter import Graph
from PIL import Image

from engine.media.av_writer import AvWriter, Encoding, Muxing
from engine.media.encoding import check_same, texts_as_ascii
from engine.messages import frame_rate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from av import VideoFrame
    from av.filter.context import FilterContext

    from engine.media.encoding import Movie

_LONGEST_SUB_BLOCK = 255
_COLOURS = {"small": 64, "balanced": 256, "best": 256}
# Fewer colours alone make no smaller file: scattered errors compress badly, regular ones and plain areas well.
_DITHER = {"small": "none", "balanced": "bayer:bayer_scale=4", "best": "sierra2_4a"}


def write_gif(movie: Movie, path: Path, finishing: Path) -> None:
    """Write the movie to `path`, by way of `finishing`, looping for ever, and check it.

    Raises:
        OSError: The disk is full or the place cannot be written.
        JobFailedError: What was read back differs.
    """
    rate = frame_rate(movie.fps)
    _encode(movie, rate, _choose_palette(movie, rate), path)
    _add_comment(path, finishing, texts_as_ascii(movie.texts).encode("ascii"))
    _check_written(movie, finishing)
    finishing.replace(path)


def read_gif_comment(path: Path) -> str:
    """A GIF's comment; empty if it has none.

    Raises:
        OSError: It cannot be read.
    """
    with Image.open(path, formats=("GIF",)) as image:
        comment: bytes = image.info.get("comment", b"")
        return comment.decode("ascii", "replace")


def _choose_palette(movie: Movie, rate: Fraction) -> VideoFrame:
    graph = Graph()
    source = _add_source(graph, movie, rate)
    chooser, sink = (
        graph.add("palettegen", f"stats_mode=full:max_colors={_COLOURS[movie.quality]}"),
        graph.add("buffersink"),
    )
    source.link_to(chooser)
    chooser.link_to(sink)
    graph.configure()
    palette: list[VideoFrame] = []
    for frame in _frames(movie, rate):
        source.push(frame)
        # Pulling makes the filter take the frame; else all of them would wait in memory.
        palette.extend(_pull(sink))
        movie.after_frame(0)
    source.push(None)
    palette.extend(_pull(sink))
    return palette[0]


def _encode(movie: Movie, rate: Fraction, palette: VideoFrame, path: Path) -> None:
    graph = Graph()
    source = _add_source(graph, movie, rate)
    colours = graph.add_buffer(width=palette.width, height=palette.height, format=palette.format, time_base=1 / rate)
    # Error diffusion only where a frame differs from the last one, so that still parts do not flicker.
    mapper = graph.add("paletteuse", f"dither={_DITHER[movie.quality]}:diff_mode=rectangle")
    sink = graph.add("buffersink")
    source.link_to(mapper, 0, 0)
    colours.link_to(mapper, 0, 1)
    mapper.link_to(sink)
    graph.configure()
    palette.pts, palette.time_base = 0, 1 / rate
    colours.push(palette)
    colours.push(None)
    with AvWriter(path, Muxing("gif", {"loop": "0"}), Encoding("gif", "pal8"), rate, movie.size) as writer:
        written = 0
        for frame in _frames(movie, rate):
            source.push(frame)
            for mapped in _pull(sink):
                writer.write(mapped, written)
                written += 1
            movie.after_frame(written)
        source.push(None)
        for mapped in _pull(sink):
            writer.write(mapped, written)
            written += 1


def _add_source(graph: Graph, movie: Movie, rate: Fraction) -> FilterContext:
    width, height = movie.size
    rgb = av.VideoFormat("rgb24", width, height)
    return graph.add_buffer(width=width, height=height, format=rgb, time_base=1 / rate)


def _frames(movie: Movie, rate: Fraction) -> Iterator[VideoFrame]:
    for index, pixels in enumerate(movie.pictures()):
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = index, 1 / rate
        yield frame


def _pull(sink: FilterContext) -> Iterator[VideoFrame]:
    """What has come out of a graph so far."""
    while True:
        try:
            frame = sink.pull()
        except (BlockingIOError, EOFError):
            return
        assert isinstance(frame, av.VideoFrame)
        yield frame


def _add_comment(path: Path, finishing: Path, comment: bytes) -> None:
    """Copy a GIF with a comment before its first picture, where readers that stop there find it, too."""
    with path.open("rb") as source, finishing.open("wb") as target:
        head = source.read(13)
        table_bytes = 3 << ((head[10] & 7) + 1) if head[10] & 0x80 else 0
        target.write(head + source.read(table_bytes) + b"\x21\xfe")
        for start in range(0, len(comment), _LONGEST_SUB_BLOCK):
            block = comment[start : start + _LONGEST_SUB_BLOCK]
            target.write(bytes([len(block)]) + block)
        target.write(b"\0")
        shutil.copyfileobj(source, target)


def _check_written(movie: Movie, path: Path) -> None:
    check_same(path, "text", read_gif_comment(path), texts_as_ascii(movie.texts))
    with Image.open(path, formats=("GIF",)) as image:
        check_same(path, "size", image.size, movie.size)
        check_same(path, "number of frames", getattr(image, "n_frames", 1), len(movie.frames))
