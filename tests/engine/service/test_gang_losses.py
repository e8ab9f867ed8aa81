"""Tests of jobs on several slots whose ranks die, hang or lose each other. On a stage."""

from __future__ import annotations

from pathlib import Path

from engine.messages import Failed, Finished, JobState
from engine.protocol import StopJob
from tests.engine.service.staging import Stage, echo, frames_ready, progress
from tests.engine.service.staging import start_take as start


def test_a_killed_rank_restarts_the_group(gpus: Stage) -> None:
    """The other rank is stopped, and the job starts again from its folder, as the same job, first in the queue."""
    job, first, second = start(gpus)
    other = gpus.submit_video()
    meeting = first.run.group.meeting if first.run.group else ""
    (gpus.paths.takes / job / "checkpoint").touch()
    gpus.write_parts(first.run)
    gpus.die(second)
    assert first.commands[-1] == StopJob(job=job, attempt=1)
    assert gpus.state(job) is JobState.RUNNING
    gpus.stopped(first)
    assert gpus.state(job) is JobState.PENDING
    assert not gpus.leftovers()
    gpus.get_ready("cuda:1")
    second = gpus.worker_of("cuda:1")
    for worker in (first, second):
        assert (worker.run.job, worker.run.attempt) == (job, 2)
        assert worker.run.group
        assert worker.run.group.meeting != meeting
    assert (gpus.paths.takes / job / "checkpoint").exists()
    assert any("cuda:1 is gone" in notice for notice in gpus.notices(job))
    gpus.done(first, second)
    (end,) = gpus.ends(job)
    assert isinstance(end, Finished)
    assert (end.restarts, end.attempt, end.devices) == (1, 2, ("cuda:0", "cuda:1"))
    assert first.run.job == other


def test_the_echo_of_a_loss_may_come_before_its_news(gpus: Stage) -> None:
    """A rank that notices its peer's death before we do does not fail the job."""
    job, first, second = start(gpus)
    echo(gpus, first)
    gpus.die(second)
    assert gpus.state(job) is JobState.PENDING
    assert gpus.info(job).restarts == 1


def test_ranks_that_lose_each_other_without_a_death_start_again(gpus: Stage) -> None:
    """When every rank says that it lost a peer, and all are alive, the exchange failed: that is a loss, too."""
    job, first, second = start(gpus)
    echo(gpus, first)
    echo(gpus, second)
    assert (gpus.info(job).attempt, gpus.info(job).restarts) == (2, 1)
    assert first.run.attempt == second.run.attempt == 2


def test_the_group_goes_on_without_a_device_that_is_lost(gpus: Stage) -> None:
    """A device whose worker cannot be started again is left out, and the user is told."""
    job, first, second = start(gpus)
    gpus.cannot_start = {"cuda:1"}
    gpus.die(second)
    gpus.stopped(first)
    assert first.run.attempt == 2
    assert first.run.group
    assert first.run.group.devices == ("cuda:0",)
    gpus.say(first, progress(first, 1))
    assert any("cuda:1 cannot be started" in notice for notice in gpus.notices(job))
    gpus.done(first)
    (end,) = gpus.ends(job)
    assert isinstance(end, Finished)
    assert (end.devices, end.restarts) == (("cuda:0",), 1)


def test_a_device_that_dies_on_the_doorstep_is_left_out(gpus: Stage) -> None:
    """The group waits for a worker that starts, not for one whose new process died at once."""
    job, first, second = start(gpus)
    gpus.die(second)
    gpus.stopped(first)
    assert gpus.state(job) is JobState.PENDING
    gpus.die(gpus.worker_of("cuda:1"))
    assert first.run.attempt == 2
    assert first.run.group
    assert first.run.group.devices == ("cuda:0",)


def test_all_ranks_killed_restart_the_group_whole(gpus: Stage) -> None:
    """Killed together, they count as one loss and are all waited for."""
    job, first, second = start(gpus)
    echo(gpus, first)
    gpus.die(first)
    gpus.die(second)
    gpus.get_ready("cuda:1")
    assert gpus.state(job) is JobState.PENDING
    gpus.clock += 1
    gpus.scheduler.advance()
    gpus.get_ready("cuda:0")
    assert [gpus.worker_of(device).run.attempt for device in ("cuda:0", "cuda:1")] == [2, 2]
    assert gpus.info(job).restarts == 1


