"""Changing a weight in a prompt by a key: `word` becomes `(word:1.1)`, and so on. Text in, text out; no Qt.

Owns what the keys mean; the grammar is engine.messages.prompt_weights.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.messages.prompt_weights import ROUND_WEIGHT

STEP, FINE_STEP = 0.1, 0.05

# Of bounded length: each end of a long line of digits would be tried for each beginning.
_NUMBER = r":\s{0,9}([+-]?\d{0,9}\.?\d{1,9})\s{0,9}\)"
_END = re.compile(rf"{_NUMBER}|\)")
_WHOLE = re.compile(rf"\(([^()]*?)(?:{_NUMBER}|\))")
_NUMBERED = re.compile(rf"\(([^()]*){_NUMBER}")
_NO_WORD = frozenset(' .,\\/!?%^*;:{}|=`~()[]\r\n\t"')


class Weighed(NamedTuple):
    """A text, and what is selected in it: `start` and `end` count code points."""

    text: str
    start: int
    end: int


def weigh(text: str, start: int, end: int, by: float) -> Weighed | None:
    """Add to the weight of what is selected, or of the word or the brackets that the cursor is in.

    A weight that comes to 1 takes its brackets away; none goes below 0.

    Args:
        text: The prompt.
        start: Where the selection begins, in code points.
        end: Where it ends; `start` for a cursor.
        by: What to add.

    Returns:
        The prompt with the same words selected, or None when there are none.
    """
    start, end = _bracketed(text, start) or _word(text, start) if start == end else _trimmed(text, start, end)
    whole = _WHOLE.fullmatch(text, start, end)
    if whole:
        start, end = whole.span(1)
    words = text[start:end]
    if not words:
        return None
    closing = _END.match(text, end) if text[start - 1 : start] == "(" and not _is_escaped(text, start - 1) else None
    weight = 1.0
    before, after = start, end
    if closing is not None:
        weight = ROUND_WEIGHT if closing[1] is None else float(closing[1])
        before, after = start - 1, closing.end()
    weight = max(0.0, round(weight + by, 2))
    put = words if weight == 1.0 else f"({words}:{weight:g})"
    first = before if weight == 1.0 else before + 1
    return Weighed(text[:before] + put + text[after:], first, first + len(words))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))


def _bracketed(text: str, at: int) -> tuple[int, int] | None:
    """The words of the innermost brackets around a place that carry a number; None where there are none."""
    depth = 0
    for place in range(at - 1, -1, -1):
        if _is_escaped(text, place):
            continue
        if text[place] == ")":
            depth += 1
        elif text[place] == "(":
            if not depth:
                found = _NUMBERED.match(text, place)
                return found.span(1) if found is not None and found.end() > at else None
            depth -= 1
    return None


def _word(text: str, at: int) -> tuple[int, int]:
    start = end = at
    while start and text[start - 1] not in _NO_WORD:
        start -= 1
    while end < len(text) and text[end] not in _NO_WORD:
        end += 1
    return start, end


def _is_escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
