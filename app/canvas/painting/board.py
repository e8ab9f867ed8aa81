"""The mask that is being painted: opened from its file, changed by strokes, saved by itself, one step of undo each.

It knows neither the view that shows it nor what the mask is for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from app.canvas.painting.brush import Brush, Stroke, plain_mask
from app.canvas.painting.history import MaskStep, Patch, Patches
from app.canvas.painting.mask_file import is_blank, read_mask, write_mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QUndoStack

SAVE_AFTER_MS = 1500


class MaskBoard(QObject):
    """Holds one mask. Change it by strokes, `clear` and `invert`.

    Args:
        undo_stack: Where each change becomes a step.
        claim: Called before a change of a file that is only read (`open`), with what is in it: makes a copy and opens
            that, as a part of the same step.
    """

    changed = Signal(QRect)
    """These pixels are others now."""
    opened = Signal()
    """Another mask, or none."""
    save_failed = Signal(str)

    def __init__(self, undo_stack: QUndoStack, claim: Callable[[QImage], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack, self._claim = undo_stack, claim
        self._mask = QImage()
        self._file = ""
        self._may_change = False
        self._is_saved = True
        self._holds_stroke = False
        """The file has a stroke in it that is still on its way."""
        self._stroke: Stroke | None = None
        self._patches = Patches()
        self._unsaved: dict[str, QImage] = {}
        """Masks that were put away while their files could not be written."""
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(SAVE_AFTER_MS)
        self._clock.timeout.connect(self._save_soon)

    @property
    def mask(self) -> QImage:
        """Format_Grayscale8; null while none is open."""
        return self._mask

    @property
    def file(self) -> str:
        """The mask's file; empty while none is open."""
        return self._file

    @property
    def is_blank(self) -> bool:
        """Whether nothing is masked."""
        return is_blank(self._mask)

    @property
    def is_painting(self) -> bool:
        """Whether a stroke is on its way."""
        return self._stroke is not None

    def open(self, file: str, size: QSize, *, may_change: bool = True, invert: bool = False) -> None:
        """Open a mask; what is painted on the last one is saved first.

        Args:
            file: Its path; one that is not there yet masks nothing.
            size: Of the picture that it belongs to.
            may_change: False for a file that is only read; the first change claims a copy.
            invert: Black masks.
        """
        self.close_mask()
        kept = self._unsaved.pop(file, None) if may_change else None
        self._mask = read_mask(file, size, invert=invert) if kept is None or kept.size() != size else kept
        self._file, self._may_change, self._is_saved = file, may_change, kept is None
        self.opened.emit()

    def start_from(self, mask: QImage) -> None:
        """Take a mask as what an opened file holds that is not there yet: no step of undo."""
        self._mask = mask
        if self._may_change:
            self._touch()
        self.opened.emit()

    def close_mask(self) -> None:
        """Save what is painted and put the mask away."""
        self.cancel_stroke()
        if not self.save():
            # It is tried again, and found when the file is opened again; never written to the next one.
            self._unsaved[self._file] = self._mask
        self._mask, self._file, self._is_saved = QImage(), "", True
        self.opened.emit()

    # Changes.

    def begin_stroke(self, brush: Brush, point: QPointF, pressure: float = 1.0) -> None:
        """Put the brush down; a stroke whose end was never told ends here."""
        self.end_stroke()
        if not self._mask.isNull():
            self._stroke = self._new_stroke(brush)
            self.continue_stroke(point, pressure)

    def _new_stroke(self, brush: Brush) -> Stroke:
        return Stroke(self._mask, brush)

    def continue_stroke(self, point: QPointF, pressure: float = 1.0) -> None:
        """Draw the brush on to a point."""
        if self._stroke is not None:
            dirty = self._stroke.move(point, pressure)
            if not dirty.isEmpty():
                self.changed.emit(dirty)

    def end_stroke(self) -> None:
        """Lift the brush: the stroke is one step of undo."""
        stroke, self._stroke = self._stroke, None
        if stroke is not None and not stroke.rect.isEmpty():
            text = self.tr("erase") if stroke.erases else self.tr("paint")
            self._record(text, stroke.before, stroke.rect)

    def cancel_stroke(self) -> None:
        """Take back the stroke that is on its way."""
        stroke, self._stroke = self._stroke, None
        if stroke is not None:
            self._mask = stroke.before
            if self._holds_stroke:
                self._touch()
            self.changed.emit(stroke.rect)

    def clear(self) -> None:
        """Mask nothing."""
        self._replace(self.tr("clear mask"), plain_mask(self._mask.width(), self._mask.height()))

    def fill(self) -> None:
        """Mask everything."""
        white = Qt.GlobalColor.white
        self._replace(self.tr("mask everything"), plain_mask(self._mask.width(), self._mask.height(), white))

    def invert(self) -> None:
        """Mask what is not masked, and the other way round."""
        inverted = QImage(self._mask)
        inverted.invertPixels()
        self._replace(self.tr("invert mask"), inverted)

    def _replace(self, text: str, after: QImage) -> None:
        self.cancel_stroke()
        if not self._mask.isNull() and after != self._mask:
            before, self._mask = self._mask, after
            self._record(text, before, after.rect())

    def _record(self, text: str, before: QImage, rect: QRect) -> None:
        """Make a change that has been painted a step of undo."""
        patch = Patch(rect, before, self._mask)
        self._patches.add(patch)
        if self._may_change:
            self._stack.push(MaskStep(text, patch, partial(self._apply, self._file)))
            return
        self._stack.beginMacro(text)
        self._claim(before)
        self._stack.push(MaskStep(text, patch, partial(self._apply, self._file)))
        self._stack.endMacro()

    def _apply(self, file: str, patch: Patch, after: bool) -> None:
        # A stroke on its way would bring back what is undone below it.
        self.cancel_stroke()
        if file == self._file and self._mask.size() == patch.size:
            patch.put(self._mask, after=after)
            self._touch()
            self.changed.emit(patch.rect)

    # Saving.

    def save(self) -> bool:
        """Write the mask now, if it waits to be written; False when it cannot be."""
        self._clock.stop()
        for file in list(self._unsaved):
            if self._try_to_write(self._unsaved[file], file):
                del self._unsaved[file]
        if not self._is_saved and not self._mask.isNull():
            self._is_saved = self._try_to_write(self._mask, self._file)
            self._holds_stroke = False
        return self._is_saved

    def save_stroke(self) -> bool:
        """Write the mask with the stroke that is on its way, which may still be taken back; False if it cannot be."""
        if self._stroke is not None and self._may_change:
            self._is_saved = False
            saved = self.save()
            self._holds_stroke = True
            return saved
        return self.save()

    def _try_to_write(self, mask: QImage, file: str) -> bool:
        try:
            self._write(mask, file)
        except OSError as error:
            self.save_failed.emit(str(error))
            return False
        return True

    def _write(self, mask: QImage, file: str) -> None:
        write_mask(mask, file)

    def _touch(self) -> None:
        self._is_saved = False
        self._clock.start()

    def _save_soon(self) -> None:
        if self._stroke is None:
            self.save()
        else:
            self._clock.start()
