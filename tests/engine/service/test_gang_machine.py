"""Jobs on several slots as a state machine: whatever their ranks do in whatever order, every job comes to one end."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.messages import JobState
from engine.paths import Paths
from engine.protocol import JobDone, JobError, StopJob
from engine.service.slots import Slot
from engine.service.store import FINAL, UNDER_WAY, Phase
from tests.engine.service.staging import Stage, StageWorker, progress, video_model

places = st.floats(0, 1, exclude_max=True)


class GangMachine(RuleBasedStateMachine):
    """Pictures, takes of one to three ranks and exports, on a machine whose workers do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="ot-")
        paths = Paths(Path(self.folder))
        video_model(paths)
        self.stage = Stage(paths, devices=("cuda:0", "cuda:1"))
        self.jobs: list[str] = []
        self.takes: list[str] = []
        self.retries: dict[str, int] = {}
        self.steps = 0

    def living(self) -> list[tuple[Slot, StageWorker]]:
        """Slots with a worker, and that worker."""
        workers = {id(worker): worker for worker in self.stage.workers}
        return [(slot, workers[id(slot.worker)]) for slot in self.stage.crew.slots if slot.worker]

    def pick(self, where: float, *, busy: bool) -> tuple[Slot, StageWorker] | None:
        found = [(slot, worker) for slot, worker in self.living() if not busy or slot.run]
        return found[int(where * len(found))] if found else None

    @rule(devices=st.sampled_from([(), ("cuda:1",), ("cpu:2",), ("cuda:0", "cpu:2"), ("cuda:0", "cuda:1")]))
    def submit_take(self, devices: tuple[str, ...]) -> None:
        self.takes.append(self.stage.submit_video(*devices))
        self.jobs.append(self.takes[-1])

    @rule()
    def submit_picture(self) -> None:
        self.jobs.append(self.stage.submit())

    @rule()
    @precondition(lambda self: self.takes)
    def submit_export(self) -> None:
        self.jobs.append(self.stage.submit_export(self.takes[0]))

    @rule(where=places)
    def get_ready(self, where: float) -> None:
        found = self.pick(where, busy=False)
        if found and found[0].ready is None and not found[0].is_doomed:
            self.stage.ready(found[1])
        elif found and found[0].ready:
            self.stage.beat(found[1])

    @rule(where=places, how=st.sampled_from(["done", "done", "progress", "fail", "echo", "stopped"]))
    def work(self, where: float, how: str) -> None:
        found = self.pick(where, busy=True)
        if found:
            self.answer(*found, how)

    def answer(self, slot: Slot, worker: StageWorker, how: str) -> None:
        run = worker.run
        told = worker.commands[-1]
        if how == "done":
            self.stage.write_parts(run)
            self.stage.say(worker, JobDone(job=run.job, attempt=run.attempt, seconds=1.0))
        elif how == "progress":
            self.steps += 1
            self.stage.say(worker, progress(worker, self.steps))
        elif how == "fail":
            self.stage.fail(worker)
        elif how == "echo":
            self.stage.say(worker, JobError(job=run.job, attempt=run.attempt, kind="worker_lost", message="gone"))
        elif isinstance(told, StopJob):
            self.stage.stopped(worker)

    @rule(where=places, busy=st.booleans())
    def die(self, where: float, busy: bool) -> None:
        found = self.pick(where, busy=busy)
        if found:
            self.stage.die(found[1])

    @rule(device=st.sampled_from(["cuda:0", "cuda:1", "cpu", "cpu#1"]))
    def device_breaks(self, device: str) -> None:
        self.stage.cannot_start ^= {device}

    @rule(seconds=st.sampled_from([1.0, 6.0, 70.0]))
    def time_passes(self, seconds: float) -> None:
        self.stage.clock += seconds
        self.stage.scheduler.advance()

    @rule(where=places)
    @precondition(lambda self: self.jobs)
    def cancel(self, where: float) -> None:
        job = self.jobs[int(where * len(self.jobs))]
        if not self.stage.state(job).is_final:
            self.stage.scheduler.cancel(job)
            self.stage.scheduler.advance()

    @rule(where=places)
    @precondition(lambda self: self.jobs)
    def retry(self, where: float) -> None:
        job = self.jobs[int(where * len(self.jobs))]
        if self.stage.state(job) in (JobState.FAILED, JobState.CANCELLED):
            self.stage.scheduler.retry(job)
            self.retries[job] = self.retries.get(job, 0) + 1
            self.stage.scheduler.advance()

    @rule()
    def service_crashes(self) -> None:
        self.stage.crash()
        self.stage.open()

    @rule()
    def service_stops(self) -> None:
        self.stage.scheduler.stop()
        self.stage.close()
        self.stage.open()

    @invariant()
    def no_job_is_lost_or_doubled(self) -> None:
        for row in self.stage.store.newest(1000):
            assert len(self.stage.ends(row.job)) == self.retries.get(row.job, 0) + (row.phase in FINAL)
            numbers = [event.seq for event in self.stage.events(row.job)]
            assert numbers == sorted(set(numbers))
            assert all(Path(target).exists() == (row.phase is Phase.DONE) for target in row.targets)
            if row.phase is Phase.CANCELLED:
                assert not (self.stage.paths.takes / row.job).exists()

    @invariant()
    def what_runs_is_what_the_workers_have(self) -> None:
        runs = {slot.run.job: slot.run for slot in self.stage.crew.slots if slot.run}
        under_way = {row.job: row for row in self.stage.store.under_way() if row.phase in UNDER_WAY}
        assert runs.keys() == under_way.keys()
        for job, run in runs.items():
            assert under_way[job].attempt == run.attempt
            assert run.owing == {slot.device for slot in self.stage.crew.slots if slot.run is run}

    @invariant()
    def no_file_outlives_its_attempt(self) -> None:
        under_way = {row.job for row in self.stage.store.under_way()}
        assert {name.split(".")[1] for name in self.stage.leftovers()} <= under_way
        meetings = {slot.run.meeting for slot in self.stage.crew.slots if slot.run and slot.run.meeting}
        address = Path(self.stage.paths.address)
        assert set(address.parent.glob(f"*{address.name.rpartition('-')[2]}-meeting-*")) == meetings

    def teardown(self) -> None:
        """When all devices work and all workers answer, every job comes to its end."""
        self.stage.cannot_start = set()
        self.stage.crew.revive()
        for _ in range(400):
            if not self.stage.store.has_unfinished():
                break
            for slot, worker in self.living():
                if slot.is_doomed:
                    self.stage.die(worker)
                elif slot.ready is None:
                    self.stage.ready(worker)
                elif not slot.is_awake:
                    self.stage.beat(worker)
                elif slot.run:
                    self.answer(slot, worker, "stopped" if isinstance(worker.commands[-1], StopJob) else "done")
            self.stage.clock += 1.0
            self.stage.scheduler.advance()
        assert not self.stage.store.has_unfinished()
        self.stage.close()
        shutil.rmtree(self.folder)


GangMachine.TestCase.settings = settings(
    max_examples=8, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestGangMachine = GangMachine.TestCase
