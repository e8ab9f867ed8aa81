"""Which project is open, what of it is unsaved, and who may save it. Without one the work is "Untitled".

Owns opening, saving, closing and recovering. The format is `project_file`'s; asking and telling the artist is
`project_controls`'.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.edit_files import edit_files, with_paths
from app.image_edit import ImageEdit, keep_edit, read_edit
from app.place_looks import real_place
from app.project_file import SUFFIX, TIMELINE, ProjectFile, read_project, write_project
from app.project_lock import ProjectLock, WhyReadOnly
from app.project_media import MEDIA, Stamp, found_beside, missing_files, stamps_of
from app.project_results import ProjectResults
from app.project_timeline import read_changed_plan
from app.recovery import Left, Recovery
from engine.errors import BadInputError, EngineError, OutputError

if TYPE_CHECKING:
    from app.jobs import JobModel
    from app.project import Project


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

    def __init__(self, project: Project, jobs: JobModel, home: Path, begin_with: Path | None = None) -> None:
        super().__init__(project)
        self._project, self._results = project, ProjectResults(jobs, self)
        self._untitled, self._recovery = home / "edit.json", Recovery(home / "recovery")
        self._file: ProjectFile | None = None
        self._lock: ProjectLock | None = None
        self._stamps: list[Stamp] = []
        self._declined: set[Path] = set()
        self.read_only: WhyReadOnly | None = None
        project.undo_stack.cleanChanged.connect(self.modified_changed)
        self._results.changed.connect(self._take_results)
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
        """Whether the project's folder lacks something; Untitled is always kept."""
        if self._file is None:
            return False
        is_edited = not self._project.undo_stack.isClean() or self._results.is_changed
        return is_edited or self._stamps != stamps_of(self._project.edit)

    def open(self, place: Path) -> None:
        """Read a project and go on with it. It is read-only where it must be. What was open before is left as it is.

        Raises:
            BadInputError: It cannot be read; the open project stays.
            OutputError: Untitled cannot be kept; it stays.
        """
        file = read_project(real_place(place))
        if file.folder == self.folder:
            return
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

    def save(self) -> None:
        """Write the open project.

        Raises:
            DiskFullError: No room; the old project stands.
            OutputError: It cannot be written; the old project stands.
        """
        assert self._file is not None
        assert self.read_only is None
        self._file = self._write(self._file.folder)
        self._finish_saving()

    def save_as(self, folder: Path) -> None:
        """Write the work as a new project and go on with that.

        Raises:
            BadInputError: There is something else already.
            DiskFullError: No room; nothing has changed.
            OutputError: It cannot be written; nothing has changed.
        """
        folder = real_place(folder.with_name(folder.name.removesuffix(SUFFIX) + SUFFIX))
        if folder == self.folder and self.read_only is None:
            self.save()
            return
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadInputError(f"“{folder.name}” is there already; choose another name, so that nothing is lost")
        file, lock = self._write(folder), ProjectLock(folder)
        holds_untitled = self._file is None and self._holds_untitled()
        self._release()
        self._adopt(file, lock, lock.take())
        self._project.keep_with(self._keep_journal)
        if holds_untitled:
            self._empty_untitled()
        self._finish_saving()

    def close(self) -> None:
        """Go back to Untitled as it was left. What is unsaved is given up.

        Raises:
            OutputError: Untitled cannot be kept; it stays.
        """
        if self._file is not None:
            self._leave()
            self._file = self.read_only = None
            self._results.begin(())
            self._project.take_over(read_edit(self._untitled) or ImageEdit(), partial(keep_edit, self._untitled))
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
        if self._file is not None:
            self._project.keep_with(_keep_nothing)
            self._leave()

    def offers(self) -> list[Left]:
        """Work of windows that crashed, the newest first, but what was declined in this window."""
        return [left for left in self._recovery.left_behind() if left.file not in self._declined]

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
        if problem is not None:
            raise BadInputError(f"{problem.message}; the unsaved work is here, as Untitled")

    def missing(self) -> list[str]:
        """Files that the project names and that are not there, absolute."""
        if self._file is None:
            return []
        media = self._file.folder / MEDIA
        named = [
            file.path
            for file in edit_files(self._project.edit)
            if not file.may_be_absent or Path(file.path).is_relative_to(media)
        ]
        return missing_files(named + self._results.paths)

    def relink(self, missing: str, found: Path) -> int:
        """Say where a missing file is now, as one step of undo; returns how many files beside it were found as well."""
        places = found_beside(self.missing(), missing, found)
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

    def _finish_saving(self) -> None:
        assert self._file is not None
        self._stamps = stamps_of(self._project.edit)
        self._results.begin(self._file.made)
        self._project.undo_stack.setClean()
        self._recovery.discard()
        for left in self._recovery.left_behind():
            # What the artist has not decided about yet stays.
            if left.folder == self._file.folder and left.file in self._declined:
                self._recovery.forget(left)
        self.changed.emit()

    def _adopt(self, file: ProjectFile, lock: ProjectLock, why: WhyReadOnly | None) -> None:
        self._file, self._lock, self.read_only = file, lock, why
        self._results.begin(file.made)
        self._stamps = stamps_of(file.edit)

    def _settle(self) -> None:
        """Untitled goes on where it is; it must be on disk before something else takes its place."""
        if self._file is None and not self._project.close():
            raise OutputError("Untitled cannot be kept; make room in the home folder, then try again")

    def _leave(self) -> None:
        self._settle()
        self._recovery.discard()
        self._release()

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

    def _keep_journal(self, edit: ImageEdit) -> None:
        if self._file is not None and self.is_modified:
            self._recovery.keep(self._file.folder, edit, self._results.made)
        else:
            self._recovery.discard()


def _keep_nothing(_edit: ImageEdit) -> None:
    """For a window that closes: its project is saved, or not wanted."""
