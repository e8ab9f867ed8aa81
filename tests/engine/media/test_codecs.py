"""engine.media.av_formats: every codec holds what it promises: size, rate, tags, and errors that were measured."""

# PyAV 18.1 leaves some of its properties without types.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from av.codec.codec import UnknownCodecError
from PIL import Image, ImageFilter

from engine.errors import BadInputError
from engine.media import av_formats
from engine.media.av_formats import check_encoder, lacking
from engine.media.clip import Clip
from engine.media.exr import encode_exr, read_exr
from engine.media.movie import write_movie
from engine.messages import CODECS, WITH_QUALITY, Retimed, estimate_bytes
from tests.unit.media.test_movie import as_bytes, frames_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIDE, FRAMES = 256, 12
TAGS_OF_BT709, TAGS_OF_SRGB = (1, 1, 1, 1), (1, 13, 0, 2)
"""Primaries, transfer, matrix and range: H.273, tables 2 to 4; FFmpeg counts the range from 1 for limited."""
MOVIES = {
    "h264": ("h264", "yuv420p", TAGS_OF_BT709),
    "h265": ("hevc", "yuv420p", TAGS_OF_BT709),
    "av1": ("libdav1d", "yuv420p10le", TAGS_OF_BT709),
    "vp9": ("vp9", "yuv420p", TAGS_OF_BT709),
    "prores": ("prores", "yuv422p10le", TAGS_OF_BT709),
    "dnxhr": ("dnxhd", "yuv422p", TAGS_OF_BT709),
    "ffv1": ("ffv1", "bgr0", TAGS_OF_SRGB),
}
MEASURED = {
    ("h264", "small"): 3.23,
    ("h264", "balanced"): 2.80,
    ("h264", "best"): 2.62,
    ("h265", "small"): 3.39,
    ("h265", "balanced"): 2.84,
    ("h265", "best"): 2.59,
    ("av1", "small"): 2.68,
    ("av1", "balanced"): 2.59,
    ("av1", "best"): 2.55,
    ("vp9", "small"): 2.99,
    ("vp9", "balanced"): 2.69,
    ("vp9", "best"): 2.57,
    ("prores", "best"): 2.36,
    ("dnxhr", "best"): 1.94,
    ("gif", "small"): 12.12,
    ("gif", "balanced"): 4.99,
    ("gif", "best"): 6.00,
    ("webp", "small"): 2.48,
    ("webp", "balanced"): 1.85,
    ("webp", "best"): 1.21,
}
"""Mean difference to the take, of 255, over all frames, as FFmpeg 8.1 made it; the others are exact.

Most of it is colour shared by neighbours, where saturated shapes meet: ProRes alone costs 2.4.
"""
MARGIN = 1.15


