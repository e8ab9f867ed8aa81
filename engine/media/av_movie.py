"""H.264 in MP4 and ProRes in MOV, by FFmpeg through PyAV.

Owns the encoder's settings, the way from RGB to BT.709, and the two passes over the file: fragments while it is being
written, so that what a crash leaves can be played, then one index at the front, so that it starts at once anywhere.
Never imports torch.

Pictures are taken for BT.709 as they are, without a change of transfer curve: what every player does with sRGB.
Source: ITU-R BT.709-6, sections 1 and 3; H.264 (ITU-T H.273) code points for the tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import av
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from engine.media.av_writer import AvWriter, Encoding, Muxing, copy_packets
from engine.media.encoding import check_same, frame_rate

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from av import VideoFrame
    from numpy.typing import NDArray

    from engine.media.encoding import Movie

_WHILE_WRITING, _WHEN_DONE = "frag_keyframe+empty_moov+default_base_moof", "faststart"
_SECONDS_PER_FRAGMENT = 2
_INTERPOLATION = (
    Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP
)


class _Format(NamedTuple):
    container: str
    encoder: str
    pixel_format: str
    options: dict[str, str]
    flags: str
    """Of the muxer."""


_FORMATS = {
    # No B-frames: the first frame is then at time 0 without an edit list, which fragments cannot have.
    "h264": _Format("mp4", "libx264", "yuv420p", {"crf": "16", "preset": "medium", "bf": "0"}, ""),
    # MOV's own comments hold 64 KiB; its newer tags hold any length.
    "prores": _Format("mov", "prores_ks", "yuv422p10le", {"profile": "hq", "vendor": "apl0"}, "+use_metadata_tags"),
}


def write_av_movie(movie: Movie, path: Path, finishing: Path) -> None:
    """Write the movie to `path`, by way of `finishing`, and check it.

    Raises:
        OSError: The disk is full or the place cannot be written.
        JobFailedError: What was read back differs.
    """
    form = _FORMATS[movie.codec]
    _encode(movie, form, path)
    copy_packets(path, finishing, Muxing(form.container, {"movflags": _WHEN_DONE + form.flags}, movie.texts))
    _check_written(movie, finishing)
    finishing.replace(path)


def read_av_texts(path: Path) -> dict[str, str]:
    """What an MP4 or MOV of ours says about itself, by key.

    Raises:
        OSError: It cannot be read.
    """
    with av.open(str(path)) as container:
        return dict(container.metadata)


def _encode(movie: Movie, form: _Format, path: Path) -> None:
    rate = frame_rate(movie.fps)
    size = (movie.clip.manifest.width, movie.clip.manifest.height)
    encoding = Encoding(
        form.encoder, form.pixel_format, form.options, round(rate * _SECONDS_PER_FRAGMENT), is_bt709=True
    )
    muxing = Muxing(form.container, {"movflags": _WHILE_WRITING + form.flags}, movie.texts)
    with AvWriter(path, muxing, encoding, rate, size) as writer:
        converter = VideoReformatter()
        for index, pixels in enumerate(movie.clip.stream(movie.frames)):
            writer.write(_to_bt709(converter, pixels, form.pixel_format), index)
            movie.after_frame(index + 1)


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
    manifest = movie.clip.manifest
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        check_same(path, "text", {key: container.metadata.get(key) for key in movie.texts}, dict(movie.texts))
        check_same(path, "size", (stream.width, stream.height), (manifest.width, manifest.height))
        decoded = sum(1 for _ in container.decode(stream))
        check_same(path, "number of frames", decoded, len(movie.frames))
