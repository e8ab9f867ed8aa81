"""What the artist's verbs do with jobs: generate, export, cancel, retry. Connects project, jobs, engine and canvas.

It owns no widget and no state but what the canvas follows. Files and the clipboard are in `exchange`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.jobs import JobModel
from app.reports import (
    CancelCommand,
    CommandFailed,
    JobsListed,
    ModelsListed,
    MoveCommand,
    PauseCommand,
    Reach,
    Report,
    RetryCommand,
    ReviseCommand,
    SubmitCommand,
)
from app.widgets.notice_bar import LONG_MS, SHORT_MS, UNDO_MS, NoticeBar
from app.words import sentence
from engine.errors import BadInputError
from engine.messages import ExportRequest, JobState, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.canvas.stage import Stage
    from app.engine_link import EngineLink
    from app.grid_plan import GridPlan
    from app.grids import Grids
    from app.outbox import Outbox
    from app.project import Project


@dataclass(frozen=True)
class _Parts:
    project: Project
    jobs: JobModel
    link: EngineLink
    outbox: Outbox
    grids: Grids
    stage: Stage
    notices: NoticeBar


class Studio(QObject):
    """The verbs. Every one returns at once; what comes of it arrives as reports."""

    refused = Signal(str)
    """Generate had no effect; the message belongs beside it. Empty: it had."""
    generated = Signal()
    """What the settings ask for is on its way to the queue."""
    editing_changed = Signal(str)
    """The waiting job that Generate changes now, by its words; empty when Generate makes a new one."""

    def __init__(
        self,
        *,
        project: Project,
        jobs: JobModel,
        link: EngineLink,
        outbox: Outbox,
        grids: Grids,
        stage: Stage,
        notices: NoticeBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._of = _Parts(project, jobs, link, outbox, grids, stage, notices)
        self._follows = True
        self._editing = ""
        link.reported.connect(self._take)
        jobs.job_changed.connect(self._follow)
        jobs.job_named.connect(self._follow_named)

    def generate(self) -> None:
        """Send the project's request, for pictures or a take, to the queue and show what comes of it."""
        try:
            request = self._of.project.request()
        except BadInputError as error:
            self.refused.emit(error.message)
            return
        self.generated.emit()
        if not self._editing:
            self.send(request)
            return
        self._of.link.send(ReviseCommand(self._editing, request))
        self.stop_editing()
        self.refused.emit("")
        self.say(self.tr("Changed the waiting job."), icon="check", tint="good", for_ms=SHORT_MS)

    def edit_job(self, key: str) -> None:
        """Take a waiting job's settings over, so that Generate changes that job instead of making another."""
        record = self._of.jobs.record(key)
        if record is None or record.state is not JobState.PENDING or not record.info.job:
            self.say(self.tr("Only a job that waits can be edited; “Use these settings” takes over those of others."))
            return
        request = record.image or record.video
        if request is None or not self._of.project.holds(request):
            self.say(self.tr("This job has parts that the settings do not show; cancel it and start it anew."))
            return
        self._of.project.restore(request)
        self._editing = key
        self.editing_changed.emit(" ".join(request.prompt.split()))

    def stop_editing(self) -> None:
        """Leave the job that was being edited as it is; Generate makes new ones again."""
        if self._editing:
            self._editing = ""
            self.editing_changed.emit("")

    def move(self, key: str, before: str) -> None:
        """Put a waiting job right before another one, or behind all."""
        for job in self._of.grids.unfinished(key):
            record = self._of.jobs.record(job)
            if job == key or (record is not None and record.state is JobState.PENDING and record.info.job):
                self._of.link.send(MoveCommand(job, before))

    def export(self, request: ExportRequest, file: Path) -> None:
        """Queue an export of frames of a take to a file, or to a folder of pictures."""
        self._of.outbox.send(request, str(file))
        self.say(self.tr("Exporting to {file}").format(file=str(file)))

    def send(self, request: Request) -> str:
        """Hand a request to the queue and show what comes of it, unless something else is being made.

        Returns:
            The key of the job, until the engine has given it its own.
        """
        self.refused.emit("")
        token = self._of.outbox.send(request)
        self._follows = True
        if self._of.stage.shows_editor or self._is_idle_canvas() or len(self._of.jobs.unfinished()) == 1:
            self._of.stage.show_job(token)
        if self._of.link.connection.reach is Reach.LOST:
            self.say(
                self.tr("The engine is not reachable; the job is kept and waits until it is."), icon="warn", tint="warn"
            )
        return token

    def start_grid(self, plan: GridPlan) -> None:
        """Hand all cells of an X/Y grid to the queue and show them."""
        self.refused.emit("")
        self.generated.emit()
        self._follows = True
        self._of.stage.show_job(self._of.grids.start(plan))

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
        if len(cells := self._of.grids.unfinished(key)) > 1:
            self._cancel_several(cells)
            return True
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

    def cancel_all(self) -> None:
        """Cancel everything that runs or waits, with undo for some seconds."""
        self._cancel_several([JobModel.key_of(record) for record in self._of.jobs.unfinished()])

    def _cancel_several(self, unfinished: list[str]) -> None:
        records = (self._of.jobs.record(key) for key in unfinished)
        keys = [record.info.job for record in records if record is not None and record.info.job]
        if not keys:
            return
        # From the end, so that none of them starts on the way.
        for key in reversed(keys):
            self._of.link.send(CancelCommand(key))
        self._of.notices.say(
            self.tr("Cancelled %n jobs.", "", len(keys)),
            button=self.tr("Undo"),
            action=partial(self._retry_all, keys),
            for_ms=UNDO_MS,
        )

    def _retry_all(self, keys: list[str]) -> None:
        for key in keys:
            self.retry(key)

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

    def repeat(self) -> None:
        """Queue what is on the canvas once more, as a new job."""
        record = self._of.stage.record
        if record is not None:
            self.send(record.request)

    def set_paused(self, paused: bool) -> None:
        """Stop or resume handing out jobs."""
        self._of.link.send(PauseCommand(paused))

    def say(self, text: str, *, icon: str = "info", tint: str = "quiet", for_ms: int = LONG_MS) -> None:
        """Show a sentence over the canvas; `tint` is its icon's colour."""
        self._of.notices.say(text, icon=icon, tint=tint, for_ms=for_ms)

    def offer(self, text: str, button: str, action: Callable[[], None]) -> None:
        """Show a sentence over the canvas with something to do about it."""
        self._of.notices.say(text, icon="check", tint="good", button=button, action=action)

    def _take(self, report: Report) -> None:
        self._of.jobs.take(report)
        match report:
            case ModelsListed(models):
                self._of.project.set_models(models)
            case JobsListed():
                self._show_something()
            case CommandFailed(_, verb, _, message):
                if verb == ReviseCommand.__name__:
                    self.refused.emit(message)
                elif verb == SubmitCommand.__name__:
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
            self._of.stage.show_job(JobModel.key_of(record), behind=self._of.stage.shows_editor)
            return

    def _follow_named(self, _token: str, job: str) -> None:
        self._follow(job)

    def _follow(self, key: str) -> None:
        """While the artist has not looked elsewhere, the canvas goes on to the job that has just begun."""
        record = self._of.jobs.record(key)
        if key == self._editing and (record is None or record.state is not JobState.PENDING):
            self.stop_editing()
            self.say(self.tr("The job that you were editing no longer waits; Generate makes a new one."))
        if record is None or not self._follows or not record.is_live:
            return
        # What is being painted on is not taken away from under the brush.
        is_painting = self._of.stage.shows_editor or self._of.stage.bench is not None
        if record.state is JobState.RUNNING and self._is_idle_canvas() and not is_painting:
            self._of.stage.show_job(key)