def landscape(frame: int) -> NDArray[np.uint8]:
    """Soft coloured shapes with edges, half of which pass by: what takes are like."""
    random = np.random.default_rng(4)
    blocks = np.kron(random.integers(0, 256, (12, 40, 3), np.uint8), np.ones((32, 32, 1), np.uint8))
    soft = np.asarray(Image.fromarray(blocks).filter(ImageFilter.GaussianBlur(3)))
    still, moving = soft[: SIDE // 2, :SIDE], soft[: SIDE // 2, 300 + 5 * frame :][:, :SIDE]
    return np.concatenate([still, moving])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A take of landscapes."""
    made = Clip.create(tmp_path_factory.mktemp("clip") / "clip", width=SIDE, height=SIDE, fps=8, frames=FRAMES)
    for frame in made.frames:
        made.write(frame, landscape(frame))
    return made


def write(clip: Clip, path: Path, codec: str, **fields: object) -> Path:
    given: dict[str, object] = {"fps": 24.0, "texts": {"comment": "c"}, "after_frame": lambda _: None, **fields}  # pyright: ignore[reportUnknownLambdaType]
    write_movie(clip, path, codec=codec, **given)  # pyright: ignore[reportArgumentType]  # as the tests give them
    return path


def error_of(path: Path, codec: str, clip: Clip) -> float:
    """Mean difference of all frames, of 255."""
    decoded = frames_of(path, codec)
    assert len(decoded) == FRAMES
    pairs = zip(decoded, clip.stream(clip.frames), strict=True)
    return float(np.mean([np.abs(found.astype(np.int16) - made).mean() for found, made in pairs]))


def bytes_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.iterdir())


@pytest.mark.parametrize("codec", CODECS)
def test_a_codec_keeps_the_pictures_as_well_as_its_quality_says(tmp_path: Path, clip: Clip, codec: str) -> None:
    """Read again, the mean error of all frames is within the bound measured for that quality, and falls with it."""
    errors: list[float] = []
    sizes: list[int] = []
    for quality in ("small", "balanced", "best") if codec in WITH_QUALITY else ("best",):
        path = write(clip, tmp_path / quality, codec, quality=quality)
        errors.append(error_of(path, codec, clip))
        sizes.append(bytes_of(path))
        assert errors[-1] <= MEASURED.get((codec, quality), 0.0) * MARGIN
    assert sizes == sorted(sizes)
    if codec != "gif":  # where `best` trades regular errors for scattered ones, which look better and measure worse
        assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("codec", MOVIES)
def test_a_movie_says_what_it_is(tmp_path: Path, clip: Clip, codec: str) -> None:
    """Decoder, picture format, colour tags, size, rate and times are right in the stream."""
    decoder, pixel_format, tags = MOVIES[codec]
    with av.open(str(write(clip, tmp_path / "out", codec, fps=23.976))) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.codec.name, context.pix_fmt) == (decoder, pixel_format)
        found = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert found == tags
        assert (stream.width, stream.height) == (SIDE, SIDE)
        assert stream.average_rate == Fraction(24000, 1001)
        times = [frame.time for frame in container.decode(stream)]
    # Matroska counts milliseconds.
    assert times == pytest.approx([frame * 1001 / 24000 for frame in range(FRAMES)], abs=1e-3)


def test_h265_is_named_as_players_of_apple_expect(tmp_path: Path, clip: Clip) -> None:
    """Its stream is `hvc1`, not FFmpeg's `hev1`."""
    with av.open(str(write(clip, tmp_path / "out", "h265"))) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"


@pytest.mark.parametrize("codec", ["vp9", "ffv1"])
def test_the_index_of_matroska_is_at_the_front(tmp_path: Path, clip: Clip, codec: str) -> None:
    """A player can jump before it has all of the file: Cues (1C53BB6B) come before the first Cluster (1F43B675)."""
    document = write(clip, tmp_path / "out", codec).read_bytes()
    assert 0 < document.index(b"\x1c\x53\xbb\x6b") < document.index(b"\x1f\x43\xb6\x75")


@pytest.mark.parametrize("codec", CODECS)
def test_a_scaled_export_is_the_scaled_take(tmp_path: Path, clip: Clip, codec: str) -> None:
    """Size and content are those of the take resized by Lanczos; DNxHR, which begins at 256x120, is made larger."""
    size = (384, 384) if codec == "dnxhr" else (128, 128)
    path = write(clip, tmp_path / "out", codec, size=size, frames=range(2, 4))
    decoded = frames_of(path, codec)
    wanted = np.asarray(Image.fromarray(clip.read(2)).resize(size, Image.Resampling.LANCZOS))
    assert decoded[0].shape == (size[1], size[0], 3)
    assert np.abs(decoded[0].astype(np.int16) - wanted).mean() < 7


@pytest.mark.parametrize("codec", ["h264", "ffv1", "gif", "webp", "png", "exr"])
def test_frames_may_be_repeated_and_left_out(tmp_path: Path, clip: Clip, codec: str) -> None:
    """The file shows the frames in the order given, numbered from 0 where they are pictures."""
    shown = [3, 3, 5, 5, 7]
    path = write(clip, tmp_path / "out", codec, frames=shown)
    decoded = frames_of(path, codec)
    for found, frame in zip(decoded, shown, strict=True):
        distances = [np.abs(found.astype(np.int16) - clip.read(other)).mean() for other in clip.frames]
        assert int(np.argmin(distances)) == frame
    if codec in ("png", "exr"):
        assert [file.name for file in sorted(path.glob("frame_*"))] == [f"frame_{n:06d}.{codec}" for n in range(5)]


def test_retiming_keeps_the_length_and_blends_nothing() -> None:
    """At t the frame is shown that was shown at t: repeated at a higher rate, left out at a lower one."""
    assert list(Retimed(range(4), 8, 16)) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert list(Retimed(range(10, 18), 8, 4)) == [10, 12, 14, 16]
    assert list(Retimed(range(8), 8, 12)) == [0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7]
    assert list(Retimed(range(5), 8, 8)) == [0, 1, 2, 3, 4]
    assert list(Retimed(range(1), 60, 0.5)) == [0]
    assert Retimed(range(4), 8, 16)[2:5] == [1, 1, 2]
    assert Retimed(range(4), 8, 16)[-1] == 3
    assert len(Retimed(range(2400), 24, 23.976)) == round(2400 * 1000 / 1001)


def test_frames_left_out_need_not_be_there(tmp_path: Path) -> None:
    """Of an unfinished take only what is shown must exist."""
    made = Clip.create(tmp_path / "clip", width=64, height=48, fps=8, frames=8)
    for frame in (0, 2, 4, 6):
        made.write(frame, np.full((48, 64, 3), frame * 30, np.uint8))
    assert len(frames_of(write(made, tmp_path / "out", "png", frames=[0, 2, 4, 6]), "png")) == 4
    with pytest.raises(BadInputError, match="1 of 2 frames are not there, the first is 1"):
        write(made, tmp_path / "out2", "png", frames=[0, 1])


def test_every_byte_comes_back_from_linear_light() -> None:
    """OpenEXR in half floats holds what a byte of sRGB says, black and white exactly, as IEC 61966-2-1 has it."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1).reshape(16, 16, 3)
    document = encode_exr(ramp)
    light = read_exr(document)
    assert document[:4] == b"\x76\x2f\x31\x01"
    assert np.array_equal(as_bytes(light), ramp)
    assert (float(light.min()), float(light.max())) == (0.0, 1.0)
    middle = float(light.reshape(-1, 3)[128, 0])
    assert middle == pytest.approx(0.2158605, abs=2**-12)
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert np.array_equal(as_bytes(read_exr(encode_exr(colours))), colours)


@pytest.mark.parametrize("damaged", [b"", b"no picture", encode_exr(np.zeros((4, 4, 3), np.uint8))[:60]])
def test_a_damaged_exr_is_no_picture(damaged: bytes) -> None:
    """It is an error, never a black frame."""
    with pytest.raises(ValueError, match=r"."):
        read_exr(damaged)


def test_what_this_ffmpeg_lacks_is_said_in_one_line(
    tmp_path: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The encoder is named, nothing is written, and the formats that need no FFmpeg stay."""
    assert [codec for codec in CODECS if lacking(codec)] == []

    def has_none(name: str, mode: str) -> None:
        raise UnknownCodecError(name)

    monkeypatch.setattr(av_formats.av, "Codec", has_none)
    assert [codec for codec in CODECS if not lacking(codec)] == ["webp", "png"]
    with pytest.raises(BadInputError, match=r"no encoder libsvtav1 for av1; choose another format") as caught:
        check_encoder("av1")
    assert "\n" not in caught.value.message
    with pytest.raises(BadInputError, match="no encoder exr for exr"):
        write(clip, tmp_path / "out", "exr")
    assert not (tmp_path / "out").exists()


def test_dnxhr_says_how_small_it_can_be(tmp_path: Path) -> None:
    """256x120 is written, 254x120 is refused with the remedy."""
    for width, is_fine in ((256, True), (254, False)):
        made = Clip.create(tmp_path / f"clip{width}", width=width, height=120, fps=8, frames=1)
        made.write(0, np.zeros((120, width, 3), np.uint8))
        if is_fine:
            assert len(frames_of(write(made, tmp_path / "out", "dnxhr"), "dnxhr")) == 1
        else:
            with pytest.raises(BadInputError, match="254x120 does not suit dnxhr, which begins at 256x120; write it"):
                write(made, tmp_path / "out2", "dnxhr")


@pytest.mark.parametrize("codec", CODECS)
def test_the_estimate_is_of_the_right_order(tmp_path: Path, clip: Clip, codec: str) -> None:
    """Within a factor of ten of a take that is much softer than those it was measured on."""
    path = write(clip, tmp_path / "out", codec, fps=8.0)
    estimate = estimate_bytes(codec, "best", SIDE, SIDE, FRAMES)
    assert estimate / 10 < bytes_of(path) < estimate * 10
