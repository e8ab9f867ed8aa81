"""engine.bench.control: the whole measurement on a tiny model, and what it says where something is missing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from engine.bench.__main__ import main
from engine.bench.control import ControlBench, measure_control
from engine.bench.control_looks import edges, look_of, main_colours, nearest_colours, outlines
from engine.bench.control_sources import read_sources
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadInputError, BadModelError
from engine.paths import Paths
from tests.tiny_adapters import make_map, write_controlnet, write_steered_model

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(autouse=True)
def same_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of threads is the process's, and with it that of all other tests."""
    monkeypatch.setattr(torch, "set_num_threads", lambda _count: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]


def write_pictures(folder: Path, maps: tuple[str, ...] = ()) -> Path:
    """Two pictures, one of them with a prompt, and their maps."""
    folder.mkdir()
    for index in range(2):
        Image.fromarray(make_map(index)).save(folder / f"a_moon_{index}.png")
        for kind in maps:
            (folder / kind).mkdir(exist_ok=True)
            Image.fromarray(make_map(10 + index)).save(folder / kind / f"a_moon_{index}.png")
    (folder / "a_moon_1.txt").write_text("winter mountains\n")
    return folder


def run_main(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bench", "control", *words])
    return main()


def test_a_tiny_model_is_measured_with_every_kind_that_needs_no_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is run: five kinds scored over two pictures and three seeds, shuffle named with its reason.

    The maps of depth are given, so the program's own detector may judge, and is named.
    """
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    write_steered_model(tmp_path / "model")
    net = write_controlnet(tmp_path / "net")
    pictures = write_pictures(tmp_path / "pictures", ("scribble", "segment", "depth"))
    words = ["--model", str(tmp_path / "model"), "--pictures", str(pictures), "--side", "64", "--json"]
    for kind in ("canny", "scribble", "segment", "lineart_standard", "depth", "shuffle"):
        words += ["--adapter", f"{kind}={net}"]
    assert run_main(monkeypatch, *words, "--seeds", "3", "--rounds", "1", "--steps", "1") == 0
    report = cast("dict[str, object]", json.loads(capsys.readouterr().out))
    kinds = cast("dict[str, dict[str, float]]", report["kinds"])
    assert [(kind, each["metric"]) for kind, each in kinds.items()] == [
        ("canny", "f1"), ("scribble", "f1"), ("segment", "miou"), ("lineart_standard", "f1"), ("depth", "rmse"),
    ]  # fmt: skip
    assert kinds["depth"]["scored_by"] == "depth_papercut, the program's own"
    assert kinds["lineart_standard"]["scored_by"] == "edges of the softened picture", "not by what made its maps"
    for kind, each in kinds.items():
        most, sign = (255.0, -1) if kind == "depth" else (1.0, 1)
        assert each["pairs"] == 6
        assert 0.0 <= each["none"] <= most
        assert 0.0 <= each["controlled"] <= most
        assert each["gain"] == pytest.approx(sign * (each["controlled"] - each["none"]))
        low, high = cast("tuple[float, float]", each["gain_interval"])
        assert low <= each["gain"] <= high
    assert any(each["none"] != each["controlled"] for each in kinds.values())
    missing = cast("dict[str, str]", report["not_measured"])
    assert set(missing) == {"shuffle"}
    assert missing["shuffle"] == "there is no metric for shuffle controls"
    assert (report["steps"], report["width"], report["cost_bar"]) == (1, 64, 0.6)
    costs = [each["cost_on_top"] for each in kinds.values()]
    assert report["cost_on_top"] == max(costs)


def test_without_pictures_the_model_makes_its_own(tmp_path: Path) -> None:
    """Sources come from the model; the same run twice has the same scores."""
    spec = msgspec.structs.replace(write_steered_model(tmp_path / "model"), default_width=64, default_height=64)
    bench = ControlBench({"canny": str(write_controlnet(tmp_path / "net"))}, sources=2, seeds=2, rounds=1)
    first = measure_control(spec, bench, Paths(tmp_path / "home"))
    second = measure_control(spec, bench, Paths(tmp_path / "home"))
    assert first.sources == "the model's own pictures"
    assert first.kinds["canny"].pairs == 4
    assert first.kinds["canny"].controlled == second.kinds["canny"].controlled
    assert first.kinds["canny"].none == second.kinds["canny"].none


def test_a_size_that_is_drawn_smaller_is_measured_as_it_is_drawn(tmp_path: Path) -> None:
    """Enlarging adds nothing that could be followed."""
    spec = msgspec.structs.replace(
        write_steered_model(tmp_path / "model"), default_width=64, default_height=64, trained_sizes=((64, 64),)
    )
    adapters = {"canny": str(write_controlnet(tmp_path / "net"))}
    bench = ControlBench(adapters, sources=1, seeds=1, rounds=1, side=128)
    report = measure_control(spec, bench, Paths(tmp_path / "home"))
    assert (report.width, report.height) == (64, 64)


def test_what_is_missing_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No adapter, none of that form or place, no pictures, no map to measure: exit status 2 and the remedy."""
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    write_steered_model(tmp_path / "model")
    net = write_controlnet(tmp_path / "net")
    model = ["--model", str(tmp_path / "model"), "--side", "64", "--sources", "1"]
    cases: list[tuple[list[str], str]] = [
        (model, "has no control adapter in the catalogue; name one: --adapter canny=FOLDER"),
        ([*model, "--adapter", "canny"], "is not KIND=FOLDER"),
        ([*model, "--adapter", "canny=/nowhere"], "adapter '/nowhere' is not known"),
        ([*model, "--adapter", f"canny={net}", "--pictures", str(tmp_path / "none")], "holds no pictures"),
        ([*model, "--adapter", f"canny={net}", "--seeds", "0"], "seeds 0 is out of range"),
        ([*model, "--adapter", f"scribble={net}", "--seeds", "1"], "no detector makes scribble maps"),
        ([*model, "--adapter", f"depth={net}", "--seeds", "1"], "depth_papercut made the maps and cannot judge them"),
        ([*model, "--adapter", f"shuffle={net}", "--seeds", "1"], "there is no metric for shuffle controls"),
        (["--model", "nowhere"], "not known"),
    ]
    for words, said in cases:
        assert run_main(monkeypatch, *words) == 2, words
        written = capsys.readouterr()
        assert said in written.err
        assert (written.out, written.err.count("\n")) == ("", 1)


def test_a_folder_says_prompts_and_maps(tmp_path: Path) -> None:
    """A text beside a picture is its prompt, else its name is; maps are taken as they are, others are detected."""
    sources = read_sources(write_pictures(tmp_path / "pictures", ("scribble",)), (64, 64), 9)
    assert [source.prompt for source in sources] == ["a moon 0", "winter mountains"]
    assert sources[0].pixels.shape == (64, 64, 3)
    drawn, detected = sources[0].layer("scribble", "net"), sources[0].layer("canny", "net")
    assert (drawn.is_map, Path(drawn.picture).parent.name) == (True, "scribble")
    assert (detected.is_map, detected.picture) == (False, str(sources[0].file))
    with pytest.raises(BadInputError, match="no detector makes sketch maps"):
        sources[0].layer("sketch", "net")


@pytest.mark.parametrize("kind", ["canny", "scribble", "segment", "lineart"])
def test_a_picture_follows_itself_best(tmp_path: Path, kind: str) -> None:
    """Every look scores 1 for the same picture, less for it moved, and less again for another."""
    shelf = DetectorShelf(WeightStore(tmp_path / "annotators", tmp_path / "hub"), "cpu")
    picture, other_picture = np.full((2, 128, 128, 3), (40, 60, 90), np.uint8)
    picture[20:70, 30:100] = (240, 220, 180)
    other_picture[64:120, 5:64] = (240, 220, 180)
    look = look_of(kind, shelf)
    moved = np.roll(picture, 1, axis=1)
    same, near, other = (look.score(picture, each, shelf) for each in (picture, moved, other_picture))
    assert same == pytest.approx(1.0)
    assert same > near > other


def test_nobody_judges_their_own_maps_of_depth(tmp_path: Path) -> None:
    """The built-in detector judges what is drawn or another's, never its own, under whatever name it made it."""
    shelf = DetectorShelf(WeightStore(tmp_path / "annotators", tmp_path / "hub"), "cpu")
    own = "depth_papercut, the program's own"
    assert look_of("depth", shelf, is_drawn=True).extractor == own
    assert look_of("zoe", shelf).extractor == own
    for kind in ("depth", "depth_papercut"):
        with pytest.raises(BadModelError, match="depth_papercut made the maps and cannot judge them; get"):
            look_of(kind, shelf)
    (tmp_path / "annotators").mkdir()
    (tmp_path / "annotators" / "dpt_hybrid-midas-501f0c75.pt").touch()
    assert look_of("depth", shelf).extractor == "midas"
    assert look_of("midas", shelf).extractor == own


def test_looks_see_what_is_there() -> None:
    """No edges in a plain picture; a square has its outline, broader in scribbles; two colours are two segments."""
    plain = np.full((64, 64, 3), 90, np.uint8)
    assert not edges(plain).any()
    assert not outlines(plain).any()
    square = plain.copy()
    square[16:48, 16:48] = (240, 220, 180)
    assert 80 <= edges(square).sum() <= 160
    assert outlines(square).sum() > 2 * edges(square).sum()
    assert not outlines(square)[28:36, 28:36].any()
    colours = main_colours(square)
    labels = nearest_colours(square, colours)
    assert len(colours) == 2
    assert labels[20, 20] != labels[0, 0]
    assert np.unique(labels).size == 2


def test_a_prompt_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """In one line that names its file."""
    folder = write_pictures(tmp_path / "pictures")
    (folder / "a_moon_0.txt").write_bytes(b"un ch\xe2teau")
    with pytest.raises(BadInputError, match=r"a_moon_0\.txt is no UTF-8 text"):
        read_sources(folder, (64, 64), 2)
