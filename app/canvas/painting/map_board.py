"""The control map that is touched up: colours instead of a mask, else as masks are; it is always a whole picture."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QPointF, QRect
from PySide6.QtGui import QImage, QPainter, qBlue, qGreen, qRed, qRgba

from app.canvas.painting.board import MaskBoard
from app.canvas.painting.brush import Brush, Stroke, plain_mask
from app.image_edit import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QUndoStack

    from app.canvas.painting.history import Patch

FORMAT = QImage.Format.Format_RGB32
BLACK = 0xFF000000
_HALF = 128
_FAST = 80
"""Qt's scale for PNG: zlib's lowest level."""
_SAMPLES = 64


class MapBoard(MaskBoard):
    """Holds one map, FORMAT. `show` gives it what a detector found; the first stroke claims a copy."""

    def __init__(self, undo_stack: QUndoStack, claim: Callable[[QImage], None], parent: QObject | None = None) -> None:
        super().__init__(undo_stack, claim, parent)
        self.background = BLACK
        """What erasing leaves, ARGB."""
        self.is_categorical = False
        """Colours are labels: strokes have no soft edge."""

    def show(self, image: QImage, file: str = "", *, may_change: bool = False) -> None:
        """Show a map.

        Args:
            image: Its pixels.
            file: What strokes are written to; empty for one that is only read.
            may_change: False for a map that strokes must not change: the first one claims a copy.
        """
        self.close_mask()
        self._mask = image.convertToFormat(FORMAT)
        self._file, self._may_change = file, may_change
        self.opened.emit()

    def take_unsaved(self, file: str) -> QImage | None:
        """A map whose file could not be written when it was put away."""
        return self._unsaved.pop(file, None)

    def mark_unsaved(self) -> None:
        """The map is not in its file yet."""
        self._touch()

    def colour_at(self, point: QPointF) -> int | None:
        """The colour of a pixel, ARGB; None beside the map."""
        at = QPoint(math.floor(point.x()), math.floor(point.y()))
        return self._mask.pixel(at) if self._mask.rect().contains(at) else None

    def _new_stroke(self, brush: Brush) -> Stroke:
        colour = self.background if brush.erases else brush.colour
        return ColourStroke(self._mask, brush, colour, is_crisp=self.is_categorical)

    def _apply(self, file: str, patch: Patch, after: bool) -> None:
        if file == self._file:
            super()._apply(file, patch, after)
            return
        # A map is opened in its own time, so one that redo brings back is not there yet: the step is done in its file.
        image = (self.take_unsaved(file) or QImage(file)).convertToFormat(FORMAT)
        if image.size() == patch.size:
            patch.put(image, after=after)
            if not self._try_to_write(image, file):
                self._unsaved[file] = image

    def _write(self, mask: QImage, file: str) -> None:
        write_map(mask, file)


class ColourStroke(Stroke):
    """A stroke of one colour: what it covers is painted like a mask, and the colour goes through that.

    Args:
        picture: FORMAT; changed in place.
        brush: With what; its size and softness count.
        colour: ARGB.
        is_crisp: A pixel is covered or not.
    """

    def __init__(self, picture: QImage, brush: Brush, colour: int, *, is_crisp: bool) -> None:
        self._cover = plain_mask(picture.width(), picture.height())
        super().__init__(self._cover, brush._replace(erases=False))
        self.erases = brush.erases
        self._picture, self.before = picture, QImage(picture)
        red, green, blue = qRed(colour), qGreen(colour), qBlue(colour)
        shares = [(255 if level >= _HALF else 0) if is_crisp else level for level in range(256)]
        self._table = [qRgba(red, green, blue, share) for share in shares]

    def move(self, point: QPointF, pressure: float = 1.0) -> QRect:
        """As for masks. Where a stroke crosses itself it covers no more than once."""
        dirty = super().move(point, pressure)
        if dirty.isEmpty():
            return dirty
        part = self._cover.copy(dirty)
        part.reinterpretAsFormat(QImage.Format.Format_Indexed8)
        part.setColorTable(self._table)
        painter = QPainter(self._picture)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(dirty.topLeft(), self.before, dirty)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.drawImage(dirty.topLeft(), part)
        painter.end()
        return dirty


def write_map(image: QImage, file: str) -> None:
    """Replace a map's file, whole or not at all.

    Raises:
        OSError: It cannot be written; the old one stands.
    """
    document = QByteArray()
    buffer = QBuffer(document)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    # A plain stub of PySide takes only text for the format, and only bytes are understood.
    if not plain.save(buffer, "PNG", _FAST):  # pyright: ignore[reportArgumentType,reportCallIssue]
        raise OSError(f"{file} cannot be encoded")
    write_atomically(Path(file), bytes(document.data()))


def palette_of(image: QImage, most: int) -> list[int]:
    """The colours that a map of labels has most of, ARGB, the most frequent first."""
    small = image.scaled(_SAMPLES, _SAMPLES).convertToFormat(FORMAT)
    counts: dict[int, int] = {}
    for y in range(small.height()):
        for x in range(small.width()):
            colour = small.pixel(x, y)
            counts[colour] = counts.get(colour, 0) + 1
    return sorted(counts, key=lambda colour: -counts[colour])[:most]
