"""The observable edit state of the window: panels edit it, it makes frozen requests, undoes and saves itself.

Jobs are not undone: undo restores settings. What the service does with a request is not its business.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.image_edit import ImageEdit, read_edit, write_atomically
from engine.messages import ImageRequest, ModelSpec, draw_seed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AUTOSAVE_AFTER_MS = 400
# Changes of one field that follow each other faster than this are one step of undo.
MERGE_WITHIN_S = 1.0
TEXT_FIELDS = frozenset({"prompt", "negative_prompt"})


class Project(QObject):
    """Holds one `ImageEdit` and the specifications of the models.

    Args:
        file: Where the edit is saved, atomically, shortly after each change.
    """

    edit_changed = Signal(object)
    """The set of the names of the fields that changed."""
    models_changed = Signal()
    saved = Signal()
    save_failed = Signal(str)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        saved = read_edit(file)
        self.is_first_run = saved is None
        self._edit = saved or ImageEdit()
        self._models: dict[str, ModelSpec] = {}
        self.undo_stack = QUndoStack(self)
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_AFTER_MS)
        self._autosave.timeout.connect(self.save)

    @property
    def edit(self) -> ImageEdit:
        return self._edit

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        return tuple(self._models.values())

    @property
    def spec(self) -> ModelSpec | None:
        """The chosen model; None until the engine has listed the models, or if it does not know this one."""
        return self._models.get(self._edit.model)

    def set_models(self, models: tuple[ModelSpec, ...]) -> None:
        """Adopt the catalogue."""
        self._models = {spec.name: spec for spec in models}
        self.models_changed.emit()

    def change(self, text: str, **fields: object) -> None:
        """Set fields as one step of undo named `text`; quick changes of the same fields merge into one step."""
        after = msgspec.structs.replace(self._edit, **fields)
        if after != self._edit:
            self.undo_stack.push(_Change(self._apply, text, self._edit, after))

    def restore(self, request: ImageRequest) -> None:
        """Take over the settings of a picture, as one step of undo."""
        after = ImageEdit.of_request(request)
        self.undo_stack.push(_Change(self._apply, self.tr("restore settings"), self._edit, after, may_merge=False))

    def choose_model(self, name: str) -> None:
        """Change the model; what it cannot do as asked is set to its defaults, in the same step of undo."""
        fields: dict[str, object] = {"model": name}
        spec = self._models.get(name)
        if spec is not None:
            edit = self._edit
            fields["steps"] = spec.default_steps
            fields["guidance_scale"] = spec.default_guidance
            sides = (edit.width, edit.height)
            if any(side % spec.size_multiple or side > spec.max_side for side in sides):
                fields |= {"width": spec.default_width, "height": spec.default_height}
        self.change(self.tr("choose model"), **fields)

    def image_request(self) -> ImageRequest:
        """The request to send now. An unlocked seed is drawn anew first, and shown.

        Raises:
            BadInputError: The edit makes no valid request.
        """
        self._edit.request(self.spec)
        if not self._edit.seed_locked:
            # Drawing is part of generating, not of editing: it is no step of undo.
            self._apply(msgspec.structs.replace(self._edit, seed=draw_seed()))
        return self._edit.request(self.spec)

    def save(self) -> None:
        """Write the edit now, if it waits to be written."""
        self._autosave.stop()
        try:
            write_atomically(self._file, msgspec.json.encode(self._edit))
        except OSError as error:
            self.save_failed.emit(str(error))
        else:
            self.saved.emit()

    def close(self) -> None:
        """Write what is not written yet."""
        if self._autosave.isActive():
            self.save()

    def _apply(self, edit: ImageEdit) -> None:
        before, self._edit = self._edit, edit
        changed = {name for name in edit.__struct_fields__ if getattr(before, name) != getattr(edit, name)}
        if changed:
            # Not restarted by further typing: at most this long is ever unsaved.
            if not self._autosave.isActive():
                self._autosave.start()
            self.edit_changed.emit(changed)


class _Change(QUndoCommand):
    """From one edit to another."""

    def __init__(
        self,
        apply: Callable[[ImageEdit], None],
        text: str,
        before: ImageEdit,
        after: ImageEdit,
        *,
        may_merge: bool = True,
    ) -> None:
        super().__init__(text)
        self._apply, self._before, self._after = apply, before, after
        self._may_merge = may_merge
        self._when = time.monotonic()
        self._names = {name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)}

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        later = cast("_Change", other)
        if not (self._may_merge and later._may_merge) or later._names != self._names:  # noqa: SLF001
            return False
        if later._when - self._when > MERGE_WITHIN_S or self._ends_a_word(later._after):  # noqa: SLF001
            return False
        self._after, self._when = later._after, later._when  # noqa: SLF001
        return True

    def _ends_a_word(self, later: ImageEdit) -> bool:
        """A long run of typing is undone by words, not as a whole."""
        for name in self._names & TEXT_FIELDS:
            before, after = cast("str", getattr(self._after, name)), cast("str", getattr(later, name))
            if after[:-1] == before and before[-1:].isspace() and not after[-1:].isspace():
                return True
        return False

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)
