"""Alternatives and wildcards in prompts: what is drawn, that the seed decides it, and what is refused."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from app.prompt_choices import Wildcards, as_literal, draw_choices, has_choices
from engine.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def wildcards(tmp_path: Path) -> Wildcards:
    """Two files, one in a folder; the second names the first."""
    (tmp_path / "places").mkdir()
    (tmp_path / "animals.txt").write_text("# small ones\nhen\n\n  owl \n", encoding="utf-8")
    (tmp_path / "places" / "far.txt").write_text("a {blue|green} lake with an __animals__\n", encoding="utf-8")
    return Wildcards(tmp_path)


def drawn(text: str, wildcards: Wildcards, seeds: int = 200) -> set[str]:
    """All that comes of a text."""
    return {draw_choices([text], seed, wildcards)[0] for seed in range(seeds)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a boat", {"a boat"}),
        ("a {red|blue} boat", {"a red boat", "a blue boat"}),
        ("{a|b}{c|d}", {"ac", "ad", "bc", "bd"}),
        ("{a|{b|c} d}", {"a", "b d", "c d"}),
        ("moon{ on the left|}", {"moon on the left", "moon"}),
        ("{one}", {"one"}),
        ("a | b", {"a | b"}),
        (r"\{a\|b\} \\", {r"{a|b} " + "\\"}),
        ("an __animals__", {"an hen", "an owl"}),
        ("{__animals__|no animal}", {"hen", "owl", "no animal"}),
        ("snake_case __ and __init", {"snake_case __ and __init"}),
        (
            "__places/far__",
            {f"a {color} lake with an {animal}" for color in ("blue", "green") for animal in ("hen", "owl")},
        ),
    ],
)
def test_one_of_several_is_drawn(wildcards: Wildcards, text: str, wanted: set[str]) -> None:
    """Every choice comes up, and nothing else does."""
    assert drawn(text, wildcards) == wanted


def test_the_seed_decides(wildcards: Wildcards) -> None:
    """The same seed draws the same words; two equal texts are drawn each for itself."""
    texts = ["{a|b|c|d|e|f} __animals__"] * 2
    for seed in (0, 7, 2**63 - 1):
        assert draw_choices(texts, seed, wildcards) == draw_choices(texts, seed, wildcards)
    assert any(len(set(draw_choices(texts, seed, wildcards))) == 2 for seed in range(20))


def test_choices_are_fair(wildcards: Wildcards) -> None:
    """Each of four comes about as often as the others."""
    counts = Counter(draw_choices(["{a|b|c|d}"], seed, wildcards)[0] for seed in range(4000))
    assert max(counts.values()) - min(counts.values()) < 250


@pytest.mark.parametrize("text", ["{a|b", "a}", "{a|{b}", "{"])
def test_a_brace_without_its_partner_is_named(wildcards: Wildcards, text: str) -> None:
    """The message says how to write the character itself."""
    with pytest.raises(BadInputError, match=r"without its .; write \\"):
        draw_choices([text], 1, wildcards)


def test_braces_can_lie_too_deep(wildcards: Wildcards) -> None:
    """A prompt of braces alone is refused, not followed to the end of the stack."""
    with pytest.raises(BadInputError, match="deep"):
        draw_choices(["{" * 5000 + "}" * 5000], 1, wildcards)


def test_what_a_wildcard_lacks_is_named(wildcards: Wildcards) -> None:
    """A missing, an empty, an unreadable file, and one that names itself."""
    folder = wildcards.folder
    (folder / "empty.txt").write_text("# nothing\n")
    (folder / "latin.txt").write_bytes(b"gr\xfcn\n")
    (folder / "loop.txt").write_text("again __loop__\n")
    for text, message in (
        ("__plants__", r"no .*plants\.txt; make it"),
        ("__empty__", r"empty\.txt is empty"),
        ("__latin__", r"latin\.txt cannot be read .* UTF-8"),
        ("__loop__", "names itself"),
    ):
        with pytest.raises(BadInputError, match=message):
            draw_choices([text], 1, wildcards)


def test_no_name_leaves_the_folder(wildcards: Wildcards, tmp_path: Path) -> None:
    """Dots are no part of a name, so nothing above the folder or hidden can be meant."""
    assert drawn("__../secret__ __.hidden__", wildcards, 3) == {"__../secret__ __.hidden__"}


@pytest.mark.parametrize(
    "text", ["a {b|c} d", "a } {", r"\\{ \ \n \| |", "an __animals__ and __x__", r"\__animals__", "__init__ plain", ""]
)
def test_literal_words_are_sent_as_they_are(wildcards: Wildcards, text: str) -> None:
    """Whatever a request holds can be put into the field and comes out the same."""
    assert drawn(as_literal(text), wildcards, 5) == {text}


def test_plain_words_need_no_signs() -> None:
    """What has none to escape stays as it is."""
    assert as_literal("a boat, at night (far) | near") == "a boat, at night (far) | near"


def test_the_files_are_listed(wildcards: Wildcards) -> None:
    """By the names that prompts use; a folder that is not there has none."""
    assert wildcards.names() == ["animals", "places/far"]
    assert Wildcards(wildcards.folder / "none").names() == []


def test_what_is_plain_is_told_from_what_is_drawn() -> None:
    """Only prompts with signs in them change when they are sent."""
    assert has_choices("a {red|blue} boat")
    assert has_choices("an __animals__")
    assert not has_choices("a boat, at night (far)")
