"""Reads the screen as a person does: where words stand in a picture of it. Needs a QGuiApplication, for its font.

The words are drawn with the program's own font and looked for by normalised correlation, which does not mind their
colour. Text that Qt centres may begin between two pixels, so each word is drawn at both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from app.theme import base_font

if TYPE_CHECKING:
    from numpy.typing import NDArray

Greys = np.ndarray[tuple[int, int], np.dtype[np.float64]]

LIKENESS = 0.93
"""The same words reach 0.95 and more wherever they begin; words that differ by one letter stay below 0.91."""
STARTS_PX = (0.0, 0.5)
FLAT = 4.0
"""Variance of a place that holds no text."""


class Point(NamedTuple):
    """A place on the screen, in pixels."""

    x: int
    y: int


def find_words(screen: NDArray[np.uint8], words: str, *, bold: bool = False) -> Point | None:
    """The middle of these words, where they stand most clearly; None if they are nowhere.

    Args:
        screen: (H, W, 3).
        words: One line.
        bold: As headings and the button that stands out have them.
    """
    greys = screen.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    best, found = LIKENESS, None
    for start in STARTS_PX:
        drawn = _draw(words, start, bold=bold)
        if drawn.shape[0] > greys.shape[0] or drawn.shape[1] > greys.shape[1]:
            continue
        likeness = _correlate(greys, drawn)
        y, x = np.unravel_index(int(likeness.argmax()), likeness.shape)
        if likeness[y, x] >= best:
            best = float(likeness[y, x])
            found = Point(int(x) + drawn.shape[1] // 2, int(y) + drawn.shape[0] // 2)
    return found


def _draw(words: str, start_px: float, *, bold: bool) -> Greys:
    """The words in white on black, cut out closely."""
    font = base_font()
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    metrics = QFontMetrics(font)
    image = QImage(metrics.horizontalAdvance(words) + 4, metrics.height(), QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor("white"))
    painter.drawText(QPointF(1 + start_px, metrics.ascent()), words)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    ys, xs = np.nonzero(rows[:, : image.width()])
    return rows[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1].astype(np.float64)


def _correlate(greys: Greys, drawn: Greys) -> Greys:
    """Likeness of `drawn` to each place, by the place's upper left pixel: 1 the same, 0 nothing in common.

    Source: J. P. Lewis, Fast normalized cross-correlation, 1995.
    """
    (height, width), (rows, columns) = greys.shape, drawn.shape
    pattern = drawn - drawn.mean()
    spectrum = np.fft.rfft2(greys) * np.conj(np.fft.rfft2(pattern, greys.shape))
    product = np.fft.irfft2(spectrum, greys.shape)[: height - rows + 1, : width - columns + 1]
    total, squares = _sums(greys, rows, columns), _sums(greys * greys, rows, columns)
    spread = squares - total * total / drawn.size
    likeness = np.abs(product) / np.sqrt(np.maximum(spread, 1.0) * (pattern * pattern).sum())
    return np.where(spread > FLAT * drawn.size, likeness, 0.0)


def _sums(values: Greys, rows: int, columns: int) -> Greys:
    """The sum over each place of this size."""
    running = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    return running[rows:, columns:] - running[:-rows, columns:] - running[rows:, :-columns] + running[:-rows, :-columns]
