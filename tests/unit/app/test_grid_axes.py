"""app.grid_axes: values of a grid as they are typed."""

from __future__ import annotations

import pytest

from app.grid_axes import MOST_VALUES, Value, read_axis
from engine.errors import BadInputError

CASES: list[tuple[str, str, tuple[Value, ...]]] = [
    ("steps", "1,2, 4", (1, 2, 4)),
    ("seed", "1-5", (1, 2, 3, 4, 5)),
    ("seed", "9223372036854775805-9223372036854775807", tuple(2**63 - 3 + n for n in range(3))),
    ("steps", "1-10 (+3)", (1, 4, 7, 10)),
    ("steps", "10-1(-4)", (10, 6, 2)),
    ("steps", "3-1", (3, 2, 1)),
    ("steps", "1-10 [4]", (1, 4, 7, 10)),
    ("steps", "1, 3-4, 8", (1, 3, 4, 8)),
    ("guidance", "0-1 [5]", (0.0, 0.25, 0.5, 0.75, 1.0)),
    ("strength", "0.1-0.4 (+0.1)", (0.1, 0.2, 0.3, 0.4)),
    ("weight", "-1-1", (-1.0, 0.0, 1.0)),
    ("size", "256x256, 512X256", ("256x256", "512x256")),
    ("prompt", 'night, "dawn, with fog", noon', ("night", "dawn, with fog", "noon")),
    ("seed", "4,4,5", (4, 5)),
    # As it is pasted from a spreadsheet.
    ("prompt", "night,\r\ndawn", ("night", "dawn")),
]


@pytest.mark.parametrize(("name", "typed", "values"), CASES)
def test_values_are_lists_and_ranges(name: str, typed: str, values: tuple[Value, ...]) -> None:
    """By commas, by range, by range and step, by range and count; each once."""
    assert read_axis(name, typed).values == values


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("colour", "1", "use prompt, negative, seed"),
        ("seed2", "1", "unknown"),
        ("steps", "", "no values"),
        ("steps", "two", "no whole number"),
        ("steps", "1.5", "no whole number"),
        ("steps", "1-5 (-1)", "never gets"),
        ("steps", "1-5 (+0)", "never gets"),
        ("seed", "1-1000000000", f"at most {MOST_VALUES}"),
        ("guidance", "0-1 [9999]", "asks for"),
        ("guidance", "nan", "no number"),
        ("size", "256", "WIDTHxHEIGHT"),
        ("prompt", "night", "words to replace"),
        ("guidance", "1-" + "9" * 400, "no number"),
        ("seed", "1-5 [" + "9" * 5000 + "]", "no whole number"),
    ],
)
def test_what_is_no_value_is_named(name: str, typed: str, message: str) -> None:
    """In one line, with what to write instead."""
    with pytest.raises(BadInputError, match=message.replace("+", r"\+")):
        read_axis(name, typed)


def test_a_number_says_which_control_is_meant() -> None:
    """Without one, all of them."""
    assert read_axis("weight2", "0,1").control == 2
    assert read_axis("weight", "0,1").control == 0
    assert read_axis("weight2", "0,1").title == "weight2"
