"""Help with the prompt: earlier prompts with Up and Down, styles, wildcards, tokens. Connects field, menu and files.

Owns the menu under the prompt and the place in the history. What is drawn of alternatives is `prompt_choices`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QInputDialog, QMenu

from app.file_change import load_locks
from app.prompt_history import PromptHistory, Style, Styles, with_style
from app.token_help import TokenHelp
from app.words import sentence
from engine.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

    from app.background import Background, Problem
    from app.panels.prompt import PromptPanel
    from app.project import Project
    from app.studio import Studio

MOST_WILDCARDS = 200


class PromptHelp(QObject):
    """Connects on construction. `home` is the folder of both files; `writing`, a single thread, writes the history."""

    def __init__(
        self,
        panel: PromptPanel,
        project: Project,
        studio: Studio,
        *,
        background: Background,
        writing: Background,
        home: Path,
    ) -> None:
        super().__init__(panel)
        self._panel, self._project, self._studio = panel, project, studio
        self._writing = writing
        self.history, self.styles = PromptHistory(home / "prompts.json"), Styles(home / "styles.json")
        self._at: int | None = None
        """The prompt of the history that the field shows; None for one that is being written."""
        self._gone_through: list[str] = []
        """The history as it was when the artist began to go through it: what other windows add moves no place in it."""
        self._draft = ""
        self._is_recalling = False
        self.menu = QMenu(panel.styles)
        self.menu.setToolTipsVisible(True)
        panel.styles.setMenu(self.menu)
        self.menu.aboutToShow.connect(self.fill_menu)
        panel.prompt.history_wanted.connect(self._recall)
        panel.prompt.edited.connect(self._leave_history)
        studio.generated.connect(self._remember)
        background.run(load_locks, lambda _: None)
        self.tokens = TokenHelp(panel, project, background)

    # History.

    def _remember(self) -> None:
        video = self._project.video
        segments = video.segments if video.is_active else ()
        self._at = None
        prompts = [segment.prompt for segment in segments] or [self._project.prompt]
        # In a thread, one after the other: Generate is not held up by the disk.
        self._writing.run(partial(self.history.add, *prompts), self._take_kept, keeps=True)

    def _take_kept(self, result: Problem | None) -> None:
        if result is not None:
            self._project.save_failed.emit(str(result))

    def _recall(self, by: int) -> None:
        field = self._panel.prompt
        if self._at is None:
            self._draft, self._gone_through = field.toPlainText(), self.history.prompts
        prompts = self._gone_through
        at = (len(prompts) if self._at is None else self._at) + by
        # What the field shows already is no step back.
        while 0 <= at < len(prompts) and prompts[at] == field.toPlainText().strip():
            at += by
        if at < 0 or (at >= len(prompts) and self._at is None):
            return
        self._is_recalling = True
        try:
            field.replace_text(prompts[at] if at < len(prompts) else self._draft)
        finally:
            self._is_recalling = False
        self._at = at if at < len(prompts) else None

    def _leave_history(self) -> None:
        if not self._is_recalling:
            self._at = None

    # Styles and wildcards.

    def fill_menu(self) -> None:
        """List what there is now."""
        self.menu.clear()
        for style in self.styles.styles:
            action = self.menu.addAction(style.name.replace("&", "&&"), partial(self.use, style))
            action.setToolTip("\n".join(filter(None, (style.prompt, style.negative_prompt))))
        if not self.styles.styles:
            self.menu.addAction(self.tr("No styles yet: write words, and save them here")).setEnabled(False)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Save prompt as a style…"), self._ask_and_keep)
        gone = self.menu.addMenu(self.tr("Remove a style"))
        gone.setEnabled(bool(self.styles.styles))
        for style in self.styles.styles:
            gone.addAction(style.name.replace("&", "&&"), partial(self.remove, style))
        self.menu.addSeparator()
        wild = self.menu.addMenu(self.tr("Wildcards"))
        for name in self._project.wildcards.names()[:MOST_WILDCARDS]:
            wild.addAction(name.replace("&", "&&"), partial(self._insert, f"__{name}__"))
        wild.addAction(self.tr("Alternatives: {red|blue}"), partial(self._insert, "{red|blue}"))
        wild.addSeparator()
        wild.addAction(self.tr("Open the folder of wildcards"), self._open_folder)

    def use(self, style: Style) -> None:
        """Add a style's words to the prompts, as one step of undo."""
        project, spec = self._project, self._project.spec
        # A macro does not join with what was typed just before.
        project.undo_stack.beginMacro(self.tr("add style"))
        if style.negative_prompt and (spec is None or spec.takes_negative):
            negative = with_style(project.edit.negative_prompt, style.negative_prompt)
            project.change(self.tr("add style"), negative_prompt=negative)
        project.type_prompt(with_style(project.prompt, style.prompt))
        project.undo_stack.endMacro()

    def keep(self, name: str) -> None:
        """Keep the words of both prompts as a style."""
        style = Style(
            name=name.strip(), prompt=self._project.prompt, negative_prompt=self._project.edit.negative_prompt
        )
        try:
            self.styles.keep(style)
        except (BadInputError, OSError) as error:
            self._studio.say(sentence(str(error)), icon="error", tint="bad")
        else:
            self._studio.say(self.tr("Saved the style “{name}”.").format(name=style.name), icon="check", tint="good")

    def remove(self, style: Style) -> None:
        """Take a style away."""
        try:
            self.styles.remove(style.name)
        except OSError as error:
            self._studio.say(sentence(str(error)), icon="error", tint="bad")
        else:
            self._studio.say(self.tr("Removed the style “{name}”.").format(name=style.name))

    def _ask_and_keep(self) -> None:
        title, question = self.tr("Save prompt as a style"), self.tr("Name of the style")
        name, is_given = QInputDialog.getText(self._panel.window(), title, question)
        if is_given:
            self.keep(name)

    def _insert(self, words: str) -> None:
        self._panel.prompt.textCursor().insertText(words)
        self._panel.prompt.setFocus()

    def _open_folder(self) -> None:
        folder = self._project.wildcards.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._studio.say(sentence(str(error)), icon="error", tint="bad")
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