def test_no_device_left_fails_the_take(gpus: Stage) -> None:
    """The world never shrinks to nothing: when no worker starts any more, the job fails and keeps its frames."""
    job, first, second = start(gpus)
    gpus.cannot_start = {"cuda:0", "cuda:1"}
    gpus.die(second)
    gpus.die(first)
    for _ in range(3):
        gpus.clock += 3
        gpus.scheduler.advance()
    (end,) = gpus.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "worker_lost"
    assert (gpus.paths.takes / job).is_dir()


def test_deaths_do_not_end_a_take_that_gets_on(gpus: Stage) -> None:
    """A job that gets further each time survives any number of losses; two in a row on the spot end it."""
    job, first, second = start(gpus)

    def lose() -> None:
        nonlocal second
        gpus.die(second)
        if first.commands[-1] == StopJob(job=job, attempt=first.run.attempt):
            gpus.stopped(first)
        if not gpus.ends(job):
            (second,) = gpus.get_ready("cuda:1")

    for step in range(1, 5):
        gpus.say(first, progress(first, step))
        lose()
    for frames in (8, 16, 24):
        gpus.say(second, frames_ready(second, 0, frames))
        lose()
    assert gpus.info(job).restarts == 7
    gpus.say(first, progress(first, 4))
    gpus.say(second, frames_ready(second, 8, 20))
    lose()
    assert not gpus.ends(job)
    gpus.say(first, progress(first, 2))
    lose()
    (end,) = gpus.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "worker_lost"


def test_a_hung_rank_is_killed_and_replaced(gpus: Stage) -> None:
    """A worker that is silent for ten seconds, though its process lives, is killed; the group starts again."""
    job, first, second = start(gpus)
    gpus.pass_time(9, first)
    assert not second.is_killed
    gpus.pass_time(2, first)
    assert second.is_killed
    assert not first.is_killed
    gpus.die(second)
    assert first.commands[-1] == StopJob(job=job, attempt=1)
    gpus.stopped(first)
    assert any("silent" in notice for notice in gpus.notices(job))
    gpus.get_ready("cuda:1")
    assert first.run.attempt == 2


def test_a_hung_rank_is_a_loss_though_another_complained_first(gpus: Stage) -> None:
    """A peer's timeout comes before our patience ends: the rank that was silent meanwhile is the cause."""
    job, first, second = start(gpus)
    gpus.fail(first, "job_failed")
    gpus.pass_time(6, first)
    assert second.is_killed
    gpus.die(second)
    assert gpus.state(job) is JobState.PENDING
    assert gpus.info(job).restarts == 1


def test_silence_counts_from_the_first_beat(gpus: Stage) -> None:
    """A worker that is ready but still imports is not hung."""
    worker = gpus.ready(gpus.worker_of("cuda:0"))
    gpus.pass_time(60)
    assert not worker.is_killed
    gpus.beat(worker)
    gpus.pass_time(11)
    assert worker.is_killed


def test_our_own_absence_is_nobodys_silence(gpus: Stage) -> None:
    """When the service itself was stopped for a while, its workers get a new chance to be heard."""
    _, first, second = start(gpus)
    gpus.clock += 100
    gpus.scheduler.advance()
    assert not first.is_killed
    gpus.pass_time(9, second)
    assert not first.is_killed
    gpus.pass_time(2, second)
    assert first.is_killed
    assert not second.is_killed


def test_a_take_outlives_the_service(gpus: Stage) -> None:
    """After the service's death the job is a restart of itself, its folder is kept and its old meeting is gone."""
    job, first, _ = start(gpus)
    meeting = first.run.group.meeting if first.run.group else ""
    (gpus.paths.takes / job / "checkpoint").touch()
    gpus.crash()
    assert Path(meeting).exists()
    gpus.open()
    assert not Path(meeting).exists()
    first, second = gpus.get_ready("cuda:0", "cuda:1")
    assert (first.run.job, first.run.attempt) == (job, 2)
    assert (gpus.paths.takes / job / "checkpoint").exists()
    gpus.done(first, second)
    assert gpus.info(job).restarts == 1
