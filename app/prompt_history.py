"""The prompts that were sent, as they were typed, and styles: words that the artist keeps to add to any prompt. No Qt.

Owns both files; losing them loses no work. Nothing is dropped but a prompt that is sent again, which moves to the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from app.image_edit import write_atomically
from engine.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

Item = TypeVar("Item")

PLACE = "{prompt}"
"""Where the prompt goes in a style's words; without it they come behind the prompt."""


class PromptHistory:
    """Prompts, oldest first, on disk after each change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.prompts = _read(file, list[str])

    def add(self, prompt: str) -> None:
        """Put a prompt at the end.

        Raises:
            OSError: It cannot be kept; it is in the list all the same.
        """
        words = prompt.strip()
        if words and words != (self.prompts[-1] if self.prompts else ""):
            self.prompts = [*(other for other in self.prompts if other != words), words]
            write_atomically(self._file, msgspec.json.encode(self.prompts))


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """Words under a name. Either prompt may be empty."""

    name: str
    prompt: str = ""
    negative_prompt: str = ""


class Styles:
    """The artist's styles by name, on disk after each change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.styles = tuple(_read(file, list[Style]))

    def keep(self, style: Style) -> None:
        """Add a style; one of the same name is replaced.

        Raises:
            BadInputError: It has no name or no words.
            OSError: It cannot be kept; nothing has changed.
        """
        if not style.name.strip():
            raise BadInputError("the style has no name; give it one")
        if not (style.prompt.strip() or style.negative_prompt.strip()):
            raise BadInputError("there are no words to keep; write a prompt first")
        others = [other for other in self.styles if other.name != style.name]
        self._write(sorted([*others, style], key=lambda other: other.name.casefold()))

    def remove(self, name: str) -> None:
        """Take a style away.

        Raises:
            OSError: It cannot be done; nothing has changed.
        """
        self._write([other for other in self.styles if other.name != name])

    def _write(self, styles: list[Style]) -> None:
        write_atomically(self._file, msgspec.json.encode(styles))
        self.styles = tuple(styles)


def with_style(words: str, style: str) -> str:
    """A prompt with a style's words around or behind it."""
    if PLACE in style:
        return style.replace(PLACE, words.strip())
    return ", ".join(part for part in (words.strip().rstrip(","), style.strip()) if part)


def _read(file: Path, kind: type[list[Item]]) -> list[Item]:
    """What a file holds; nothing when it is absent or damaged."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return []
