"""The fields of an export: frames, size, speed, quality and target, each with its problem beneath it.

It knows no take and decides nothing: the panel reads it, and tells it what to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.widgets.rate_field import RateField
from engine.messages import QUALITIES, Quality

if TYPE_CHECKING:
    from collections.abc import Mapping

PERCENTS = (100, 75, 50, 25, 200)
LEAST_FPS, MOST_FPS = 1.0, 120.0
LEAST_WIDTH, MOST_WIDTH = 16, 8192


class ExportForm(QWidget):
    """Shows what it is told; `changed` whenever the artist has changed a field."""

    changed = Signal()
    span_edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.summary, self.size_words, self.advice = QLabel(), QLabel(), QLabel(), QLabel()
        self.heading.setObjectName("heading")
        self.size_words.setObjectName("quiet")
        self.summary.setObjectName("quiet")
        self.summary.setWordWrap(True)
        self.advice.setObjectName("warn")
        self.advice.setWordWrap(True)
        self.advice.hide()
        self.first, self.last = QSpinBox(), QSpinBox()
        self.first.setAccessibleName(self.tr("First frame"))
        self.last.setAccessibleName(self.tr("Last frame"))
        self.scale, self.timing, self.quality = QComboBox(), QComboBox(), QComboBox()
        self.width_px, self.fps = QSpinBox(), RateField(LEAST_FPS, MOST_FPS)
        self.file, self.browse = QLineEdit(), QPushButton(self.tr("Choose…"))
        self.browse.setAutoDefault(False)
        self.file.setAccessibleName(self.tr("File"))
        self.problems: dict[str, QLabel] = {}
        self._of_pictures: list[QWidget] = []
        self.foot = QHBoxLayout()
        self._fill()
        self._lay_out()
        for field in (self.first, self.last):
            field.setKeyboardTracking(False)
            field.valueChanged.connect(self.span_edited)
        for combo in (self.scale, self.timing, self.quality):
            combo.activated.connect(self._tell)
        for spin in (self.width_px, self.fps):
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(self._tell)
        self.file.textChanged.connect(self._tell)

    @property
    def in_tab_order(self) -> list[QWidget]:
        """The fields from top to bottom."""
        moves = [self.first, self.last, self.scale, self.width_px, self.fps, self.timing]
        return [*moves, self.quality, self.file, self.browse]

    @property
    def span(self) -> range:
        """The frames from the first to the last; people count them from 1, as the player does."""
        return range(self.first.value() - 1, max(self.last.value(), self.first.value()))

    @property
    def percent(self) -> int:
        """Share of the take's size; 0 where a width is given."""
        return int(self.scale.currentData())

    @property
    def every_frame(self) -> bool:
        """Whether every frame is shown once at another rate."""
        return bool(self.timing.currentData())

    @property
    def quality_word(self) -> Quality:
        return cast("Quality", self.quality.currentData())

    def show_format(self, name: str, *, is_movie: bool, has_quality: bool) -> None:
        """Name the format, and show the fields that it has."""
        self.heading.setText(name)
        for widget in self._of_pictures:
            widget.setVisible(is_movie)
        self.width_px.setVisible(is_movie and not self.percent)
        self.timing.setVisible(False)
        self.quality.setEnabled(has_quality)
        self.quality.setToolTip("" if has_quality else self.tr("{name} has one quality").format(name=name))
        if not has_quality:
            self.quality.setCurrentIndex(QUALITIES.index("best"))

    def show_span(self, span: range, length: int) -> None:
        """Show the player's in and out points."""
        for field, value in ((self.first, span.start + 1), (self.last, span.stop)):
            with QSignalBlocker(field):
                field.setRange(1, length)
                field.setValue(value)

    def show_fps(self, fps: float) -> None:
        """Begin with the take's own rate."""
        self.fps.setValue(fps)

    def show_size(self, words: str) -> None:
        """Say how large the pictures become."""
        self.size_words.setText(words)

    def show_timing(self, *, is_other: bool) -> None:
        """Ask what becomes of the speed, at another rate than the take's."""
        self.timing.setVisible(is_other)

    def show_summary(self, words: str) -> None:
        """Say what the settings come to."""
        self.summary.setText(words)

    def show_advice(self, words: str) -> None:
        """Say what may go wrong with it elsewhere; empty takes the words away."""
        self.advice.setText(words)
        self.advice.setVisible(bool(words))

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Put each reason beneath its field."""
        for setting, label in self.problems.items():
            label.setText(problems.get(setting, ""))
            label.setVisible(bool(label.text()))

    def _fill(self) -> None:
        self.scale.setAccessibleName(self.tr("Size"))
        for percent in PERCENTS:
            self.scale.addItem(f"{percent} %", percent)
        self.scale.addItem(self.tr("Width…"), 0)
        self.width_px.setAccessibleName(self.tr("Width in pixels"))
        self.width_px.setRange(LEAST_WIDTH, MOST_WIDTH)
        self.width_px.setValue(640)
        self.width_px.setSuffix(self.tr(" px"))
        self.fps.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.timing.setAccessibleName(self.tr("At another speed"))
        self.timing.addItem(self.tr("Same length: repeat or leave out frames"), False)  # noqa: FBT003 - Qt's
        self.timing.addItem(self.tr("Every frame once: faster or slower"), True)  # noqa: FBT003 - Qt's
        self.quality.setAccessibleName(self.tr("Quality"))
        words = (self.tr("Small: to send"), self.tr("Balanced"), self.tr("Best: like the take"))
        for text, quality in zip(words, QUALITIES, strict=True):
            self.quality.addItem(text, quality)
        self.quality.setCurrentIndex(QUALITIES.index("best"))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        to = QLabel(self.tr("to"))
        to.setObjectName("quiet")
        rows: list[tuple[str, str, list[QWidget]]] = [
            ("frames", self.tr("Frames"), [self.first, to, self.last]),
            ("size", self.tr("Size"), [self.scale, self.width_px, self.size_words]),
            ("speed", self.tr("Speed"), [self.fps, self.timing]),
            ("quality", self.tr("Quality"), [self.quality]),
            ("file", self.tr("File"), [self.file, self.browse]),
        ]
        for place, (setting, text, fields) in enumerate(rows):
            label = QLabel(text)
            label.setObjectName("quiet")
            label.setBuddy(fields[0])
            grid.addWidget(label, 2 * place, 0)
            grid.addLayout(self._row(setting, fields), 2 * place, 1)
            problem = QLabel()
            problem.setObjectName("bad")
            problem.setWordWrap(True)
            problem.hide()
            self.problems[setting] = problem
            grid.addWidget(problem, 2 * place + 1, 1)
            if setting != "file":
                self._of_pictures += [label, *(field for field in fields if field not in (self.timing, self.width_px))]
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.heading)
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(self.advice)
        column.addWidget(self.summary)
        self.foot.setSpacing(8)
        self.foot.addStretch(1)
        column.addLayout(self.foot)

    def _row(self, setting: str, fields: list[QWidget]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for field in fields:
            row.addWidget(field, 1 if field in (self.file, self.timing) else 0, Qt.AlignmentFlag.AlignVCenter)
        if setting != "file":
            # Takes the room that no field wants: the one for the speed of time is not always there.
            row.addStretch(0)
        return row

    def _tell(self) -> None:
        self.changed.emit()
