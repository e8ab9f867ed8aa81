"""Says under the prompt how many tokens it is and what the model will not read of it. Connects project and panel.

Owns when to count. Counting is `token_count`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.prompt_choices import draw_choices, has_choices
from app.token_count import TokenCount, TokenCounter, load_counter
from engine.errors import BadInputError

if TYPE_CHECKING:
    from app.background import Background, Problem
    from app.panels.prompt import PromptPanel
    from app.project import Project

FEW_LETTERS = 40


class TokenHelp(QObject):
    """Loads the tokenizer of the chosen model in the background; without one it says nothing."""

    def __init__(self, panel: PromptPanel, project: Project, background: Background) -> None:
        super().__init__(panel)
        self._panel, self._project, self._background = panel, project, background
        self._model = ""
        self._counter: TokenCounter | None = None
        project.models_changed.connect(self._load)
        project.edit_changed.connect(self._take_edit)
        self._load()

    def _take_edit(self, changed: set[str]) -> None:
        if "model" in changed:
            self._load()
        elif changed & {"prompt", "video", "seed"}:
            self._show()

    def _load(self) -> None:
        spec = self._project.spec
        if spec is None or spec.name == self._model:
            return
        self._model, self._counter = spec.name, None
        self._show()
        self._background.run(partial(load_counter, spec), partial(self._take, spec.name))

    def _take(self, model: str, result: TokenCounter | Problem | None) -> None:
        if model == self._model:
            # Whatever is wrong with the model's files, Generate will tell.
            self._counter = result if isinstance(result, TokenCounter) else None
            self._show()

    def _show(self) -> None:
        text, panel = self._project.prompt, self._panel
        counted = self._count(self._drawn(text)) if text.strip() else None
        if counted is None:
            panel.show_tokens("", "")
            panel.prompt.mark_cut(None)
            return
        words = self.tr("{count} of {room} tokens").format(count=counted.tokens, room=counted.room)
        panel.show_tokens(words, self._cut(text, counted))
        # What is drawn of alternatives stands elsewhere than what is typed.
        panel.prompt.mark_cut(None if has_choices(text) else counted.cut_at)

    def _count(self, text: str) -> TokenCount | None:
        spec, is_video = self._project.spec, self._project.video.is_active
        if self._counter is None or spec is None:
            return None
        weighting = spec.video_weighting if is_video else spec.weighting
        return self._counter.count(text, weighted=bool(weighting), chunked=spec.chunks_prompts and not is_video)

    def _drawn(self, text: str) -> str:
        try:
            return draw_choices([text], self._project.edit.seed, self._project.wildcards)[0]
        except BadInputError:
            # Generate will tell.
            return text

    def _cut(self, text: str, counted: TokenCount) -> str:
        if counted.cut_at is None:
            return ""
        spec = self._project.spec
        name = spec.title if spec is not None else self._model
        rest = "" if has_choices(text) else " ".join(text[counted.cut_at :].split())
        short = rest if len(rest) <= FEW_LETTERS else rest[: FEW_LETTERS - 1] + "…"
        if not short:
            over = counted.tokens - counted.room
            return self.tr("{model} will not read the last {n} tokens").format(model=name, n=over)
        return self.tr("{model} will not read: {words}").format(model=name, words=short)
