"""Which results belong to the project: what was sent from it, by job and by the files that came of it.

The files stay where the engine put them; the project refers to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.project_file import Made
from engine.messages import ExportRequest, JobState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.jobs import JobModel


class ProjectResults(QObject):
    """Takes in every job that this window sends, but exports."""

    changed = Signal()

    def __init__(self, jobs: JobModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._made: tuple[Made, ...] = ()
        self.is_changed = False
        """Whether they are others than those that the project was saved with."""
        jobs.job_named.connect(self._take_job)
        jobs.job_ended.connect(self._take_end)

    @property
    def made(self) -> tuple[Made, ...]:
        """The results as far as is known now; jobs that came to nothing are left out."""
        settled = (self._settled(one) for one in self._made)
        return tuple(one for one in settled if one is not None)

    @property
    def paths(self) -> list[str]:
        """Their files, absolute."""
        return [path for one in self.made for path in one.paths]

    def begin(self, made: tuple[Made, ...]) -> None:
        """From now on these are the project's, as it was saved."""
        self._made, self.is_changed = made, False

    def add(self, made: tuple[Made, ...]) -> None:
        """Put further ones behind them; a job that is there is not added again."""
        known = {one.job for one in self._made}
        fresh = tuple(one for one in made if one.job not in known)
        if fresh:
            self._change((*self._made, *fresh))

    def move(self, places: Mapping[str, str]) -> None:
        """Files are elsewhere now: new paths by the old ones."""
        moved = tuple(replace(one, paths=tuple(places.get(path, path) for path in one.paths)) for one in self.made)
        if moved != self.made:
            self._change(moved)

    def _change(self, made: tuple[Made, ...]) -> None:
        self._made, self.is_changed = made, True
        self.changed.emit()

    def _take_job(self, _token: str, job: str) -> None:
        record = self._jobs.record(job)
        if record is not None and not isinstance(record.request, ExportRequest):
            self.add((Made(job=job),))

    def _take_end(self, job: str) -> None:
        if any(one.job == job for one in self._made):
            self._change(self.made)

    def _settled(self, one: Made) -> Made | None:
        record = self._jobs.record(one.job)
        if one.paths or record is None:
            return one
        if record.state is JobState.DONE:
            return replace(one, paths=record.info.outputs)
        return None if record.state.is_final else one
