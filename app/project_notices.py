"""What is said above the canvas about the project: unsaved work found, read-only and why, files that are gone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject

from app.background import Newest
from app.project_file import TIMELINE, PlanFile
from app.project_lock import WhyReadOnly
from app.project_media import missing_files
from app.widgets.project_bar import ProjectBar, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Background, Problem
    from app.project_session import ProjectSession
    from app.recovery import Left

MOST_NAMED = 20
RECOVERY, READ_ONLY, MISSING, PLAN, UNREAD = "recovery", "read_only", "missing", "plan", "unread"


class ProjectNotices(QObject):
    """Each line goes when its cause does, or when the artist closes it."""

    def __init__(
        self,
        session: ProjectSession,
        bar: ProjectBar,
        background: Background,
        *,
        save_as: Callable[[], object],
        recover: Callable[[Left], None],
        relink: Callable[[str], None],
        do: Callable[[Callable[[], object]], bool],
    ) -> None:
        super().__init__(session)
        self._session, self._bar, self._do = session, bar, do
        self._save_as, self._recover, self._relink = save_as, recover, relink
        self.missing: list[str] = []
        """Files of the project that were not there at the last look."""
        self._looks = Newest(background)
        self._looked_in: Path | None = None

    def offer_recovery(self) -> None:
        """Offer the newest work that a crashed window left. A declined offer comes again with the next window."""
        left = next(iter(self._session.offers()), None)
        if left is None:
            self._bar.say(RECOVERY, None)
            return
        moment = QDateTime.fromSecsSinceEpoch(round(left.journal.written))
        when = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
        words = self.tr("“{name}” has unsaved changes of {when}, from a window that did not close properly.")
        said = Say(
            words.format(name=left.name, when=when),
            self.tr("Recover"),
            partial(self._recover, left),
            partial(self._decline, left),
            "warn",
            "warn",
        )
        self._bar.say(RECOVERY, said)

    def show_unread(self, copies: list[Path]) -> None:
        """Say where the work of the last session lies that could not be wholly read."""
        if copies:
            words = self.tr("Parts of your last work cannot be read. All of it is kept in {file}.")
            self._bar.say(UNREAD, Say(words.format(file=copies[0]), icon="warn", tint="warn"))

    def show_state(self) -> None:
        """Say what is so with the project that is open now."""
        self._show_read_only()
        self.show_missing()
        self._show_plan()
        offer = self._bar.line(RECOVERY)
        if offer is not None:
            # It may have been saved over.
            self.offer_recovery()

    def show_missing(self) -> None:
        """Say, soon, which files are not there, if any: some may lie on a disk that does not answer."""
        folder = self._session.folder
        if folder != self._looked_in:
            self._tell_missing([])
        self._looked_in = folder
        self._looks.ask(partial(missing_files, self._session.named()), self._take_missing)

    def _take_missing(self, result: list[str] | Problem) -> None:
        if isinstance(result, list):
            self._tell_missing(result)

    def _tell_missing(self, missing: list[str]) -> None:
        self.missing = missing
        if not missing:
            self._bar.say(MISSING, None)
            return
        name = Path(missing[0]).name
        if len(missing) == 1:
            words = self.tr("{file} is missing; everything else is here.").format(file=name)
        else:
            words = self.tr("%n files are missing, the first is {file}.", "", len(missing)).format(file=name)
        relink = partial(self._relink, missing[0])
        tip = "\n".join(missing[:MOST_NAMED])
        self._bar.say(MISSING, Say(words, self.tr("Relink…"), relink, icon="warn", tint="warn", tip=tip))

    def _show_read_only(self) -> None:
        why, file = self._session.read_only, self._session.file
        if why is None or file is None:
            self._bar.say(READ_ONLY, None)
            return
        words = {
            WhyReadOnly.NEWER: self.tr("“{name}” comes from a newer version of Onetake. Update to change it in place."),
            WhyReadOnly.UNREAD: self.tr("Parts of “{name}” cannot be read: {parts}. They stay in its folder."),
            WhyReadOnly.ELSEWHERE: self.tr("“{name}” is open in another window. Changes here need another name."),
            WhyReadOnly.FOLDER: self.tr("The folder of “{name}” cannot be written. Changes need another place."),
        }[why].format(name=file.name, parts=", ".join(file.unread))
        self._bar.say(READ_ONLY, Say(words, self.tr("Save as…"), self._press_save_as, icon="lock"))

    def _show_plan(self) -> None:
        file = self._session.file
        if file is None or file.plan is PlanFile.SAME:
            self._bar.say(PLAN, None)
        elif file.plan is PlanFile.CHANGED:
            words = self.tr("{file} differs from what was saved with “{name}”; another program may have changed it.")
            text = words.format(file=TIMELINE, name=file.name)
            self._bar.say(PLAN, Say(text, self.tr("Use its timeline"), self._use_plan))
        else:
            words = self.tr("{file} of “{name}” is missing. The timeline is here all the same; saving writes the file.")
            self._bar.say(PLAN, Say(words.format(file=TIMELINE, name=file.name)))

    def _use_plan(self) -> None:
        if self._do(self._session.use_plan_file):
            self._close_plan()

    def _close_plan(self) -> None:
        self._bar.say(PLAN, None)

    def _press_save_as(self) -> None:
        self._save_as()

    def _decline(self, left: Left) -> None:
        self._session.decline(left)
        self.offer_recovery()
