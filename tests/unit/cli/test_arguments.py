"""The words of the command line become exactly the request they stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.arguments import parse_control, parse_size
from app.cli.image import build_request
from app.cli.main import build_parser
from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest
from engine.paths import Paths


def request_of(tmp_path: Path, *words: str) -> ImageRequest:
    """The request that `onetake image` would submit."""
    return build_request(build_parser().parse_args(["image", *words]), Paths(tmp_path))


def test_every_flag_reaches_the_request(tmp_path: Path) -> None:
    """Nothing that was typed is dropped."""
    request = request_of(tmp_path, "a castle", "--seed", "7", "--count", "3", "--steps", "2", "--size", "384x256")
    assert request == ImageRequest(prompt="a castle", seed=7, count=3, steps=2, width=384, height=256)


def test_what_is_left_out_is_the_models_default_and_a_drawn_seed(tmp_path: Path) -> None:
    """Two requests without a seed differ in the seed alone."""
    first, second = request_of(tmp_path, "a castle"), request_of(tmp_path, "a castle")
    assert (first.width, first.height, first.steps, first.model) == (256, 256, 1, "papercut")
    assert first.seed != second.seed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["image"], "PROMPT"),
        (["image", "a", "--seed", "many"], "--seed"),
        (["image", "a", "--nonsense"], "--nonsense"),
        (["paint"], "paint"),
        ([], "COMMAND"),
    ],
)
def test_a_slip_of_the_tongue_is_one_line(words: list[str], said: str) -> None:
    """argparse's complaint becomes an error like any other, with a hint where to look."""
    with pytest.raises(BadInputError, match=said) as caught:
        build_parser().parse_args(words)
    assert "--help" in caught.value.message


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([""], "prompt is empty"),
        (["a", "--size", "100x100"], "size 100x100 does not suit papercut"),
        (["a", "--size", "big"], "'big' is not WIDTHxHEIGHT"),
        (["a", "--seed", "-1"], "seed -1"),
        (["a", "--model", "nope"], "model 'nope' is not known"),
        (["a", "--control", "canny"], "is not KIND=FILE"),
        (["a", "--control", "canny=/no/such.png"], "is not there"),
    ],
)
def test_bad_input_is_refused_before_the_engine_is_asked(tmp_path: Path, words: list[str], said: str) -> None:
    """No service is needed to say what is wrong with a request."""
    with pytest.raises(BadInputError, match=said):
        request_of(tmp_path, *words)


def test_a_size_is_width_by_height() -> None:
    """Both letters x are read."""
    assert parse_size("512x256") == parse_size("512X256") == (512, 256)


def test_a_control_is_read_with_all_its_options(tmp_path: Path) -> None:
    """A comma inside a file name is written as backslash comma."""
    picture, mask = tmp_path / "a,b.png", tmp_path / "m.png"
    picture.touch()
    mask.touch()
    file = str(picture).replace(",", "\\,")
    text = f"depth={file},adapter=soft,weight=0.5,start=0.1,end=0.9,mode=control,resize=fit,mask={mask},frame=2,map"
    assert parse_control(text) == ControlLayer(
        kind="depth",
        picture=str(picture),
        adapter="soft",
        resize="fit",
        frame=2,
        weight=0.5,
        start=0.1,
        end=0.9,
        mode="control",
        mask=str(mask),
        is_map=True,
    )


@pytest.mark.parametrize(
    "option", ["weight=heavy", "colour=red", "weight", "mode=loud", "start=0.9,end=0.1", "frame=x", "mask="]
)
def test_a_wrong_control_option_is_named(tmp_path: Path, option: str) -> None:
    """The first option that is wrong is in the message."""
    picture = tmp_path / "a.png"
    picture.touch()
    with pytest.raises(BadInputError, match=option.partition("=")[2].partition(",")[0] or option):
        parse_control(f"canny={picture},{option}")


def test_the_folder_of_an_adapter_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is taken from where the command runs; a name stays a name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net").mkdir()
    (tmp_path / "a.png").touch()
    assert parse_control("canny=a.png,adapter=net").adapter == str(tmp_path / "net")
    assert parse_control("canny=a.png,adapter=nets").adapter == "nets"


def test_a_control_that_the_model_cannot_do_is_refused_with_the_reason(tmp_path: Path) -> None:
    """Without an adapter, with one that is not there, and with one made for another model."""
    picture, net = tmp_path / "a.png", tmp_path / "net"
    picture.touch()
    net.mkdir()
    (net / "config.json").write_text('{"_class_name": "ControlNetModel", "cross_attention_dim": 768}')
    for option, said in (
        (",adapter=nobody", "adapter 'nobody' is not known"),
        (f",adapter={net}", "net is not made for papercut: its in_channels 4 is not the model's 24"),
        (f",adapter={net},end=0.5", "covers no whole step of 1; a single step needs start 0 and end 1"),
    ):
        with pytest.raises(BadInputError, match=said):
            request_of(tmp_path, "a castle", "--control", f"canny={picture}{option}")
    with pytest.raises(BadInputError, match="papercut has no 'openpose' control; it has: canny, scribble, depth"):
        request_of(tmp_path, "a castle", "--control", f"openpose={picture}")
