"""The first frame of the window, painted before anything else is loaded: colours, panels, and a prompt to type into.

Imports as little as it can, since every module here is waited for. What stands behind the frame is `application`.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, cast

from PySide6.QtCore import QByteArray, QJsonDocument
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from app.panels.prompt import PromptPanel
from app.settings import WindowSettings
from app.theme import Theme
from engine.paths import Paths, resources_folder

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine_link import Client

# One attempt; the link tries again by itself, and closing the window waits for at most one.
CONNECT_TIMEOUT_S = 10.0
REPORT_START = "ONETAKE_REPORT_START"


class Opening(NamedTuple):
    """What the first frame is made of."""

    window: MainWindow
    theme: Theme
    settings: WindowSettings
    prompt: PromptPanel


def open_frame(app: QApplication, paths: Paths) -> Opening:
    """Make the frame, not yet shown, with the text of the last session in the prompt."""
    settings = WindowSettings(paths.home / "window.ini")
    theme = Theme(app, resources_folder())
    theme.choose(settings.appearance)
    prompt = PromptPanel(theme)
    prompt.prompt.show_text(_saved_prompt(paths.home / "edit.json"))
    window = MainWindow(prompt)
    if not settings.restore(window):
        window.arrange()
    return Opening(window, theme, settings, prompt)


def run(paths: Paths, argv: list[str]) -> int:
    """Open the window of this home and run it; returns the exit status when it is closed."""
    paths.create()
    with (paths.home / "crash.log").open("a", encoding="utf-8") as crash_log:
        faulthandler.enable(crash_log)
        try:
            return _run_window(paths, argv)
        finally:
            faulthandler.disable()


def _run_window(paths: Paths, argv: list[str]) -> int:
    # As an argument it costs the start nothing; QApplication.setStyle loads all of QStyle into Python.
    app = QApplication([*argv, "-style", "fusion"])
    app.setApplicationName("onetake")
    app.setApplicationDisplayName("Onetake")
    QGuiApplication.setDesktopFileName("onetake")
    opening = open_frame(app, paths)
    opening.window.first_painted.connect(lambda: _furnish(opening, paths))
    opening.window.show()
    with suppress(KeyboardInterrupt):
        return app.exec()
    return 130


def _furnish(opening: Opening, paths: Paths) -> None:
    painted_at = time.time()
    # Loaded only now: the frame is on the screen, and what is typed meanwhile waits in Qt's queue.
    from app.application import complete  # noqa: PLC0415

    def connect() -> Client:
        # In the link's thread: the window does not wait for it.
        from engine.client import EngineClient  # noqa: PLC0415

        return EngineClient.connect(paths, timeout_s=CONNECT_TIMEOUT_S)

    application = complete(opening, paths, connect)
    gc.freeze()
    gc.enable()
    if REPORT_START in os.environ:
        from app.start_report import StartReport  # noqa: PLC0415

        StartReport(application, painted_at)


def _saved_prompt(file: Path) -> str:
    """The prompt in the file of `Project`, read without what that needs; empty when it cannot be read."""
    try:
        document = QJsonDocument.fromJson(QByteArray(file.read_bytes()))
    except OSError:
        return ""
    saved = document.object()
    prompt: object = saved.get("prompt")
    video: object = saved.get("video")
    if isinstance(video, dict) and video.get("is_active") is True:  # pyright: ignore[reportUnknownMemberType]
        prompt = _current_words(cast("dict[str, object]", video), prompt)
    return prompt if isinstance(prompt, str) else ""


def _current_words(video: dict[str, object], prompt: object) -> object:
    """The words of the current segment, as Project.prompt has them; `prompt` where there are no segments."""
    segments, current = video.get("segments"), video.get("current", 0)
    if not isinstance(segments, list) or not isinstance(current, int):
        return prompt
    listed = cast("list[object]", segments)
    if not 0 <= current < len(listed) or not isinstance(listed[current], dict):
        return prompt
    return cast("dict[str, object]", listed[current]).get("prompt", "")
