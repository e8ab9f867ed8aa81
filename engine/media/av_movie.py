"""Movies in one file, by FFmpeg through PyAV: H.264, H.265, AV1, VP9, ProRes, DNxHR and FFV1.

Owns the way from RGB to what the encoder takes, and the two passes over the file: fragments or clusters while it is
being written, so that what a crash leaves can be played, then one index at the front, so that it starts at once
anywhere. Settings are engine.media.av_formats'. Never imports torch.

Pictures are taken for BT.709 as they are, without a change of transfer curve: what every player does with sRGB. FFV1
keeps the RGB bytes themselves, tagged as sRGB.
Source: ITU-R BT.709-6, sections 1 and 3; H.264 (ITU-T H.273) code points for the tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from engine.media.av_formats import RGB_MATRIX, movie_format
from engine.media.av_writer import AvWriter, Encoding, Muxing, copy_packets
from engine.media.encoding import check_same
from engine.messages import frame_rate

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from av import VideoFrame
    from numpy.typing import NDArray

    from engine.media.av_formats import MovieFormat
    from engine.media.encoding import Movie

_SECONDS_PER_FRAGMENT = 2
_INTERPOLATION = (
    Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP
)


def write_av_movie(movie: Movie, path: Path, finishing: Path) -> None:
    """Write the movie to `path`, by way of `finishing`, and check it.

    Raises:
        OSError: The disk is full or the place cannot be written.
        JobFailedError: What was read back differs.
    """
    form = movie_format(movie.codec)
    _encode(movie, form, path)
    copy_packets(path, finishing, Muxing(form.container, form.when_done, movie.texts), form.tag)
    _check_written(movie, finishing)
    finishing.replace(path)


def read_av_texts(path: Path) -> dict[str, str]:
    """What a movie of ours says about itself, by key.

    Raises:
        OSError: It cannot be read.
    """
    with av.open(str(path)) as container:
        # Matroska writes its keys in capitals.
        return {key.lower(): text for key, text in container.metadata.items()}


def _encode(movie: Movie, form: MovieFormat, path: Path) -> None:
    rate = frame_rate(movie.fps)
    options, group = form.options_of(movie.quality), max(1, round(rate * _SECONDS_PER_FRAGMENT))
    encoding = Encoding(form.encoder, form.pixel_format, options, group, form.tags)
    muxing = Muxing(form.container, form.while_writing, movie.texts)
    with AvWriter(path, muxing, encoding, rate, movie.size) as writer:
        converter = VideoReformatter()
        for index, pixels in enumerate(movie.pictures()):
            writer.write(_converted(converter, pixels, form), index)
            movie.after_frame(index + 1)


def _converted(converter: VideoReformatter, pixels: NDArray[np.uint8], form: MovieFormat) -> VideoFrame:
    if form.tags.matrix == RGB_MATRIX:
        return converter.reformat(av.VideoFrame.from_ndarray(pixels, format="rgb24"), format=form.pixel_format)
    return _to_bt709(converter, pixels, form.pixel_format)


def _to_bt709(converter: VideoReformatter, pixels: NDArray[np.uint8], pixel_format: str) -> VideoFrame:
    """RGB bytes as luma and colour differences of BT.709 in limited range, rounded rather than cut off."""
    return converter.reformat(
        av.VideoFrame.from_ndarray(pixels, format="rgb24"),
        format=pixel_format,
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        dst_color_trc=ColorTrc.BT709,
        dst_color_primaries=ColorPrimaries.BT709,
        interpolation=_INTERPOLATION,
    )


def _check_written(movie: Movie, path: Path) -> None:
    found = read_av_texts(path)
    check_same(path, "text", {key: found.get(key) for key in movie.texts}, dict(movie.texts))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        check_same(path, "size", (stream.width, stream.height), movie.size)
        decoded = sum(1 for _ in container.decode(stream))
        check_same(path, "number of frames", decoded, len(movie.frames))
