"""The export panel: a format, which frames, how large, how fast, where to; and what is wrong, beside what is wrong.

It shows the take in view and the player's in and out points. What Export does is connected in `export_controls`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QPushButton, QWidget

from app.export_choice import ExportChoice, problems_of, renamed, why_no_target
from app.widgets.export_form import ExportForm
from app.widgets.format_list import TIMELINE, FormatList, formats
from app.words import bytes_text, frames_text, length_text, sentence, size_text
from engine.messages import SUFFIX_OF_CODEC, WITH_QUALITY, Codec

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.playhead import Playhead
    from app.take import Take
    from app.theme import Theme
    from engine.messages import VideoRequest

LIST_PX, WIDTH_PX, HEIGHT_PX, TITLE_CHARS = 280, 760, 500, 60


class ExportPanel(QDialog):
    """Stays open beside the player, which goes on answering; `open_for` shows it."""

    export_wanted = Signal(object, str)
    """An ExportRequest, and the target."""
    timeline_wanted = Signal(str)
    """The cuts alone are to be written to this file."""

    def __init__(
        self, take: Take, playhead: Playhead, theme: Theme, why_not: Callable[[str], str], parent: QWidget
    ) -> None:
        """Build the panel.

        Args:
            take: The take in view.
            playhead: Its in and out points.
            theme: Colours.
            why_not: Says of a codec why it cannot be written here; empty when it can.
            parent: The window.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export take"))
        self._take, self._playhead = take, playhead
        self.formats = FormatList(theme, why_not)
        self.formats.setFixedWidth(LIST_PX)
        self.form = ExportForm()
        self.export = QPushButton(self.tr("Export"))
        self.export.setObjectName("primary")
        self.leave = QPushButton(self.tr("Close"))
        for button in (self.export, self.leave):
            # Return confirms what is being typed, and never exports by the way.
            button.setAutoDefault(False)
        self.form.foot.addWidget(self.leave)
        self.form.foot.addWidget(self.export)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedWidth(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.formats)
        row.addWidget(rule)
        row.addWidget(self.form, 1)
        for first, second in pairwise([self.formats, *self.form.in_tab_order, self.leave, self.export]):
            QWidget.setTabOrder(first, second)
        self._shown_take = ""
        self.formats.choose("h264")
        self.formats.chosen.connect(self._choose_format)
        self.form.changed.connect(self._show_choice)
        self.form.span_edited.connect(self._move_points)
        self.form.browse.clicked.connect(self._browse)
        self.export.clicked.connect(self._export)
        self.leave.clicked.connect(self.close)
        take.changed.connect(self._show_take)
        take.frames_changed.connect(self._take_frames)
        playhead.changed.connect(self._take_frames)
        self.resize(WIDTH_PX, HEIGHT_PX)

    def open_for(self, folder: Path, name: str) -> None:
        """Show the panel for the take in view; another take gets a new target, `name` in `folder`."""
        if self._shown_take != self._take.key:
            self._shown_take = self._take.key
            request = self._take.request
            self.form.file.setText(renamed(str(folder / name), self._suffix))
            if request is not None:
                prompt = " ".join(request.prompt.split())
                shown = prompt if len(prompt) <= TITLE_CHARS else prompt[: TITLE_CHARS - 1] + "…"
                self.setWindowTitle(self.tr("Export “{prompt}”").format(prompt=shown))
                with QSignalBlocker(self.form.fps):
                    self.form.show_fps(request.fps)
        self._show_points()
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def _suffix(self) -> str:
        return ".otio" if self._is_timeline else SUFFIX_OF_CODEC[self.formats.codec]

    @property
    def _is_timeline(self) -> bool:
        return self.formats.codec == TIMELINE

    def _choice(self) -> ExportChoice:
        form = self.form
        return ExportChoice(
            codec=cast("Codec", self.formats.codec),
            percent=form.percent,
            width=form.width_px.value() if not form.percent else 0,
            fps=form.fps.value(),
            every_frame=form.every_frame,
            quality=form.quality_word,
            span=form.span,
            file=form.file.text(),
        )

    def _choose_format(self, _codec: str) -> None:
        self.form.file.setText(renamed(self.form.file.text(), self._suffix))
        self._show_choice()

    def _show_take(self) -> None:
        if self._take.key != self._shown_take and self.isVisible():
            # What is exported is always what is seen.
            self.close()
        elif self.isVisible():
            self._show_points()

    def _take_frames(self) -> None:
        # Each look at the target is one at its disk.
        if self.isVisible():
            self._show_points()

    def _show_points(self) -> None:
        self.form.show_span(self._playhead.span, max(self._take.length, 1))
        self._show_choice()

    def _move_points(self) -> None:
        self._playhead.set_span(self.form.span)

    def _show_choice(self) -> None:
        """What the settings come to, and what is wrong with them."""
        request = self._take.request
        if request is None:
            return
        name = next(each.name for each in formats() if each.codec == self.formats.codec)
        self.form.show_format(name, is_movie=not self._is_timeline, has_quality=self.formats.codec in WITH_QUALITY)
        if self._is_timeline:
            reason = why_no_target(self.form.file.text(), ".otio")
            self.form.show_problems({"file": reason} if reason else {})
            self.form.show_summary(
                self.tr("Leads editing programs to the newest movie of this take; shots without one are placeholders.")
            )
            self.export.setEnabled(not reason)
            return
        choice = self._choice()
        problems = problems_of(choice, request)
        missing = self._missing(choice.span)
        if missing:
            problems["frames"] = missing
        width, height = choice.size(request)
        self.form.show_size(size_text(width or request.width, height or request.height))
        self.form.show_timing(is_other=choice.fps != request.fps)
        self.form.show_problems({setting: sentence(reason) for setting, reason in problems.items()})
        is_place = "file" not in problems
        self.form.show_summary("" if "speed" in problems else self._summary(choice, request, is_place=is_place))
        self.export.setEnabled(not problems)

    def _summary(self, choice: ExportChoice, request: VideoRequest, *, is_place: bool) -> str:
        frames = choice.frames(request)
        parts = [frames_text(frames), length_text(frames, choice.fps)]
        parts.append(self.tr("about {size}").format(size=bytes_text(choice.size_bytes(request))))
        if is_place and Path(choice.file).expanduser().is_file():
            parts.append(self.tr("replaces the file that is there"))
        return "  ·  ".join(parts)

    def _missing(self, span: range) -> str:
        """Why these frames cannot be exported yet; empty when they can."""
        absent = [] if self._take.is_done else [frame for frame in span if not self._take.is_ready(frame)]
        if not absent:
            return ""
        words = self.tr("{count} of these are not made yet, the first is {frame}; wait, or move the points")
        return words.format(count=frames_text(len(absent)), frame=absent[0] + 1)

    def _browse(self) -> None:
        name = next(each.name for each in formats() if each.codec == self.formats.codec)
        kinds = f"{name} (*{self._suffix})" if self._suffix else self.tr("A new folder (*)")
        file, _ = QFileDialog.getSaveFileName(self, self.tr("Export as"), self.form.file.text(), kinds)
        if file:
            self.form.file.setText(renamed(file, self._suffix))

    def _export(self) -> None:
        record, request = self._take.record, self._take.request
        if record is None or request is None:
            return
        target = str(Path(self.form.file.text()).expanduser())
        if self._is_timeline:
            self.timeline_wanted.emit(target)
        else:
            wanted = self._choice().request(record.info.job, request)
            self.export_wanted.emit(wanted, target)
            words = self.tr("“{name}” is in the queue, which shows how far it is.")
            self.form.show_summary(words.format(name=Path(target).name))
