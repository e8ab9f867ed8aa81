"""app.grid_words: whatever is wrong with a grid, the window says so in its own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.grid_axes import Axis, GridError, read_axis
from app.grid_plan import plan_grid
from app.grid_words import grid_error, parameter_title
from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest
from engine.paths import Paths
from tests.unit.app.test_grid_plan import BASE, MODELS

CONTROLLED = replace(BASE, controls=(ControlLayer(kind="canny", picture="/nowhere/boat.png"),))


def wrong_axis(name: str, typed: str) -> GridError:
    """What is wrong with these values."""
    with pytest.raises(GridError) as caught:
        read_axis(name, typed)
    return caught.value


def wrong_plan(x: Axis, y: Axis | None = None, base: ImageRequest = BASE) -> GridError:
    """What is wrong with this grid."""
    with pytest.raises(GridError) as caught:
        plan_grid(base, x, y, MODELS.__getitem__, Paths(Path("/nowhere")))
    return caught.value


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("seed", "1-150, 200-299", "Seed has more than 200 values; ask for fewer."),
        ("steps", " ", "Steps has no values; write some, like 1, 2, 4."),
        ("prompt", "night", "Write the words to replace and others for them, like night, dawn, noon."),
        ("size", "large", "“large” is no size; write it like 256x256."),
        ("weight2", "0-1 [0]", "Control weight: “0-1 [0]” does not stand for 1 to 200 values."),
        ("guidance", "1-9 (-1)", "Guidance: “1-9 (-1)” never gets to its end; turn the step round."),
        ("guidance", "1-9 (+0.01)", "Guidance: “1-9 (+0.01)” does not stand for 1 to 200 values."),
        ("steps", "two", "Steps: “two” is no whole number; write values like 1, 2, 4."),
        ("strength", "inf", "Strength of the edit: “inf” is no number; write values like 0-1 [5]."),
    ],
)
def test_values_that_are_none_are_named_as_the_window_names_them(name: str, typed: str, said: str) -> None:
    """With the setting's own title, what was typed, and the remedy."""
    assert grid_error(wrong_axis(name, typed)) == said


def test_a_grid_that_cannot_be_made_is_explained() -> None:
    """By its axes, its size, or the cell that is wrong."""
    seeds, words = read_axis("seed", "1-30"), read_axis("prompt", "whale, boat")
    assert grid_error(wrong_plan(seeds, seeds)) == "Both directions vary Seed; choose two different settings."
    assert grid_error(wrong_plan(seeds, read_axis("steps", "1-30"))) == (
        "That would be 900 pictures; a grid has at most 400."
    )
    assert grid_error(wrong_plan(words)) == (
        "At Words of the prompt whale: The prompt does not say “whale”; the first value is what is replaced."
    )
    assert grid_error(wrong_plan(read_axis("strength", "0.5"))) == (
        "At Strength of the edit 0.5: The strength is of edits; edit a picture, or vary something else."
    )
    assert grid_error(wrong_plan(read_axis("weight", "1"))).endswith(
        "There is no control; add one, or vary something else."
    )
    assert grid_error(wrong_plan(read_axis("weight3", "1"), base=CONTROLLED)) == (
        "At Control weight (3) 1.0: There is no control 3; there are 1."
    )


def test_what_the_engine_says_of_a_cell_stays_its_own() -> None:
    """Behind the place in the window's words."""
    told = grid_error(wrong_plan(read_axis("steps", "1, 99")))
    assert told.startswith("At Steps 99: 99 steps is too many")
    assert grid_error(BadInputError("no room; make some")) == "No room; make some"


def test_every_error_of_a_grid_has_its_sentence() -> None:
    """No key is forgotten: each that the sources raise is said, and in braces stands nothing."""
    app = Path(__file__).resolve().parents[3] / "app"
    sources = "".join((app / name).read_text() for name in ("grid_axes.py", "grid_plan.py", "grid_controls.py"))
    whats = set(re.findall(r'GridError\(\s*"(\w+)"', sources)) | {"no_whole", "no_number"}
    assert len(whats) >= 14
    facts = ("parameter", "most", "example", "written", "count", "number", "known")
    for what in whats - {"cell"}:
        told = grid_error(GridError(what, "told", **dict.fromkeys(facts, "seed")))
        assert told[0].isupper() or told[0] == "“"
        assert "{" not in told
    assert parameter_title("weight2") == "Control weight (2)"
