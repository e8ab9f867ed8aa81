r"""Weights within a prompt: `(word:1.2)`, `(word)`, `[word]`, and BREAK. Text in, runs of text with weights out.

Owns the grammar, which is that of AUTOMATIC1111's stable-diffusion-webui (`modules/prompt_parser.py`,
`parse_prompt_attention`), so that prompts mean here what they mean there: round brackets are 1.1 times the weight,
square ones 1/1.1, `(...:number)` that number, nested ones multiply; a backslash makes a bracket an ordinary character;
a bracket that is never closed holds up to the end; a number that is none, and a closing bracket too many, are text.
Unlike there, BREAK within brackets is a BREAK, and a number such as 1.2.3 no error.
What a weight does to an encoded prompt is engine.models.weighted_text.
"""

from __future__ import annotations

import math
import re
from itertools import chain, groupby
from typing import NamedTuple

ROUND_WEIGHT = 1.1
LARGEST_WEIGHT = 1000.0
"""What more brackets than that come to: no number runs over."""
_SIGN = re.compile(r"\\[()\[\]\\]|\\|[(\[]|:\s*([+-]?[.\d]+)\s*\)|[)\]]|[^\\()\[\]:]+|:")
_BREAK = re.compile(r"\bBREAK\b")
_OPENS, _CLOSES = ("(", "["), (")", "]")


class PromptRun(NamedTuple):
    """Text of one weight.

    Attributes:
        text: As the model is to read it.
        weight: 1 where nothing is said.
        places: Where each of its characters stands in the prompt, in code points.
        is_break: A BREAK, without text: what follows begins another chunk.
    """

    text: str
    weight: float
    places: tuple[int, ...]
    is_break: bool = False


def read_runs(prompt: str) -> list[PromptRun]:
    """The prompt as runs of different weights, in order; neighbours of one weight are one run."""
    runs: list[PromptRun] = []
    for (weight, is_break), alike in groupby(_weighted(_read_signs(prompt)), lambda run: (run.weight, run.is_break)):
        same = list(alike)
        if is_break:
            runs += same
        else:
            # Joined once: whoever types a line of colons must not wait for their square.
            text, places = "".join(run.text for run in same), chain.from_iterable(run.places for run in same)
            runs.append(PromptRun(text, weight, tuple(places)))
    return runs


def plain_text(prompt: str) -> str:
    """The prompt without weights, as long as before: what is no text of a run is blank. For looking at its words."""
    said = [" "] * len(prompt)
    for run in read_runs(prompt):
        for letter, place in zip(run.text, run.places, strict=True):
            said[place] = letter
    return "".join("\n" if typed == "\n" else letter for letter, typed in zip(said, prompt, strict=True))


class _Sign(NamedTuple):
    """A stretch of text, a bracket, or a BREAK. An opening bracket knows its weight."""

    kind: str
    text: str
    start: int
    weight: float = 1.0


def _read_signs(prompt: str) -> list[_Sign]:
    signs: list[_Sign] = []
    # Round and square brackets are paired apart, as there: "([a)]" are two pairs that cross.
    open_at: dict[str, list[int]] = {"(": [], "[": []}
    for match in _SIGN.finditer(prompt):
        text, start = match.group(), match.start()
        if text[0] == "\\":
            if len(text) > 1:
                signs.append(_Sign("text", text[1], start + 1))
        elif text in _OPENS:
            open_at[text].append(len(signs))
            signs.append(_Sign(text, "", start, ROUND_WEIGHT if text == "(" else 1 / ROUND_WEIGHT))
        elif match[1] is not None and open_at["("] and (weight := _number(match[1])) is not None:
            opened = open_at["("].pop()
            signs[opened] = signs[opened]._replace(weight=weight)
            signs.append(_Sign(")", "", start))
        elif text in _CLOSES and open_at[_OPENS[_CLOSES.index(text)]]:
            open_at[_OPENS[_CLOSES.index(text)]].pop()
            signs.append(_Sign(text, "", start))
        elif match[1] is not None and open_at["("]:
            # No number: text, and the bracket behind it closes.
            signs.append(_Sign("text", text[:-1], start))
            open_at["("].pop()
            signs.append(_Sign(")", "", match.end() - 1))
        else:
            signs += _split_breaks(text, start)
    return signs


def _split_breaks(text: str, start: int) -> list[_Sign]:
    signs: list[_Sign] = []
    at = 0
    for match in _BREAK.finditer(text):
        # The blanks around it belong to it. Stripped, for a search for them tries each blank of a line of blanks.
        signs.append(_Sign("text", text[at : match.start()].rstrip(), start + at))
        signs.append(_Sign("break", "", start + match.start()))
        at = len(text) - len(text[match.end() :].lstrip())
    signs.append(_Sign("text", text[at:], start + at))
    return [sign for sign in signs if sign.text or sign.kind == "break"]


def _weighted(signs: list[_Sign]) -> list[PromptRun]:
    runs: list[PromptRun] = []
    # What the open brackets of each kind come to, so that thousands of them cost no more than a few.
    around: dict[str, list[float]] = {"(": [1.0], "[": [1.0]}
    for sign in signs:
        if sign.kind in _OPENS:
            around[sign.kind].append(sign.weight * around[sign.kind][-1])
        elif sign.kind in _CLOSES:
            around[_OPENS[_CLOSES.index(sign.kind)]].pop()
        elif sign.kind == "break":
            runs.append(PromptRun("", 1.0, (), is_break=True))
        else:
            places = tuple(range(sign.start, sign.start + len(sign.text)))
            weight = around["("][-1] * around["["][-1]
            runs.append(PromptRun(sign.text, min(max(weight, -LARGEST_WEIGHT), LARGEST_WEIGHT), places))
    return runs


def _number(text: str) -> float | None:
    try:
        weight = float(text)
    except ValueError:
        return None
    return weight if math.isfinite(weight) else None
