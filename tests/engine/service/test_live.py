"""Live pictures: made beside the queue, never before it, and stored only when they are kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInputError, BusyError, EngineError, OutputError, WorkerLostError
from engine.messages import Finished, ImageRequest, JobState, draw_job_id
from engine.protocol import JobDone, KeepLive, LiveMade, StopJob
from engine.service import parts
from engine.service.admission import Submission
from engine.service.live import stage_kept
from engine.service.store import Phase
from tests.engine.service.listening import request

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def test_a_worker_that_loads_for_a_live_picture_is_not_killed_for_a_job(live: Live) -> None:
    """It cannot stop before the model is there, however long that takes; the job, which may want it too, waits."""
    live.ask()
    worker = live.stage.worker
    job = live.stage.submit()
    live.stage.pass_time(60, worker)
    assert not worker.is_killed
    assert live.stage.state(job) is JobState.PENDING
    assert [type(command) for command in worker.commands].count(StopJob) == 1
    live.stage.stopped(worker)
    assert live.stage.state(job) is JobState.RUNNING


def test_a_hung_worker_is_killed_under_a_live_picture_too(live: Live) -> None:
    """One whose heart has stopped loads nothing."""
    live.ask()
    worker = live.stage.worker
    live.stage.beat(worker)
    live.stage.submit()
    live.stage.pass_time(60)
    assert worker.is_killed


def test_a_job_takes_no_device_from_a_live_picture_while_it_waits_for_another_take(gpus: Stage) -> None:
    """Only what could start comes before live pictures."""
    gpus.get_ready("cuda:0", "cuda:1")
    base = gpus.submit_video("cuda:0")
    gpus.submit_video("cuda:1", base=base)
    Live(gpus).ask()
    gpus.scheduler.advance()
    assert not any(isinstance(command, StopJob) for command in gpus.worker_of("cuda:1").commands)


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
    job = keep(live, kept)
    info = live.stage.info(job)
    assert (info.state, info.outputs, info.seconds, info.devices) == (JobState.DONE, kept.targets, 0.5, ("cpu",))
    assert Path(kept.targets[0]).read_bytes() == PNG
    assert [type(end) for end in live.stage.ends(job)] == [Finished]
    assert not live.stage.leftovers()


def keep(live: Live, kept: Submission) -> str:
    call = KeepLive(call=1, request=ImageRequest(prompt="a", seed=1), image=PNG, seconds=0.5, devices=("cpu",))
    return live.stage.scheduler.keep_live(kept, call)


def test_what_cannot_be_kept_is_an_error(live: Live) -> None:
    """The caller is not told that a file is there which is not; the job says so, too, and can be retried."""
    kept = live.submission()
    stage_kept(kept, PNG)
    Path(kept.targets[0]).mkdir()
    with pytest.raises(OutputError, match="cannot be moved to"):
        keep(live, kept)
    assert live.stage.state(kept.job) is JobState.FAILED


def test_a_kept_picture_is_there_before_anyone_hears_of_it(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row, then file, then the row that says done: whoever is told finds the file."""
    kept = live.submission()
    stage_kept(kept, PNG)
    target = Path(kept.targets[0])
    seen: list[tuple[object, bool]] = []
    publish = parts.publish

    def watched(sources: Sequence[str], targets: Sequence[str]) -> None:
        seen.append((live.stage.store.get(kept.job).phase, target.exists()))
        publish(sources, targets)

    monkeypatch.setattr(parts, "publish", watched)
    keep(live, kept)
    assert seen == [(Phase.COMMITTING, False)]
    assert target.read_bytes() == PNG


def test_a_crash_while_a_picture_is_kept_loses_nothing(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the row is there, the next start completes it: it never waits in the queue to be made again."""
    kept = live.submission()
    stage_kept(kept, PNG)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parts, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            keep(live, kept)
    live.stage.crash()
    live.stage.open()
    assert live.stage.state(kept.job) is JobState.DONE
    assert Path(kept.targets[0]).read_bytes() == PNG
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
