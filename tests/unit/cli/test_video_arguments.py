"""The words of `onetake video` become exactly the request they stand for."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from app.cli.main import build_parser
from app.cli.video import build_request
from engine.errors import BadInputError, OutputError
from engine.messages import Segment, Timeline, VideoRequest
from engine.paths import Paths

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = """
[model.reel]
title = "Reel"
family = "stable_diffusion"
folder = "reel"
licence = "none"
default_width = 320
default_height = 192
default_guidance = 2.5
takes_guidance = true
max_steps = 40
[model.reel.video]
family = "motion_unet"
default_frames = 24
default_fps = 12.0
default_steps = 6
frame_multiple = 4
"""


@pytest.fixture
def paths(home: Path) -> Paths:
    """A home that knows a model for videos."""
    home.mkdir()
    (home / "models.toml").write_text(CATALOGUE)
    return Paths(home)


def request_of(paths: Paths, *words: str) -> tuple[VideoRequest, str]:
    """The request that `onetake video --model reel` would submit, and its target."""
    return build_request(build_parser().parse_args(["video", "--model", "reel", *words]), paths)


def one(prompt: str, frames: int) -> Timeline:
    return Timeline(segments=(Segment(prompt=prompt, frames=frames),))


def test_every_flag_reaches_the_request(paths: Paths, tmp_path: Path) -> None:
    """Nothing that was typed is dropped."""
    words = ["a castle", "--seed", "7", "--frames", "8", "--fps", "24", "--steps", "2", "--size", "384x256"]
    request, output = request_of(paths, *words, "--devices", "cuda:0, cpu:2", "-o", str(tmp_path / "out.GIF"))
    assert request == VideoRequest(
        timeline=one("a castle", 8),
        seed=7,
        model="reel",
        width=384,
        height=256,
        fps=24.0,
        steps=2,
        guidance_scale=2.5,
        codec="gif",
        devices=("cuda:0", "cpu:2"),
    )
    assert output == str(tmp_path / "out.GIF")


def test_what_is_left_out_is_the_models_default_and_a_drawn_seed(paths: Paths) -> None:
    """Two requests without a seed differ in the seed alone."""
    (first, output), (second, _) = request_of(paths, "a castle"), request_of(paths, "a castle")
    assert (first.width, first.height, first.steps, first.fps, first.timeline) == (
        320,
        192,
        6,
        12.0,
        one("a castle", 24),
    )
    assert (first.devices, first.codec, output) == ((), "h264", "")
    assert first.seed != second.seed


def test_a_timeline_brings_prompts_length_and_rate(paths: Paths, tmp_path: Path) -> None:
    """The file's rate holds unless one is typed; a relative name is one from here."""
    segments = [{"prompt": "dawn", "frames": 8}, {"prompt": "day", "frames": 4, "transition": 2}]
    file = tmp_path / "take.json"
    file.write_text(json.dumps({"onetake_timeline": 1, "fps": 10, "segments": segments}))
    request, _ = request_of(paths, "--timeline", os.path.relpath(file))
    assert request.timeline.segments == (
        Segment(prompt="dawn", frames=8),
        Segment(prompt="day", frames=4, transition=2),
    )
    assert request.fps == 10
    assert request_of(paths, "--timeline", str(file), "--fps", "30")[0].fps == 30
    for words in (["a castle"], ["--frames", "12"]):
        with pytest.raises(BadInputError, match="leave out either"):
            request_of(paths, *words, "--timeline", str(file))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to show; give a PROMPT"),
        ([""], "prompt is empty"),
        (["a", "--frames", "0"], "frames 0 is out of range"),
        (["a", "--frames", "-3"], "frames -3 is out of range"),
        (["a", "--frames", "10"], "reel cannot make a shot of 10 frames; use 8"),
        (["a", "--fps", "0"], "fps 0 is out of range"),
        (["a", "--fps", "nan"], "fps is nan"),
        (["a", "--steps", "41"], "41 steps is too many for reel"),
        (["a", "--size", "65x65"], "size 65x65 does not suit"),
        (["a", "--devices", "cuda:0,"], "name nothing between two commas"),
        (["a", "--timeline", ""], "leave out either PROMPT or --timeline"),
        (["--timeline", "gone.json"], r"gone\.json cannot be read"),
        (["a", "--model", "nope"], "model 'nope' is not known"),
        (["a", "--model", "papercut", "--size", "100x100"], "papercut"),
        (["a", "--start-image", "gone.png"], r"gone\.png is not there"),
        (["a", "--start-image", __file__], "reel makes videos from prompts alone; leave --start-image out"),
        (["a", "--end-image", __file__], "leave --end-image out"),
        (["a", "--control", f"depth={__file__}"], "reel has no 'depth' control; it has: none; for others name"),
        (["a", "--control", "depth"], "is not KIND=FILE"),
    ],
)
def test_bad_input_is_refused_before_the_engine_is_asked(paths: Paths, words: list[str], said: str) -> None:
    """No service is needed to say what is wrong with a request, and one line says it."""
    with pytest.raises(BadInputError, match=said) as caught:
        request_of(paths, *words)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", ["out.avi", "out", "out.mp4.txt"])
def test_a_name_that_says_no_format_is_refused(paths: Paths, name: str) -> None:
    """The message lists what there is."""
    with pytest.raises(OutputError, match=r"end it in \.mp4, \.webm, \.mov, \.mkv, \.gif, \.webp, or in"):
        request_of(paths, "a", "-o", name)


def test_a_model_of_pictures_makes_no_videos(paths: Paths) -> None:
    """What a model cannot do is said before anything else is wrong with its defaults."""
    (paths.home / "models.toml").write_text(CATALOGUE.partition("[model.reel.video]")[0])
    with pytest.raises(BadInputError, match="reel makes pictures only; choose a model that makes videos"):
        request_of(paths, "a")
