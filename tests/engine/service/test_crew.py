"""Tests of workers that are started, watched, killed and replaced, on a stage."""

from __future__ import annotations

from pathlib import Path

from engine.messages import Cancelled, Failed, JobState
from engine.paths import Paths
from engine.protocol import Load
from tests.engine.service.staging import Stage


def test_the_default_model_is_loaded_ahead(stage: Stage) -> None:
    """A worker that has nothing to do loads the embedded model, so that the first picture comes at once."""
    worker = stage.ready()
    assert [type(command) for command in worker.commands] == [Load]


def test_a_hung_worker_is_killed_and_replaced(stage: Stage) -> None:
    """A worker that does not stop within the grace time is killed; the job ends as cancelled, once; the next runs."""
    worker = stage.ready()
    job, other = stage.submit(), stage.submit()
    stage.scheduler.cancel(job)
    assert stage.crew.next_deadline() == stage.clock + 5.0
    stage.clock += 4.9
    stage.scheduler.advance()
    assert not worker.is_killed
    stage.clock += 0.2
    stage.scheduler.advance()
    assert worker.is_killed
    assert stage.crew.next_deadline() is None
    stage.die(worker)
    assert [type(end) for end in stage.ends(job)] == [Cancelled]
    assert stage.ready().run.job == other


def test_workers_that_cannot_start_fail_the_queue_with_a_reason(stage: Stage) -> None:
    """After three deaths on the doorstep waiting jobs fail instead of waiting for ever; a new job is a new try."""
    job = stage.submit()
    for _ in range(3):
        stage.die()
        stage.clock += 10
        stage.scheduler.advance()
    (end,) = stage.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "worker_lost"
    assert str(stage.paths.log) in end.message
    stage.cannot_start = {"cpu"}
    other = stage.submit()
    assert [type(end) for end in stage.ends(other)] == [Failed]
    stage.cannot_start = set()
    third = stage.submit()
    stage.ready()
    stage.finish()
    assert stage.state(third) is JobState.DONE


def test_a_worker_that_never_gets_ready_is_given_up(stage: Stage) -> None:
    """A worker that hangs while starting is killed and replaced."""
    deadline = stage.crew.next_deadline()
    assert deadline is not None
    stage.clock = deadline
    stage.scheduler.advance()
    assert stage.worker.is_killed


def test_a_model_that_kills_its_loader_is_not_loaded_unasked_again(stage: Stage) -> None:
    """A worker that died while it loaded ahead is replaced by one that waits for a job."""
    stage.die(stage.ready())
    stage.clock += 10
    stage.scheduler.advance()
    assert not stage.ready().commands


def test_two_devices_run_two_jobs(tmp_path: Path) -> None:
    """Each device takes a job, in the order of the queue."""
    stage = Stage(Paths(tmp_path), devices=("cuda:0", "cuda:1"))
    first, second = stage.workers
    jobs = [stage.submit() for _ in range(3)]
    stage.ready(first)
    stage.ready(second)
    assert [first.run.job, second.run.job] == jobs[:2]
    stage.finish(second)
    assert second.run.job == jobs[2]
    assert stage.info(jobs[1]).devices == ("cuda:1",)
    assert [status.job for status in stage.crew.statuses()] == [jobs[0], jobs[2]]
    stage.close()


def test_stopping_puts_running_jobs_back(stage: Stage) -> None:
    """An orderly stop ends the workers, and the running job is first in the queue at the next start."""
    worker = stage.ready()
    job, other = stage.submit(), stage.submit()
    stage.write_parts(worker.run)
    stage.scheduler.stop()
    assert worker.is_killed
    assert [row.job for row in stage.store.pending(9)] == [job, other]
    assert not stage.leftovers()
