"""Takes that go on from another wait for it, and never for one that will not be. On a stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInputError
from engine.messages import Failed, ImageRequest, JobState, VideoRequest
from engine.protocol import JobDone, StopJob
from engine.service.admission import Submission
from engine.service.placing import LOOK_AHEAD
from tests.engine.service.staging import start_take as start

if TYPE_CHECKING:
    from tests.engine.service.staging import Stage


def begun_alone(gpus: Stage) -> str:
    """A take that runs on the first GPU, so that the second is free."""
    gpus.get_ready("cuda:0", "cuda:1")
    return gpus.submit_video("cuda:0")


def keep_latents(gpus: Stage, job: str) -> None:
    """Write what a worker leaves that has made all latents of a take."""
    request = gpus.store.get(job).request
    assert isinstance(request, VideoRequest)
    folder = gpus.paths.takes / job / "latents"
    folder.mkdir(parents=True)
    (folder / f"{'0' * 16}.{request.steps:05d}.0-of-1.latents").write_bytes(b"")


def test_a_branch_waits_for_its_base_and_holds_up_nobody(gpus: Stage) -> None:
    """Its device is free, but its base is not made: the picture behind it starts, and it itself once the base is."""
    base = begun_alone(gpus)
    branch = gpus.submit_video("cuda:1", base=base)
    assert gpus.state(branch) is JobState.PENDING
    picture = gpus.submit()
    assert gpus.worker_of("cuda:1").run.job == picture
    gpus.finish(gpus.worker_of("cuda:1"))
    gpus.done(gpus.worker_of("cuda:0"))
    assert gpus.worker_of("cuda:1").run.job == branch
    assert gpus.state(branch) is JobState.RUNNING


def test_a_branch_of_a_cancelled_base_fails_at_once(gpus: Stage) -> None:
    """No worker is asked; the word says what became of the base, and what to do."""
    base = begun_alone(gpus)
    branch, again = gpus.submit_video("cuda:1", base=base), gpus.submit_video("cuda:0", base=base)
    gpus.scheduler.cancel(base)
    assert isinstance(gpus.worker_of("cuda:0").commands[-1], StopJob)
    gpus.stopped(gpus.worker_of("cuda:0"))
    for job in (branch, again):
        (end,) = gpus.ends(job)
        assert isinstance(end, Failed)
        assert (end.kind, end.message) == (
            "bad_input",
            f"the take {base} that this one goes on from was cancelled, and nothing of it is left; "
            "retry it, and then this one",
        )
    assert not gpus.leftovers()


def test_a_branch_of_a_failed_base_fails_unless_its_latents_are_whole(gpus: Stage) -> None:
    """A base that failed on its way has nothing to go on from; one whose frames could not be written has all."""
    base = begun_alone(gpus)
    branch = gpus.submit_video("cuda:1", base=base)
    gpus.fail(gpus.worker_of("cuda:0"))
    (end,) = gpus.ends(branch)
    assert isinstance(end, Failed)
    assert "failed before it was made; retry it" in end.message
    with pytest.raises(BadInputError, match="failed before it was made"):
        gpus.submit_video(base=base)
    keep_latents(gpus, base)
    assert gpus.state(gpus.submit_video("cuda:1", base=base)) is JobState.RUNNING


@pytest.mark.parametrize("how", ["left out", "cannot be moved"])
def test_a_branch_of_a_base_that_fails_when_it_is_done_fails_too(gpus: Stage, how: str) -> None:
    """The worker is done, but its file is not there or cannot be moved, and no latents are: nobody waits for ever."""
    base = begun_alone(gpus)
    branch = gpus.submit_video("cuda:1", base=base)
    worker = gpus.worker_of("cuda:0")
    if how == "cannot be moved":
        gpus.write_parts(worker.run)
        (target,) = gpus.store.get(base).targets
        Path(target).mkdir()
    gpus.say(worker, JobDone(job=base, attempt=worker.run.attempt, seconds=1.0))
    assert gpus.state(base) is JobState.FAILED
    (end,) = gpus.ends(branch)
    assert isinstance(end, Failed)
    assert "failed before it was made; retry it" in end.message


def test_a_branch_is_retried_after_its_base_and_not_before(gpus: Stage) -> None:
    """Refused while the base is gone; once that is queued again, it waits for it."""
    base = begun_alone(gpus)
    branch = gpus.submit_video("cuda:1", base=base)
    gpus.fail(gpus.worker_of("cuda:0"))
    with pytest.raises(BadInputError, match="failed before it was made"):
        gpus.scheduler.retry(branch)
    gpus.scheduler.retry(base)
    gpus.scheduler.retry(branch)
    gpus.scheduler.move(branch, base)
    gpus.scheduler.advance()
    assert (gpus.state(base), gpus.state(branch)) == (JobState.RUNNING, JobState.PENDING)
    gpus.done(gpus.worker_of("cuda:0"))
    assert gpus.state(branch) is JobState.RUNNING


def waiting_for_a_retried_base(gpus: Stage, count: int) -> tuple[str, list[str]]:
    """A base that failed with whole latents is queued again, behind branches that were submitted meanwhile."""
    base = begun_alone(gpus)
    gpus.fail(gpus.worker_of("cuda:0"))
    keep_latents(gpus, base)
    gpus.store.set_paused(True)
    branches = [gpus.submit_video("cuda:1", base=base) for _ in range(count)]
    gpus.scheduler.retry(base)
    gpus.store.set_paused(False)
    return base, branches


def test_a_base_starts_however_many_branches_wait_before_it(gpus: Stage) -> None:
    """More of them than the scheduler looks ahead do not block the queue for ever."""
    base, branches = waiting_for_a_retried_base(gpus, LOOK_AHEAD + 1)
    gpus.scheduler.advance()
    assert gpus.state(base) is JobState.RUNNING
    gpus.done(gpus.worker_of("cuda:0"))
    assert gpus.state(branches[0]) is JobState.RUNNING


def test_branches_of_a_base_that_becomes_a_picture_fail(gpus: Stage) -> None:
    """They do not wait for a take that nobody makes any more."""
    base, branches = waiting_for_a_retried_base(gpus, 1)
    target = str(gpus.paths.outputs / "picture.png")
    picture = Submission(job="picture", request=ImageRequest(prompt="sun", seed=1), targets=(target,), created=1.0)
    gpus.scheduler.revise(base, picture)
    (end,) = gpus.ends(branches[0])
    assert isinstance(end, Failed)
    assert f"the take {base} that this one goes on from is not there" in end.message


def test_what_a_crash_left_waiting_in_vain_ends_with_the_next_start(gpus: Stage) -> None:
    """The base was being cancelled when the service went; its branch fails when the cancel is completed."""
    base, *_ = start(gpus)
    branch = gpus.submit_video(base=base)
    gpus.scheduler.cancel(base)
    gpus.crash()
    gpus.open()
    assert (gpus.state(base), gpus.state(branch)) == (JobState.CANCELLED, JobState.FAILED)


def test_a_branch_of_a_branch_fails_with_it(gpus: Stage) -> None:
    """A chain ends as a whole, each link with its own reason."""
    base = begun_alone(gpus)
    gpus.done(gpus.worker_of("cuda:0"))
    branch = gpus.submit_video("cuda:0", base=base)
    last = gpus.submit_video("cuda:1", base=branch)
    gpus.scheduler.cancel(branch)
    gpus.stopped(gpus.worker_of("cuda:0"))
    (end,) = gpus.ends(last)
    assert isinstance(end, Failed)
    assert end.message.startswith(f"the take {branch} that this one goes on from was cancelled")
