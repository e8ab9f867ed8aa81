"""Steps of undo between two edits, and which of them join into one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.image_edit import ImageEdit

# Changes of one field that follow each other faster than this are one step of undo.
MERGE_WITHIN_S = 1.0
# Changes whose `merge` begins so are one step of undo, however long the drag takes.
DRAG = "drag "


class EditChange(QUndoCommand):
    """From one edit to another. Steps of one `merge` join; `words_of` gives the text that is being typed."""

    def __init__(
        self,
        apply: Callable[[ImageEdit], None],
        text: str,
        before: ImageEdit,
        after: ImageEdit,
        *,
        merge: str = "",
        words_of: Callable[[ImageEdit], str] | None = None,
    ) -> None:
        super().__init__(text)
        self._apply, self._before, self._after = apply, before, after
        self._merge, self._words_of = merge, words_of
        self._when = time.monotonic()

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        later = cast("EditChange", other)
        if not self._merge or later._merge != self._merge:  # noqa: SLF001
            return False
        is_late = later._when - self._when > MERGE_WITHIN_S  # noqa: SLF001
        if (is_late and not self._merge.startswith(DRAG)) or self._ends_a_word(later._after):  # noqa: SLF001
            return False
        self._after, self._when = later._after, later._when  # noqa: SLF001
        return True

    def _ends_a_word(self, later: ImageEdit) -> bool:
        """A long run of typing is undone by words, not as a whole."""
        if self._words_of is None:
            return False
        before, after = self._words_of(self._after), self._words_of(later)
        return after[:-1] == before and before[-1:].isspace() and not after[-1:].isspace()

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)
