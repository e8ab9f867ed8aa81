"""engine.media.movie_reading: frames by their number, upright, from a child that is trusted with nothing."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from PIL import Image

from engine.errors import BadInputError
from engine.media.movie_reading import MovieReader, inspect_movie, is_movie
from engine.media.reading import ReadingLimits
from tests.engine.media.movies import shade, write_movie

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FRAMES = 12


def corner(file: Path, index: int, reader: MovieReader | None = None) -> int:
    """The grey of a frame's lower right pixel."""
    reader = reader or MovieReader(file)
    try:
        return int(reader.frame(index).pixels[-1, -1, 1])
    finally:
        reader.close()


def refusal(file: Path, limits: ReadingLimits | None = None, decoder: Sequence[str] | None = None) -> str:
    """The one line that reading its first frame ends in."""
    reader = MovieReader(file, limits=limits or ReadingLimits(), decoder=decoder)
    with pytest.raises(BadInputError) as caught:
        reader.frame(0)
    reader.close()
    message = caught.value.message
    assert str(file) in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm", ".mkv"])
def test_every_frame_of_every_format_is_found_by_its_number(tmp_path: Path, suffix: str) -> None:
    """Frame i is the i-th picture, at 23.976 frames a second, in rising order and again from the start."""
    file = write_movie(tmp_path / f"clip{suffix}", FRAMES)
    opened = inspect_movie(file)
    assert (opened.frames, round(opened.fps, 2)) == (FRAMES, 23.98)
    assert is_movie(file)
    reader = MovieReader(file)
    for index in (0, 1, 2, 5, FRAMES - 1, 3):
        picture = reader.frame(index)
        assert picture.pixels.shape == (48, 64, 3)
        assert abs(int(picture.pixels[-1, -1, 1]) - shade(index)) <= 3, index
        assert picture.pixels[0, 0].min() >= 250
    reader.close()


def test_a_movie_of_changing_rate_is_counted_not_timed(tmp_path: Path) -> None:
    """Frame i is the i-th picture, however long each is shown."""
    file = write_movie(tmp_path / "uneven.mkv", FRAMES, uneven=True, rate=Fraction(25))
    assert inspect_movie(file).frames == FRAMES
    assert [abs(corner(file, index) - shade(index)) <= 3 for index in range(FRAMES)] == [True] * FRAMES


@pytest.mark.parametrize(("rotation", "white"), [(90.0, (-1, 0)), (180.0, (-1, -1)), (-90.0, (0, -1))])
def test_a_phone_s_movie_is_turned_as_it_says(tmp_path: Path, rotation: float, white: tuple[int, int]) -> None:
    """The white upper left corner goes where players show it."""
    file = write_movie(tmp_path / "phone.mp4", 2, rotation=rotation)
    reader = MovieReader(file)
    pixels = reader.frame(1).pixels
    reader.close()
    assert pixels.shape[:2] == ((48, 64) if rotation == 180.0 else (64, 48))
    corners = {(y, x): int(pixels[y, x].min()) for y in (0, -1) for x in (0, -1)}
    assert max(corners, key=lambda place: corners[place]) == white


def test_colours_survive(tmp_path: Path) -> None:
    """Red, green and blue come back as what they were, in a movie that does not name its colours."""
    from tests.engine.media.movies import write_pictures

    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    file = write_pictures(tmp_path / "rgb.mp4", [np.full((48, 64, 3), colour, np.uint8) for colour in colours])
    reader = MovieReader(file)
    for index, colour in enumerate(colours):
        assert np.abs(reader.frame(index).pixels[20, 20].astype(int) - colour).max() <= 6
    reader.close()


def test_a_long_movie_is_decoded_as_it_is_asked_for(tmp_path: Path) -> None:
    """After the first of 2,304 frames the child waits: it has not gone through the file, and holds little of it."""
    file = write_movie(tmp_path / "long.mp4", 2304, size=(256, 256))
    reader = MovieReader(file)
    reader.frame(0)
    (child,) = [each for each in psutil.Process().children() if "engine.media.decoder" in " ".join(each.cmdline())]
    assert child.is_running()
    held = child.memory_info().rss
    assert held < 400 * 2**20, "all frames would be 453 MB beside the libraries"
    assert abs(int(reader.frame(2303).pixels[-1, -1, 1]) - shade(2303)) <= 3
    assert child.memory_info().rss < held + 100 * 2**20
    reader.close()
    assert not child.is_running()


def test_past_the_end_is_one_line(tmp_path: Path) -> None:
    """A frame that is not there names the movie, what it holds and what was wanted."""
    file = write_movie(tmp_path / "short.mp4", 3)
    with pytest.raises(BadInputError, match=r"short\.mp4 holds 3 frames, and frame 5 was asked for"):
        corner(file, 5)


