"""The prompts that were sent, as they were typed, and styles: words that the artist keeps to add to any prompt. No Qt.

Owns both files; losing them loses no work. Nothing is dropped but a prompt that is sent again, which moves to the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from app.file_change import change_file, read_file
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
        self.prompts = _read(read_file(file), list[str]) or []
        self._unwritten: list[str] = []
        """Those that are in the list, and not in the file as far as is known."""

    def add(self, *sent: str) -> None:
        """Put prompts at the end.

        Raises:
            OSError: They cannot be kept; they are in the list all the same, and are written with the next.
        """
        words = [prompt.strip() for prompt in sent if prompt.strip()]
        after = _moved_to_end(self.prompts, words)
        if after != self.prompts or (words and self._unwritten):
            self.prompts = after
            self._unwritten = _moved_to_end(self._unwritten, words)
            change_file(self._file, self._edit)
            self._unwritten = []

    def _edit(self, document: bytes) -> bytes:
        """Behind what other windows have put there."""
        there = _read(document, list[str])
        self.prompts = self.prompts if there is None else _moved_to_end(there, self._unwritten)
        return msgspec.json.encode(self.prompts)


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """Words under a name. Either prompt may be empty."""

    name: str
    prompt: str = ""
    negative_prompt: str = ""


class Styles:
    """The artist's styles by name, on disk after each change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.styles = tuple(_read(read_file(file), list[Style]) or ())

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
        self._change(style.name, style)

    def remove(self, name: str) -> None:
        """Take a style away.

        Raises:
            OSError: It cannot be done; nothing has changed.
        """
        self._change(name)

    def _change(self, name: str, *instead: Style) -> None:
        def edit(document: bytes) -> bytes:
            there = _read(document, list[Style])
            kept = [other for other in (self.styles if there is None else there) if other.name != name]
            return msgspec.json.encode(sorted([*kept, *instead], key=lambda other: other.name.casefold()))

        self.styles = tuple(_read(change_file(self._file, edit), list[Style]) or ())


def with_style(words: str, style: str) -> str:
    """A prompt with a style's words around or behind it."""
    if PLACE in style:
        return style.replace(PLACE, words.strip())
    return ", ".join(part for part in (words.strip().rstrip(","), style.strip()) if part)


def _moved_to_end(prompts: list[str], words: list[str]) -> list[str]:
    """With each of these once, the last one said last."""
    latest = list(reversed(dict.fromkeys(reversed(words))))
    return [*(other for other in prompts if other not in latest), *latest]


def _read(document: bytes, kind: type[list[Item]]) -> list[Item] | None:
    """What a file holds; None when it is absent or damaged."""
    try:
        return msgspec.json.decode(document, type=kind)
    except msgspec.DecodeError:
        return None
