"""`onetake edit` says what it is told: words become the request, and slips one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.cli.edit import build_request
from app.cli.main import build_parser
from engine.errors import BadInputError
from engine.messages import ImageRequest, Margins
from engine.paths import Paths
from tests.engine.tasks.editing import scene, write_picture

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def picture(tmp_path: Path) -> str:
    return write_picture(tmp_path / "in.png", scene(200, 120))


def parse(tmp_path: Path, *words: str) -> ImageRequest:
    return build_request(build_parser().parse_args(["edit", *words]), Paths(tmp_path / "home"))


def test_a_picture_alone_is_made_anew_as_a_whole(tmp_path: Path, picture: str) -> None:
    """img2img at three quarters of the strength, at the picture's size in multiples, with the model's edit steps."""
    request = parse(tmp_path, picture, "winter hills", "--seed", "5")
    assert request.edit is not None
    assert (request.edit.method, request.edit.strength, request.edit.picture) == ("img2img", 0.75, picture)
    assert (request.width, request.height, request.steps, request.seed) == (208, 128, 8, 5)
    assert request.prompt == "winter hills"


def test_a_mask_means_inpainting(tmp_path: Path, picture: str) -> None:
    """From noise, with every word about the mask in its place."""
    mask = write_picture(tmp_path / "mask.png", np.zeros((8, 8), np.uint8))
    words = ["--mask", mask, "--invert", "--content", "original", "--area", "masked", "--padding", "9"]
    request = parse(tmp_path, picture, "hills", *words, "--feather", "3")
    edit = request.edit
    assert edit is not None
    assert (edit.method, edit.strength, edit.mask, edit.invert_mask) == ("inpaint", 1.0, mask, True)
    assert (edit.content, edit.area, edit.padding, edit.feather) == ("original", "masked", 9, 3)
    assert (request.width, request.height) == (256, 256)


def test_margins_mean_outpainting_at_the_size_of_the_new_frame(tmp_path: Path, picture: str) -> None:
    """The model works on the picture with its margins."""
    request = parse(tmp_path, picture, "hills", "--left", "40", "--bottom", "8", "--strength", "0.9")
    assert request.edit is not None
    assert (request.edit.method, request.edit.strength) == ("outpaint", 0.9)
    assert request.edit.margins == Margins(left=40, bottom=8)
    assert (request.width, request.height) == (240, 128)


def test_what_is_named_wins(tmp_path: Path, picture: str) -> None:
    """Method, size, steps and the rest are taken as they are written."""
    words = ["--method", "inpaint", "--size", "320x320", "--steps", "20", "--count", "3", "--resize", "fit"]
    request = parse(tmp_path, picture, "hills", *words)
    assert request.edit is not None
    assert (request.edit.method, request.edit.mask, request.edit.resize) == ("inpaint", "", "fit")
    assert (request.width, request.height, request.steps, request.count) == (320, 320, 20, 3)


def test_slips_are_one_line(tmp_path: Path, picture: str) -> None:
    """What is missing, out of range or does not go together is named before anything is queued."""
    mask = write_picture(tmp_path / "mask.png", np.zeros((8, 8), np.uint8))
    cases: list[tuple[list[str], str]] = [
        ([str(tmp_path / "nowhere.png"), "a"], "nowhere.png is not there"),
        ([picture, " "], "the prompt is empty"),
        ([picture, "a", "--strength", "2"], "strength 2 is out of range"),
        ([picture, "a", "--strength", "nan"], "strength is nan"),
        ([picture, "a", "--method", "morph"], "invalid choice: 'morph'"),
        ([picture, "a", "--method", "cycle"], "cycle needs to know what the picture shows"),
        ([picture, "a", "--source-prompt", "b"], "papercut cannot cycle: it draws in one step"),
        ([picture, "a", "--method", "img2img", "--mask", mask], "img2img makes the whole picture anew"),
        ([picture, "a", "--method", "outpaint"], "outpaint needs a margin"),
        ([picture, "a", "--left", "-3"], "margin left -3"),
        ([picture, "a", "--size", "100x100"], "use multiples of 16"),
        ([picture, "a", "--steps", "99"], "99 steps is too many"),
        ([picture, "a", "--negative", "people"], "takes no negative prompt"),
    ]
    for words, said in cases:
        with pytest.raises(BadInputError, match=said) as caught:
            parse(tmp_path, *words)
        assert "\n" not in caught.value.message
