"""Which project is open, what of it is unsaved, and who may save it. Without one the work is "Untitled".

Owns opening, saving, closing and recovering. The format is `project_file`'s; asking and telling the artist is
`project_controls`'. Saving in place is done in a thread, for which the window waits a moment only: what a disk that is
slow or does not answer makes of it is told later.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from app.background import KEPT_WITHIN_S, SAVED_WITHIN_S, Background, Newest
from app.edit_files import edit_files, with_paths
from app.image_edit import ImageEdit, keep_edit, read_edit
from app.place_looks import real_place
from app.project_file import SUFFIX, TIMELINE, Made, ProjectFile, read_project, write_project
from app.project_lock import ProjectLock, WhyReadOnly
from app.project_media import MEDIA, Stamp, found_beside, stamps_of
from app.project_results import ProjectResults
from app.project_timeline import read_changed_plan
from app.recovery import Left, Recovery
from engine.errors import BadInputError, EngineError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Problem
    from app.jobs import JobModel
    from app.project import Project


class _Saving(NamedTuple):
    """What is being saved: the work as it was when that was asked for."""

    before: ProjectFile
    edit: ImageEdit
    made: tuple[Made, ...]


class _Saved(NamedTuple):
    file: ProjectFile
    stamps: list[Stamp]
    """Of the masks and maps before they were copied: what is painted meanwhile is new."""


class ProjectSession(QObject):
    """The project of one window.

    Args:
        project: The edit state that the panels show.
        jobs: Those that the window sends belong to the project.
        home: Untitled is its edit.json; unsaved work of projects is kept in its folder recovery.
        begin_with: The project to open at once; Untitled if it cannot be opened, and then `unopened` says why.
    """

    changed = Signal()
    """Another project is open, or the same one is saved."""
    modified_changed = Signal()
    saved = Signal()
    """It is, after `save` could not wait for it."""
    save_failed = Signal(str)
    """The same, but it could not be written, and why; the old project stands."""
    left_found = Signal()
    """It has been looked for work of windows that crashed; `offers` has what was found."""

    def __init__(self, project: Project, jobs: JobModel, home: Path, begin_with: Path | None = None) -> None:
        super().__init__(project)
        self._project, self._results = project, ProjectResults(jobs, self)
        self._untitled, self._recovery = home / "edit.json", Recovery(home / "recovery")
        self._file: ProjectFile | None = None
        self._lock: ProjectLock | None = None
        self._stamps: list[Stamp] = []
        """Of the masks and maps as they were saved."""
        self._latest_stamps: list[Stamp] = []
        """Of the same as they were when last looked at, in a thread: their disk may be one that does not answer."""
        self._left: list[Left] = []
        self._declined: set[Path] = set()
        # One for each that may wait: for the masks' disk, twice, and for that of the home folder.
        self._background = Background(self, threads=3)
        # One after the other; and closing waits for what is asked for.
        self._saves = Background(self, threads=1, kept_within_s=SAVED_WITHIN_S)
        self._saving: _Saving | None = None
        self._is_asked_again = False
        self._is_touched = False
        """Whether anything was done or undone since what is being saved."""
        self._answered: list[_Saved | OSError | EngineError] = []
        """How the last save ended, once its disk has answered."""
        self._stamp_looks, self._left_looks = Newest(self._background), Newest(self._background)
        self.read_only: WhyReadOnly | None = None
        project.undo_stack.cleanChanged.connect(self.modified_changed)
        project.undo_stack.indexChanged.connect(self._touch)
        self._results.changed.connect(self._take_results)
        project.edit_changed.connect(self._look_at_masks)
        project.saved.connect(self._look_at_masks)
        self.unopened = ""
        try:
            if begin_with is not None:
                self.open(begin_with)
        except EngineError as error:
            self.unopened = error.message

    @property
    def file(self) -> ProjectFile | None:
        """The open project as it was read or last saved; None for Untitled."""
        return self._file

    @property
    def folder(self) -> Path | None:
        return None if self._file is None else self._file.folder

    @property
    def is_modified(self) -> bool:
        """Whether the project's folder lacks something, as far as is known; Untitled is always kept."""
        return self._file is not None and (self._is_edited or self._stamps != self._latest_stamps)

    def lacks_something(self) -> bool:
        """The same, looked at now; a disk that has not answered within KEPT_WITHIN_S counts as one with new strokes."""
        if self._file is None or self._is_edited:
            return self.is_modified
        edit = self._project.edit
        if not _is_painted(edit):
            return bool(self._stamps)
        found: list[list[Stamp]] = []
        answered = Event()

        def look() -> None:
            try:
                found.append(stamps_of(edit))
            finally:
                answered.set()

        self._background.run(look, lambda _: None)
        answered.wait(KEPT_WITHIN_S)
        return found != [self._stamps]

    def open(self, place: Path) -> None:
        """Read a project and go on with it. It is read-only where it must be. What was open before is left as it is.

        Raises:
            BadInputError: It cannot be read; the open project stays.
            OutputError: Untitled cannot be kept; it stays.
        """
        file = read_project(real_place(place))
        if file.folder == self.folder:
            return
        self._refuse_while_saving()
        self._settle()
        lock = ProjectLock(file.folder)
        # Nothing at all is written to the folder of a newer version, not even a lock.
        why = WhyReadOnly.NEWER if file.is_newer else lock.take()
        if why is None:
            # Another window may have saved and let go in between.
            file = read_project(file.folder)
        self._leave()
        self._adopt(file, lock, why or (WhyReadOnly.UNREAD if file.unread else None))
        self._project.take_over(file.edit, self._keep_journal)
        self.changed.emit()

    @property
    def is_saving(self) -> bool:
        """Whether the disk has still to answer; until then no other project takes this one's place."""
        return self._saving is not None

    def save(self) -> bool:
        """Write the open project as it is now; asked for while that goes on, as it is when that is done.

        Returns:
            Whether it is saved already; else `saved` or `save_failed` tells how it ends.

        Raises:
            DiskFullError: No room; the old project stands.
            OutputError: It cannot be written; the old project stands.
        """
        assert self._file is not None
        assert self.read_only is None
        if self._saving is not None:
            self._is_asked_again = True
            return False
        # What is painted belongs on disk now.
        self._project.requesting.emit()
        saving = self._saving = _Saving(self._file, self._project.edit, self._results.made)
        self._is_touched = False
        answered = Event()
        ends = self._answered = list[_Saved | OSError | EngineError]()

        def work() -> _Saved:
            try:
                saved = _write_all(saving)
                ends.append(saved)
            except (OSError, EngineError) as error:
                ends.append(error)
                raise
            finally:
                answered.set()
            return saved

        self._saves.run(work, partial(self._take_end, saving), keeps=True)
        answered.wait(KEPT_WITHIN_S)
        if not ends:
            return False
        self._saving = None
        if not isinstance(ends[0], _Saved):
            raise ends[0]
        self._finish_saving(saving, ends[0])
        return True

    def save_as(self, folder: Path) -> bool:
        """Write the work as a new project and go on with that; False if that is this one, and `save` says so.

        Raises:
            BadInputError: There is something else already.
            DiskFullError: No room; nothing has changed.
            OutputError: It cannot be written; nothing has changed.
        """
        folder = real_place(folder.with_name(folder.name.removesuffix(SUFFIX) + SUFFIX))
        if folder == self.folder and self.read_only is None:
            return self.save()
        self._refuse_while_saving()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadInputError(f"“{folder.name}” is there already; choose another name, so that nothing is lost")
        file, lock = self._write(folder), ProjectLock(folder)
        holds_untitled = self._file is None and self._holds_untitled()
        self._release()
        self._adopt(file, lock, lock.take())
        self._project.keep_with(self._keep_journal)
        if holds_untitled:
            self._empty_untitled()
        self._settle_on(file.made)
        return True

    def close(self) -> None:
        """Go back to Untitled as it was left. What is unsaved is given up.

        Raises:
            OutputError: Untitled cannot be kept; it stays.
        """
        if self._file is not None:
            self._refuse_while_saving()
            self._leave()
            self._file = self.read_only = None
            self._results.begin(())
            self._project.take_over(
                read_edit(self._untitled) or ImageEdit(), partial(partial, keep_edit, self._untitled)
            )
            self.changed.emit()

    def begin_new(self) -> None:
        """An empty Untitled; undo brings its last content back."""
        self.close()
        self._results.begin(())
        self._replace(self.tr("new project"), ImageEdit(model=self._project.edit.model))

    def begin_example(self, folder: Path) -> None:
        """A copy of a project as Untitled, whose last content undo brings back. The project itself is only read.

        Raises:
            BadInputError: It cannot be read; the open project stays.
            OutputError: Untitled cannot be kept; it stays.
        """
        edit = read_project(folder).edit
        self.close()
        self._results.begin(())
        self._replace(self.tr("open example"), edit)

    def end(self) -> None:
        """The window closes: let go of the project, and of what is unsaved."""
        self._saves.close()
        self._background.close()
        if self._file is not None:
            # Saved, or not wanted.
            self._project.keep_with(lambda _: lambda: None)
            is_written = any(isinstance(end, _Saved) for end in self._answered) and not self._is_asked_again
            if self._saving is None or is_written:
                # What a disk that does not answer still has of it is offered to the next window.
                with suppress(OSError):
                    self._discard()
            self._release()

    def look_for_left(self) -> None:
        """Look for work of windows that crashed; `left_found` tells when it is known."""
        self._left_looks.ask(self._recovery.left_behind, self._take_left)

    def offers(self) -> list[Left]:
        """Work of windows that crashed, the newest first, but what was declined in this window."""
        return [left for left in self._left if left.file not in self._declined]

    def decline(self, left: Left) -> None:
        """Leave it for the next window; saving its project gives it up."""
        self._declined.add(left.file)

    def recover(self, left: Left) -> None:
        """Open the project that a window left behind and put its unsaved work on top, as one step of undo.

        Raises:
            BadInputError: The project is not there any more; its work is in Untitled now, as one step of undo.
            OutputError: What is open cannot be kept; it stays.
        """
        problem: BadInputError | None = None
        try:
            self.open(left.folder)
        except BadInputError as error:
            problem = error
            self.close()
        self._replace(self.tr("recover"), left.journal.edit)
        self._results.add(left.journal.made)
        # Written in the new place before the old one goes.
        self._project.save_soon()
        if self._project.close():
            self._recovery.forget(left)
            self._left = [other for other in self._left if other.file != left.file]
        if problem is not None:
            raise BadInputError(f"{problem.message}; the unsaved work is here, as Untitled")

    def named(self) -> list[str]:
        """Files that the project names and that have to be there, absolute. Nobody has looked for them."""
        if self._file is None:
            return []
        media = self._file.folder / MEDIA
        named = [
            file.path
            for file in edit_files(self._project.edit)
            if not file.may_be_absent or Path(file.path).is_relative_to(media)
        ]
        return named + self._results.paths

    def relink(self, missing: str, found: Path, others: list[str]) -> int:
        """Say where a missing file is now, as one step of undo; returns how many of the others were beside it."""
        places = found_beside(others, missing, found)
        after = with_paths(self._project.edit, lambda path: places.get(path, path))
        self._replace(self.tr("relink"), after)
        self._results.move(places)
        return len(places) - 1

    def use_plan_file(self) -> None:
        """Take over the plan in timeline.otio, as one step of undo.

        Raises:
            BadInputError: It cannot be read.
        """
        assert self._file is not None
        video = read_changed_plan(self._file.folder / TIMELINE, self._project.video)
        self._project.change_video(self.tr("open timeline"), video)

    def _replace(self, text: str, edit: ImageEdit) -> None:
        self._project.change(text, **{name: getattr(edit, name) for name in edit.__struct_fields__})

    def _write(self, folder: Path) -> ProjectFile:
        # What is painted belongs on disk now.
        self._project.requesting.emit()
        return write_project(folder, self._project.edit, self._results.made, self._file)

    def _take_end(self, saving: _Saving, result: _Saved | Problem) -> None:
        """What `save` has not waited for."""
        if saving is not self._saving:
            return
        self._saving, again = None, self._is_asked_again
        self._is_asked_again = False
        try:
            if not isinstance(result, _Saved):
                raise result
            self._finish_saving(saving, result)
            if again and not self.save():
                return
        except (OSError, EngineError) as error:
            self.save_failed.emit(str(error))
        else:
            self.saved.emit()

    def _finish_saving(self, saving: _Saving, saved: _Saved) -> None:
        self._file = saved.file
        self._stamp_looks.forget()
        self._stamps = self._latest_stamps = saved.stamps
        if not self._is_touched and self._results.made == saving.made:
            self._settle_on(saving.made)
        else:
            # What has been done meanwhile is not saved, nor is what undo leads back to.
            self._project.undo_stack.resetClean()
            self._project.save_soon()
            self._look_at_masks()
            self.changed.emit()

    def _settle_on(self, made: tuple[Made, ...]) -> None:
        """All that there is has been saved."""
        assert self._file is not None
        self._results.begin(made)
        self._project.undo_stack.setClean()
        # What the artist has not decided about yet stays.
        given_up = [left for left in self._left if left.folder == self._file.folder and left.file in self._declined]
        self._discard(*given_up)
        self._left = [left for left in self._left if left not in given_up]
        self._look_at_masks()
        self.changed.emit()

    def _refuse_while_saving(self) -> None:
        if self._saving is not None:
            name = self._saving.before.name
            raise OutputError(f"“{name}” is still being saved; wait until its disk answers")

    def _adopt(self, file: ProjectFile, lock: ProjectLock, why: WhyReadOnly | None) -> None:
        self._file, self._lock, self.read_only = file, lock, why
        self._results.begin(file.made)
        self._begin_stamps(file.edit)

    def _settle(self) -> None:
        """Untitled goes on where it is; it must be on disk before something else takes its place."""
        if self._file is None and not self._project.close():
            raise OutputError("Untitled cannot be kept; make room in the home folder, then try again")

    def _leave(self) -> None:
        self._settle()
        self._discard()
        self._release()

    def _discard(self, *given_up: Left) -> None:
        def discard() -> None:
            self._recovery.discard()
            for left in given_up:
                self._recovery.forget(left)

        self._project.keeper.now(discard)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _holds_untitled(self) -> bool:
        """Whether what is kept as Untitled is this window's: another one may have written it since."""
        return self._project.close() and read_edit(self._untitled) == self._project.edit

    def _empty_untitled(self) -> None:
        try:
            keep_edit(self._untitled, ImageEdit(model=self._project.edit.model))
        except OSError as error:
            # Its content is in the project as well.
            self._project.save_failed.emit(str(error))

    def _take_results(self) -> None:
        if self._file is not None:
            self._project.save_soon()
            self.modified_changed.emit()

    def _keep_journal(self, edit: ImageEdit) -> Callable[[], None]:
        if self._file is not None and self.is_modified:
            return partial(self._recovery.keep, self._file.folder, edit, self._results.made)
        return self._recovery.discard

    @property
    def _is_edited(self) -> bool:
        # While it is being saved, what counts as clean is what was saved before.
        is_other = self._saving is not None and self._is_touched
        return is_other or not self._project.undo_stack.isClean() or self._results.is_changed

    def _touch(self) -> None:
        # What is painted counts from the first stroke on, though it is not in the edit until it is written.
        if self._saving is not None:
            self._is_touched = True
            self.modified_changed.emit()

    def _begin_stamps(self, edit: ImageEdit) -> None:
        """From now on what is painted is new."""
        self._stamp_looks.forget()
        self._stamps = self._latest_stamps = stamps_of(edit)

    def _look_at_masks(self) -> None:
        edit = self._project.edit
        if self._file is not None and (self._latest_stamps or _is_painted(edit)):
            self._stamp_looks.ask(partial(stamps_of, edit), self._take_stamps)

    def _take_stamps(self, stamps: list[Stamp] | Problem) -> None:
        if isinstance(stamps, list) and stamps != self._latest_stamps:
            self._latest_stamps = stamps
            # Strokes alone are work, too.
            self._project.save_soon()
            self.modified_changed.emit()

    def _take_left(self, left: list[Left] | Problem) -> None:
        if isinstance(left, list):
            self._left = left
            self.left_found.emit()


def _is_painted(edit: ImageEdit) -> bool:
    """Whether it names masks or maps at all, at which one could look."""
    return any(file.is_copied for file in edit_files(edit))


def _write_all(saving: _Saving) -> _Saved:
    stamps = stamps_of(saving.edit)
    return _Saved(write_project(saving.before.folder, saving.edit, saving.made, saving.before), stamps)
