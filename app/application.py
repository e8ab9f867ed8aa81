"""Composition root: what stands behind the painted frame, built and connected in order, and taken down again.

`opening` paints the frame first. The engine is reached when everything stands; torch is never loaded here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt

from app.actions import Actions
from app.background import SAVED_WITHIN_S, Background
from app.canvas.sheet_page import SheetPage
from app.canvas.stage import Stage
from app.controls import Controlled, Controls
from app.desk import Desk
from app.edit_wing import EditSurroundings, EditWing
from app.engine_link import Client, EngineLink
from app.examples import Example
from app.exchange import Exchange
from app.gallery_controls import GalleryControls
from app.gallery_model import GalleryModel
from app.grid_controls import GridControls, GridParts
from app.grids import Grids
from app.icons import Icons
from app.jobs import JobModel
from app.layer_controls import LayerControls
from app.live_wing import LiveWing
from app.map_jobs import MapJobs
from app.notifications import Notifications
from app.outbox import Outbox
from app.panels.control import ControlPanel
from app.panels.gallery import GalleryPanel
from app.panels.queue import QueuePanel
from app.pictures import PictureCache
from app.project import Project
from app.project_controls import ProjectControls, ProjectParts
from app.project_session import ProjectSession
from app.prompt_help import PromptHelp
from app.reports import Report, StatusRead
from app.stars import Stars
from app.status_bar import StatusBar
from app.studio import Studio
from app.trash import Trashed
from app.video_wing import VideoWing
from app.widgets.focus_ring import FocusRing
from app.widgets.mode_switch import ModeSwitch
from app.widgets.notice_bar import NoticeBar
from app.widgets.project_keys import ProjectKeys
from app.widgets.settings_form import SettingsForm
from engine.paths import resources_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.main_window import MainWindow
    from app.opening import Opening
    from app.panels.prompt import PromptPanel
    from app.settings import WindowSettings
    from app.theme import Appearance, Theme
    from engine.paths import Paths

EXAMPLE = "winter mountains at night, a moon on the left"


@dataclass(frozen=True)
class Application:
    """The parts of one window that outsiders need. `close` the window to take all of it down."""

    window: MainWindow
    theme: Theme
    prompt: PromptPanel
    form: SettingsForm
    control: ControlPanel
    queue: QueuePanel
    gallery: GalleryPanel
    status: StatusBar
    stage: Stage
    studio: Studio
    exchange: Exchange
    project: Project
    files: ProjectControls
    jobs: JobModel
    link: EngineLink
    notices: NoticeBar
    controls: Controls
    desk: Desk
    notifications: Notifications
    prompt_help: PromptHelp
    mode: ModeSwitch
    wing: VideoWing
    editing: EditWing
    live: LiveWing


def complete(opening: Opening, paths: Paths, connect: Callable[[], Client]) -> Application:
    """Put everything behind the painted frame and into it, and reach for the engine."""
    window, theme, settings, prompt = opening.window, opening.theme, opening.settings, opening.prompt

    # The state of the window, and what it talks to.
    icons = Icons(resources_folder() / "icons", theme, theme)
    project = Project(paths.home / "edit.json", writing := Background(threads=1))
    jobs = JobModel(project, cleared_at=settings.cleared_at)
    # Before the panels show the project: what is typed by now belongs to it.
    session = ProjectSession(project, jobs, paths.home, begin_with=opening.project)
    stars, trashed = Stars(paths.home / "stars.json", project), Trashed(paths.home / "trashed.json", project)
    link = EngineLink(connect)
    outbox = Outbox(paths.home / "waiting", jobs, link, project)
    grids = Grids(paths.home / "grids.json", jobs, outbox, project)
    cache = PictureCache(background := Background(kept_within_s=SAVED_WITHIN_S), paths.takes, background)

    # What is seen.
    actions = Actions(icons, project.undo_stack, project)
    wing = VideoWing(
        window=window,
        project=project,
        jobs=jobs,
        theme=theme,
        icons=icons,
        actions=actions,
        cache=cache,
        paths=paths,
    )
    stage = Stage(
        jobs=jobs,
        stars=stars,
        cache=cache,
        theme=theme,
        icons=icons,
        actions=actions,
        example=QCoreApplication.translate("Application", "Try: {prompt}").format(prompt=EXAMPLE),
        log_file=str(paths.log),
        player=wing.player,
    )
    (notices := NoticeBar(icons)).float_over(stage.stack)
    prompt.bind(project, form := SettingsForm(project, theme, icons), shown=opening.words)
    ProjectKeys(prompt).guard(prompt.prompt)
    window.prompt_head.add(mode := ModeSwitch(project))
    control, queue, gallery = (
        ControlPanel(project, cache, theme, icons, actions, head=window.control_head),
        QueuePanel(jobs=jobs, grids=grids, cache=cache, theme=theme, icons=icons, head=window.queue_head),
        GalleryPanel(GalleryModel(jobs, stars, trashed, project), cache, theme),
    )
    window.furnish(
        canvas=stage, queue=queue, gallery=gallery, control=control, status=(status := StatusBar(theme, icons))
    )
    window.setWindowIcon(icons.emblem())
    FocusRing(window, theme).follow(prompt.prompt)

    # What it does.
    studio = Studio(
        project=project,
        jobs=jobs,
        link=link,
        outbox=outbox,
        grids=grids,
        stage=stage,
        notices=notices,
        parent=project,
    )
    exchange = Exchange(project=project, stage=stage, notices=notices, background=background, parent=project)
    parts = Controlled(
        *(window, project, jobs, stars, studio, exchange, wing, stage),
        *(mode, prompt, form, queue, gallery, control, trashed),
    )
    maps = MapJobs(jobs, outbox, cache, project)
    LayerControls(parts, actions, background=background, kept=paths.pictures, maps=maps)
    controls, desk = Controls(parts, actions, theme, settings), Desk(window, actions, settings, theme, prompt.generate)
    editing = EditWing(
        EditSurroundings(window, project, stage, exchange, notices, theme, icons, actions, control, maps)
    )
    live = LiveWing(parts, editing, actions, theme, link=link, connect=connect)
    notifications = Notifications(jobs, window, settings=settings, switch=actions.notify)
    GalleryControls(parts, actions, background=background, notices=notices)
    GridControls(
        GridParts(window, project, jobs, grids, studio, stage, background, paths),
        SheetPage(jobs=jobs, stars=stars, grids=grids, cache=cache, theme=theme, save=actions.save_grid),
        actions,
    )
    prompt_help = PromptHelp(prompt, project, studio, background=background, writing=writing, home=paths.home)
    files = ProjectControls(
        ProjectParts(window, project, session, notices, status, settings, exchange, background), actions, icons
    )
    _connect_files(stage, studio, files, prompt)
    _connect_link(link, status, form, actions)
    _connect_saving(status, project, stars, trashed, outbox, grids)

    def take_down() -> None:
        settings.cleared_at = jobs.cleared_at
        desk.keep()
        settings.keep(window)
        project.close()
        link.close()
        outbox.close()
        for part in (live, wing, editing, exchange, grids, notifications, background, writing):
            part.close()

    controls.appearance_chosen.connect(partial(_choose_appearance, settings, theme))
    window.closing.connect(take_down)
    _keep_with(window, theme, project, link, background, writing)
    link.start()
    return Application(
        window=window,
        theme=theme,
        prompt=prompt,
        form=form,
        control=control,
        queue=queue,
        gallery=gallery,
        status=status,
        stage=stage,
        studio=studio,
        exchange=exchange,
        project=project,
        files=files,
        jobs=jobs,
        link=link,
        notices=notices,
        controls=controls,
        desk=desk,
        notifications=notifications,
        prompt_help=prompt_help,
        mode=mode,
        wing=wing,
        editing=editing,
        live=live,
    )


def _choose_appearance(settings: WindowSettings, theme: Theme, appearance: Appearance) -> None:
    settings.appearance = appearance
    theme.choose(appearance)


def _connect_link(link: EngineLink, status: StatusBar, form: SettingsForm, actions: Actions) -> None:
    link.connection_changed.connect(status.show_connection)
    link.reported.connect(partial(_show_status, status, form))
    status.retry_pressed.connect(link.reconnect_now)
    actions.reconnect.triggered.connect(link.reconnect_now)


def _connect_files(stage: Stage, studio: Studio, files: ProjectControls, prompt: PromptPanel) -> None:
    def go_on() -> None:
        """Put the keyboard where work goes on."""
        (prompt.prompt if prompt.prompt.isVisible() else stage.page).setFocus(Qt.FocusReason.OtherFocusReason)

    def make_take() -> None:
        if files.open_example(Example.TAKE):
            studio.generate()

    stage.example_pressed.connect(partial(studio.generate_example, EXAMPLE))
    stage.take_pressed.connect(make_take)
    files.bar.keyboard_left.connect(go_on)


def _connect_saving(status: StatusBar, *parts: Project | Stars | Outbox | Grids) -> None:
    for part in parts:
        part.save_failed.connect(status.show_not_saved)


def _keep_with(window: MainWindow, *parts: QObject) -> None:
    """What the window is made of goes with it."""
    for part in parts:
        part.setParent(window)


def _show_status(status: StatusBar, form: SettingsForm, report: Report) -> None:
    if isinstance(report, StatusRead):
        status.show_status(report.status)
        # Further ranks on the processor ("cpu#1") are asked for by their count, not one by one.
        form.set_devices({worker.device: worker.name for worker in report.status.workers if "#" not in worker.device})
