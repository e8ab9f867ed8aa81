"""engine.messages.prompt_weights: prompts mean what they mean in AUTOMATIC1111's program."""

from __future__ import annotations

import time

import pytest

from engine.messages.prompt_weights import LARGEST_WEIGHT, plain_text, read_runs

# By hand, from the rules in the docstring of its parse_prompt_attention.
EXAMPLES: list[tuple[str, list[tuple[str, float]]]] = [
    ("normal text", [("normal text", 1.0)]),
    ("an (important) word", [("an ", 1.0), ("important", 1.1), (" word", 1.0)]),
    ("(unbalanced", [("unbalanced", 1.1)]),
    ("[[less", [("less", 1 / 1.21)]),
    (r"\(literal\]", [("(literal]", 1.0)]),
    (r"a \\(b)", [("a \\", 1.0), ("b", 1.1)]),
    (r"one \backslash", [("one backslash", 1.0)]),
    ("(unnecessary)(parens)", [("unnecessaryparens", 1.1)]),
    (
        "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
        [
            ("a ", 1.0), ("house", 1.573), (" ", 1.1), ("on", 1.0), (" a ", 1.1), ("hill", 0.55), (", sun, ", 1.1),
            ("sky", 1.4641), (".", 1.1),
        ],
    ),
    ("(cat: 0.75 ) dog", [("cat", 0.75), (" dog", 1.0)]),
    ("(cat:-1)(cow:+2)", [("cat", -1.0), ("cow", 2.0)]),
    ("(cat:.5)", [("cat", 0.5)]),
    ("[cat:1.2]", [("cat:1.2", 1 / 1.1)]),
    ("(cat:loud)", [("cat:loud", 1.1)]),
    ("(cat:1.2.3) dog", [("cat:1.2.3", 1.1), (" dog", 1.0)]),
    ("cat:1.2) dog]", [("cat:1.2) dog]", 1.0)]),
    ("", []),
    ("()", []),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "expected"), EXAMPLES, ids=[prompt for prompt, _ in EXAMPLES])
def test_weights_are_read_as_there(prompt: str, expected: list[tuple[str, float]]) -> None:
    """Text and weight of each run are those of the worked example."""
    runs = read_runs(prompt)
    assert [run.text for run in runs] == [text for text, _ in expected]
    assert [run.weight for run in runs] == pytest.approx([weight for _, weight in expected])


def test_break_parts_the_prompt_and_takes_the_space_around_it() -> None:
    """BREAK is a word of its own, in capitals; within brackets, too."""
    runs = read_runs("sea  BREAK\n(sky BREAK sun:1.5) BREAKFAST break")
    assert [(run.text, run.weight, run.is_break) for run in runs] == [
        ("sea", 1.0, False),
        ("", 1.0, True),
        ("sky", 1.5, False),
        ("", 1.0, True),
        ("sun", 1.5, False),
        (" BREAKFAST break", 1.0, False),
    ]


@pytest.mark.parametrize("prompt", [prompt for prompt, _ in EXAMPLES])
def test_each_letter_knows_its_place(prompt: str) -> None:
    """What a run says stands in the prompt just where it says so."""
    for run in read_runs(prompt):
        assert "".join(prompt[place] for place in run.places) == run.text


def test_the_plain_text_has_the_words_where_they_were() -> None:
    """Brackets, numbers and BREAK are blank in it, and line ends stay."""
    assert plain_text("a (cat:1.2)\nBREAK [x]") == "a  cat     \n       x "


def test_thousands_of_brackets_never_run_over() -> None:
    """The longest prompt that a request takes, all brackets, keeps its letters and finite weights."""
    runs = read_runs("(a" * 16_000)
    assert sum(len(run.text) for run in runs) == 16_000
    assert max(run.weight for run in runs) == LARGEST_WEIGHT


@pytest.mark.parametrize("sign", [" ", ":", "( :", "(:1", "BREAK "])
def test_a_long_line_is_read_at_once(sign: str) -> None:
    """The window reads the prompt at each letter that is typed: twice the length is twice the time, not four times."""
    prompt = sign * (32_000 // len(sign))
    began = time.process_time()
    read_runs(prompt)
    assert time.process_time() - began < 10.0
