"""X/Y grids of this home: which jobs are the cells of one, kept on disk, and what stands for them in the queue.

The engine knows single jobs only. Owns sending the cells; what they are is app.grid_plan's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from app.grid_axes import Axis
from app.jobs import job_of
from app.shared_file import SharedFile
from engine.messages import JobState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.grid_plan import GridPlan
    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.outbox import Outbox

KEEP_AFTER_MS = 400


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """One grid: `jobs[y][x]` is the job of a cell; labels are those of columns and rows."""

    x: Axis
    y: Axis | None
    x_labels: tuple[str, ...]
    y_labels: tuple[str, ...]
    jobs: tuple[tuple[str, ...], ...]
    created: float = 0.0

    @property
    def cells(self) -> tuple[str, ...]:
        """All jobs, row by row."""
        return tuple(job for row in self.jobs for job in row)

    @property
    def title(self) -> str:
        """What varies, in the words of the command line."""
        return self.x.title if self.y is None else f"{self.x.title} \N{MULTIPLICATION SIGN} {self.y.title}"

    def renamed(self, names: Mapping[str, str]) -> Grid:
        """The grid with other names for some of its jobs."""
        jobs = tuple(tuple(names.get(job, job) for job in row) for row in self.jobs)
        return msgspec.structs.replace(self, jobs=jobs)


class Grids(QObject):
    """All grids by the keys of their jobs."""

    lead_changed = Signal()
    """Another job stands for its grid in the queue."""
    save_failed = Signal(str)

    def __init__(self, file: Path, jobs: JobModel, outbox: Outbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file, self._jobs, self._outbox = SharedFile(file, self), jobs, outbox
        self._by_key: dict[str, Grid] = {}
        self._leads: dict[float, str] = {}
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEP_AFTER_MS)
        self._keeping.timeout.connect(self.keep)
        unsent = {job_of(record.token): record.token for record in jobs.unsent()}
        for grid in _read(self._file.read()):
            self._know(grid.renamed(unsent))
        self._file.changed.connect(self._take_others)
        jobs.job_named.connect(self._rename)
        jobs.job_changed.connect(self._follow)

    def of(self, key: str) -> Grid | None:
        """The grid that a job is a cell of."""
        return self._by_key.get(key)

    def start(self, plan: GridPlan) -> str:
        """Send all cells to the queue, those of one model together; returns the key of the first."""
        places = [(y, x) for y, row in enumerate(plan.rows) for x in range(len(row))]
        # A model is loaded once, not in turn with another.
        places.sort(key=lambda place: plan.rows[place[0]][place[1]].model)
        sent = dict(zip(places, self._outbox.send_all(plan.rows[y][x] for y, x in places), strict=True))
        jobs = tuple(tuple(sent[y, x] for x in range(len(row))) for y, row in enumerate(plan.rows))
        grid = Grid(x=plan.x, y=plan.y, x_labels=plan.x_labels, y_labels=plan.y_labels, jobs=jobs, created=time.time())
        self._adopt(grid)
        self._choose_lead(grid)
        self.lead_changed.emit()
        return jobs[0][0]

    def unfinished(self, key: str) -> list[str]:
        """The jobs that run or wait in the grid of a job, in the order of its cells; itself where it is of none."""
        grid = self._by_key.get(key)
        return self._unfinished(grid.cells if grid is not None else (key,))

    def left(self, grid: Grid) -> int:
        """How many cells of a grid run or wait."""
        return len(self._unfinished(grid.cells))

    def leads(self, key: str) -> bool:
        """Whether a job is shown in the queue: every job is that is no cell, and of a grid's unfinished cells one."""
        grid = self._by_key.get(key)
        if grid is None:
            return True
        if grid.created not in self._leads:
            # Of an earlier window: nothing has happened to it in this one.
            self._choose_lead(grid)
        return self._leads[grid.created] == key

    def progress(self, record: JobRecord) -> tuple[int, int] | None:
        """How many cells of the grid have ended, and how many there are; None for a job that is no unfinished cell."""
        grid = self._by_key.get(self._jobs.key_of(record))
        if grid is None or record.state.is_final:
            return None
        return len(grid.cells) - self.left(grid), len(grid.cells)

    def keep(self) -> None:
        """Write down which jobs are cells, beside what other windows have written."""
        self._keeping.stop()
        try:
            self._file.change(self._edit)
        except OSError as error:
            self.save_failed.emit(str(error))

    def close(self) -> None:
        """Write what is not written yet."""
        if self._keeping.isActive():
            self.keep()

    def _unfinished(self, keys: Sequence[str]) -> list[str]:
        return [job for job in keys if (record := self._jobs.record(job)) is not None and not record.state.is_final]

    def _adopt(self, grid: Grid) -> None:
        self._know(grid)
        self._keeping.start()

    def _edit(self, document: bytes) -> bytes:
        """Every cell by the name that the engine has for it, or will have."""
        there = {grid.created: grid for grid in _read(document)}
        for created, grid in self._known().items():
            there[created] = grid.renamed({job: job_of(job) for job in grid.cells})
        return msgspec.json.encode(list(there.values()))

    def _take_others(self) -> None:
        known = self._known()
        for grid in _read(self._file.read()):
            if grid.created not in known:
                self._know(grid)
                self._choose_lead(grid)
        # Cells that stood for themselves until now may not.
        self.lead_changed.emit()

    def _know(self, grid: Grid) -> None:
        self._by_key |= dict.fromkeys(filter(None, grid.cells), grid)

    def _known(self) -> dict[float, Grid]:
        """All grids, by when they were made."""
        return {grid.created: grid for grid in self._by_key.values()}

    def _rename(self, token: str, job: str) -> None:
        grid = self._by_key.pop(token, None)
        if grid is not None:
            named = grid.renamed({token: job})
            self._adopt(named)
            if self._choose_lead(named):
                self.lead_changed.emit()

    def _follow(self, key: str) -> None:
        grid = self._by_key.get(key)
        if grid is not None and self._choose_lead(grid):
            self.lead_changed.emit()

    def _choose_lead(self, grid: Grid) -> bool:
        """The first cell that runs, else the first that waits, stands for all; True if that is another than before."""
        left = self._unfinished(grid.cells)
        running = [job for job in left if _state(self._jobs, job) is JobState.RUNNING]
        lead = (running or left or [""])[0]
        changed = self._leads.get(grid.created) != lead
        self._leads[grid.created] = lead
        return changed


def _state(jobs: JobModel, key: str) -> JobState | None:
    record = jobs.record(key)
    return record.state if record is not None else None


def _read(document: bytes) -> list[Grid]:
    """The grids of all windows; none when the file is absent or damaged: their pictures are in the gallery."""
    try:
        return msgspec.json.decode(document, type=list[Grid])
    except msgspec.DecodeError:
        return []
