"""Live pictures: made beside the queue, never before it, and stored only when they are kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInputError, BusyError, EngineError, WorkerLostError
from engine.messages import Finished, ImageRequest, JobState
from engine.protocol import JobDone, KeepLive, LiveMade, StopJob
from engine.service.admission import Submission
from engine.service.live import stage_kept
from engine.service.parts import draw_job_id
from tests.engine.service.listening import request

if TYPE_CHECKING:
    from engine.client import EngineClient
    from tests.engine.service.staging import Stage

PNG = b"\x89PNG\r\n\x1a\n and so on"


class Live:
    """Asks a stage's scheduler for live pictures, and notes the answers."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.answers: list[LiveMade | EngineError] = []

    def submission(self) -> Submission:
        job = draw_job_id(time.time())
        target = str(self.stage.paths.outputs / f"{job}.png")
        return Submission(job=job, request=ImageRequest(prompt="a", seed=1), targets=(target,), created=time.time())

    def ask(self) -> None:
        self.stage.scheduler.make_live(self.submission(), self.answers.append)


@pytest.fixture
def live(stage: Stage) -> Live:
    """A stage whose worker is ready."""
    stage.ready()
    return Live(stage)


def test_a_live_picture_is_answered_and_leaves_nothing(live: Live) -> None:
    """No row, no news, no file: only the answer, which has the picture's bytes."""
    live.ask()
    run = live.stage.worker.run
    Path(run.parts[0]).write_bytes(PNG)
    live.stage.say(live.stage.worker, JobDone(job=run.job, attempt=run.attempt, seconds=0.25))
    (made,) = live.answers
    assert isinstance(made, LiveMade)
    assert (made.image, made.seconds, made.devices) == (PNG, 0.25, ("cpu",))
    assert not live.stage.news
    assert live.stage.store.newest(10) == []
    assert list(live.stage.paths.live.iterdir()) == []
    live.ask()


def test_live_waits_for_the_queue(live: Live) -> None:
    """While a job runs on the only device, or waits, a live picture is refused as busy."""
    live.stage.submit()
    with pytest.raises(BusyError, match="go on when"):
        live.ask()


def test_a_job_in_earnest_takes_the_device_from_a_live_picture(live: Live) -> None:
    """The live run is stopped, its client told that the queue comes first, and the job starts."""
    live.ask()
    worker = live.stage.worker
    job = live.stage.submit()
    assert isinstance(worker.commands[-1], StopJob)
    assert live.stage.state(job) is JobState.PENDING
    live.stage.stopped(worker)
    (answer,) = live.answers
    assert isinstance(answer, BusyError)
    assert live.stage.state(job) is JobState.RUNNING
    live.stage.finish(worker)
    assert isinstance(live.stage.ends(job)[0], Finished)


def test_a_paused_queue_does_not_hold_live_up(live: Live) -> None:
    """What is paused waits for the artist, not for the device."""
    live.stage.store.set_paused(True)
    live.stage.submit()
    live.ask()
    live.stage.scheduler.advance()
    assert not any(isinstance(command, StopJob) for command in live.stage.worker.commands)


def test_a_failed_or_lost_live_picture_is_told_once(live: Live) -> None:
    """The error is the worker's; nothing is tried again."""
    live.ask()
    live.stage.fail(live.stage.worker)
    live.ask()
    live.stage.die()
    failed, lost = live.answers
    assert isinstance(failed, EngineError)
    assert (failed.kind, failed.message) == ("out_of_memory", "too big")
    assert isinstance(lost, EngineError)
    assert lost.kind == "worker_lost"
    assert live.stage.store.newest(10) == []


def test_live_does_not_wait_for_a_worker_that_cannot_start(live: Live) -> None:
    """It is said, and asking once more tries to start it once more."""
    live.stage.cannot_start.add("cpu")
    live.stage.die()
    for _ in range(20):
        live.stage.clock += 100
        live.stage.scheduler.advance()
    with pytest.raises(WorkerLostError, match="no worker can be started"):
        live.ask()
    live.stage.cannot_start.clear()
    live.stage.scheduler.advance()
    with pytest.raises(BusyError):
        live.ask()
    live.stage.ready()
    live.ask()
    assert live.stage.worker.run


def test_a_kept_picture_is_a_finished_job(live: Live) -> None:
    """Its file has its final name, its row says how it was made, and everyone hears of it once."""
    kept = live.submission()
    stage_kept(kept, PNG)
    call = KeepLive(call=1, request=ImageRequest(prompt="a", seed=1), image=PNG, seconds=0.5, devices=("cpu",))
    job = live.stage.scheduler.keep_live(kept, call)
    info = live.stage.info(job)
    assert (info.state, info.outputs, info.seconds, info.devices) == (JobState.DONE, kept.targets, 0.5, ("cpu",))
    assert Path(kept.targets[0]).read_bytes() == PNG
    assert [type(end) for end in live.stage.ends(job)] == [Finished]
    assert not live.stage.leftovers()


def test_only_a_png_can_be_kept(live: Live) -> None:
    """Anything else is refused, and nothing is written."""
    with pytest.raises(BadInputError, match="no PNG"):
        stage_kept(live.submission(), b"GIF89a")
    assert not live.stage.leftovers()


def test_live_and_keep_over_the_wire(shared_client: EngineClient) -> None:
    """A real service with the fake worker: the picture comes back, and lands in the outputs when it is kept."""
    # Its worker is ready after this.
    shared_client.wait(shared_client.submit(request("moon")))
    before = {info.job for info in shared_client.jobs().jobs}
    made = shared_client.make_live(request("moon"))
    assert made.image.startswith(b"\x89PNG")
    assert {info.job for info in shared_client.jobs().jobs} == before
    job = shared_client.keep_live(request("moon"), made)
    (info,) = (info for info in shared_client.jobs().jobs if info.job == job)
    assert info.state is JobState.DONE
    assert Path(info.outputs[0]).read_bytes() == made.image


def test_a_live_picture_that_fails_over_the_wire_has_its_own_error(shared_client: EngineClient) -> None:
    """The kind and the message are those of the worker."""
    shared_client.wait(shared_client.submit(request("moon")))
    with pytest.raises(EngineError) as caught:
        shared_client.make_live(request("fail:not_finite"))
    assert caught.value.kind == "not_finite"
