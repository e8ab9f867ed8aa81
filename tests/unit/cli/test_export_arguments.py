"""The words of `onetake export` become exactly the request they stand for."""

from __future__ import annotations

import pytest

from app.cli.export import build_request
from app.cli.main import build_parser
from app.cli.targets import parse_target
from engine.errors import BadInputError
from engine.messages import ExportRequest
from tests.fake_takes import video_request

TAKE = video_request(width=320, height=180, fps=24.0)


def request_of(*words: str) -> ExportRequest:
    """The request that `onetake export j1` would submit for TAKE."""
    arguments = build_parser().parse_args(["export", "j1", *words])
    _, codec = parse_target(arguments.output, arguments.codec)
    return build_request(arguments, codec, TAKE)


def test_without_words_all_of_it_is_exported_as_it_is() -> None:
    """Size, speed and frames are the take's, at the best quality."""
    assert request_of() == ExportRequest(take="j1", fps=24.0)


def test_every_flag_reaches_the_request() -> None:
    """Nothing that was typed is dropped; frames are counted from 0, and the last one is in it."""
    words = ["--codec", "av1", "--in", "4", "--out", "9", "--scale", "50%", "--fps", "12", "--quality", "small"]
    assert request_of("-o", "/a.mp4", *words) == ExportRequest(
        take="j1", codec="av1", fps=12.0, first=4, end=10, width=160, height=90, quality="small", retimed=True
    )


@pytest.mark.parametrize(
    ("scale", "codec", "size"),
    [
        ("25%", "h264", (80, 46)),  # 45 is odd
        ("25%", "gif", (80, 45)),
        ("641", "vp9", (642, 360)),  # 360.6, to the nearest even number
        ("641", "webp", (641, 361)),
        ("200%", "prores", (640, 360)),
        ("12.5%", "png", (40, 23)),
    ],
)
def test_a_scale_keeps_the_shape(scale: str, codec: str, size: tuple[int, int]) -> None:
    """Sides are rounded to what the codec can have."""
    request = request_of("--codec", codec, "--scale", scale)
    assert (request.width, request.height) == size


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scale", "half"], "scale 'half' is no size; write 50% of the take's, or a width in pixels"),
        (["--scale", "0.5"], "scale 0.5 is no whole number of pixels; give a width, or 0.5% for a share"),
        (["--scale", "0%"], "scale in percent 0 is out of range"),
        (["--scale", "nan%"], "scale in percent is nan"),
        (["--codec", "gif", "--scale", "99999"], "width 99999 is out of range"),
        (["--scale", "2"], "width 2 is out of range; use 16 to 8192"),
        (["--codec", "dnxhr", "--scale", "50%"], "160x90 does not suit dnxhr"),
        (["--codec", "prores", "--quality", "small"], "prores has one quality, not small"),
        (["--every-frame"], "give the rate with --fps"),
        (["--fps", "0"], "fps 0 is out of range"),
        (["--in", "-1"], "--in -1 is out of range"),
        (["--in", "9", "--out", "3"], "--out 3 is out of range"),
    ],
)
def test_what_cannot_be_is_one_line(words: list[str], said: str) -> None:
    """The message names the flag or the value, and what to do."""
    with pytest.raises(BadInputError) as caught:
        request_of(*words)
    assert said in caught.value.message
    assert "\n" not in caught.value.message


def test_another_rate_keeps_the_speed_unless_every_frame_counts() -> None:
    """The take's own rate is no other rate."""
    assert request_of("--fps", "24") == ExportRequest(take="j1", fps=24.0)
    assert request_of("--fps", "12") == ExportRequest(take="j1", fps=12.0, retimed=True)
    assert request_of("--fps", "12", "--every-frame") == ExportRequest(take="j1", fps=12.0)
