"""engine.service.paces: takes over unequal devices are shared out by what the last ones measured."""

from __future__ import annotations

from engine.messages import Segment, Timeline, VideoRequest
from engine.protocol import JobDone
from engine.service.paces import Paces
from tests.engine.service.staging import Stage, StageWorker
from tests.engine.service.staging import start_take as start

GPUS = ("cuda:0", "cuda:1")


def _request(width: int = 256, model: str = "papercut") -> VideoRequest:
    timeline = Timeline(segments=(Segment(prompt="a moon", frames=48),))
    return VideoRequest(timeline=timeline, seed=1, width=width, height=256, steps=1, model=model)


def _noted(request: VideoRequest, *paces: float) -> Paces:
    known = Paces()
    for slot, pace in zip(GPUS, paces, strict=True):
        known.note(slot, GPUS, request, pace)
    return known


def _done(stage: Stage, *paces: tuple[StageWorker, float]) -> None:
    stage.write_parts(paces[0][0].run)
    for worker, pace in paces:
        run = worker.run
        stage.say(worker, JobDone(job=run.job, attempt=run.attempt, seconds=1.0, pace=pace))


def test_unequal_devices_have_their_own_speeds() -> None:
    """Each rank's speed is that of its device, in the order of the ranks; the last take counts."""
    known = _noted(_request(), 30.0, 10.0)
    assert known.speeds(GPUS, _request()) == (30.0, 10.0)
    assert known.speeds(GPUS[::-1], _request()) == (10.0, 30.0)
    known.note("cuda:1", GPUS, _request(), 15.0)
    assert known.speeds(GPUS, _request()) == (30.0, 15.0)


def test_like_and_unknown_devices_get_equal_runs() -> None:
    """Small differences may be chance, and without a pace of each rank nothing is known."""
    assert _noted(_request(), 30.0, 26.0).speeds(GPUS, _request()) == ()
    assert _noted(_request(), 30.0, 0.0).speeds(GPUS, _request()) == ()
    assert _noted(_request(), 30.0, 10.0).speeds((*GPUS, "cuda:2"), _request()) == ()


def test_a_pace_counts_for_its_model_and_size() -> None:
    """A device that is slow with one network need not be so with another."""
    known = _noted(_request(), 30.0, 10.0)
    assert known.speeds(GPUS, _request(width=512)) == known.speeds(GPUS, _request(model="other")) == ()


def test_ranks_on_the_cpu_are_alike() -> None:
    """They share its cores, so how many they are counts, and not which of them was measured."""
    known = Paces()
    mixed = ("cuda:0", "cpu", "cpu#1")
    for slot, pace in zip(mixed, (30.0, 2.0, 1.0), strict=True):
        known.note(slot, mixed, _request(), pace)
    assert known.speeds(mixed, _request()) == (30.0, 1.0, 1.0)
    assert known.speeds(("cuda:0", "cpu"), _request()) == ()


def test_the_next_take_is_shared_out_by_what_the_last_one_measured(gpus: Stage) -> None:
    """The first take has equal runs, as has one behind devices that are alike; every rank is told the same."""
    told: list[tuple[float, ...]] = []
    _, first, second = start(gpus)
    for pace in (30.0, 9.0, 10.0):
        groups = [worker.run.group for worker in (first, second)]
        assert groups[0]
        assert groups[1]
        assert groups[0].speeds == groups[1].speeds
        told.append(groups[0].speeds)
        _done(gpus, (first, pace), (second, 10.0))
        gpus.submit_video()
    assert told == [(), (30.0, 10.0), ()]
