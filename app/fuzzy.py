"""How well typed letters fit a name, and which of its letters they hit. Owns the ranking of the palette; no Qt.

Whole words come before parts of words, those before initials, and those before letters strewn over the name.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

_AT_WORD, _INSIDE, _INITIALS, _STREWN = 400, 300, 200, 100
# Letters strewn wider than this many times their number hit by accident.
_WIDEST_SPREAD = 3


class Fit(NamedTuple):
    """`score` is higher for a better fit; `letters` are the places in the name that were hit, sorted."""

    score: int
    letters: tuple[int, ...]


def fit(typed: str, name: str) -> Fit | None:
    """How well `typed` fits `name`; None when it does not. Every word of `typed` must; nothing typed fits all.

    Case and accents do not count.
    """
    plain = _plain(name)
    score, letters = 0, set[int]()
    for word in _plain(typed).split():
        found = _fit_word(word, plain)
        if found is None:
            return None
        score += found.score
        letters.update(found.letters)
    return Fit(score - len(plain), tuple(sorted(letters)))


def _fit_word(word: str, name: str) -> Fit | None:
    starts = [at for at in range(len(name)) if name[at].isalnum() and (at == 0 or not name[at - 1].isalnum())]
    for at in starts:
        if name.startswith(word, at):
            return Fit(_AT_WORD - min(at, 90), tuple(range(at, at + len(word))))
    at = name.find(word)
    if at >= 0:
        return Fit(_INSIDE - min(at, 90), tuple(range(at, at + len(word))))
    initials = "".join(name[at] for at in starts)
    first = initials.find(word)
    if first >= 0 and len(word) > 1:
        return Fit(_INITIALS - first, tuple(starts[first : first + len(word)]))
    return max((found for start in starts if (found := _strewn(word, name, start))), default=None)


def _strewn(word: str, name: str, start: int) -> Fit | None:
    """The letters of `word` in order from `start` on, near each other."""
    if not name.startswith(word[0], start):
        return None
    letters = [start]
    for letter in word[1:]:
        at = name.find(letter, letters[-1] + 1)
        if at < 0:
            return None
        letters.append(at)
    spread = letters[-1] - start + 1
    return Fit(_STREWN - spread, tuple(letters)) if spread <= _WIDEST_SPREAD * len(word) else None


def _plain(text: str) -> str:
    """Lower case without accents, letter by letter, so that places in it are places in the text."""
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", letter)[0].lower()
    return plain if len(plain) == 1 else letter
