"""Words that a closed-vocabulary model does not know."""

from __future__ import annotations

from app.vocabulary import WordSpan, unknown_words, vocabulary_of
from engine.messages import ModelSpec

WORDS = frozenset({"moon", "on", "the", "left"})


def test_spans_point_at_the_unknown_words() -> None:
    """Each span is where its word stands."""
    assert unknown_words("Dragon on the left, wyvern", WORDS) == [
        WordSpan("Dragon", 0, 6),
        WordSpan("wyvern", 20, 26),
    ]


def test_case_and_punctuation_do_not_make_a_word_unknown() -> None:
    """The model reads in lower case and without punctuation."""
    assert unknown_words("MOON, (on) the-left!", WORDS) == []


def test_free_text_models_know_every_word() -> None:
    """Without a vocabulary nothing is unknown."""
    spec = ModelSpec(name="m", title="M", family="", folder="", licence="")
    assert unknown_words("anything at all", vocabulary_of(spec)) == []
    assert vocabulary_of(None) == frozenset()
