"""What every request checks at construction: ranges, finiteness and text. One-line errors with the remedy.

msgspec checks types only when it decodes, so numbers are checked for their type as well.
"""

from __future__ import annotations

import math
import secrets

from engine.errors import BadInputError

MAX_SEED = 2**63 - 1
MAX_PROMPT_CHARS = 32_000
MIN_SIDE, MAX_SIDE = 64, 4096
MAX_COUNT = 256
MAX_STEPS = 1000
MAX_GUIDANCE = 100.0


def draw_seed() -> int:
    """A random seed, short enough to be read aloud; the request records it."""
    return secrets.randbelow(2**32)


def check_int(name: str, value: object, low: int, high: int) -> None:
    """Raise BadInputError unless `value` is a whole number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInputError(f"{name} is {value!r}; give a whole number from {low} to {high}")
    if not low <= value <= high:
        raise BadInputError(f"{name} {value} is out of range; use {low} to {high}")


def check_float(name: str, value: object, low: float, high: float) -> None:
    """Raise BadInputError unless `value` is a finite number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadInputError(f"{name} is {value!r}; give a number from {low:g} to {high:g}")
    if not low <= value <= high:
        raise BadInputError(f"{name} {value:g} is out of range; use {low:g} to {high:g}")


def check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise BadInputError unless `value` is one of `allowed`: a Literal is checked by the decoder alone."""
    if value not in allowed:
        raise BadInputError(f"{name} {value!r} is unknown; use {', '.join(name for name in allowed if name)}")


def check_text(name: str, value: object) -> None:
    """Raise BadInputError unless `value` is text that fits a request and can be stored anywhere."""
    if not isinstance(value, str):
        raise BadInputError(f"{name} is not text")
    if len(value) > MAX_PROMPT_CHARS:
        raise BadInputError(f"{name} has {len(value):,} characters; shorten it to at most {MAX_PROMPT_CHARS:,}")
    if "\0" in value:
        raise BadInputError(f"{name} holds a NUL character; remove it")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadInputError(f"{name} holds half a surrogate pair; retype the damaged character") from None


def check_prompt(prompt: str) -> None:
    """Raise BadInputError unless `prompt` is text and says something."""
    check_text("prompt", prompt)
    if not prompt.strip():
        raise BadInputError('the prompt is empty; describe a picture, e.g. "winter mountains at night"')


def check_size(width: int, height: int) -> None:
    """Raise BadInputError unless both sides, in pixels, are in range."""
    check_int("width", width, MIN_SIDE, MAX_SIDE)
    check_int("height", height, MIN_SIDE, MAX_SIDE)
