"""New, open, save and close as the artist meets them: actions, title, notices, and the question before work is lost.

What they do is `project_session`'s. A problem is one sentence over the canvas; what was open stays open.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from app.examples import Example
from app.place_looks import real_place
from app.project_dialogs import Answer, ProjectDialogs, is_project
from app.project_notices import ProjectNotices
from app.settings import MOST_RECENT
from app.verbs import call
from app.widgets.project_bar import ProjectBar
from app.words import sentence
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.actions import Actions
    from app.background import Background
    from app.exchange import Exchange
    from app.icons import Icons
    from app.main_window import MainWindow
    from app.project import Project
    from app.project_session import ProjectSession
    from app.recovery import Left
    from app.settings import WindowSettings
    from app.status_bar import StatusBar
    from app.widgets.notice_bar import NoticeBar


class ProjectParts(NamedTuple):
    """The parts that the controls act on."""

    window: MainWindow
    project: Project
    session: ProjectSession
    notices: NoticeBar
    status: StatusBar
    settings: WindowSettings
    exchange: Exchange
    background: Background


class ProjectControls(QObject):
    """Connects on construction; from then on the window answers."""

    def __init__(self, parts: ProjectParts, actions: Actions, icons: Icons) -> None:
        super().__init__(parts.window)
        self._of = parts
        self.session = parts.session
        self.dialogs = ProjectDialogs(parts.window)
        self._recent = parts.window.menus.recent
        self.bar = ProjectBar(icons)
        parts.window.furnish_top(self.bar)
        self.told = ProjectNotices(
            *(self.session, self.bar, parts.background),
            save_as=self.save_as,
            recover=self._recover,
            relink=self.relink,
            do=self._do,
        )
        verbs: dict[str, Callable[[], object]] = {
            "new_project": self.begin_new,
            "open_project": self.choose,
            "save_project": self.save,
            "save_project_as": self.save_as,
            "close_project": self.close,
        }
        for name, verb in verbs.items():
            getattr(actions, name).triggered.connect(partial(call, verb))
        self.session.changed.connect(self._show)
        self.session.modified_changed.connect(self._show_title)
        self._waiting = ""
        """What is said while a disk has still to answer."""
        self._after: Callable[[], object] | None = None
        """What goes on once the work is saved for which the disk has still to answer."""
        self.session.saved.connect(self._take_saved)
        self.session.save_failed.connect(self._take_unsaved)
        self.session.left_found.connect(self.told.offer_recovery)
        parts.project.saved.connect(self._show_kept)
        parts.project.edit_changed.connect(self._show_title)
        parts.window.files_dropped.connect(self._take_dropped)
        parts.window.ask_before_closing(partial(self.may_leave, parts.window.close))
        parts.window.closing.connect(self.session.end)
        self._close_action = actions.close_project
        for action, example in ((actions.example_picture, Example.PICTURE), (actions.example_take, Example.TAKE)):
            action.triggered.connect(partial(call, partial(self.open_example, example)))
        actions.reopen.setChecked(parts.settings.reopens)
        actions.reopen.toggled.connect(self._choose_reopening)
        self._show()
        self.session.look_for_left()
        self.told.show_unread(parts.project.unread)
        if self.session.unopened:
            parts.notices.say(sentence(self.session.unopened))

    # Verbs.

    def begin_new(self) -> None:
        """Start with nothing."""
        if self.may_leave(self.begin_new):
            self._do(self.session.begin_new)

    def choose(self) -> None:
        """Ask for a project and open it."""
        folder = self.dialogs.open_folder(self._latest())
        if folder is not None:
            self.open(folder)

    def open(self, place: Path) -> None:
        """Open a project, unless the artist wants to stay with unsaved work."""
        if real_place(place) != self.session.folder and self.may_leave(partial(self.open, place)):
            self._do(partial(self.session.open, place))

    def open_example(self, example: Example) -> bool:
        """Open a copy of an example, unless the artist wants to stay with unsaved work; False if it is not open yet."""
        begin = partial(self.session.begin_example, example.folder)
        return self.may_leave(partial(self.open_example, example)) and self._do(begin)

    def save(self) -> bool:
        """Save in its place, or where the artist says; False when it is not saved, or not yet."""
        session = self.session
        if session.file is None or session.read_only is not None:
            return self.save_as()
        return self._save(session.save)

    def save_as(self) -> bool:
        """Ask for a name and save under it; False when it is not saved."""
        session = self.session
        name = session.file.name if session.file is not None else self.tr("Untitled")
        folder = self.dialogs.new_folder(name, self._latest())
        return folder is not None and self._save(partial(session.save_as, folder))

    def close(self) -> None:
        """Go back to Untitled."""
        if self.may_leave(self.close):
            self._do(self.session.close)

    def relink(self, missing: str) -> None:
        """Ask where a missing file is now."""
        found = self.dialogs.find_file(missing)
        if found is not None:
            self._do(partial(self.session.relink, missing, found, self.told.missing))
            self.told.show_missing()

    def may_leave(self, go_on: Callable[[], object]) -> bool:
        """Whether what is open may go: nothing is unsaved, or the artist has saved it or given it up.

        `go_on` is called later where it is to be saved first and the disk has not answered yet.
        """
        file = self.session.file
        self._after = None
        if file is not None:
            # What is painted belongs on disk now: it counts.
            self._of.project.requesting.emit()
        if not self.session.lacks_something():
            return True
        assert file is not None
        answer = self.dialogs.ask_unsaved(file.name)
        if answer is not Answer.SAVE:
            return answer is Answer.GIVE_UP
        is_saved = self.save()
        if self.session.is_saving:
            self._after = go_on
        return is_saved

    def _recover(self, left: Left) -> None:
        if self.may_leave(partial(self._recover, left)):
            self._do(partial(self.session.recover, left))
            self.told.offer_recovery()
            # Other windows may have crashed since.
            self.session.look_for_left()

    def _take_dropped(self, files: list[Path]) -> None:
        projects = [file for file in files if is_project(file)]
        if projects:
            self.open(projects[0])
        else:
            self._of.exchange.open_files(files)

    def _save(self, verb: Callable[[], bool]) -> bool:
        ends: list[bool] = []
        if not self._do(lambda: ends.append(verb())):
            return False
        if ends[0]:
            return self._tell_saved()
        assert self.session.file is not None
        words = self.tr("“{name}” is being saved; its disk has not answered yet.")
        self._waiting = words.format(name=self.session.file.name)
        self._of.notices.say(self._waiting, icon="warn", tint="warn", for_ms=0)
        return False

    def _take_saved(self) -> None:
        if self._of.notices.text == self._waiting:
            self._of.notices.close_notice()
        self._tell_saved()
        after, self._after = self._after, None
        if after is not None:
            after()

    def _take_unsaved(self, why: str) -> None:
        self._after = None
        self._of.notices.say(sentence(why), icon="error", tint="bad", for_ms=0)

    def _do(self, verb: Callable[[], object]) -> bool:
        try:
            verb()
        except (EngineError, OSError) as error:
            self._of.notices.say(sentence(str(error)), icon="error", tint="bad", for_ms=0)
            return False
        return True

    # What is seen of it.

    def _tell_saved(self) -> bool:
        assert self.session.file is not None
        self._of.status.show_project_saved(self.session.file.name)
        return True

    def _show(self) -> None:
        folder = self.session.folder
        if folder is not None:
            others = [path for path in self._of.settings.recent_projects if path != str(folder)]
            self._of.settings.recent_projects = [str(folder), *others][:MOST_RECENT]
        self._of.settings.open_project = folder
        self._close_action.setEnabled(folder is not None)
        self._fill_recent()
        self._show_title()
        self.told.show_state()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._of.settings.recent_projects:
            folder = Path(path)
            action = self._recent.addAction(folder.stem.replace("&", "&&"))
            action.setToolTip(path)
            action.triggered.connect(partial(call, partial(self.open, folder)))
        self._recent.setEnabled(not self._recent.isEmpty())

    def _choose_reopening(self, on: bool) -> None:
        self._of.settings.reopens = on

    def _show_title(self) -> None:
        session, window = self.session, self._of.window
        name = session.file.name if session.file is not None else self.tr("Untitled")
        # Doubled, the mark of modification stands for itself.
        words = f"{name.replace('[*]', '[*][*]')}[*]"
        if session.read_only is not None:
            words = self.tr("{name} (read-only)").format(name=words)
        window.setWindowTitle(f"{words} \N{EN DASH} Onetake")
        window.setWindowModified(session.is_modified)

    def _show_kept(self) -> None:
        if self.session.file is None:
            self._of.status.show_saved()
        elif self.session.is_modified:
            self._of.status.show_kept()
        self._show_title()

    def _latest(self) -> Path | None:
        recent = self._of.settings.recent_projects
        return Path(recent[0]) if recent else None
