"""How each kind of movie is encoded: container, encoder, picture format, options and colour tags; and what is missing.

Owns the table, and finding out whether the installed FFmpeg has an encoder. Writing is engine.media.av_movie's. Never
imports torch.

Qualities: `best` is meant to look like the take at 1:1, `balanced` to look like it at a glance, `small` to be sent.
Rate factors of the encoders are not comparable; these were chosen for about equal error on moving takes of Papercut.
Source: ITU-T H.273 for the tags; FFmpeg 8.1, `ffmpeg -h encoder=...`, for the options.
"""

from __future__ import annotations

from typing import NamedTuple

import av
from av.codec.codec import UnknownCodecError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from engine.errors import BadInputError
from engine.media.av_writer import Tags

RGB_MATRIX = 0
"""H.273's code point for RGB without a matrix, which PyAV 18.1 has no name for."""

_PLAYABLE = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
_AT_ONCE = {"movflags": "faststart"}
# MOV's own comments hold 64 KiB; its newer tags hold any length.
_MOV_PLAYABLE, _MOV_AT_ONCE = ({"movflags": f"{each['movflags']}+use_metadata_tags"} for each in (_PLAYABLE, _AT_ONCE))
# A cluster is what a crash costs at most, as a fragment is in MP4.
_MKV_PLAYABLE, _MKV_AT_ONCE = {"cluster_time_limit": "2000"}, {"cues_to_front": "1"}
_X265 = "log-level=error:bframes=0:open-gop=0"

_BT709 = Tags(ColorPrimaries.BT709, ColorTrc.BT709, Colorspace.ITU709, ColorRange.MPEG)
_SRGB = Tags(ColorPrimaries.BT709, ColorTrc.IEC61966_2_1, RGB_MATRIX, ColorRange.JPEG)


class MovieFormat(NamedTuple):
    """What av_movie needs to know to write one codec."""

    container: str
    encoder: str
    pixel_format: str
    options: dict[str, str]
    while_writing: dict[str, str]
    """The muxer's options while frames come, so that what a crash leaves can be played."""
    when_done: dict[str, str]
    """The muxer's options for the finished file, which starts at once anywhere."""
    tags: Tags = _BT709
    rate_factors: tuple[str, ...] = ()
    """The encoder's `crf` for small, balanced and best; none where there is one quality."""
    tag: str = ""
    """The stream's name in the container, where FFmpeg's own choice is not read everywhere."""

    def options_of(self, quality: str) -> dict[str, str]:
        """The encoder's options for a quality."""
        if not self.rate_factors:
            return self.options
        return {**self.options, "crf": self.rate_factors[("small", "balanced", "best").index(quality)]}


# No B-frames in MP4: the first frame is then at time 0 without an edit list, which fragments cannot have.
_FORMATS: dict[str, MovieFormat] = {
    "h264": MovieFormat(
        *("mp4", "libx264", "yuv420p", {"preset": "medium", "bf": "0"}, _PLAYABLE, _AT_ONCE),
        rate_factors=("28", "22", "16"),
    ),
    "h265": MovieFormat(
        *("mp4", "libx265", "yuv420p", {"preset": "medium", "x265-params": _X265}, _PLAYABLE, _AT_ONCE),
        rate_factors=("30", "24", "17"),
        tag="hvc1",  # what Apple's players look for
    ),
    # Ten bits: AV1 players all take them, and skies band less.
    "av1": MovieFormat(
        *("mp4", "libsvtav1", "yuv420p10le", {"preset": "6"}, _PLAYABLE, _AT_ONCE),
        rate_factors=("34", "22", "8"),
    ),
    "vp9": MovieFormat(
        *("webm", "libvpx-vp9", "yuv420p", {"b": "0", "deadline": "good", "cpu-used": "2", "row-mt": "1"}),
        *(_MKV_PLAYABLE, _MKV_AT_ONCE),
        rate_factors=("40", "30", "16"),
    ),
    "prores": MovieFormat(
        *("mov", "prores_ks", "yuv422p10le", {"profile": "hq", "vendor": "apl0"}, _MOV_PLAYABLE, _MOV_AT_ONCE),
    ),
    "dnxhr": MovieFormat(
        *("mov", "dnxhd", "yuv422p", {"profile": "dnxhr_hq"}, _MOV_PLAYABLE, _MOV_AT_ONCE),
    ),
    # RGB as it is: nothing is converted, and every slice carries a checksum.
    "ffv1": MovieFormat(
        *("matroska", "ffv1", "bgr0", {"level": "3", "slicecrc": "1", "slices": "4"}, _MKV_PLAYABLE, _MKV_AT_ONCE),
        tags=_SRGB,
    ),
}
_ENCODERS_OF_PICTURES = {"gif": "gif", "exr": "exr"}


def movie_format(codec: str) -> MovieFormat:
    """How `codec`, one that FFmpeg writes as one file, is written."""
    return _FORMATS[codec]


def lacking(codec: str) -> str:
    """Why `codec` cannot be written here, in one line with the remedy; empty when it can.

    WebP and PNG are Pillow's, which always has them.
    """
    encoder = _FORMATS[codec].encoder if codec in _FORMATS else _ENCODERS_OF_PICTURES.get(codec)
    if encoder is None or _has_encoder(encoder):
        return ""
    return f"the installed FFmpeg has no encoder {encoder} for {codec}; choose another format, or install PyAV's own"


def check_encoder(codec: str) -> None:
    """Raise BadInputError, in one line, when the installed FFmpeg cannot write `codec`."""
    reason = lacking(codec)
    if reason:
        raise BadInputError(reason)


def _has_encoder(name: str) -> bool:
    try:
        av.Codec(name, "w")
    except UnknownCodecError:
        return False
    return True
