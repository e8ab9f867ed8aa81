"""The first frame of the window, painted before anything else is loaded: colours, panels, and a prompt to type into.

Imports as little as it can, since every module here is waited for. What stands behind the frame is `application`.

PySide6 makes a class and its enums when the name is first imported, and of all names `PySide6.QtCore.Qt` takes the
longest, some 24 ms for 800 members. So what is painted first imports it only where an artist, or the very first start,
needs it, and gives properties their values by name.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from PySide6.QtCore import QByteArray, QJsonDocument
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.examples import Example
from app.languages import speak
from app.main_window import MainWindow
from app.panels.prompt import PromptPanel
from app.settings import WindowSettings
from app.theme import Theme
from engine.paths import Paths, resources_folder

if TYPE_CHECKING:
    from PySide6.QtCore import QJsonValue

    from app.engine_link import Client

# One attempt; the link tries again by itself, and closing the window waits for at most one.
CONNECT_TIMEOUT_S = 10.0
REPORT_START = "ONETAKE_REPORT_START"
# As `project_file` has it, which is not loaded yet.
MANIFEST = "project.json"


class Opening(NamedTuple):
    """What the first frame is made of."""

    window: MainWindow
    theme: Theme
    settings: WindowSettings
    prompt: PromptPanel
    words: str
    """What the prompt field showed before anything was typed."""
    project: Path | None
    """To be opened as soon as everything stands; None for Untitled."""


def open_frame(app: QApplication, paths: Paths, given: Path | None = None) -> Opening:
    """Make the frame, not yet shown, with the text of the last session or of the project in the prompt.

    Args:
        given: The project to open; without one, the one that was open last, if the artist likes that.
    """
    settings = WindowSettings(paths.home / "window.ini")
    spoken = speak(app, settings.language, resources_folder() / "languages")
    theme = Theme(app, resources_folder())
    theme.choose(settings.appearance, settings.scheme)
    prompt = PromptPanel(theme)
    project = given or settings.project_to_reopen
    words = _saved_prompt(paths.home / "edit.json", project)
    prompt.prompt.show_text(words)
    window = MainWindow(prompt)
    for texts in spoken:
        texts.setParent(window)
    if not settings.restore(window) or not window.is_arranged:
        window.arrange()
        # Its panels are the first workspace's now. Kept as another's, they would overwrite how that one was left.
        settings.workspace = ""

    def keep_scheme() -> None:
        settings.scheme = theme.scheme

    window.closing.connect(keep_scheme)
    return Opening(window, theme, settings, prompt, words, project)


def run(paths: Paths, argv: list[str], project: Path | None = None) -> int:
    """Open the window of this home, with a project if one is given; returns the exit status when it is closed."""
    paths.create()
    begin_home(paths.home / "edit.json")
    with (paths.home / "crash.log").open("a", encoding="utf-8") as crash_log:
        faulthandler.enable(crash_log)
        try:
            return _run_window(paths, argv, project)
        finally:
            faulthandler.disable()


def begin_home(untitled: Path) -> None:
    """Before the first start, put a copy of the first example where Untitled is kept."""
    if untitled.exists():
        return
    # Without it the window opens on nothing, which is no reason not to open.
    with suppress(OSError):
        edit = _read_object(Example.PICTURE.folder / MANIFEST).get("edit")
        if isinstance(edit, dict):
            untitled.write_bytes(bytes(QJsonDocument(cast("dict[str, QJsonValue]", edit)).toJson().data()))


def _run_window(paths: Paths, argv: list[str], project: Path | None) -> int:
    # As an argument it costs the start nothing; QApplication.setStyle loads all of QStyle into Python.
    app = QApplication([*argv, "-style", "fusion"])
    app.setApplicationName("onetake")
    app.setApplicationDisplayName("Onetake")
    QGuiApplication.setDesktopFileName("onetake")
    opening = open_frame(app, paths, project)
    opening.window.first_painted.connect(lambda: _furnish(opening, paths))
    opening.window.show()
    with suppress(KeyboardInterrupt):
        return app.exec()
    return 130


def _furnish(opening: Opening, paths: Paths) -> None:
    painted_at = time.time()
    opening.theme.look_again()
    # Loaded only now: the frame is on the screen, and what is typed meanwhile waits in Qt's queue.
    from app.application import complete  # noqa: PLC0415

    def connect() -> Client:
        # In the link's thread: the window does not wait for it.
        from engine.client import EngineClient  # noqa: PLC0415

        # A lost engine is the link's to see, show and reach again.
        return EngineClient.connect(paths, timeout_s=CONNECT_TIMEOUT_S, reopen=False)

    application = complete(opening, paths, connect)
    gc.freeze()
    gc.enable()
    if REPORT_START in os.environ:
        from app.start_report import StartReport  # noqa: PLC0415

        StartReport(application, painted_at)


def _saved_prompt(untitled: Path, project: Path | None) -> str:
    """The prompt of the project, else of Untitled, read without what `Project` needs; empty when it cannot be read."""
    saved: dict[str, object] = {}
    if project is not None:
        edit = _read_object(project if project.name == MANIFEST else project / MANIFEST).get("edit")
        saved = cast("dict[str, object]", edit) if isinstance(edit, dict) else {}
    saved = saved or _read_object(untitled)
    prompt: object = saved.get("prompt")
    video: object = saved.get("video")
    if isinstance(video, dict) and video.get("is_active") is True:  # pyright: ignore[reportUnknownMemberType]
        prompt = _current_words(cast("dict[str, object]", video), prompt)
    return prompt if isinstance(prompt, str) else ""


def _read_object(file: Path) -> dict[str, object]:
    """The JSON object in a file; empty when there is none."""
    try:
        return cast("dict[str, object]", QJsonDocument.fromJson(QByteArray(file.read_bytes())).object())
    except OSError:
        return {}


def _current_words(video: dict[str, object], prompt: object) -> object:
    """The words of the current segment, as Project.prompt has them; `prompt` where there are no segments."""
    segments, current = video.get("segments"), video.get("current", 0)
    if not isinstance(segments, list) or not isinstance(current, int):
        return prompt
    listed = cast("list[object]", segments)
    if not 0 <= current < len(listed) or not isinstance(listed[current], dict):
        return prompt
    return cast("dict[str, object]", listed[current]).get("prompt", "")
