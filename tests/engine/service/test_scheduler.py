"""Tests of the scheduler on a stage, message by message."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import UnknownJobError
from engine.messages import Cancelled, Failed, Finished, JobState, Notice, Progress
from engine.protocol import JobChanged, JobDone, Run, StopJob, WorkerEvent
from engine.service import ledger as ledger_module
from engine.service.store import Phase
from tests.engine.service.staging import Stage, progress


def test_a_job_ends_with_its_result_in_place(stage: Stage) -> None:
    """The row is committed and announced before the terminal event, which names files that are there."""
    worker = stage.ready()
    job = stage.submit(count=2)
    stage.finish(worker)
    (end,) = stage.ends(job)
    assert isinstance(end, Finished)
    assert [Path(output).read_text() for output in end.outputs] == [f"{job} 1"] * 2
    assert (end.seed, end.devices, end.seconds, end.restarts) == (1, ("cpu",), 1.5, 0)
    states = [news.info.state for news in stage.news if isinstance(news, JobChanged)]
    assert states == [JobState.PENDING, JobState.RUNNING, JobState.DONE]
    assert not stage.leftovers()


def test_event_numbers_grow_over_attempts_and_crashes(stage: Stage) -> None:
    """The sequence numbers of a job only ever grow: over a worker's death, a service's death and a retry."""
    job = stage.submit()
    for _ in range(2):
        worker = stage.ready()
        for step in range(3):
            stage.say(worker, progress(worker, step))
        stage.die(worker)
    stage.scheduler.retry(job)
    worker = stage.ready()
    stage.say(worker, progress(worker, 1))
    stage.crash()
    stage.open()
    worker = stage.ready()
    stage.say(worker, progress(worker, 1))
    stage.finish(worker)
    numbers = [event.seq for event in stage.events(job)]
    assert numbers == sorted(set(numbers))
    assert [type(end) for end in stage.ends(job)] == [Failed, Finished]


def test_numbers_run_on_past_a_reserved_block(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job with more events than a block still never repeats a number after a crash."""
    monkeypatch.setattr(ledger_module, "SEQ_BLOCK", 4)
    worker = stage.ready()
    job = stage.submit()
    for step in range(10):
        stage.say(worker, progress(worker, step))
    last = stage.events(job)[-1].seq
    assert last == 10
    assert stage.store.get(job).seq >= last


def test_one_lost_worker_is_forgiven_two_are_not(stage: Stage) -> None:
    """A job whose worker dies starts again with a notice; a second death ends it as worker_lost, and others go on."""
    job, other = stage.submit(), stage.submit()
    stage.die(stage.ready())
    assert stage.state(job) is JobState.RUNNING or stage.state(job) is JobState.PENDING
    assert any(isinstance(event, Notice) for event in stage.events(job))
    worker = stage.ready()
    assert (worker.run.job, worker.run.attempt) == (job, 2)
    stage.die(worker)
    (end,) = stage.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "worker_lost"
    stage.ready()
    stage.finish()
    assert stage.state(other) is JobState.DONE


def test_late_messages_of_an_old_attempt_are_dropped(stage: Stage) -> None:
    """What a worker that was given up still says, or says of an earlier attempt, changes nothing."""
    old = stage.ready()
    job = stage.submit()
    first = old.run
    stage.die(old)
    new = stage.ready()
    seen = len(stage.news)
    stage.write_parts(first)
    stage.say(old, JobDone(job=job, attempt=first.attempt, seconds=1.0))
    stage.say(new, JobDone(job=job, attempt=first.attempt, seconds=1.0))
    stage.say(old, WorkerEvent(event=Progress(job=job, attempt=1, step=1, steps=1, device="cpu")))
    assert len(stage.news) == seen
    assert stage.state(job) is JobState.RUNNING
    stage.finish(new)
    (end,) = stage.ends(job)
    assert isinstance(end, Finished)
    assert Path(end.outputs[0]).read_text() == f"{job} 2"
    assert not stage.leftovers()


def test_a_pending_job_is_cancelled_at_once(stage: Stage) -> None:
    """A job that nobody has started needs nobody to stop it."""
    job = stage.submit()
    stage.scheduler.cancel(job)
    assert [type(end) for end in stage.ends(job)] == [Cancelled]
    worker = stage.ready()
    assert not any(isinstance(command, Run) for command in worker.commands)


def test_a_running_job_is_stopped_by_its_worker(stage: Stage) -> None:
    """A cancel is passed on; the job ends when the worker says so, its part is removed, the worker lives on."""
    worker = stage.ready()
    job = stage.submit()
    stage.write_parts(worker.run)
    stage.scheduler.cancel(job)
    stage.scheduler.cancel(job)
    assert worker.commands[-1] == StopJob(job=job, attempt=1)
    assert not stage.ends(job)
    stage.stopped(worker)
    assert [type(end) for end in stage.ends(job)] == [Cancelled]
    assert not stage.leftovers()
    assert not worker.is_killed


