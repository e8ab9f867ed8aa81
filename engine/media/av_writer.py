"""One stream of pictures going into a container, by PyAV: the part of it that types know little about.

Owns opening, muxing and closing. What is encoded and how is the callers'. Never imports torch.
"""
# pyright: reportUnknownMemberType=false
# PyAV 18.1 leaves the streams of a packet and the keywords of its methods without types; all else is checked.

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import av
from av.video.stream import VideoStream

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from pathlib import Path
    from types import TracebackType

    from av import VideoFrame


class Muxing(NamedTuple):
    """The container's format, its options and its texts by key."""

    container: str
    options: Mapping[str, str] = {}
    texts: Mapping[str, str] = {}


class Tags(NamedTuple):
    """What the stream says about its colours, in the code points of ITU-T H.273."""

    primaries: int
    transfer: int
    matrix: int
    range: int


class Encoding(NamedTuple):
    """The encoder and its options; a keyframe every `frames_per_group`, or as the encoder likes at 0."""

    encoder: str
    pixel_format: str
    options: Mapping[str, str] = {}
    frames_per_group: int = 0
    tags: Tags | None = None


class AvWriter:
    """Writes frames to a file; used in a `with` statement, which completes the file unless an error ends it."""

    def __init__(self, path: Path, muxing: Muxing, encoding: Encoding, rate: Fraction, size: tuple[int, int]) -> None:
        """Open the file.

        Args:
            path: Is overwritten.
            muxing: The container.
            encoding: The encoder.
            rate: Frames a second.
            size: (width, height) in pixels.

        Raises:
            OSError: The file cannot be opened.
        """
        # Without flushing, what is written would wait in a buffer for the crash.
        options = {**muxing.options, "flush_packets": "1"}
        self._container = av.open(str(path), "w", format=muxing.container, options=options)
        self._container.metadata.update(muxing.texts)
        self._rate = rate
        stream = self._container.add_stream(encoding.encoder, rate=rate, options=dict(encoding.options))
        assert isinstance(stream, VideoStream)
        self._stream = stream
        context = stream.codec_context
        context.width, context.height = size
        context.pix_fmt = encoding.pixel_format
        if encoding.frames_per_group:
            context.gop_size = encoding.frames_per_group
        if encoding.tags is not None:
            context.color_primaries, context.color_trc = encoding.tags.primaries, encoding.tags.transfer
            context.colorspace, context.color_range = encoding.tags.matrix, encoding.tags.range

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if error is None:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()

    def write(self, frame: VideoFrame, index: int) -> None:
        """Encode frame number `index`.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        frame.pts, frame.time_base = index, 1 / self._rate
        self._container.mux(self._stream.encode(frame))


def copy_packets(path: Path, target: Path, muxing: Muxing, tag: str = "") -> None:
    """Copy the pictures of one file to another container without encoding them again.

    Args:
        path: The file.
        target: Is overwritten.
        muxing: The other container.
        tag: The stream's name there; empty for FFmpeg's choice.

    Raises:
        OSError: One cannot be read, or the other not written.
    """
    options = dict(muxing.options)
    with av.open(str(path)) as source, av.open(str(target), "w", format=muxing.container, options=options) as copy:
        copy.metadata.update(muxing.texts)
        # Opaque: PyAV would else look for an encoder of the decoder's name, which AV1's does not have.
        stream = copy.add_stream_from_template(source.streams.video[0], opaque=True)
        if tag:
            stream.codec_context.codec_tag = tag
        for packet in source.demux(source.streams.video[0]):
            if packet.size:  # the last one only says that there are no more
                packet.stream = stream
                copy.mux(packet)
