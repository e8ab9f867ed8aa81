"""app.cli.control: the words of `onetake control` become a frozen request."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from app.cli import control
from engine.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    control.add_to(parser.add_subparsers())
    return parser.parse_args(["control", *words])


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """A picture that lies on its side."""
    file = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (160, 90)).save(file, exif=exif)
    return str(file)


def test_the_map_has_the_pictures_size_upright(photo: str) -> None:
    """Without --size the picture is looked at, as a person sees it."""
    request = control.build_request(parse("canny", photo))
    assert (request.width, request.height, request.resize, request.seed) == (90, 160, "crop", 0)
    assert request.picture == photo


def test_every_option_is_carried(photo: str) -> None:
    """Options get the detector's types."""
    words = ["--size", "512x256", "--resize", "fit", "--resolution", "384", "--seed", "7", "--frame", "0"]
    options = ["--set", "hands=on", "--set", "face=false"]
    request = control.build_request(parse("openpose", photo, *words, *options))
    assert (request.width, request.height, request.resize) == (512, 256, "fit")
    assert (request.resolution, request.seed, request.frame) == (384, 7, 0)
    assert request.options == (("hands", True), ("face", False))
    assert control.build_request(parse("canny", photo, "--set", "low=50")).options == (("low", 50),)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cany", "PHOTO"], "no detector 'cany'; use canny"),
        (["canny", "nowhere.png"], "nowhere.png is not there"),
        (["canny", "PHOTO", "--set", "low"], "its options are: low, high"),
        (["canny", "PHOTO", "--set", "sigma=3"], "its options are: low, high"),
        (["canny", "PHOTO", "--set", "low=deep"], "give a number"),
        (["hed", "PHOTO", "--set", "safe=2"], "give true or false"),
        (["canny", "PHOTO", "--size", "10x10"], "width 10 is out of range"),
        (["canny", "PHOTO", "--resolution", "9"], "resolution 9 is out of range"),
    ],
)
def test_mistakes_are_one_line(photo: str, words: list[str], message: str) -> None:
    """A wrong word says what the right ones are."""
    with pytest.raises(BadInputError, match=message):
        control.build_request(parse(*(photo if word == "PHOTO" else word for word in words)))


def test_a_size_that_no_map_has_asks_for_another(tmp_path: Path) -> None:
    """A tiny picture is not silently enlarged."""
    file = tmp_path / "dot.png"
    Image.new("RGB", (8, 8)).save(file)
    with pytest.raises(BadInputError, match=r"8x8 pixels, .* --size WxH"):
        control.build_request(parse("canny", str(file)))


def test_the_help_lists_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    """`onetake control --help` names the detectors with their options."""
    with pytest.raises(SystemExit):
        parse("--help")
    shown = capsys.readouterr().out
    for word in ("canny", "low=100", "sam_mobile", "Depth Anything V2"):
        assert word in shown
