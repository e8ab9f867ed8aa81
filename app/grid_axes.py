"""The axes of an X/Y grid: which settings they vary, and the values that are typed for them. No Qt.

Owns the names and the notation of values, which is that of stable-diffusion-webui's X/Y/Z plot: values by commas
("20, 30"), ranges ("1-5"), ranges with a step ("1-10 (+3)") or a number of values ("0-1 [5]"), quotes around a value
with a comma. What a value does to a request is app.grid_plan's.
"""

from __future__ import annotations

import csv
import math
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["whole", "number", "text", "size"]
Value = int | float | str

KINDS: Mapping[str, Kind] = {
    "prompt": "text",
    "negative": "text",
    "seed": "whole",
    "steps": "whole",
    "guidance": "number",
    "size": "size",
    "model": "text",
    "strength": "number",
    "weight": "number",
    "start": "number",
    "end": "number",
}
"""What can be varied, by the name that the command line knows it by. The last three are those of controls."""
OF_CONTROLS = ("weight", "start", "end")
MOST_VALUES = 200

# Of bounded length: no number of seeds or settings is longer.
_NUMBER = r"[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})"
_RANGE = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})\s*(?:\(\s*({_NUMBER})\s*\)|\[\s*(\d{{1,9}})\s*\])?")
_SIZE = re.compile(r"(\d{1,6})\s*[xX\N{MULTIPLICATION SIGN}]\s*(\d{1,6})")


class GridError(BadInputError):
    """What is wrong with a grid: a line for the command line, and what the window needs to say it in its own words.

    Attributes:
        what: One of the words that `grid_words` has a sentence for.
        facts: What is named in that sentence; `parameter` is one of KINDS, with the number of a control behind it.
    """

    def __init__(self, what: str, message: str, **facts: object) -> None:
        super().__init__(message)
        self.what = what
        self.facts: Mapping[str, object] = facts


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """One direction of a grid.

    Attributes:
        parameter: One of KINDS.
        values: At least one; sizes are written WIDTHxHEIGHT.
        control: Which control layer is meant, counted from 1; 0 for all of them.
    """

    parameter: str
    values: tuple[Value, ...]
    control: int = 0

    @property
    def title(self) -> str:
        """What it is called on a sheet and on the command line."""
        return f"{self.parameter}{self.control or ''}"


class Named(NamedTuple):
    """A parameter, and which control layer is meant (0 for all)."""

    parameter: str
    control: int


def read_axis(name: str, typed: str) -> Axis:
    """An axis from its parameter's name and its values as they are typed.

    Args:
        name: One of KINDS; "weight2" is the weight of the second control.
        typed: The values. Of a prompt the first is looked for, and replaced by each.

    Raises:
        BadInputError: The name is unknown, or a value is none; the message names it.
    """
    parameter, control = read_name(name)
    kind = KINDS[parameter]
    fields = csv.reader([" ".join(typed.splitlines())], skipinitialspace=True)
    values: list[Value] = []
    for field in (field for line in fields for field in line):
        written = field.strip()
        if written:
            values += [written] if kind == "text" else _numbers(parameter, kind, written)
        # Before a range of a billion is written out further.
        if len(values) > MOST_VALUES:
            message = f"{name} has more than {MOST_VALUES} values; ask for fewer"
            raise GridError("many_values", message, parameter=name, most=MOST_VALUES)
    if not values:
        example = example_of(parameter)
        raise GridError(
            "no_values", f"{name} has no values; write some, like {example}", parameter=name, example=example
        )
    if parameter == "prompt" and len(values) < 2:
        example = example_of(parameter)
        message = f"prompt needs the words to replace and others for them, like {example}"
        raise GridError("one_word", message, example=example)
    return Axis(parameter=parameter, values=tuple(dict.fromkeys(values)), control=control)


def read_name(name: str) -> Named:
    """A parameter by its name.

    Raises:
        BadInputError: There is none of that name.
    """
    match = re.fullmatch(r"([a-z]+)(\d{0,3})", name.strip().lower())
    parameter, number = match.groups() if match else ("", "")
    if parameter not in KINDS or (number and parameter not in OF_CONTROLS):
        raise BadInputError(f"grid axis {name!r} is unknown; use {', '.join(KINDS)} (weight2: of the second control)")
    return Named(parameter, int(number or 0))


def example_of(parameter: str) -> str:
    """Values that could be typed for a parameter."""
    examples: Mapping[str, str] = {
        "prompt": "night, dawn, noon",
        "negative": "blurry, dark",
        "seed": "1-4",
        "steps": "1, 2, 4",
        "guidance": "1-9 (+2)",
        "size": "256x256, 512x256",
        "model": "papercut",
    }
    return examples.get(parameter, "0-1 [5]")


def _numbers(parameter: str, kind: Kind, written: str) -> list[Value]:
    if kind == "size":
        size = _SIZE.fullmatch(written)
        if size is None:
            message = f"size {written!r} is not WIDTHxHEIGHT; write it like 256x256"
            raise GridError("no_size", message, written=written)
        return [f"{int(size[1])}x{int(size[2])}"]
    found = _RANGE.fullmatch(written)
    if found is None:
        return [_number(parameter, kind, written)]
    first, last = float(found[1]), float(found[2])
    if found[4]:
        count = int(found[4])
        if not 1 <= count <= MOST_VALUES:
            message = f"{parameter} {written!r} asks for {count} values; use 1 to {MOST_VALUES}"
            raise GridError("wrong_count", message, parameter=parameter, written=written, most=MOST_VALUES)
        between = [first + (last - first) * index / max(1, count - 1) for index in range(count)]
    else:
        between = _steps(parameter, written, first, last, float(found[3]) if found[3] else None)
    if kind == "whole":
        # Exact, where floats are not: seeds have up to 63 bits.
        if not found[4]:
            return [*_whole_steps(parameter, found)]
        return [round(value) for value in between]
    return [round(value, 6) for value in between]


def _whole_steps(parameter: str, found: re.Match[str]) -> range:
    first, last = (int(_number(parameter, "whole", text)) for text in (found[1], found[2]))
    step = int(_number(parameter, "whole", found[3])) if found[3] else 1 if last >= first else -1
    return range(first, last + (1 if step > 0 else -1), step)


def _steps(parameter: str, written: str, first: float, last: float, step: float | None) -> list[float]:
    step = step if step is not None else 1.0 if last >= first else -1.0
    if step == 0 or (last - first) * step < 0:
        message = f"{parameter} {written!r} never gets from {first:g} to {last:g}; turn the step round"
        raise GridError("wrong_step", message, parameter=parameter, written=written)
    count = math.floor((last - first) / step + 1e-6) + 1
    if count > MOST_VALUES:
        message = f"{parameter} {written!r} has {count} values; use at most {MOST_VALUES}"
        raise GridError("wrong_count", message, parameter=parameter, written=written, most=MOST_VALUES)
    return [first + step * index for index in range(count)]


def _number(parameter: str, kind: Kind, written: str) -> int | float:
    try:
        if kind == "whole":
            return int(written)
        value = float(written)
    except ValueError:
        raise _no_number(parameter, kind, written) from None
    if not math.isfinite(value):
        raise _no_number(parameter, kind, written)
    return value


def _no_number(parameter: str, kind: Kind, written: str) -> GridError:
    what, code = ("whole number", "no_whole") if kind == "whole" else ("number", "no_number")
    example = example_of(parameter)
    message = f"{parameter} {written!r} is no {what}; write values like {example}"
    return GridError(code, message, parameter=parameter, written=written, example=example)
