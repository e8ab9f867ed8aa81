"""The export panel: a format, which frames, how large, how fast, where to; and what is wrong, beside what is wrong.

It shows the take in view and the player's in and out points. What Export does is connected in `export_controls`. The
place is looked at in a thread: its disk may be one that does not answer.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QPushButton, QWidget

from app.export_choice import ExportChoice, problems_of, renamed
from app.target_looks import TargetLooks
from app.widgets.export_form import ExportForm
from app.widgets.format_list import TIMELINE, FormatList, formats
from app.words import bytes_text, frames_text, length_text, rate_text, sentence, size_text
from engine.messages import SUFFIX_OF_CODEC, WITH_QUALITY, Codec, frame_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from app.playhead import Playhead
    from app.take import Take
    from app.theme import Theme
    from engine.messages import ExportRequest, VideoRequest

LIST_PX, WIDTH_PX, HEIGHT_PX, TITLE_CHARS = 280, 760, 500, 60
LEAST_EDITED_FPS = Fraction(24000, 1001)
"""Of film on television, at which the rates begin that every editing program has for a timeline."""


class _Order(NamedTuple):
    """What was ordered last, and the words about it, which stay until something is set otherwise."""

    choice: ExportChoice
    target: str
    words: str


class ExportPanel(QDialog):
    """Stays open beside the player, which goes on answering; `open_for` shows it."""

    export_wanted = Signal(object, str)
    """An ExportRequest, and the target."""
    timeline_wanted = Signal(str)
    """The cuts alone are to be written to this file."""

    def __init__(
        self,
        take: Take,
        playhead: Playhead,
        theme: Theme,
        *,
        why_not: Callable[[str], str],
        movie_rate: Callable[[], float | None],
        parent: QWidget,
    ) -> None:
        """Build the panel.

        Args:
            take: The take in view.
            playhead: Its in and out points.
            theme: Colours.
            why_not: Says of a codec why it cannot be written here; empty when it can.
            movie_rate: Frames a second of the movie that a timeline would lead to; None while there is none.
            parent: The window.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export take"))
        self._take, self._playhead, self._movie_rate = take, playhead, movie_rate
        self.formats = FormatList(theme, why_not)
        list_px = max(LIST_PX, self.formats.sizeHintForColumn(0))
        self.formats.setFixedWidth(list_px)
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
        self.looks = TargetLooks(self)
        self.looks.answered.connect(self._take_target)
        self._pressed: Callable[[str], None] | None = None
        """What Export is to do as soon as the place is known to be good."""
        self._ordered: _Order | None = None
        self.formats.choose("h264")
        self.formats.chosen.connect(self._choose_format)
        self.form.changed.connect(self._show_choice)
        self.form.span_edited.connect(self._move_points)
        self.form.browse.clicked.connect(self._browse)
        self.export.clicked.connect(self._export)
        self.leave.clicked.connect(self.close)
        self.finished.connect(self._give_up)
        take.changed.connect(self._show_take)
        take.frames_changed.connect(self._take_frames)
        playhead.changed.connect(self._take_frames)
        self.resize(WIDTH_PX + list_px - LIST_PX, HEIGHT_PX)

    def open_for(self, folder: Path, name: str) -> None:
        """Show the panel for the take in view; another take gets a new target, `name` in `folder`."""
        self._ordered = None
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
        self._look()
        self._show_points()
        self.show()
        self.raise_()
        self.activateWindow()

    def take_made(self, outputs: Collection[str]) -> None:
        """These files have been made: the timeline may lead to them, or they lie where the next is to go."""
        if self.isVisible():
            if self._ordered is not None and self._ordered.target in outputs:
                words = self.tr("“{name}” is written.").format(name=Path(self._ordered.target).name)
                self._ordered = self._ordered._replace(words=words)
            self._look()
            self._show_choice()

    def refresh(self) -> None:
        """What the timeline leads to is another movie."""
        if self.isVisible():
            self._show_choice()

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
        if self.isVisible():
            self._show_points()

    def _show_points(self) -> None:
        self.form.show_span(self._playhead.span, max(self._take.length, 1))
        self._show_choice()

    def _move_points(self) -> None:
        self._playhead.set_span(self.form.span)

    def _look(self) -> None:
        self.looks.look(self.form.file.text(), self._suffix)

    def _take_target(self) -> None:
        pressed, self._pressed = self._pressed, None
        self._show_choice()
        if pressed is not None and not self.looks.target.why_not:
            self._send(pressed)

    def _give_up(self) -> None:
        """Who leaves does not wait for the disk."""
        self._pressed = None

    def _show_choice(self) -> None:
        """What the settings come to, and what is wrong with them."""
        if not self.looks.is_of(self.form.file.text(), self._suffix):
            # What was pressed was about another place.
            self._pressed = None
            self._look()
        request = self._take.request
        if request is None:
            return
        name = next(each.name for each in formats() if each.codec == self.formats.codec)
        self.form.show_advice(self._advice(request) if self._is_timeline else "")
        self.form.show_format(name, is_movie=not self._is_timeline, has_quality=self.formats.codec in WITH_QUALITY)
        if self._is_timeline:
            self._show_problems({})
            self._show_summary(
                self.tr("Leads editing programs to the newest movie of this take; shots without one are placeholders.")
            )
            return
        choice = self._choice()
        problems = problems_of(choice, request)
        missing = self._missing(choice.span)
        if missing:
            problems["frames"] = missing
        width, height = choice.size(request)
        self.form.show_size(size_text(width or request.width, height or request.height))
        self.form.show_timing(is_other=choice.fps != request.fps)
        self._show_problems(problems)
        self._show_summary("" if "speed" in problems else self._summary(choice, request))

    def _show_problems(self, problems: dict[str, str]) -> None:
        # Until the next look has shown something the last one stands, but not in the way of Export, which waits.
        reason = self.looks.target.why_not
        self.export.setEnabled(not problems and not (reason and self.looks.is_known))
        shown = {**problems, "file": reason} if reason and self._pressed is None else problems
        self.form.show_problems({setting: sentence(reason) for setting, reason in shown.items()})

    def _show_summary(self, words: str) -> None:
        if self._ordered is not None and self._ordered.choice == self._choice():
            words = self._ordered.words
        if self._pressed is not None:
            words = self.tr("Waiting for the disk of “{name}” to answer.")
            words = words.format(name=Path(self.form.file.text()).name)
        self.form.show_summary(words)

    def _advice(self, request: VideoRequest) -> str:
        """What some editing programs have against the timeline's rate."""
        rate = frame_rate(self._movie_rate() or request.fps)
        if rate >= LEAST_EDITED_FPS:
            return ""
        words = self.tr(
            "Some editing programs take no timeline below {least} fps, and this one has {rate}. First export the movie "
            "at 24 fps, with “Every frame once: faster or slower”; the timeline then leads to that one, at its rate."
        )
        return words.format(least=rate_text(float(LEAST_EDITED_FPS)), rate=rate_text(float(rate)))

    def _summary(self, choice: ExportChoice, request: VideoRequest) -> str:
        frames = choice.frames(request)
        parts = [frames_text(frames), length_text(frames, choice.fps)]
        parts.append(self.tr("about {size}").format(size=bytes_text(choice.size_bytes(request))))
        if self.looks.target.is_there:
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
        if self._is_timeline:
            press = self.timeline_wanted.emit
        else:
            press = partial(self._order, self._choice().request(record.info.job, request))
        if self.looks.is_known:
            self._send(press)
        else:
            self._pressed = press
            self._show_choice()

    def _send(self, press: Callable[[str], None]) -> None:
        press(str(Path(self.form.file.text()).expanduser()))

    def _order(self, wanted: ExportRequest, target: str) -> None:
        self.export_wanted.emit(wanted, target)
        words = self.tr("“{name}” is in the queue, which shows how far it is.").format(name=Path(target).name)
        self._ordered = _Order(self._choice(), target, words)
        self.form.show_summary(words)
