"""engine.media.movie: every format holds all frames, says what it is, and is whole or absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError, DiskFullError, JobCancelledError, OutputError
from engine.media.av_movie import read_av_texts
from engine.media.clip import Clip
from engine.media.exr import read_exr
from engine.media.gif import read_gif_comment
from engine.media.movie import FINISHING_SUFFIX, write_movie
from engine.media.sequence import read_sequence_texts
from engine.media.webp import read_webp_description
from tests.unit.media.clips import make_clip, moving_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ONE_FILE = ("h264", "h265", "av1", "vp9", "prores", "ffv1")
CODECS = (*ONE_FILE, "gif", "webp", "png", "exr")
"""All but DNxHR, which begins at sizes that are slow here: tests/engine/media/test_codecs.py."""
# A timeline of many segments is longer than the 64 KiB that some of the formats' own fields hold.
TEXTS = {"comment": json.dumps({"prompt": 'snow "雪" 🏔️', "segments": ["x" * 700] * 100}), "description": "Zoë\nline"}


def write(clip: Clip, path: Path, codec: str, **fields: object) -> None:
    given: dict[str, object] = {"fps": 8.0, "texts": TEXTS, "after_frame": lambda _: None, **fields}  # pyright: ignore[reportUnknownLambdaType]
    write_movie(clip, path, codec=codec, **given)  # pyright: ignore[reportArgumentType]  # as the tests give them


def frames_of(path: Path, codec: str) -> list[NDArray[np.uint8]]:
    """The frames as another program reads them."""
    if codec == "png":
        return [np.array(Image.open(file)) for file in sorted(path.glob("frame_*.png"))]
    if codec == "exr":
        return [as_bytes(read_exr(file.read_bytes())) for file in sorted(path.glob("frame_*.exr"))]
    if codec in ("gif", "webp"):
        with Image.open(path) as image:
            frames: list[NDArray[np.uint8]] = []
            for index in range(getattr(image, "n_frames", 1)):
                image.seek(index)
                frames.append(np.array(image.convert("RGB")))
            return frames
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


def as_bytes(linear: NDArray[np.float16]) -> NDArray[np.uint8]:
    """Linear light as sRGB, by the equations of IEC 61966-2-1."""
    light = linear.astype(np.float64)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def texts_of(path: Path, codec: str) -> Mapping[str, str]:
    if codec in ("png", "exr"):
        return read_sequence_texts(path)
    if codec in ("gif", "webp"):
        return json.loads(read_gif_comment(path) if codec == "gif" else read_webp_description(path))
    found = read_av_texts(path)
    return {key: found[key] for key in TEXTS}


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_arrives_in_order(tmp_path: Path, codec: str) -> None:
    """Each decoded frame is nearest to the frame of the clip in its place."""
    clip = make_clip(tmp_path / "clip", 20)
    write(clip, tmp_path / "out", codec)
    decoded = frames_of(tmp_path / "out", codec)
    assert len(decoded) == 20
    for index, pixels in enumerate(decoded):
        distances = [difference(pixels, moving_frame(frame)) for frame in clip.frames]
        assert distances.index(min(distances)) == index
        assert min(distances) < 4


@pytest.mark.parametrize("codec", CODECS)
def test_the_file_says_how_it_was_made(tmp_path: Path, codec: str) -> None:
    """Long, foreign and many-lined texts come back to the last character."""
    write(make_clip(tmp_path / "clip", 3), tmp_path / "out", codec)
    assert texts_of(tmp_path / "out", codec) == TEXTS
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["clip", "out"]


@pytest.mark.parametrize("codec", CODECS)
def test_a_part_of_a_take_may_be_exported(tmp_path: Path, codec: str) -> None:
    """Frames are chosen by global id; the rest of the take need not be there."""
    clip = Clip.create(tmp_path / "clip", width=64, height=48, fps=8, frames=1000)
    for frame in range(500, 506):
        clip.write(frame, moving_frame(frame))
    told: list[int] = []
    write(clip, tmp_path / "out", codec, frames=range(501, 505), after_frame=told.append)
    decoded = frames_of(tmp_path / "out", codec)
    assert len(decoded) == 4
    assert difference(decoded[0], moving_frame(501)) < 4
    assert [step for step in told if step] == [1, 2, 3, 4]


@pytest.mark.parametrize("codec", CODECS)
def test_a_still_take_keeps_its_length(tmp_path: Path, codec: str) -> None:
    """Equal frames are neither joined nor dropped, and a single frame is a movie, too."""
    for frames in (1, 9):
        clip = Clip.create(tmp_path / f"clip{frames}", width=64, height=48, fps=8, frames=frames)
        for frame in clip.frames:
            clip.write(frame, moving_frame(0))
        write(clip, tmp_path / f"out{frames}", codec)
        assert len(frames_of(tmp_path / f"out{frames}", codec)) == frames


@pytest.mark.parametrize("codec", ["gif", "webp"])
@pytest.mark.parametrize(("fps", "length_ms"), [(8.0, 1500), (24.0, 500), (7.0, 1714)])
def test_rounded_times_do_not_add_up(tmp_path: Path, codec: str, fps: float, length_ms: int) -> None:
    """Twelve frames last as long as they should, though one frame cannot; and the film starts again at its end."""
    write(make_clip(tmp_path / "clip", 12), tmp_path / "out", codec, fps=fps)
    with Image.open(tmp_path / "out") as image:
        total = 0
        for index in range(12):
            image.seek(index)
            image.load()
            total += image.info["duration"]
        assert image.info["loop"] == 0
    assert abs(total - length_ms) <= 10


@pytest.mark.parametrize("codec", ["h264", "h265", "av1", "prores"])
def test_the_index_is_at_the_front_and_time_starts_at_zero(tmp_path: Path, codec: str) -> None:
    """A browser starts such a file before it has all of it, and frame n is at n / fps."""
    write(make_clip(tmp_path / "clip", 40), tmp_path / "out", codec, fps=24.0)
    document = (tmp_path / "out").read_bytes()
    assert 0 < document.index(b"moov") < document.index(b"mdat")
    assert b"moof" not in document
    with av.open(str(tmp_path / "out")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([frame / 24 for frame in range(40)])


def test_broadcast_rates_are_exact(tmp_path: Path) -> None:
    """29.97 means 30000/1001, so that sound laid under an hour of it stays in step."""
    write(make_clip(tmp_path / "clip", 3), tmp_path / "out", "h264", fps=29.97)
    with av.open(str(tmp_path / "out")) as container:
        rate = container.streams.video[0].average_rate
    assert rate is not None
    assert (rate.numerator, rate.denominator) == (30000, 1001)


@pytest.mark.parametrize(("codec", "lost"), [*zip(ONE_FILE, (34, 48, 64, 48, 18, 18), strict=True)])
def test_what_a_crash_leaves_can_be_played(tmp_path: Path, codec: str, lost: int) -> None:
    """A copy taken in the middle plays up to its last fragment and knows its request; some encoders look ahead."""
    clip = make_clip(tmp_path / "clip", 80)
    left = tmp_path / "left"

    def crash(done: int) -> None:
        if done == 70:
            left.write_bytes((tmp_path / "out").read_bytes())

    write(clip, tmp_path / "out", codec, after_frame=crash)
    decoded = frames_of(left, codec)
    assert 70 - lost <= len(decoded) < 70
    assert difference(decoded[15], moving_frame(15)) < 4
    assert texts_of(left, codec) == TEXTS


@pytest.mark.parametrize("codec", CODECS)
def test_stopping_in_the_middle_leaves_nothing(tmp_path: Path, codec: str) -> None:
    """Not under its name, nor beside it."""
    clip = make_clip(tmp_path / "clip", 12)

    def stop(done: int) -> None:
        if done == 6:
            raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        write(clip, tmp_path / "out", codec, after_frame=stop)
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["clip"]


@pytest.mark.parametrize(
    ("codec", "full"), [*((codec, "") for codec in (*ONE_FILE, "gif")), ("webp", FINISHING_SUFFIX)]
)
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, codec: str, full: str) -> None:
    """Every write to this device says that there is no room."""
    clip = make_clip(tmp_path / "clip", 60)
    (tmp_path / f"out{full}").symlink_to("/dev/full")
    with pytest.raises(DiskFullError, match=r"no room for .*out") as caught:
        write(clip, tmp_path / "out", codec)
    assert "\n" not in caught.value.message
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["clip"]


@pytest.mark.parametrize("codec", CODECS)
def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, codec: str) -> None:
    """The message names the folder."""
    with pytest.raises(OutputError, match=r"cannot write to .*gone"):
        write(make_clip(tmp_path / "clip", 3), tmp_path / "gone" / "out", codec)


def test_odd_sizes_are_refused_where_colour_is_shared(tmp_path: Path) -> None:
    """H.264 and ProRes need even sides, and the message says which; the others take any."""
    clip = make_clip(tmp_path / "clip", 3, width=65, height=49)
    for codec in ("h264", "prores"):
        with pytest.raises(BadInputError, match=f"65x49 does not suit {codec}.*66x50"):
            write(clip, tmp_path / "out", codec)
    for codec in ("gif", "webp", "png"):
        write(clip, tmp_path / codec, codec)
        assert frames_of(tmp_path / codec, codec)[2].shape == (49, 65, 3)


def test_what_is_not_there_is_not_exported(tmp_path: Path) -> None:
    """Missing frames, frames beyond the take and rates that no viewer shows are refused before anything is written."""
    clip = Clip.create(tmp_path / "clip", width=64, height=48, fps=8, frames=4)
    clip.write(0, moving_frame(0))
    with pytest.raises(BadInputError, match="3 of 4 frames are not there, the first is 1"):
        write(clip, tmp_path / "out", "h264")
    with pytest.raises(BadInputError, match="frames 2 to 8 are not in a take of 4"):
        write(clip, tmp_path / "out", "h264", frames=range(2, 9))
    with pytest.raises(BadInputError, match="at most 50 frames a second, not 60"):
        write(clip, tmp_path / "out", "gif", fps=60.0, frames=range(1))
    assert not (tmp_path / "out").exists()


def test_pictures_keep_their_numbers_and_bytes(tmp_path: Path) -> None:
    """A sequence is the clip's own files, numbered as in the take."""
    clip = make_clip(tmp_path / "clip", 5)
    write(clip, tmp_path / "out", "png", frames=range(2, 4))
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["frame_000002.png", "frame_000003.png", "take.json"]
    assert (tmp_path / "out" / "frame_000003.png").read_bytes() == clip.document(3)


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """The pictures of one take go to a folder of their own; that of somebody else is neither filled nor removed."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(OutputError, match="exists already"):
        write(make_clip(tmp_path / "clip", 2), tmp_path / "out", "png")
    assert (tmp_path / "out" / "mine.txt").exists()
