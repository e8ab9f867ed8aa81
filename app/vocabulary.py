"""Which words of a prompt a closed-vocabulary model does not know. Text in, spans out; no Qt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from engine.messages import ModelSpec

# Here and not with what draws from them, which would be loaded before the window is seen.
WILDCARD = re.compile(r"__([A-Za-z0-9][A-Za-z0-9/ -]*(?:_[A-Za-z0-9/ -]+)*)__")

_WORD = re.compile(r"[^\W_]+")


class WordSpan(NamedTuple):
    """A word and where it stands: `start` and `end` count code points of the text."""

    word: str
    start: int
    end: int


def unknown_words(text: str, vocabulary: frozenset[str]) -> list[WordSpan]:
    """The words that are not in `vocabulary`, in order; none when the vocabulary is empty (free text)."""
    if not vocabulary:
        return []
    # Loaded only now: the first frame is painted before any vocabulary is known.
    from engine.messages.prompt_weights import plain_text  # noqa: PLC0415

    # The name of a wildcard is no word of the prompt; what is drawn from it is. Nor is the number of a weight.
    read = plain_text(WILDCARD.sub(lambda match: " " * len(match[0]), text))
    spans = (WordSpan(match.group(), match.start(), match.end()) for match in _WORD.finditer(read))
    return [span for span in spans if span.word.casefold() not in vocabulary]


def vocabulary_of(spec: ModelSpec | None) -> frozenset[str]:
    """The words of a model, for comparison without regard to case."""
    return frozenset(word.casefold() for word in spec.vocabulary) if spec else frozenset()
