"""app.prompt_weighing: the keys that raise and lower the weight of words."""

from __future__ import annotations

import time

import pytest

from app.prompt_weighing import weigh

# `|` is the cursor, or both ends of the selection.
CASES = [
    ("a re|d boat", 0.1, "a (|red|:1.1) boat"),
    ("a |red boat|", 0.1, "a (|red boat|:1.1)"),
    ("a | red boat |!", -0.1, "a  (|red boat|:0.9) !"),
    ("a (re|d:1.1) boat", 0.1, "a (|red|:1.2) boat"),
    ("a (|red|:1.1) boat", -0.1, "a |red| boat"),
    ("a (red bo|at:1.1)", 0.05, "a (|red boat|:1.15)"),
    ("a |(red boat:1.1)|", 0.1, "a (|red boat|:1.2)"),
    ("a (|red|)", 0.1, "a (|red|:1.2)"),
    ("a (|red|:0.05)", -0.1, "a (|red|:0)"),
    (r"a \(|red|\)", 0.1, r"a \((|red|:1.1)\)"),
    ("((sun:1.2), mo|on:1.3)", 0.1, "((sun:1.2), (|moon|:1.1):1.3)"),
    ("sea,| sky", 0.1, None),
]


@pytest.mark.parametrize(("shown", "by", "expected"), CASES)
def test_a_key_changes_the_weight_of_what_is_meant(shown: str, by: float, expected: str | None) -> None:
    """Word, selection or brackets; the same words stay selected, and a weight of 1 is no brackets."""
    first, *rest = shown.split("|")
    second = rest[0] if len(rest) > 1 else ""
    found = weigh("".join([first, *rest]), len(first), len(first) + len(second), by)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        text, start, end = found
        assert f"{text[:start]}|{text[start:end]}|{text[end:]}" == expected


def test_a_long_number_holds_nothing_up() -> None:
    """The key is pressed in whatever was pasted."""
    text = "(:" + "1" * 9_990
    began = time.process_time()
    weigh(text, 0, len(text), 0.1)
    weigh(text, 5_000, 5_000, 0.1)
    assert time.process_time() - began < 10.0
