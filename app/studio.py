"""What the artist's verbs do: generate, cancel, retry, restore, save, copy. Connects project, jobs, engine and canvas.

It owns no widget and no state but what the canvas follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.cells import mime_of
from app.jobs import JobModel
from app.picture_file import read_request, save_copy
from app.reports import (
    CancelCommand,
    CommandFailed,
    JobsListed,
    ModelsListed,
    PauseCommand,
    Reach,
    Report,
    RetryCommand,
    SubmitCommand,
)
from app.widgets.notice_bar import LONG_MS, SHORT_MS, UNDO_MS, NoticeBar
from app.words import sentence, size_text
from engine.errors import BadInputError
from engine.media.infotext import format_infotext
from engine.messages import ImageRequest, JobState

if TYPE_CHECKING:
    from app.background import Background, Problem
    from app.canvas.stage import Stage
    from app.engine_link import EngineLink
    from app.outbox import Outbox
    from app.project import Project


@dataclass(frozen=True)
class _Parts:
    project: Project
    jobs: JobModel
    link: EngineLink
    outbox: Outbox
    stage: Stage
    notices: NoticeBar
    background: Background


class Studio(QObject):
    """The verbs. Every one returns at once; what comes of it arrives as reports."""

    refused = Signal(str)
    """Generate had no effect; the message belongs beside it. Empty: it had."""

    def __init__(
        self,
        *,
        project: Project,
        jobs: JobModel,
        link: EngineLink,
        outbox: Outbox,
        stage: Stage,
        notices: NoticeBar,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._of = _Parts(project, jobs, link, outbox, stage, notices, background)
        self._follows = True
        link.reported.connect(self._take)
        jobs.job_changed.connect(self._follow)
        jobs.job_named.connect(self._follow_named)

    def generate(self) -> None:
        """Send the project's request to the queue and show its grid."""
        try:
            request = self._of.project.image_request()
        except BadInputError as error:
            self.refused.emit(error.message)
            return
        self.refused.emit("")
        token = self._of.outbox.send(request)
        self._follows = True
        if self._is_idle_canvas() or len(self._of.jobs.unfinished()) == 1:
            self._of.stage.show_job(token)
        if self._of.link.connection.reach is Reach.LOST:
            self.say(
                self.tr("The engine is not reachable; the job is kept and waits until it is."), icon="warn", tint="warn"
            )

    def generate_example(self, prompt: str) -> None:
        """Write an example into the prompt and generate it."""
        self._of.project.change(self.tr("example"), prompt=prompt)
        self.generate()

    def show_job(self, key: str, picture: int = 0, *, large: bool = False) -> None:
        """Put a job of the artist's choice on the canvas; it stays until the next Generate."""
        self._follows = False
        self._of.stage.show_job(key, picture, large=large)

    def show_picture(self, key: str, picture: int) -> None:
        """Show one picture of a job large."""
        self.show_job(key, picture, large=True)

    def cancel(self, key: str) -> bool:
        """Cancel a job, with undo for some seconds; False when there is nothing to cancel."""
        record = self._of.jobs.record(key)
        if record is None or record.state.is_final:
            return False
        if not record.info.job:
            self.say(self.tr("The engine has not taken this job yet; cancel it in a moment."))
            return True
        self._of.link.send(CancelCommand(key))
        words = " ".join(record.request.prompt.split())
        short = words if len(words) <= 48 else words[:47] + "…"
        self._of.notices.say(
            self.tr("Cancelled “{prompt}”.").format(prompt=short),
            button=self.tr("Undo"),
            action=partial(self.retry, key),
            for_ms=UNDO_MS,
        )
        return True

    def cancel_newest(self) -> bool:
        """Cancel what the canvas shows, else what runs; False when nothing does."""
        shown = self._of.stage.record
        if shown is not None and not shown.state.is_final:
            return self.cancel(JobModel.key_of(shown))
        unfinished = self._of.jobs.unfinished()
        running = [record for record in unfinished if record.state is JobState.RUNNING] or unfinished
        return bool(running) and self.cancel(JobModel.key_of(running[-1]))

    def retry(self, key: str) -> None:
        """Queue an ended job again, as a new attempt."""
        self._of.link.send(RetryCommand(key))

    def set_paused(self, paused: bool) -> None:
        """Stop or resume handing out jobs."""
        self._of.link.send(PauseCommand(paused))

    def reuse(self) -> None:
        """Take over the settings of the picture on the canvas."""
        request = self._shown_request()
        if request is not None:
            self._restore(request, self.tr("the picture on the canvas"))

    def open_files(self, files: list[Path]) -> None:
        """Restore the settings that a dropped or opened picture holds."""
        pictures = [file for file in files if file.suffix.lower() == ".png"]
        if not pictures:
            name = files[0].name if files else ""
            self.say(self.tr("“{name}” is no PNG picture made by Onetake, so it holds no settings.").format(name=name))
            return
        file = pictures[0]
        self._of.background.run(partial(read_request, file), partial(self._take_settings, file))

    def save(self, target: Path) -> None:
        """Save a copy of the current picture, with its settings inside."""
        source = Path(self._of.stage.current_path())
        self._of.background.run(partial(save_copy, source, target), partial(self._tell_saved, target))

    def copy_picture(self) -> None:
        """Put the current picture into the clipboard, as pixels and as a file."""
        QGuiApplication.clipboard().setMimeData(mime_of([self._of.stage.current_path()]))
        self.say(self.tr("Copied the picture."), icon="check", tint="good", for_ms=SHORT_MS)

    def copy_settings(self) -> None:
        """Put the settings of the current picture into the clipboard, as text."""
        record = self._of.stage.record
        if record is not None:
            seed = record.request.seed + max(self._of.stage.current_index(), 0)
            QGuiApplication.clipboard().setText(format_infotext(record.request, seed=seed, version=_version()))
            self.say(self.tr("Copied the settings."), icon="check", tint="good", for_ms=SHORT_MS)

    def reveal(self) -> None:
        """Show the current picture's folder in the file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._of.stage.current_path()).parent)))

    def say(self, text: str, *, icon: str = "info", tint: str = "quiet", for_ms: int = LONG_MS) -> None:
        """Show a sentence over the canvas; `tint` is its icon's colour."""
        self._of.notices.say(text, icon=icon, tint=tint, for_ms=for_ms)

    def _shown_request(self) -> ImageRequest | None:
        record = self._of.stage.record
        if record is None:
            return None
        picture = max(self._of.stage.current_index(), 0)
        return replace(record.request, seed=record.request.seed + picture, count=1)

    def _restore(self, request: ImageRequest, source: str) -> None:
        project = self._of.project
        project.restore(request)
        self._of.notices.say(
            self.tr("Restored the settings of {source}: seed {seed}, {size}.").format(
                source=source, seed=request.seed, size=size_text(request.width, request.height)
            ),
            icon="check",
            tint="good",
            button=self.tr("Undo"),
            action=project.undo_stack.undo,
        )

    def _take_settings(self, file: Path, result: ImageRequest | Problem | None) -> None:
        if isinstance(result, ImageRequest):
            self._restore(result, f"“{file.name}”")
        elif result is not None:
            self.say(self.tr("“{name}”: {why}").format(name=file.name, why=result), icon="warn", tint="warn")
        else:
            self.say(self.tr("“{name}” holds no settings that Onetake can read.").format(name=file.name))

    def _tell_saved(self, target: Path, result: Path | Problem) -> None:
        if not isinstance(result, Path):
            why = result.strerror if isinstance(result, OSError) and result.strerror else str(result)
            words = self.tr("“{name}” cannot be saved: {why}; choose another folder.")
            self.say(words.format(name=target.name, why=why), icon="error", tint="bad")
        else:
            self.say(self.tr("Saved {file}").format(file=str(result)), icon="check", tint="good")

    def _take(self, report: Report) -> None:
        self._of.jobs.take(report)
        match report:
            case ModelsListed(models):
                self._of.project.set_models(models)
            case JobsListed():
                self._show_something()
            case CommandFailed(_, verb, _, message):
                if verb == SubmitCommand.__name__:
                    self.refused.emit(message)
                    self._show_something()
                else:
                    self.say(sentence(message), icon="error", tint="bad")
            case _:
                pass

    def _is_idle_canvas(self) -> bool:
        record = self._of.stage.record
        return record is None or record.state.is_final

    def _show_something(self) -> None:
        """An empty canvas shows what runs, else how the latest job ended, so that a new window goes on where it was."""
        if self._of.stage.record is not None:
            return
        unfinished = self._of.jobs.unfinished()
        done = [record for record in self._of.jobs.records() if record.state is JobState.DONE]
        failed = [record for record in self._of.jobs.troubled() if record.state is JobState.FAILED]
        ended = sorted((*done, *failed), key=lambda record: record.ended_at)
        for record in (*unfinished[:1], *ended[-1:]):
            self._of.stage.show_job(JobModel.key_of(record))
            return

    def _follow_named(self, _token: str, job: str) -> None:
        self._follow(job)

    def _follow(self, key: str) -> None:
        """While the artist has not looked elsewhere, the canvas goes on to the job that has just begun."""
        record = self._of.jobs.record(key)
        if record is None or not self._follows or not record.is_live:
            return
        if record.state is JobState.RUNNING and self._is_idle_canvas():
            self._of.stage.show_job(key)


def _version() -> str:
    # Imported here: it costs a tenth of the window's start, and only copied settings name the version.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("onetake")
    except PackageNotFoundError:
        return ""