def test_a_result_that_crosses_a_cancel_is_dropped(stage: Stage) -> None:
    """Once a cancel is acknowledged the job ends as cancelled, though its result was just done."""
    worker = stage.ready()
    job = stage.submit()
    stage.scheduler.cancel(job)
    stage.finish(worker)
    assert [type(end) for end in stage.ends(job)] == [Cancelled]
    assert not Path(stage.store.get(job).targets[0]).exists()
    assert not stage.leftovers()


def test_an_acknowledged_cancel_outlives_the_service(stage: Stage) -> None:
    """A cancel is durable: after a crash before the worker stopped, the job is cancelled, not run again."""
    stage.ready()
    job = stage.submit()
    stage.scheduler.cancel(job)
    stage.crash()
    stage.open()
    assert stage.state(job) is JobState.CANCELLED


def test_what_has_ended_can_be_neither_cancelled_nor_retried(stage: Stage) -> None:
    """A refusal names the job and its state; an unknown job is unknown."""
    stage.ready()
    job = stage.submit()
    stage.finish()
    for act in (stage.scheduler.cancel, stage.scheduler.retry):
        with pytest.raises(UnknownJobError, match=f"{job} is .*done"):
            act(job)
        with pytest.raises(UnknownJobError, match="no job 'nonesuch'"):
            act("nonesuch")


def test_a_retry_is_a_new_attempt_at_the_end_of_the_queue(stage: Stage) -> None:
    """A failed job goes behind those that wait, keeps its id and gets a new attempt number and a clean slate."""
    worker = stage.ready()
    job = stage.submit()
    other = stage.submit()
    stage.fail(worker)
    assert stage.info(job).error_kind == "out_of_memory"
    stage.scheduler.retry(job)
    assert stage.info(job).error_kind == ""
    assert worker.run.job == other
    stage.finish(worker)
    assert (worker.run.job, worker.run.attempt) == (job, 2)
    stage.finish(worker)
    assert [type(end) for end in stage.ends(job)] == [Failed, Finished]


def test_a_pause_holds_pending_jobs_and_outlives_the_service(stage: Stage) -> None:
    """While paused the running job goes on and nothing new starts, also after a restart."""
    worker = stage.ready()
    job, other = stage.submit(), stage.submit()
    stage.store.set_paused(True)
    stage.finish(worker)
    assert stage.state(job) is JobState.DONE
    assert stage.state(other) is JobState.PENDING
    stage.crash()
    stage.open()
    stage.ready()
    assert stage.state(other) is JobState.PENDING
    stage.store.set_paused(False)
    stage.scheduler.advance()
    assert stage.state(other) is JobState.RUNNING


@pytest.mark.parametrize("renamed", [0, 1, 2])
def test_a_commit_cut_short_is_completed(stage: Stage, renamed: int) -> None:
    """A crash after the commit, with none, some or all parts renamed, ends in the whole result at the next start."""
    worker = stage.ready()
    job = stage.submit(count=2)
    run = worker.run
    stage.write_parts(run)
    row = stage.store.change(job, (Phase.RUNNING,), Phase.COMMITTING, seconds=2.0)
    for part, target in list(zip(run.parts, row.targets, strict=True))[:renamed]:
        Path(part).replace(target)
    stage.crash()
    stage.open()
    info = stage.info(job)
    assert info.state is JobState.DONE
    assert [Path(output).read_text() for output in info.outputs] == [f"{job} 1"] * 2
    assert not stage.leftovers()


def test_parts_of_interrupted_jobs_are_swept_at_start(stage: Stage) -> None:
    """Temporary files of known jobs go; a stranger's hidden file stays."""
    worker = stage.ready()
    job = stage.submit()
    stage.write_parts(worker.run)
    stranger = stage.paths.outputs / ".somebody.1.tmp"
    stranger.touch()
    stage.crash()
    stage.open()
    assert stage.leftovers() == [stranger.name]
    info = stage.info(job)
    assert (info.state, info.attempt, info.restarts) == (JobState.PENDING, 1, 1)


def test_a_result_that_cannot_be_moved_fails_the_job(stage: Stage) -> None:
    """A target folder that is gone, or a part that was never written, is a failure with a remedy, not a crash."""
    worker = stage.ready()
    job = stage.submit()
    stage.say(worker, JobDone(job=job, attempt=1, seconds=1.0))
    (end,) = stage.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "job_failed"
    assert ".tmp" in end.message
    Path(stage.store.get(job).targets[0]).with_name("1.0.png").mkdir()
    other = stage.submit()
    stage.finish(worker)
    (end,) = stage.ends(other)
    assert isinstance(end, Failed)
    assert end.kind == "bad_output"
    assert not stage.leftovers()


def test_a_model_that_vanished_fails_its_job_alone(stage: Stage) -> None:
    """A job whose model is gone by the time it starts fails with the reason; the next one runs."""
    stage.ready()
    job, other = stage.submit(model="gone"), stage.submit()
    (end,) = stage.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "unknown_model"
    assert stage.state(other) is JobState.RUNNING


@pytest.mark.skipif(os.name == "nt", reason="needs permission bits")
def test_the_days_folder_is_made_again(stage: Stage) -> None:
    """A folder below the outputs that was deleted while its job waited is made again."""
    job = stage.submit()
    stage.paths.outputs.rmdir()
    stage.ready()
    stage.finish()
    assert stage.state(job) is JobState.DONE
