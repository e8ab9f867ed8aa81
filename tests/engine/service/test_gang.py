"""Tests of jobs that run on several slots at once: starting, answering, cancelling. On a stage."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from engine.errors import BadInputError
from engine.messages import Cancelled, Failed, Finished, FramesReady, JobState, Preview, Progress
from engine.protocol import Run, StopJob, WorkerEvent
from tests.engine.service.staging import Stage, StageWorker, echo, frames_ready, progress
from tests.engine.service.staging import start_take as start


def is_running(worker: StageWorker, job: str) -> bool:
    return any(isinstance(command, Run) and command.job == job for command in worker.commands)


def test_a_take_runs_on_all_gpus_at_once(gpus: Stage) -> None:
    """Every rank gets the same parts and folders and its own rank; the job is done when all have answered."""
    job, first, second = start(gpus)
    groups = [worker.run.group for worker in (first, second)]
    assert groups[0]
    assert groups[1]
    assert [group.rank for group in groups if group] == [0, 1]
    assert groups[0].devices == groups[1].devices == ("cuda:0", "cuda:1")
    assert groups[0].take == groups[1].take == str(gpus.paths.takes / job)
    assert first.run.parts == second.run.parts
    meeting = Path(groups[0].meeting)
    assert groups[1].meeting == str(meeting)
    assert stat.S_IMODE(meeting.stat().st_mode) == stat.S_IMODE(Path(groups[0].take).stat().st_mode) == 0o700
    gpus.done(first)
    assert gpus.state(job) is JobState.RUNNING
    gpus.done(second)
    (end,) = gpus.ends(job)
    assert isinstance(end, Finished)
    assert (end.devices, end.restarts, end.seconds) == (("cuda:0", "cuda:1"), 0, 1.5)
    assert not meeting.exists()
    assert Path(groups[0].take).is_dir()
    assert not gpus.leftovers()


def test_a_picture_has_no_group(gpus: Stage) -> None:
    """Groups are for takes; a picture is one worker's own."""
    first, _ = gpus.get_ready("cuda:0", "cuda:1")
    gpus.submit()
    assert first.run.group is None


def test_events_of_all_ranks_pass_in_order_with_their_slot(gpus: Stage) -> None:
    """Progress, frames and previews of every rank are numbered in one row and named after the rank's slot."""
    job, first, second = start(gpus)
    for worker in (second, first):
        run = worker.run
        gpus.say(worker, progress(worker, 3))
        gpus.say(worker, frames_ready(worker, 0, 8))
        preview = Preview(job=job, attempt=run.attempt, index=0, image=b"x", final=False)
        gpus.say(worker, WorkerEvent(event=preview))
    told = [event for event in gpus.events(job) if isinstance(event, (Progress, FramesReady, Preview))]
    assert [event.device for event in told] == ["cuda:1"] * 3 + ["cuda:0"] * 3
    assert [event.seq for event in told] == list(range(1, 7))
    assert [(at.device, at.job, at.step) for at in gpus.crew.statuses()] == [("cuda:0", job, 3), ("cuda:1", job, 3)]


def test_a_rank_that_fails_ends_the_job_with_its_own_error(gpus: Stage) -> None:
    """The others are told to stop; the error that is reported is the cause, not what it did to the others."""
    job, first, second = start(gpus)
    echo(gpus, first)
    assert second.commands[-1] == StopJob(job=job, attempt=1)
    assert not gpus.ends(job)
    gpus.fail(second, "out_of_memory")
    (end,) = gpus.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "out_of_memory"
    assert (gpus.paths.takes / job).is_dir()


def test_a_rank_that_does_not_stop_after_an_error_is_killed_and_no_loss(gpus: Stage) -> None:
    """A rank stuck in an exchange beats on; it is killed after the grace time, and the job still fails."""
    job, first, second = start(gpus)
    gpus.fail(first, "disk_full")
    gpus.pass_time(4, first, second)
    assert not second.is_killed
    gpus.pass_time(2, first, second)
    assert second.is_killed
    assert not first.is_killed
    gpus.die(second)
    (end,) = gpus.ends(job)
    assert isinstance(end, Failed)
    assert end.kind == "disk_full"


def test_a_cancel_reaches_all_ranks_and_leaves_nothing(gpus: Stage) -> None:
    """Every rank is told; when all have stopped, no part, no meeting and no frame of the take is left."""
    job, first, second = start(gpus)
    meeting = first.run.group.meeting if first.run.group else ""
    gpus.write_parts(first.run)
    gpus.scheduler.cancel(job)
    for worker in (first, second):
        assert worker.commands[-1] == StopJob(job=job, attempt=1)
    gpus.stopped(second)
    assert not gpus.ends(job)
    gpus.stopped(first)
    assert [type(end) for end in gpus.ends(job)] == [Cancelled]
    assert not gpus.leftovers()
    assert not Path(meeting).exists()
    assert list(gpus.paths.takes.iterdir()) == []


def test_a_cancel_during_a_restart_wins(gpus: Stage) -> None:
    """A job that is cancelled while its ranks are being stopped after a loss does not start again."""
    job, first, second = start(gpus)
    gpus.die(second)
    gpus.scheduler.cancel(job)
    gpus.stopped(first)
    assert [type(end) for end in gpus.ends(job)] == [Cancelled]
    assert not (gpus.paths.takes / job).exists()


def test_frames_are_kept_of_a_take_that_was_begun(gpus: Stage) -> None:
    """A re-roll gets its base's folder; a base that still waits, or has fewer frames than are kept, is refused."""
    job, first, second = start(gpus)
    waiting = gpus.submit_video()
    with pytest.raises(BadInputError, match="no video with frames"):
        gpus.submit_video(base=waiting)
    gpus.scheduler.cancel(waiting)
    gpus.done(first, second)
    again = gpus.submit_video(base=job)
    assert first.run.job == again
    assert first.run.group
    assert first.run.group.base == str(gpus.paths.takes / job)
    gpus.submit_video(frames=47, base=job)
    with pytest.raises(BadInputError, match=r"has 48 frames of 256x256"):
        gpus.submit_video(frames=49, base=job)


def test_no_rank_without_frames(gpus: Stage) -> None:
    """A take of one frame does not occupy a second device."""
    first, second = gpus.get_ready("cuda:0", "cuda:1")
    job, other = gpus.submit_video(frames=1), gpus.submit_video("cuda:1")
    assert is_running(first, job)
    assert is_running(second, other)
