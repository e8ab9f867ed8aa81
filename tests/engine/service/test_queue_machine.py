"""The queue as a state machine: whatever happens in whatever order, no job is lost, doubled or left half-done."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.messages import JobState, Progress
from engine.paths import Paths
from engine.protocol import Run, StopJob, WorkerEvent
from engine.service.store import FINAL, UNDER_WAY
from tests.engine.service.staging import Stage, StageWorker


class QueueMachine(RuleBasedStateMachine):
    """Submissions, cancels, retries, deaths and crashes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="ot-")
        self.stage = Stage(Paths(Path(self.folder)))
        self.jobs: list[str] = []
        self.retries: dict[str, int] = {}

    @property
    def busy(self) -> StageWorker | None:
        """The worker that has a job."""
        slot = self.stage.crew.slots[0]
        return self.stage.worker if slot.run and slot.worker is self.stage.worker else None

    @rule()
    def submit(self) -> None:
        self.jobs.append(self.stage.submit())

    @rule()
    def get_ready(self) -> None:
        slot = self.stage.crew.slots[0]
        if slot.worker is self.stage.worker and slot.ready is None:
            self.stage.ready()

    @precondition(lambda self: self.busy)
    @rule(how=st.sampled_from(["finish", "fail", "progress", "stop"]))
    def work(self, how: str) -> None:
        worker = self.busy
        assert worker
        if how == "finish":
            self.stage.finish(worker)
        elif how == "fail":
            self.stage.write_parts(worker.run)
            self.stage.fail(worker)
        elif how == "progress":
            event = Progress(job=worker.run.job, attempt=worker.run.attempt, step=1, steps=2, device="cpu")
            self.stage.say(worker, WorkerEvent(event=event))
        elif isinstance(worker.commands[-1], StopJob):
            self.stage.stopped(worker)

    @rule()
    def worker_dies(self) -> None:
        if self.stage.crew.slots[0].worker is self.stage.worker:
            if self.busy:
                self.stage.write_parts(self.stage.worker.run)
            self.stage.die()

    @rule()
    def time_passes(self) -> None:
        self.stage.clock += 6
        self.stage.scheduler.advance()

    @rule(where=st.floats(0, 1, exclude_max=True))
    @precondition(lambda self: self.jobs)
    def cancel(self, where: float) -> None:
        job = self.jobs[int(where * len(self.jobs))]
        if not self.stage.state(job).is_final:
            self.stage.scheduler.cancel(job)
            self.stage.scheduler.advance()

    @rule(where=st.floats(0, 1, exclude_max=True))
    @precondition(lambda self: self.jobs)
    def retry(self, where: float) -> None:
        job = self.jobs[int(where * len(self.jobs))]
        if self.stage.state(job) in (JobState.FAILED, JobState.CANCELLED):
            self.stage.scheduler.retry(job)
            self.retries[job] = self.retries.get(job, 0) + 1
            self.stage.scheduler.advance()

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.stage.store.set_paused(paused)
        self.stage.scheduler.advance()

    @rule()
    def service_crashes(self) -> None:
        if self.busy:
            self.stage.write_parts(self.stage.worker.run)
        self.stage.crash()
        self.stage.open()

    @rule()
    def service_stops(self) -> None:
        self.stage.scheduler.stop()
        self.stage.close()
        self.stage.open()

    @invariant()
    def no_job_is_lost_or_doubled(self) -> None:
        rows = self.stage.store.newest(1000)
        assert {row.job for row in rows} == set(self.jobs)
        assert len(self.stage.store.under_way()) <= 1
        for row in rows:
            # Each submission and each retry ends exactly once, if it has ended.
            assert len(self.stage.ends(row.job)) == self.retries.get(row.job, 0) + (row.phase in FINAL)
            numbers = [event.seq for event in self.stage.events(row.job)]
            assert numbers == sorted(set(numbers))
            done = row.info.state is JobState.DONE
            assert all(Path(target).exists() == done for target in row.targets)

    @invariant()
    def no_file_outlives_its_job(self) -> None:
        under_way = {row.job for row in self.stage.store.under_way()}
        assert {name.split(".")[1] for name in self.stage.leftovers()} <= under_way

    @invariant()
    def what_runs_is_what_the_worker_has(self) -> None:
        under_way = [row for row in self.stage.store.under_way() if row.phase in UNDER_WAY]
        if self.busy:
            run = self.busy.run
            assert isinstance(run, Run)
            assert [(row.job, row.attempt) for row in under_way] == [(run.job, run.attempt)]
        else:
            assert not under_way

    def teardown(self) -> None:
        self.stage.close()
        shutil.rmtree(self.folder)


QueueMachine.TestCase.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestQueueMachine = QueueMachine.TestCase
