"""The prompt's text field: underlines words that the model will ignore and says so under the mouse.

Its text is the project's; undo is the project's as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

# A part of the first frame: `Qt` and QTextCharFormat are loaded when they are first needed (see `app.opening`).
from PySide6 import QtCore, QtGui
from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFontMetricsF, QSyntaxHighlighter, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

from app.vocabulary import WordSpan, unknown_words

if TYPE_CHECKING:
    from PySide6.QtGui import QHelpEvent, QKeyEvent

    from app.theme import Theme

# Border, padding and the document's own margin.
CHROME_PX = 18


class PromptEdit(QPlainTextEdit):
    """A plain text field without history of its own. `set_vocabulary` turns the underlining on."""

    edited = Signal(str)
    """The artist changed the text; not sent for `show_text`."""
    history_wanted = Signal(int)
    """Up (-1) in the first line or Down (1) in the last: an older or a newer prompt is wanted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model_title = ""
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self._highlighter = _Underline(self, theme)
        self._showing = False
        self.textChanged.connect(self._report)

    def set_rows(self, least: int, most: int | None = None) -> None:
        """Be at least and at most so many lines high; `most` is `least` unless given."""
        # A field of one line has no room for a scroll bar.
        self.setProperty("verticalScrollBarPolicy", "ScrollBarAsNeeded" if least > 1 else "ScrollBarAlwaysOff")
        line_px = QFontMetricsF(self.font()).lineSpacing()
        self.setMinimumHeight(round(line_px * least) + CHROME_PX)
        self.setMaximumHeight(round(line_px * (most or least)) + CHROME_PX)

    def set_vocabulary(self, vocabulary: frozenset[str], model_title: str) -> None:
        """Underline words outside `vocabulary`; an empty one knows every word."""
        self._model_title = model_title
        self._highlighter.set_vocabulary(vocabulary)

    def mark_cut(self, at: int | None) -> None:
        """Strike through what the model will not read: everything from this place on, in code points."""
        self._highlighter.set_cut(None if at is None else _units(self.toPlainText()[:at]))

    def ignored_words(self) -> list[str]:
        """The words that the model will ignore, each once, in order."""
        found = unknown_words(self.toPlainText(), self._highlighter.vocabulary)
        return list(dict.fromkeys(span.word for span in found))

    def show_text(self, text: str) -> None:
        """Show the project's text, touching only what differs, so that the cursor lands where the change is."""
        shown = self.toPlainText()
        if text == shown:
            return
        start = 0
        while start < min(len(text), len(shown)) and text[start] == shown[start]:
            start += 1
        tail = 0
        while tail < min(len(text), len(shown)) - start and text[-1 - tail] == shown[-1 - tail]:
            tail += 1
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(shown[:start]))
        cursor.setPosition(_units(shown[: len(shown) - tail]), QTextCursor.MoveMode.KeepAnchor)
        self._showing = True
        try:
            cursor.insertText(text[start : len(text) - tail])
            self.setTextCursor(cursor)
        finally:
            self._showing = False

    def replace_text(self, text: str) -> None:
        """Put another text in place of all, as if it were typed; the cursor goes behind it."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.setTextCursor(cursor)

    def weigh(self, by: float) -> None:
        """Add to the weight of the selected words, or of those that the cursor is in, as if it were typed."""
        # Loaded only now: the field is painted with the first frame.
        from app.prompt_weighing import weigh  # noqa: PLC0415

        text, cursor = self.toPlainText(), self.textCursor()
        start, end = _points(text, cursor.selectionStart()), _points(text, cursor.selectionEnd())
        weighed = weigh(text, start, end, by)
        if weighed is None or weighed.text == text:
            return
        self.replace_text(weighed.text)
        cursor = self.textCursor()
        cursor.setPosition(_units(weighed.text[: weighed.start]))
        cursor.setPosition(_units(weighed.text[: weighed.end]), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keypad = QtCore.Qt.Key, QtCore.Qt.KeyboardModifier.KeypadModifier
        ways = {key.Key_Up: QTextCursor.MoveOperation.Up, key.Key_Down: QTextCursor.MoveOperation.Down}
        way = ways.get(key(event.key()))
        if way is not None and not event.modifiers() & ~keypad:
            # A cursor that cannot go further that way is in the first or the last line.
            probe = self.textCursor()
            if not probe.movePosition(way):
                self.history_wanted.emit(-1 if way is QTextCursor.MoveOperation.Up else 1)
                return
        super().keyPressEvent(event)

    def tip_at(self, position: int) -> str:
        """What to say about the character at `position` of the text, in code points; empty for known words."""
        for span in unknown_words(self.toPlainText(), self._highlighter.vocabulary):
            if span.start <= position < span.end:
                return self.tr("{model} does not know “{word}” and will ignore it.").format(
                    model=self._model_title, word=span.word
                )
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip:
            help_event = cast("QHelpEvent", event)
            cursor = self.cursorForPosition(self.viewport().mapFrom(self, help_event.pos()))
            units = cursor.position()
            QToolTip.showText(help_event.globalPos(), self.tip_at(_points(self.toPlainText(), units)), self)
            return True
        return super().event(event)

    def _report(self) -> None:
        if not self._showing:
            self.edited.emit(self.toPlainText())


class _Underline(QSyntaxHighlighter):
    def __init__(self, field: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(field.document())
        self._theme = theme
        self.vocabulary: frozenset[str] = frozenset()
        self._cut: int | None = None
        theme.changed.connect(self.rehighlight)

    def set_vocabulary(self, vocabulary: frozenset[str]) -> None:
        if vocabulary != self.vocabulary:
            self.vocabulary = vocabulary
            self.rehighlight()

    def set_cut(self, units: int | None) -> None:
        if units != self._cut:
            self._cut = units
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if not self.vocabulary and self._cut is None:
            return
        wave = QtGui.QTextCharFormat()
        wave.setUnderlineStyle(QtGui.QTextCharFormat.UnderlineStyle.WaveUnderline)
        wave.setUnderlineColor(self._theme.tokens.color("warn"))
        for span in unknown_words(text, self.vocabulary):
            start, end = _unit_range(text, span)
            self.setFormat(start, end - start, wave)
        first = None if self._cut is None else max(0, self._cut - self.currentBlock().position())
        if first is not None and first < _units(text):
            struck = QtGui.QTextCharFormat()
            struck.setFontStrikeOut(True)
            struck.setForeground(self._theme.tokens.color("quiet"))
            self.setFormat(first, _units(text) - first, struck)


def _units(text: str) -> int:
    """Length as Qt counts it: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _points(text: str, units: int) -> int:
    """Qt's position as a position in the Python text."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def _unit_range(text: str, span: WordSpan) -> tuple[int, int]:
    start = _units(text[: span.start])
    return start, start + _units(span.word)
