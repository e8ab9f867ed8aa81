"""Composition root: builds and connects every object of the window, in order, and takes them down again.

The engine is reached after the first paint; torch is never loaded here.
"""

from __future__ import annotations

import faulthandler
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from app.actions import Actions
from app.background import Background
from app.canvas.stage import Stage
from app.engine_link import Client, EngineLink
from app.gallery_model import GalleryModel
from app.icons import Icons
from app.jobs import JobModel
from app.main_window import MainWindow
from app.panels.gallery import GalleryPanel
from app.panels.prompt import PromptPanel
from app.panels.queue import QueuePanel
from app.pictures import PictureCache
from app.project import Project
from app.reports import Report, StatusRead
from app.settings import WindowSettings
from app.stars import Stars
from app.status_bar import StatusBar
from app.studio import Studio
from app.theme import Appearance, Theme
from app.widgets.notice_bar import NoticeBar
from engine.paths import Paths, resources_folder

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = "winter mountains at night, a moon on the left"
# One attempt; the link tries again by itself, and closing the window waits for at most one.
CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Application:
    """The parts of one window that outsiders need. `close` the window to take all of it down."""

    window: MainWindow
    stage: Stage
    studio: Studio
    project: Project
    jobs: JobModel
    link: EngineLink
    notices: NoticeBar
    theme: Theme
    background: Background


def build(app: QApplication, paths: Paths, connect: Callable[[], Client]) -> Application:
    """Make the window, not yet shown, and everything behind it; nothing runs until `start`."""
    resources = resources_folder()
    settings = WindowSettings(paths.home / "window.ini")
    theme = Theme(app, resources)
    theme.choose(settings.appearance)
    icons = Icons(resources / "icons", theme, theme)
    project = Project(paths.home / "edit.json")
    jobs = JobModel(project)
    stars = Stars(paths.home / "stars.json", project)
    link = EngineLink(connect)
    background = Background()
    cache = PictureCache(background, background)
    actions = Actions(icons, project.undo_stack, project)
    example = QCoreApplication.translate("Application", "Try: {prompt}").format(prompt=EXAMPLE)
    stage = Stage(
        jobs=jobs,
        stars=stars,
        cache=cache,
        theme=theme,
        icons=icons,
        actions=actions,
        example=example,
        log_file=str(paths.log),
    )
    notices = NoticeBar(icons)
    studio = Studio(
        project=project, jobs=jobs, link=link, stage=stage, notices=notices, background=background, parent=project
    )
    prompt = PromptPanel(project, theme, icons)
    queue = QueuePanel(jobs, theme, icons)
    gallery = GalleryPanel(GalleryModel(jobs, stars, project), cache, theme)
    status = StatusBar(theme, icons)
    window = MainWindow(
        project=project,
        jobs=jobs,
        stars=stars,
        studio=studio,
        theme=theme,
        actions=actions,
        stage=stage,
        notices=notices,
        prompt=prompt,
        queue=queue,
        gallery=gallery,
        status=status,
    )
    # What the window is made of goes with it.
    for part in (theme, project, link, background):
        part.setParent(window)
    if not settings.restore(window):
        window.arrange()
    stage.example_pressed.connect(partial(studio.generate_example, EXAMPLE))
    link.connection_changed.connect(status.show_connection)
    link.reported.connect(partial(_show_status, status))
    status.retry_pressed.connect(link.reconnect_now)
    actions.reconnect.triggered.connect(link.reconnect_now)
    project.saved.connect(status.show_saved)
    project.save_failed.connect(status.show_not_saved)
    stars.save_failed.connect(status.show_not_saved)

    def choose_appearance(appearance: Appearance) -> None:
        settings.appearance = appearance
        theme.choose(appearance)

    def take_down() -> None:
        settings.keep(window)
        project.close()
        link.close()
        background.close()

    window.appearance_chosen.connect(choose_appearance)
    window.closing.connect(take_down)
    return Application(window, stage, studio, project, jobs, link, notices, theme, background)


def start(application: Application) -> None:
    """Show the window, and reach for the engine once it is painted."""
    application.window.show()
    QTimer.singleShot(0, application.link.start)


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
    app = QApplication(argv)
    app.setApplicationName("onetake")
    app.setApplicationDisplayName("Onetake")
    QGuiApplication.setDesktopFileName("onetake")
    app.setWindowIcon(QIcon(str(resources_folder() / "icons" / "onetake.svg")))

    def connect() -> Client:
        # After the first paint, and in the link's thread: opening the window does not wait for it.
        from engine.client import EngineClient  # noqa: PLC0415

        return EngineClient.connect(paths, timeout_s=CONNECT_TIMEOUT_S)

    application = build(app, paths, connect)
    start(application)
    with suppress(KeyboardInterrupt):
        return app.exec()
    return 130


def _show_status(status: StatusBar, report: Report) -> None:
    if isinstance(report, StatusRead):
        status.show_status(report.status)
