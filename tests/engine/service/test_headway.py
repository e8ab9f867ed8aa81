"""Tests of what counts as getting on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.messages import FramesReady, Notice, Progress
from engine.protocol import WorkerEvent
from engine.service.headway import Headway


def step(number: int, job: str = "j") -> WorkerEvent:
    return WorkerEvent(event=Progress(job=job, attempt=1, step=number, steps=9, device="cpu"))


def frames(start: int, stop: int) -> WorkerEvent:
    return WorkerEvent(event=FramesReady(job="j", attempt=1, start=start, stop=stop, device="cpu"))


def test_only_a_step_further_than_ever_counts() -> None:
    """Steps that an earlier attempt had reached are no gain; each gain counts once."""
    headway = Headway()
    assert not headway.take_gain("j")
    headway.note("j", step(2))
    assert headway.take_gain("j")
    assert not headway.take_gain("j")
    for number in (1, 2):
        headway.note("j", step(number))
    assert not headway.take_gain("j")
    headway.note("j", step(3))
    assert headway.take_gain("j")


def test_jobs_are_apart_and_forgotten() -> None:
    """One job's steps say nothing of another's, and nothing is kept of a job that ended."""
    headway = Headway()
    headway.note("j", step(5))
    headway.note("k", step(1, "k"))
    assert headway.take_gain("k")
    headway.forget("j")
    headway.note("j", WorkerEvent(event=Notice(job="j", attempt=1, message="m")))
    assert not headway.take_gain("j")
    headway.note("j", step(1))
    assert headway.take_gain("j")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8))))
def test_frames_count_when_one_of_them_is_new(runs: list[tuple[int, int]]) -> None:
    """Whatever runs are announced in whatever order: a gain is exactly one with a frame never announced before."""
    headway, known = Headway(), set[int]()
    for start, length in runs:
        new = set(range(start, start + length)) - known
        known |= new
        headway.note("j", frames(start, start + length))
        assert headway.take_gain("j") == bool(new)
