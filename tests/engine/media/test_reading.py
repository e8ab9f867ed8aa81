"""engine.media.reading: any dropped file becomes upright sRGB bytes, or one line that says why not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError
from engine.media.reading import ReadingLimits, inspect_picture, read_picture
from tests.engine.media.pictures import BLUE, GREEN, RED, animation, encoded, quarters, swapped_profile

if TYPE_CHECKING:
    from pathlib import Path


def test_a_plain_png_is_read_exactly_and_left_alone(tmp_path: Path) -> None:
    """The pixels are the file's, nothing is noted, and the file's bytes and time of change stay."""
    file = tmp_path / "plain.png"
    Image.fromarray(quarters()).save(file)
    before = (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns)
    picture = read_picture(file)
    assert np.array_equal(picture.pixels, quarters())
    assert (picture.alpha, picture.notes) == (None, ())
    assert (picture.source.format, picture.source.mode, picture.source.frames) == ("PNG", "RGB", 1)
    assert (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns) == before


def test_one_pixel_is_a_picture(tmp_path: Path) -> None:
    """The smallest picture is read."""
    file = tmp_path / "dot.png"
    Image.new("RGB", (1, 1), RED).save(file)
    assert read_picture(file).pixels.tolist() == [[list(RED)]]


@pytest.mark.parametrize(
    ("orientation", "quarter_turns", "mirrored"), [(2, 0, True), (3, 2, False), (6, -1, False), (8, 1, False)]
)
def test_a_photograph_is_turned_as_its_exif_says(
    tmp_path: Path, orientation: int, quarter_turns: int, mirrored: bool
) -> None:
    """The camera's orientation is applied to the pixels, for turns and mirrors."""
    file = tmp_path / "photo.png"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(quarters()).save(file, exif=exif)
    picture = read_picture(file)
    upright = np.rot90(quarters(), quarter_turns)
    assert np.array_equal(picture.pixels, upright[:, ::-1] if mirrored else upright)
    assert "turned as its EXIF says" in picture.notes
    looked_at = inspect_picture(file)
    assert (looked_at.height, looked_at.width) == picture.pixels.shape[:2]


def test_colours_are_converted_from_their_profile(tmp_path: Path) -> None:
    """A profile in which red and green are exchanged exchanges them in the result."""
    file = tmp_path / "tagged.png"
    Image.fromarray(quarters()).save(file, icc_profile=swapped_profile())
    picture = read_picture(file)
    assert np.abs(picture.pixels[0, 0].astype(int) - [RED[1], RED[0], RED[2]]).max() <= 2
    assert np.abs(picture.pixels[0, -1].astype(int) - [GREEN[1], GREEN[0], GREEN[2]]).max() <= 2
    assert any(note.startswith("colours converted from Swap") for note in picture.notes)


def test_a_damaged_profile_is_ignored_and_said(tmp_path: Path) -> None:
    """Junk where a profile should be costs the profile, not the picture."""
    file = tmp_path / "tagged.png"
    Image.fromarray(quarters()).save(file, icc_profile=b"junk" * 40)
    picture = read_picture(file)
    assert np.array_equal(picture.pixels, quarters())
    assert any("profile is damaged" in note for note in picture.notes)


def test_a_cmyk_jpeg_keeps_its_colours(tmp_path: Path) -> None:
    """Print colours arrive as the RGB they mean, not inverted, and the missing profile is noted."""
    file = tmp_path / "print.jpg"
    Image.fromarray(quarters(64, 64)).convert("CMYK").save(file, quality=95, subsampling=0)
    picture = read_picture(file)
    assert np.abs(picture.pixels.astype(int) - quarters(64, 64)).mean() < 4
    assert picture.source.mode == "CMYK"
    assert any("CMYK" in note for note in picture.notes)


def test_sixteen_bits_are_rounded_to_eight(tmp_path: Path) -> None:
    """A 16-bit depth map is scaled, not clipped: 0, half and full stay so."""
    file = tmp_path / "depth.png"
    Image.fromarray(np.array([[0, 257, 32768, 65279, 65535]], np.uint16)).save(file)
    picture = read_picture(file)
    assert picture.pixels[0, :, 0].tolist() == [0, 1, 128, 254, 255]
    assert "16 bits reduced to 8" in picture.notes


def test_floating_point_pixels_are_refused(tmp_path: Path) -> None:
    """Nothing says what is white in a float TIFF, so one line asks for another."""
    file = tmp_path / "depth.tiff"
    Image.fromarray(np.ones((4, 4), np.float32)).save(file)
    with pytest.raises(BadInputError, match=r"depth\.tiff holds floating-point pixels"):
        read_picture(file)


def test_a_palette_with_transparency_becomes_colour_and_alpha(tmp_path: Path) -> None:
    """Palette entries become their colours, the transparent one an alpha of 0; over() lays it on white."""
    file = tmp_path / "sprite.png"
    image = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8)).convert("P")
    image.putpalette([*RED, *BLUE])
    image.save(file, transparency=1)
    picture = read_picture(file)
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[255, 0], [0, 255]]
    assert picture.pixels[0, 0].tolist() == list(RED)
    assert picture.over()[0, 1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA"])
def test_grey_and_alpha_modes_are_read(tmp_path: Path, mode: str) -> None:
    """Bilevel, grey and straight-alpha pictures become RGB of the same size; opaque alpha is dropped."""
    file = tmp_path / "mode.png"
    Image.fromarray(quarters()).convert(mode).save(file)
    picture = read_picture(file)
    expected = Image.fromarray(quarters()).convert(mode).convert("RGB")
    assert np.array_equal(picture.pixels, np.asarray(expected))
    assert picture.alpha is None


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animation_asks_which_frame(tmp_path: Path, suffix: str) -> None:
    """Without a frame the error says how many there are; with one, that very frame is read."""
    file = animation(tmp_path / f"moving{suffix}", frames=5)
    assert inspect_picture(file).frames == 5
    with pytest.raises(BadInputError, match=r"holds 5 frames; say which one, 0 to 4"):
        read_picture(file)
    assert read_picture(file, frame=3).pixels[0, 0].tolist() == [30, 30, 30]
    with pytest.raises(BadInputError, match=r"has no frame 5"):
        read_picture(file, frame=5)


def test_a_long_animation_is_counted_and_read_by_frame(tmp_path: Path) -> None:
    """Hundreds of frames cost one frame's memory; the rule of naming one holds."""
    file = tmp_path / "long.gif"
    frames = [Image.new("L", (4, 4), index % 250) for index in range(600)]
    file.write_bytes(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], optimize=False))
    assert inspect_picture(file).frames == 600
    assert read_picture(file, frame=599).pixels[0, 0, 0] == 599 % 250


def test_limits_are_the_callers(tmp_path: Path) -> None:
    """A smaller limit on pixels or bytes refuses what the default reads."""
    file = tmp_path / "plain.png"
    Image.fromarray(quarters()).save(file)
    with pytest.raises(BadInputError, match=r"more than 799 pixels; make it smaller"):
        read_picture(file, limits=ReadingLimits(pixels=799))
    with pytest.raises(BadInputError, match=r"more than 50; make it smaller"):
        read_picture(file, limits=ReadingLimits(file_bytes=50))
