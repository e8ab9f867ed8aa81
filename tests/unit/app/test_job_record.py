"""The state machine of one job in the window."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.job_record import JobRecord
from engine.messages import (
    Cancelled,
    Event,
    Failed,
    Finished,
    ImageRequest,
    JobInfo,
    JobState,
    Preview,
    Progress,
)

INFO = JobInfo(job="a", state=JobState.RUNNING, request=ImageRequest(prompt="a boat", seed=1), outputs=(), created=0.0)
RUNNING = replace(INFO, attempt=1)


def progress(seq: int, step: int, attempt: int = 1) -> Progress:
    return Progress(job="a", attempt=attempt, seq=seq, step=step, steps=4, device="cpu")


def preview(seq: int, *, final: bool, attempt: int = 1) -> Preview:
    return Preview(job="a", attempt=attempt, seq=seq, index=0, image=b"x", final=final)


def finished(seq: int, attempt: int = 1) -> Finished:
    return Finished(
        job="a",
        attempt=attempt,
        seq=seq,
        outputs=("a.png",),
        seed=1,
        model="papercut",
        devices=(),
        seconds=1,
        restarts=0,
    )


def test_a_late_sequence_number_changes_nothing() -> None:
    """Progress that was overtaken is dropped."""
    record = JobRecord(RUNNING)
    assert record.take_event(progress(5, 3))
    assert not record.take_event(progress(4, 1))
    assert record.step == 3


def test_events_of_an_older_attempt_are_dropped() -> None:
    """After a retry nothing of the attempt before has any effect, whatever its number."""
    record = JobRecord(replace(RUNNING, attempt=2))
    assert not record.take_event(progress(9, 3, attempt=1))
    assert not record.take_info(replace(RUNNING, state=JobState.FAILED, attempt=1))
    assert record.state is JobState.RUNNING


def test_a_newer_attempt_begins_empty() -> None:
    """The candidates and the progress of the attempt before are gone."""
    record = JobRecord(RUNNING)
    record.take_event(preview(1, final=True))
    record.take_event(progress(2, 3))
    record.take_info(replace(RUNNING, attempt=2))
    assert (record.candidates, record.step) == ({}, 0)


def test_a_finished_candidate_is_not_replaced_by_a_preview() -> None:
    """A preview that comes after its own final picture is nothing new."""
    record = JobRecord(RUNNING)
    record.take_event(preview(1, final=True))
    assert not record.take_event(preview(2, final=False))
    assert record.candidates[0].final


def test_done_frees_the_candidates() -> None:
    """The pictures are on disk then, and memory is not for keeping them twice."""
    record = JobRecord(RUNNING)
    record.take_event(preview(1, final=True))
    record.take_event(finished(2))
    assert record.state is JobState.DONE
    assert record.candidates == {}
    assert record.info.outputs == ("a.png",)


def test_a_retry_of_the_same_attempt_number_runs_again() -> None:
    """The service may show a retried job as pending before it counts the new attempt."""
    record = JobRecord(replace(RUNNING, state=JobState.CANCELLED))
    assert record.take_info(replace(RUNNING, state=JobState.PENDING))
    assert record.state is JobState.PENDING


def test_time_left_is_not_guessed_without_a_pace() -> None:
    """Before the second report of progress nothing is said."""
    record = JobRecord(RUNNING)
    assert record.seconds_left() is None
    record.take_event(progress(1, 1))
    assert record.seconds_left() is None


EVENTS = st.lists(
    st.sampled_from(["progress", "preview", "final", "finished", "failed", "cancelled"]), min_size=1, max_size=20
)


@given(EVENTS)
def test_a_job_ends_once(kinds: list[str]) -> None:
    """Whatever follows a terminal event, the first one stands."""
    record = JobRecord(RUNNING)
    ended: JobState | None = None
    for kind, seq in zip(kinds, itertools.count(1), strict=False):
        record.take_event(event_of(kind, seq))
        if ended is not None:
            assert record.state is ended
        elif record.state.is_final:
            ended = record.state


def event_of(kind: str, seq: int) -> Event:
    """An event of that kind."""
    match kind:
        case "progress":
            return progress(seq, seq)
        case "preview" | "final":
            return preview(seq, final=kind == "final")
        case "finished":
            return finished(seq)
        case "failed":
            return Failed(job="a", attempt=1, seq=seq, kind="job_failed", message="no")
        case _:
            return Cancelled(job="a", attempt=1, seq=seq)