def test_an_error_is_said_again_and_spoils_nothing(tmp_path: Path) -> None:
    """Asked again, the reader says the same, and it still has the frames that are there."""
    file = write_movie(tmp_path / "short.mp4", 3)
    reader = MovieReader(file)
    for _ in range(3):
        with pytest.raises(BadInputError, match="holds 3 frames, and frame 5 was asked for"):
            reader.frame(5)
    assert abs(int(reader.frame(2).pixels[-1, -1, 1]) - shade(2)) <= 3
    reader.close()


def test_a_codec_that_nobody_knows_is_named_as_the_reason(tmp_path: Path) -> None:
    """The file is not called damaged."""
    file = write_movie(tmp_path / "odd.mkv", 1)
    file.write_bytes(file.read_bytes().replace(b"V_FFV1", b"V_XXXX"))
    assert "is coded in a way that Onetake does not read; use H.264 or VP9" in refusal(file)


def test_what_is_no_movie_is_refused_by_content(tmp_path: Path) -> None:
    """Missing, empty, text, a playlist that names another file, an AVI, and a picture by a movie's name."""
    assert "is not there" in refusal(tmp_path / "gone.mp4")
    (tmp_path / "empty.mp4").touch()
    assert "is empty" in refusal(tmp_path / "empty.mp4")
    secret = write_movie(tmp_path / "secret.mp4", 2)
    for name, text in (
        ("text.mp4", "hello"),
        ("list.mov", f"ffconcat version 1.0\nfile {secret}\n"),
        ("list.mkv", f"#EXTM3U\n#EXTINF:1,\n{secret}\n"),
    ):
        (tmp_path / name).write_text(text)
        assert "is no movie that Onetake reads; use MP4, MOV, WebM or MKV" in refusal(tmp_path / name)
    assert "is no movie that Onetake reads" in refusal(write_movie(tmp_path / "old.avi", 2))
    Image.new("RGB", (8, 8)).save(tmp_path / "still.webm", "PNG")
    assert "is no movie that Onetake reads" in refusal(tmp_path / "still.webm")


def test_half_a_movie_is_refused_or_ends_early(tmp_path: Path) -> None:
    """A truncated MP4 has no index; a damaged MKV ends or says where: neither crashes, nor hangs."""
    whole = write_movie(tmp_path / "whole.mp4", FRAMES).read_bytes()
    (tmp_path / "half.mp4").write_bytes(whole[: len(whole) // 2])
    assert "crashed" not in refusal(tmp_path / "half.mp4")
    whole = write_movie(tmp_path / "whole.mkv", FRAMES).read_bytes()
    (tmp_path / "half.mkv").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match=r"half\.mkv (holds|is damaged)"):
        corner(tmp_path / "half.mkv", FRAMES - 1)


def test_a_frame_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """By its header, before it is decoded."""
    file = write_movie(tmp_path / "large.mp4", 1)
    assert "has 64x48 pixels, more than 1,000" in refusal(file, ReadingLimits(pixels=1000))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import signal; signal.pause()", "took more than 2 s to decode a frame"),
        ("import os; os.kill(os.getpid(), 11)", "crashed the decoder"),
        ("print('[]')", "made the decoder answer nonsense"),
        ("""print('{"type":"ended","frames":1}')""", "made the decoder answer nonsense"),
        (
            """print('{"type":"opened","format":"x","codec":"y"}\\n{"type":"shown","width":-1,"height":-1}')""",
            "made the decoder answer nonsense",
        ),
        (
            """print('{"type":"opened","format":"x","codec":"y"}\\n{"type":"shown","width":8,"height":8}')""",
            "made the decoder answer nonsense",
        ),
        ("""print('{"type":"opened","format":"x","codec":"y"}\\n{"type":"passed"}')""", "answer nonsense"),
    ],
    ids=["hangs", "crashes", "no object", "no header", "negative", "pixels missing", "passes the wanted one"],
)
def test_a_taken_over_decoder_is_not_believed(tmp_path: Path, code: str, said: str) -> None:
    """Silence, a crash or nonsense in the child is one line about the file."""
    file = write_movie(tmp_path / "good.mp4", 1)
    assert said in refusal(file, ReadingLimits(seconds=2.0), (sys.executable, "-c", code))


def test_movies_are_told_from_pictures(tmp_path: Path) -> None:
    """By name, or by the first bytes; AVIF begins as MP4 does, and is a picture."""
    plain = write_movie(tmp_path / "clip.mp4", 1).rename(tmp_path / "clip")
    assert is_movie(plain)
    matroska = write_movie(tmp_path / "clip.mkv", 1).rename(tmp_path / "clip2")
    assert is_movie(matroska)
    Image.new("RGB", (16, 16)).save(tmp_path / "a.avif")
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png")
    assert not is_movie(tmp_path / "a.avif")
    assert not is_movie(tmp_path / "a.png")
    assert not is_movie(tmp_path / "gone.png")
    assert is_movie(tmp_path / "gone.MP4")
