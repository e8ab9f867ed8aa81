"""Typed letters and the names that they fit."""

from __future__ import annotations

import pytest

from app.fuzzy import fit

NAMES = ("Pause the queue", "Play, faster", "Export take as…", "Go to prompt", "Open timeline…", "Copy picture")


def best(typed: str) -> str:
    """The name that comes first."""
    fits = [(found.score, name) for name in NAMES if (found := fit(typed, name)) is not None]
    return max(fits)[1] if fits else ""


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("pau", "Pause the queue"),
        ("queue", "Pause the queue"),
        ("ptq", "Pause the queue"),
        ("take exp", "Export take as…"),
        ("PROMPT", "Go to prompt"),
        ("melin", "Open timeline…"),
        ("cpic", "Copy picture"),
        ("zebra", ""),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed: str, name: str) -> None:
    """Beginnings, words in any order, insides, initials and near letters find a name; nonsense finds none."""
    assert best(typed) == name


def test_a_whole_word_comes_before_its_letters_elsewhere() -> None:
    """ "play" means the name with that word, not one in which its letters are strewn."""
    word, strewn = fit("play", "Play, faster"), fit("play", "Pull a yarn")
    assert word is not None
    assert strewn is None or word.score > strewn.score


def test_the_letters_that_were_hit_are_told() -> None:
    """They are places in the name as it is written, accents and case aside."""
    found = fit("UBE", "Über alles")
    assert found is not None
    assert found.letters == (0, 1, 2)


def test_nothing_typed_fits_everything() -> None:
    """An empty field shows all."""
    assert all(fit("  ", name) is not None for name in NAMES)
