"""Alternatives in a prompt: `{a|b}` and `__name__` stand for one of several, drawn when the prompt is sent. No Qt.

What is drawn depends on the seed alone, so the same seed and settings send the same words. Owns the grammar and the
files of wildcards. A backslash makes a brace, a bar or a name an ordinary word. Source: the notation is that of Dynamic
Prompts for stable-diffusion-webui, of which this is the part that draws one of several.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, NamedTuple

from app.vocabulary import WILDCARD
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    _Part = str | list[list["_Part"]]

_MARKED = re.compile(r"(\\?)" + WILDCARD.pattern)
_SIGN = re.compile(r"\\([\\{|}])|([{|}])")
DEEPEST = 20
LARGEST_FILE_BYTES = 4 * 2**20


class Wildcards(NamedTuple):
    """A folder of text files: `animals.txt` holds one choice per line for `__animals__`; lines with # are notes."""

    folder: Path

    def names(self) -> list[str]:
        """What there is, sorted, folders with a slash."""
        files = sorted(self.folder.rglob("*.txt"))
        names = [file.relative_to(self.folder).with_suffix("").as_posix() for file in files]
        return [name for name in names if WILDCARD.fullmatch(f"__{name}__")]

    def choices(self, name: str) -> list[str]:
        """The lines of a file.

        Raises:
            BadInputError: It is not there, cannot be read or is empty.
        """
        file = self.folder / f"{name}.txt"
        try:
            if file.stat().st_size > LARGEST_FILE_BYTES:
                raise BadInputError(f"{file} is larger than {LARGEST_FILE_BYTES // 2**20} MB; make it smaller")
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except FileNotFoundError:
            raise BadInputError(f"there is no {file}; make it, one choice per line, or leave out __{name}__") from None
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(f"{file} cannot be read ({error}); save it as UTF-8 text") from error
        choices = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not choices:
            raise BadInputError(f"{file} is empty; give it one choice per line")
        return choices


def has_choices(text: str) -> bool:
    """Whether something in a prompt is drawn when it is sent."""
    return bool(_SIGN.search(text) or WILDCARD.search(text))


def as_literal(text: str) -> str:
    """What to type so that exactly `text` is sent: the signs in it made ordinary characters."""
    signs = re.sub(rf"[{{}}]|\\(?=[\\{{|}}]|{WILDCARD.pattern})", r"\\\g<0>", text)
    return WILDCARD.sub(r"\\\g<0>", signs)


def draw_choices(texts: Sequence[str], seed: int, wildcards: Wildcards) -> list[str]:
    """Prompts with one of each alternatives, as this seed draws them; later texts draw after earlier ones.

    Raises:
        BadInputError: A brace has no partner, or a wildcard's file is missing, empty or names itself.
    """
    draw = random.Random(seed)  # noqa: S311 - choosing words is no secret
    return [_resolve(text, draw, wildcards, 0) for text in texts]


def _resolve(text: str, draw: random.Random, wildcards: Wildcards, depth: int) -> str:
    if depth > DEEPEST:
        raise BadInputError(f"wildcards lie more than {DEEPEST} deep; one of them names itself, look for it in a file")
    if not has_choices(text):
        return text
    tree, end = _parse(text, 0, 0)
    assert end == len(text)
    return _draw_from(tree, draw, wildcards, depth)


def _draw_from(options: list[list[_Part]], draw: random.Random, wildcards: Wildcards, depth: int) -> str:
    chosen = options[draw.randrange(len(options))] if len(options) > 1 else options[0]
    said: list[str] = []
    for part in chosen:
        if isinstance(part, list):
            said.append(_draw_from(part, draw, wildcards, depth))
        else:
            said.append(_fill_in(part, draw, wildcards, depth))
    return "".join(said)


def _fill_in(text: str, draw: random.Random, wildcards: Wildcards, depth: int) -> str:
    """Plain text with a line of its file for each wildcard, which may hold choices itself."""

    def one_line(match: re.Match[str]) -> str:
        if match[1]:
            return match[0][1:]
        line = draw.choice(wildcards.choices(match[2]))
        return _resolve(line, draw, wildcards, depth + 1)

    return _MARKED.sub(one_line, text)


def _parse(text: str, at: int, depth: int) -> tuple[list[list[_Part]], int]:
    """The options from `at` up to the brace that closes them, each a list of texts and of options within."""
    if depth > DEEPEST:
        raise BadInputError(f"the braces of the prompt lie more than {DEEPEST} deep; take some away")
    options: list[list[_Part]] = [[]]
    while sign := _SIGN.search(text, at):
        if sign.start() > at:
            options[-1].append(text[at : sign.start()])
        at = sign.end()
        if sign[1] or (sign[2] == "|" and not depth):
            options[-1].append(sign[1] or "|")
        elif sign[2] == "{":
            inner, at = _parse(text, at, depth + 1)
            options[-1].append(inner)
        elif sign[2] == "|":
            options.append([])
        elif depth:
            return options, at
        else:
            raise BadInputError("the prompt has a } without its {; write \\} for the character itself")
    if depth:
        raise BadInputError("the prompt has a { without its }; write \\{ for the character itself")
    if at < len(text):
        options[-1].append(text[at:])
    return options, len(text)
