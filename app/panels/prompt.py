"""The prompt panel: the text field, what the model will ignore of it, and Generate.

It is painted with the first frame and can be typed into at once; `bind` joins it to the project later. The other
settings come as a form of their own. Sending the request is the window's business.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.vocabulary import vocabulary_of
from app.widgets.elided_label import ElidedLabel
from app.widgets.prompt_edit import PromptEdit
from app.widgets.still_box import StillBox
from app.words import sentence, timecode

if TYPE_CHECKING:
    from app.project import Project
    from app.theme import Theme

PROMPT_ROWS, MOST_PROMPT_ROWS = 4, 10


class PromptPanel(QWidget):
    """The prompt above, the form in the middle, Generate below."""

    generate_pressed = Signal()
    editing_stopped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.prompt = PromptEdit(theme)
        self.prompt.set_rows(PROMPT_ROWS, MOST_PROMPT_ROWS)
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self._show_kind(is_video=False)
        self.segment, self.ignored, self.error = _message("quiet"), _message("warn"), _message("bad")
        self.cut = _message("warn")
        self.generate = QPushButton(self.tr("Generate"))
        self.generate.setObjectName("generate")
        self.generate.setToolTip(self.tr("Ctrl+Return"))
        self.generate.clicked.connect(self.generate_pressed)
        content = QWidget()
        content.setObjectName("panel")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(12, 4, 12, 12)
        self._column.setSpacing(8)
        self._column.addWidget(self.prompt, 3)
        self._column.addLayout(self._tools())
        self._column.addWidget(self.segment)
        self._column.addWidget(self.ignored)
        self._column.addWidget(self.cut)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setProperty("focusPolicy", "NoFocus")
        scroll.setProperty("horizontalScrollBarPolicy", "ScrollBarAlwaysOff")
        scroll.setWidget(content)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 8, 12, 12)
        foot.setSpacing(8)
        self.editing, self.stop_editing = ElidedLabel(), QPushButton(self.tr("Leave as it is"))
        self.stop_editing.setObjectName("link")
        self.stop_editing.clicked.connect(self.editing_stopped)
        line = QHBoxLayout()
        line.addWidget(self.editing, 1)
        line.addWidget(self.stop_editing)
        foot.addLayout(line)
        self._is_busy = self._is_editing = False
        self.show_editing("")
        foot.addWidget(self.error)
        foot.addWidget(StillBox(self.generate))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addLayout(foot)

    def _tools(self) -> QHBoxLayout:
        """The line under the prompt: empty menus, there from the start so that nothing moves when they are filled."""
        self.styles, self.counted = QToolButton(), QLabel()
        self.styles.setText(self.tr("Styles"))
        self.styles.setAccessibleName(self.tr("Styles and wildcards"))
        self.styles.setToolTip(self.tr("Words to add to the prompt"))
        self.styles.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.styles.setObjectName("menu")
        self.counted.setObjectName("quiet")
        row = QHBoxLayout()
        row.addWidget(self.styles)
        row.addStretch(1)
        row.addWidget(self.counted)
        return row

    def bind(self, project: Project, form: QWidget, *, shown: str = "") -> None:
        """Join the field to the project, both ways, and put the form under it. What was typed before counts as typed.

        Args:
            project: Its prompt is shown, and changed by typing.
            form: The fields of all other settings.
            shown: What the field showed before anything was typed.
        """
        # Before the stretch that keeps everything at the top.
        self._column.insertWidget(self._column.count() - 1, form)
        typed = self.prompt.toPlainText()
        if typed != shown:
            self._type(project, typed)
        self.prompt.show_text(project.prompt)
        self.prompt.edited.connect(partial(self._type, project))
        project.edit_changed.connect(partial(self._show, project))
        project.models_changed.connect(partial(self._show_vocabulary, project))
        self._show_vocabulary(project)
        self._show_segment(project)

    def show_error(self, message: str) -> None:
        """Say why Generate had no effect, beside it; empty takes the message away."""
        self.error.setText(sentence(message))
        self.error.setVisible(bool(message))
        if message:
            self.prompt.setFocus()

    def set_busy(self, *, busy: bool) -> None:
        """Say on the button that a press adds to the queue."""
        self._is_busy = busy
        self._name_generate()

    def show_tokens(self, counted: str, cut: str) -> None:
        """Say how long the prompt is for the model, and what of it the model will not read; empty for nothing."""
        self.counted.setText(counted)
        self.cut.setText(cut)
        self.cut.setVisible(bool(cut))

    def show_editing(self, words: str) -> None:
        """Say that a press changes the waiting job of these words; empty when it makes a new one."""
        self._is_editing = bool(words)
        self.editing.setText(self.tr("Editing “{prompt}”").format(prompt=words))
        self.editing.setVisible(bool(words))
        self.stop_editing.setVisible(bool(words))
        self._name_generate()

    def _name_generate(self) -> None:
        new = self.tr("Queue another") if self._is_busy else self.tr("Generate")
        self.generate.setText(self.tr("Change the job") if self._is_editing else new)

    def _type(self, project: Project, text: str) -> None:
        project.type_prompt(text)

    def _show(self, project: Project, changed: set[str]) -> None:
        self.prompt.show_text(project.prompt)
        self.show_error("")
        if "video" in changed:
            self._show_segment(project)
        if "model" in changed:
            self._show_vocabulary(project)
        else:
            self._show_ignored(project)

    def _show_kind(self, *, is_video: bool) -> None:
        picture = self.tr("Describe a picture: what is in it, where, at what time of day")
        video = self.tr("Describe a video: what is in it, where, at what time of day")
        self.prompt.setPlaceholderText(video if is_video else picture)

    def _show_segment(self, project: Project) -> None:
        """Say which segment the field edits, if there are several."""
        video = project.video
        self._show_kind(is_video=video.is_active)
        self.segment.setVisible(video.is_active and bool(video.segments))
        if video.is_active and video.segments:
            words = self.tr("Segment {number} of {count}, from {start} to {stop}")
            span = video.spans()[video.current]
            start, stop = timecode(span.start, video.fps), timecode(span.stop, video.fps)
            number, count = video.current + 1, len(video.segments)
            self.segment.setText(words.format(number=number, count=count, start=start, stop=stop))

    def _show_vocabulary(self, project: Project) -> None:
        spec = project.spec
        self.prompt.set_vocabulary(vocabulary_of(spec), spec.title if spec else "")
        self._show_ignored(project)

    def _show_ignored(self, project: Project) -> None:
        words, spec = self.prompt.ignored_words(), project.spec
        told = ""
        if words and spec is not None:
            told = self.tr("{model} will ignore: {words}").format(model=spec.title, words=", ".join(words))
        elif spec is not None and _weighs_in_vain(project):
            told = self.tr("{model} takes no weights; it reads the brackets as they are").format(model=spec.title)
        self.ignored.setVisible(bool(told))
        self.ignored.setText(told)


def _weighs_in_vain(project: Project) -> bool:
    """Whether the prompt has weights, and the model takes none."""
    spec = project.spec
    if spec is None or (spec.video_weighting if project.video.is_active else spec.weighting):
        return False
    # Loaded only now: the panel is painted with the first frame.
    from engine.messages.prompt_weights import read_runs  # noqa: PLC0415

    return any(run.weight != 1.0 or run.is_break for run in read_runs(project.prompt))


def _message(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.hide()
    return label
